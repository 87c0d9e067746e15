"""All activation patterns that occur in a box, by trying every one."""

from collections.abc import Sequence
from itertools import product

import numpy as np
from jaxtyping import Bool
from numpy.typing import NDArray

from rectified.reference.rationals import exact_neuron_maps
from rectified.reference.solving import NothingFeasible, Program, checked_minimum

Array = NDArray[np.float64]


def feasible_patterns(
    layers: Sequence[tuple[Array, Array]],
    low: Array,
    high: Array,
    *,
    least_radius: float = 1e-8,
    most_neurons: int = 16,
) -> Bool[np.ndarray, "patterns neurons"]:
    r"""The patterns whose region in the box contains a ball of radius ``least_radius``.

    For each of the :math:`2^N` sign vectors the network is written out with its ReLUs replaced by the signs, in
    rational arithmetic, and a linear programme looks for the largest ball in the polytope. So a pre-activation that is
    zero all over a region is known to be, and counts as off.

    Args:
        layers: Pairs (weight, bias) of a ReLU network, first to last.
        low: Lower corner of the box, (d_in,).
        high: Upper corner.
        least_radius: Smaller regions do not count; the programmes are checked to 1e-8 of the box.
        most_neurons: Networks with more hidden neurons are refused.

    Returns:
        One pattern per row; True where the neuron is on.

    Raises:
        ValueError: If there are more than ``most_neurons`` hidden neurons.
        ProgramFailed: If the solver gives no answer that stands up to its check.
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
    exact = exact_neuron_maps(layers, signs.tolist())
    if any(not any(row) and (offset > 0) != on for (row, offset), on in zip(exact, signs, strict=True)):
        return -1.0  # a pre-activation that is one number all over the region has its sign, and zero is off
    dim, side = len(low), np.where(signs, -1.0, 1.0)
    rows = np.array([[float(entry) for entry in row] for row, _ in exact]).reshape(-1, dim)
    limits = -side * np.array([float(offset) for _, offset in exact])
    matrix = np.concatenate([np.eye(dim), -np.eye(dim), side[:, None] * rows])
    lengths = np.linalg.norm(matrix, axis=1, keepdims=True)
    program = Program(
        np.append(np.zeros(dim), -1.0),
        np.hstack([matrix, lengths]),
        np.full(len(matrix), -np.inf),
        np.concatenate([high, -low, limits]),
        np.append(low, 0.0),
        np.append(high, (high - low).min() / 2),
        np.zeros(dim + 1, dtype=bool),
    )
    try:
        return -checked_minimum(program).value
    except NothingFeasible:
        return -1.0
