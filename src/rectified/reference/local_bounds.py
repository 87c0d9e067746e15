"""Bounds on the number of regions in a ball, one ball at a time, with dense matrices and nothing left out."""

import math
from collections.abc import Sequence

import numpy as np
from jaxtyping import Float

from rectified.reference.counting import zaslavsky_by_recurrence

Arrays = Sequence[tuple[Float[np.ndarray, "_out _in"], Float[np.ndarray, " _out"]]]


def spectral_region_bound(layers: Arrays, center: Float[np.ndarray, " d_in"], radius: float) -> int:
    """The bound in which the ball grows by the spectral norm of each layer.

    Args:
        layers: Pairs (weight, bias) of a ReLU network, first to last.
        center: Middle of the ball.
        radius: Its radius.

    Returns:
        The bound, exact.

    Source:
        own; the kind of bound is that of [zhu2020bounding], whose recursion may differ.
    """
    count, dim, h, reach = 1, len(center), center, radius
    for W, b in layers[:-1]:
        z = W @ h + b
        crossing = np.abs(z) < np.linalg.norm(W, axis=1) * reach
        count *= zaslavsky_by_recurrence(int(crossing.sum()), dim)
        dim, reach, h = min(dim, len(b)), _norm(W) * reach, np.maximum(z, 0.0)
    return count


def composed_region_bound(layers: Arrays, center: Float[np.ndarray, " d_in"], radius: float) -> int:
    """The bound that keeps the exact linear map of stable units, and a ball for what the unstable ones add.

    Args:
        layers: Pairs (weight, bias) of a ReLU network, first to last.
        center: Middle of the ball.
        radius: Its radius.

    Returns:
        The bound, exact.

    Source:
        own; the kind of bound is that of [zhu2020bounding], whose recursion may differ.
    """
    count, dim, h = 1, len(center), center
    M, e, reach = np.eye(dim), 0.0, radius
    for W, b in layers[:-1]:
        z, WM, lengths = W @ h + b, W @ M, np.linalg.norm(W, axis=1)
        row = np.minimum(np.linalg.norm(WM, axis=1) * radius + lengths * e, lengths * reach)
        active, inactive = z >= row, z <= -row
        unstable, live = ~active & ~inactive, ~inactive
        count *= zaslavsky_by_recurrence(int(unstable.sum()), dim)
        dim = min(dim, int(live.sum()))
        by_map = _norm(WM[unstable]) * radius + _norm(W[unstable]) * e
        e_unstable = min(by_map, _norm(W[unstable]) * reach, _norm(row[unstable, None]))
        e = math.hypot(e_unstable, _norm(W[active]) * e)
        reach = min(_norm(W[live]) * reach, _norm(row[live, None]))
        M, h = WM * active[:, None], np.maximum(z, 0.0)
    return count


def _norm(matrix: np.ndarray) -> float:
    """The spectral norm, 0 for a matrix without rows."""
    return float(np.linalg.norm(matrix, 2)) if matrix.size else 0.0
