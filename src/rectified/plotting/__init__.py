"""Figures: the shared style, and one module of drawing functions per object."""

from rectified._contents import lookup

# public name -> module that defines it
_CONTENTS: dict[str, str] = {
    "new_figure": "rectified.plotting.style",
    "theory_line": "rectified.plotting.style",
    "use": "rectified.plotting.style",
    # chains of layers
    "draw_regions": "rectified.plotting.depth",
    "plot_accuracy_by_depth": "rectified.plotting.depth",
    "plot_decay": "rectified.plotting.depth",
    # activation regions
    "draw_counts_by_radius": "rectified.plotting.regions",
    "draw_distance_course": "rectified.plotting.regions",
    "draw_polygons": "rectified.plotting.regions",
    "moving_disc": "rectified.plotting.moving_disc",
    # narrow residual networks
    "building_steps": "rectified.plotting.residual",
    "draw_decision": "rectified.plotting.residual",
    "draw_error_by_blocks": "rectified.plotting.residual",
    "draw_escape": "rectified.plotting.residual",
    "draw_functions": "rectified.plotting.residual",
    "draw_states": "rectified.plotting.residual",
    # injectivity
    "draw_collapse": "rectified.plotting.wedges",
    "draw_first_moment": "rectified.plotting.injectivity",
    "draw_planar_curve": "rectified.plotting.injectivity",
    "draw_probabilities": "rectified.plotting.injectivity",
    "draw_space_curve": "rectified.plotting.injectivity",
    "draw_wedges": "rectified.plotting.wedges",
    "moving_wedges": "rectified.plotting.wedges",
    "phase_explorer": "rectified.plotting.injectivity",
    # networks read off their answers
    "draw_boundaries": "rectified.plotting.identification",
    "draw_errors_by_queries": "rectified.plotting.identification",
    "draw_search": "rectified.plotting.identification",
    "draw_share_by_rounding": "rectified.plotting.identification",
    "moving_bend": "rectified.plotting.identification",
    # spectra
    "plot_distance_by_width": "rectified.plotting.spectra",
    "plot_hermite_bars": "rectified.plotting.spectra",
    "plot_spectrum": "rectified.plotting.spectra",
    "plot_training_error": "rectified.plotting.spectra",
}

__all__ = sorted(_CONTENTS)
__getattr__, __dir__ = lookup(__name__, _CONTENTS)
