"""Certified bounds of a network's outputs over balls: intervals, linear relaxations, quadratic ones, and attacks."""

from rectified._contents import lookup

# public name -> module that defines it
_CONTENTS: dict[str, str] = {
    # balls in three norms
    "dual_exponent": "rectified.bounds.ball",
    "linear_extremes": "rectified.bounds.ball",
    "project": "rectified.bounds.ball",
    # lines below and above an activation
    "LowerSlope": "rectified.bounds.relaxations",
    "Relaxation": "rectified.bounds.relaxations",
    "relaxation_of": "rectified.bounds.relaxations",
    "relu_relaxation": "rectified.bounds.relaxations",
    "s_shaped_relaxation": "rectified.bounds.relaxations",
    # bounds of outputs
    "Intermediate": "rectified.bounds.crown",
    "crown_bounds": "rectified.bounds.crown",
    "fast_lin_bounds": "rectified.bounds.crown",
    "interval_bounds": "rectified.bounds.interval",
    "margin_specification": "rectified.bounds.crown",
    "multiply_adds": "rectified.bounds.crown",
    "optimised_slopes_bound": "rectified.bounds.alpha",
    # margins under one signature, and radii
    "best_of": "rectified.bounds.radius",
    "certified_radius": "rectified.bounds.radius",
    "crown_margins": "rectified.bounds.margins",
    "fast_lin_margins": "rectified.bounds.margins",
    "interval_margins": "rectified.bounds.margins",
    "quadratic_margins": "rectified.bounds.quadratic",
    # attacks, which bound from the other side
    "attack_radius": "rectified.bounds.attacks",
    "pgd_attack": "rectified.bounds.attacks",
}

__all__ = sorted(_CONTENTS)
__getattr__, __dir__ = lookup(__name__, _CONTENTS)
