"""Bounds of one ReLU network's output by mathematical programming: the triangle relaxation and the exact minimum."""

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import Bounds, LinearConstraint, OptimizeResult, milp

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


class ProgramFailed(RuntimeError):
    """The solver ended without an optimum; the message is the solver's."""


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
        The minimum: no linear relaxation with the same hidden bounds gives a larger certified bound.

    Raises:
        ProgramFailed: If the solver finds no optimum.
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
        The minimum, up to the solver's tolerance of about 1e-6.

    Raises:
        ProgramFailed: If the solver finds no optimum.
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
    """Variables: input, distances to the centre (p = 1), then per hidden layer pre-activations, outputs, binaries."""
    widths = [len(lower) for lower, _ in hidden]
    size = 2 * len(center) + 3 * sum(widths)
    low, high, integer = np.full(size, -np.inf), np.full(size, np.inf), np.zeros(size)
    rows = _Rows([], [], [])
    _add_ball(rows, low, high, center, eps, p)
    previous, start = 0, 2 * len(center)
    for (W, b), (lower, upper), width in zip(layers[:-1], hidden, widths, strict=True):
        _add_affine(rows, size, W, b, previous, start)
        for neuron in range(width):
            y, z, binary = start + neuron, start + width + neuron, start + 2 * width + neuron
            low[y], high[y], low[binary], high[binary], integer[binary] = lower[neuron], upper[neuron], 0, 1, exact
            _add_relu(rows, size, (y, z, binary), lower[neuron], upper[neuron])
        previous, start = start + width, start + 3 * width
    cost = np.zeros(size)
    cost[previous : previous + layers[-1][0].shape[1]] = row @ layers[-1][0]
    constraint = LinearConstraint(np.array(rows.matrix), rows.low, rows.high)
    optimum = _solved(milp(cost, integrality=integer, bounds=Bounds(low, high), constraints=constraint))
    return optimum + float(row @ layers[-1][1])


def _solved(result: OptimizeResult) -> float:
    if not result.success:
        raise ProgramFailed(result.message)
    return float(result.fun)


def check_norm(p: float | int) -> None:
    """Refuse balls that are not polytopes.

    Args:
        p: Exponent of the ball's norm.

    Raises:
        ValueError: If p is neither infinity nor 1.

    Source:
        own.
    """
    if p not in (1, math.inf):
        raise ValueError(f"p is {p}; expected infinity or 1")


def _add_ball(rows: _Rows, low: Array, high: Array, center: Array, eps: float | int, p: float | int) -> None:
    dim = len(center)
    low[:dim], high[:dim], low[dim : 2 * dim], high[dim : 2 * dim] = center - eps, center + eps, 0.0, eps
    if p == math.inf:
        return
    for x, middle in enumerate(center):
        rows.add({x: 1.0, dim + x: -1.0}, len(low), -np.inf, middle)
        rows.add({x: 1.0, dim + x: 1.0}, len(low), middle, np.inf)
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
