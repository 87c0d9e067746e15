"""Slow, obviously right versions, which tests and chapters compare the fast ones with."""

from rectified._contents import lookup

# public name -> module that defines it
_CONTENTS: dict[str, str] = {
    "exact_outputs": "rectified.reference.rationals",
    "exact_residual_outputs": "rectified.reference.rationals",
    "exact_scalar_pieces": "rectified.reference.rationals",
    "step_values": "rectified.reference.steps",
    "affine_by_products": "rectified.reference.products",
    "crossings": "rectified.reference.segments",
    "segments_meet": "rectified.reference.segments",
    "sign_patterns": "rectified.reference.arrangements",
    "composed_region_bound": "rectified.reference.local_bounds",
    "cover_by_recurrence": "rectified.reference.counting",
    "exact_minimum": "rectified.reference.programs",
    "dense_affine_map": "rectified.reference.jacobians",
    "feasible_patterns": "rectified.reference.patterns",
    "first_change": "rectified.reference.rays",
    "sample_ball": "rectified.reference.sampling",
    "segment_breakpoints": "rectified.reference.breakpoints",
    "segment_path": "rectified.reference.breakpoints",
    "spectral_region_bound": "rectified.reference.local_bounds",
    "triangle_lp_bound": "rectified.reference.programs",
    "zaslavsky_by_recurrence": "rectified.reference.counting",
}

__all__ = sorted(_CONTENTS)
__getattr__, __dir__ = lookup(__name__, _CONTENTS)
