"""Bounds of one ReLU network's output by mathematical programming: the triangle relaxation and the exact minimum."""

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from rectified.reference.solving import LARGEST_WHOLE_GAP, Program, ProgramFailed, checked_minimum

Array = NDArray[np.float64]


class _Rows(NamedTuple):
    """Constraints low <= matrix @ variables <= high, collected row by row."""

    matrix: list[Array]
    low: list[float]
    high: list[float]

    def add(self, entries: dict[int, float], size: int, low: float, high: float) -> None:
        row = np.zeros(size)
        for column, value in entries.items():
            row[column] += value
        self.matrix.append(row)
        self.low.append(low)
        self.high.append(high)

    def arrays(self, size: int) -> tuple[Array, Array, Array]:
        return np.array(self.matrix).reshape(-1, size), np.array(self.low), np.array(self.high)


def triangle_lp_bound(
    layers: Sequence[tuple[Array, Array]],
    center: Array,
    eps: float | int,
    p: float | int,
    hidden: Sequence[tuple[Array, Array]],
    row: Array,
) -> float:
    """Minimum of ``row @ output`` when each unstable ReLU may lie anywhere in its triangle.

    Args:
        layers: Pairs (weight, bias), first to last.
        center: Centre of the ball, (d_in,).
        eps: Radius.
        p: Infinity or 1.
        hidden: Lower and upper bounds of every hidden layer's pre-activations.
        row: What to minimise, (d_out,).

    Returns:
        The minimum, to 1e-8 of the sizes of weights and activations: no linear relaxation with the same hidden bounds
        gives a larger certified bound.

    Raises:
        ProgramFailed: If the solver finds no optimum, or one that its check refutes.
        ValueError: If p is neither infinity nor 1.

    Source:
        [salman2019convex], the linear programme of the layer-wise relaxation.
    """
    check_norm(p)
    return _minimum(layers, center, eps, p, hidden, row, exact=False)


def exact_minimum(
    layers: Sequence[tuple[Array, Array]],
    center: Array,
    eps: float | int,
    p: float | int,
    hidden: Sequence[tuple[Array, Array]],
    row: Array,
) -> float:
    """Minimum of ``row @ output`` over the ball, by a mixed-integer program with one binary per unstable ReLU.

    Args:
        layers: Pairs (weight, bias), first to last.
        center: Centre of the ball, (d_in,).
        eps: Radius.
        p: Infinity or 1.
        hidden: Sound lower and upper bounds of every hidden layer's pre-activations.
        row: What to minimise, (d_out,).

    Returns:
        The output at a point of the ball, which is the minimum to 1e-6 of the sizes of weights and activations: the
        search's bound from below is that near, or there is no answer.

    Raises:
        ProgramFailed: If the solver finds no optimum, or one that its check refutes.
        ValueError: If p is neither infinity nor 1.

    Source:
        [tjeng2019evaluating], the mixed-integer formulation.
    """
    check_norm(p)
    return _minimum(layers, center, eps, p, hidden, row, exact=True)


def _minimum(
    layers: Sequence[tuple[Array, Array]],
    center: Array,
    eps: float | int,
    p: float | int,
    hidden: Sequence[tuple[Array, Array]],
    row: Array,
    *,
    exact: bool,
) -> float:
    """Variables: steps from the centre, their sizes (p = 1), per hidden layer pre-activations, outputs, binaries."""
    widths, dim = [len(lower) for lower, _ in hidden], len(center)
    size = 2 * dim + 3 * sum(widths)
    low, high, integer = np.zeros(size), np.zeros(size), np.zeros(size, dtype=bool)
    rows = _Rows([], [], [])
    _add_ball(rows, low, high, dim, eps, p)
    previous, start, shift = 0, 2 * dim, center
    for (W, b), (lower, upper), width in zip(layers[:-1], hidden, widths, strict=True):
        _add_affine(rows, size, W, W @ shift + b, previous, start)
        for neuron in range(width):
            y, z, binary = start + neuron, start + width + neuron, start + 2 * width + neuron
            low[y], high[y], high[z], high[binary] = lower[neuron], upper[neuron], max(upper[neuron], 0.0), 1.0
            integer[binary] = exact
            _add_relu(rows, size, (y, z, binary), lower[neuron], upper[neuron])
        previous, start, shift = start + width, start + 3 * width, np.zeros(width)
    cost = np.zeros(size)
    cost[previous : previous + layers[-1][0].shape[1]] = row @ layers[-1][0]
    minimum = checked_minimum(Program(cost, *rows.arrays(size), low, high, integer))
    constant = float(row @ (layers[-1][0] @ shift + layers[-1][1]))
    if not exact:
        return minimum.value + constant
    size_of_cost = float(np.abs(cost) @ np.maximum(np.abs(low), np.abs(high)))
    return _attained(layers, center + minimum.point[:dim], row, minimum.bound + constant, size_of_cost)


def _attained(layers: Sequence[tuple[Array, Array]], x: Array, row: Array, bound: float, size: float) -> float:
    """``row @ output`` at a point, which is as low as the bound lets it be.

    Raises:
        ProgramFailed: If it is not.
    """
    for W, b in layers[:-1]:
        x = np.maximum(W @ x + b, 0.0)
    value = float(row @ (layers[-1][0] @ x + layers[-1][1]))
    if value > bound + LARGEST_WHOLE_GAP * max(size, abs(value)):
        raise ProgramFailed(f"the network is {value:.9g} at the solver's point, and the program's bound {bound:.9g}")
    return value


def check_norm(p: float | int) -> None:
    """Refuse balls that are not polytopes.

    Args:
        p: Exponent of the ball's norm.

    Raises:
        ValueError: If p is neither infinity nor 1.
    """
    if p not in (1, math.inf):
        raise ValueError(f"p is {p}; expected infinity or 1")


def _add_ball(rows: _Rows, low: Array, high: Array, dim: int, eps: float | int, p: float | int) -> None:
    low[:dim], high[:dim], high[dim : 2 * dim] = -eps, eps, eps
    if p == math.inf:
        return
    for x in range(dim):
        rows.add({x: 1.0, dim + x: -1.0}, len(low), -np.inf, 0.0)
        rows.add({x: 1.0, dim + x: 1.0}, len(low), 0.0, np.inf)
    rows.add({dim + x: 1.0 for x in range(dim)}, len(low), 0.0, eps)


def _add_affine(rows: _Rows, size: int, W: Array, b: Array, previous: int, start: int) -> None:
    for neuron, (weights, bias) in enumerate(zip(W, b, strict=True)):
        entries = {previous + column: -value for column, value in enumerate(weights)}
        rows.add({start + neuron: 1.0} | entries, size, bias, bias)


def _add_relu(rows: _Rows, size: int, columns: tuple[int, int, int], lower: float, upper: float) -> None:
    """Z = ReLU(y): z >= 0, z >= y, z <= upper * binary, z <= y - lower (1 - binary); relaxing gives the triangle."""
    y, z, binary = columns
    if upper <= 0:
        rows.add({z: 1.0}, size, 0.0, 0.0)
        return
    if lower >= 0:
        rows.add({z: 1.0, y: -1.0}, size, 0.0, 0.0)
        return
    rows.add({z: 1.0}, size, 0.0, np.inf)
    rows.add({z: 1.0, y: -1.0}, size, 0.0, np.inf)
    rows.add({z: 1.0, binary: -upper}, size, -np.inf, 0.0)
    rows.add({z: 1.0, y: -1.0, binary: -lower}, size, -np.inf, -lower)
