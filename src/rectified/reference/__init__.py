"""Slow, obviously right versions, which tests and chapters compare the fast ones with."""

from importlib import import_module

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


def __getattr__(name: str) -> object:
    if name not in _CONTENTS:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_CONTENTS[name]), name)


def __dir__() -> list[str]:
    return __all__
