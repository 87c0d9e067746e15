"""All activation patterns that occur in a box, by trying every one."""

from collections.abc import Sequence
from itertools import product

import numpy as np
from jaxtyping import Bool
from numpy.typing import NDArray
from scipy.optimize import linprog

Array = NDArray[np.float64]


def feasible_patterns(
    layers: Sequence[tuple[Array, Array]],
    low: Array,
    high: Array,
    *,
    least_radius: float = 1e-9,
    most_neurons: int = 16,
) -> Bool[np.ndarray, "patterns neurons"]:
    r"""The patterns whose region in the box contains a ball of radius ``least_radius``.

    For each of the :math:`2^N` sign vectors the network is written out with its ReLUs replaced by the signs, and a
    linear programme looks for the largest ball in the polytope.

    Args:
        layers: Pairs (weight, bias) of a ReLU network, first to last.
        low: Lower corner of the box, (d_in,).
        high: Upper corner.
        least_radius: Smaller regions do not count: rounding could have made them.
        most_neurons: Networks with more hidden neurons are refused.

    Returns:
        One pattern per row; True where the neuron is on.

    Raises:
        ValueError: If there are more than ``most_neurons`` hidden neurons.

    Source:
        own.
    """
    num_neurons = sum(len(b) for _, b in layers[:-1])
    if num_neurons > most_neurons:
        raise ValueError(
            f"layers has {num_neurons} hidden neurons; at most {most_neurons}, since all patterns are tried"
        )
    found = [
        signs
        for signs in product((False, True), repeat=num_neurons)
        if _largest_ball(layers, low, high, np.array(signs, dtype=bool)) > least_radius
    ]
    return np.array(found, dtype=bool).reshape(len(found), num_neurons)


def _largest_ball(layers: Sequence[tuple[Array, Array]], low: Array, high: Array, signs: NDArray[np.bool_]) -> float:
    """Radius of the largest ball of points of the box with the given signs; negative if there is none."""
    A, c, start = np.eye(len(low)), np.zeros(len(low)), 0
    rows, limits = [np.eye(len(low)), -np.eye(len(low))], [high, -low]
    for W, b in layers[:-1]:
        A, c, on = W @ A, W @ c + b, signs[start : start + len(b)]
        side = np.where(on, -1.0, 1.0)
        rows.append(side[:, None] * A)
        limits.append(-side * c)
        A, c, start = on[:, None] * A, on * c, start + len(b)
    matrix, limit = np.concatenate(rows), np.concatenate(limits)
    lengths = np.linalg.norm(matrix, axis=1, keepdims=True)
    cost = np.append(np.zeros(len(low)), -1.0)
    bounds = [(None, None)] * len(low) + [(-1.0, 1e6)]
    result = linprog(cost, A_ub=np.hstack([matrix, lengths]), b_ub=limit, bounds=bounds)
    return float(-result.fun) if result.success else -1.0
