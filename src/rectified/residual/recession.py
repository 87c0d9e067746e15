"""Fully connected ReLU networks no wider than their input, far out: paths to infinity on which they do not fall."""

import itertools
from collections.abc import Sequence
from fractions import Fraction
from typing import NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor

from rectified.networks import Layer, Layers, check_layers

Vector = list[Fraction]
Matrix = list[Vector]


class EscapePath(NamedTuple):
    """A polygon that ends in a ray; all numbers are exact.

    Attributes:
        points: Corners of the polygon, the start first.
        direction: Direction of the ray that leaves from the last corner.
    """

    points: list[Vector]
    direction: Vector


def recession_layers(layers: Layers) -> list[Layer]:
    r"""The network without biases: :math:`f_\infty(v) = \lim_{t \to \infty} f(x + t v) / t`.

    Where it is positive, f is positive far out in that direction. Where it is zero nothing is said.

    Args:
        layers: Pairs (weight, bias), first to last.

    Returns:
        The same weights with zero biases.

    Raises:
        ValueError: If layers do not fit.
    """
    check_layers(layers)
    return [(W, torch.zeros_like(b)) for W, b in layers]


def escape_path(layers: Layers, start: Float[Tensor, " d_in"]) -> EscapePath:
    r"""A path from ``start`` to infinity on which a narrow network never falls, in rational arithmetic.

    On the piece of ``start`` look at the first layer that is singular, or has an inactive neuron. In the first case
    some direction does not change its pre-activations; in the second one direction lowers that neuron's and changes no
    other. The outputs do not change along it until some neuron of an *earlier* layer becomes inactive; from there
    the same is done again, with an earlier layer, so that this ends. If all neurons are active in invertible layers,
    the network is affine there, and its gradient is the direction.

    Args:
        layers: Pairs (weight, bias) of a ReLU network with one output and no hidden layer wider than the input.
        start: Where to begin.

    Returns:
        The path. It exists from every start; floats are rational numbers, so nothing is rounded.

    Raises:
        ValueError: If there is more than one output, a hidden layer is wider than the input, or ``start`` does not fit.

    Source:
        [lin2018resnet], the proposition on fully connected networks; the path and its proof are ours.
    """
    exact = _checked_narrow(layers, start)
    points = [[Fraction(value) for value in start.tolist()]]
    while True:
        passed, direction = _next_direction(exact, points[-1])
        time = _time_to_inactive(passed, points[-1], direction)
        if time is None:
            return EscapePath(points, direction)
        points.append(_moved(points[-1], time, direction))


def point_at_radius(path: EscapePath, radius: float) -> Vector:
    """A point of the path, exactly on it, whose distance from the origin is ``radius`` up to rounding.

    Args:
        path: A path that starts inside the circle.
        radius: The distance.

    Returns:
        The first crossing.

    Raises:
        ValueError: If the path starts outside.
    """
    if sum(value**2 for value in path.points[0]) >= Fraction(radius) ** 2:
        raise ValueError(f"radius is {radius}, but the path starts outside of that circle; expected a larger one")
    for begin, end in itertools.pairwise(path.points):
        step = _moved(end, Fraction(-1), begin)
        time = _crossing_time(begin, step, radius)
        if time <= 1:
            return _moved(begin, time, step)
    return _moved(path.points[-1], _crossing_time(path.points[-1], path.direction, radius), path.direction)


def _crossing_time(begin: Vector, step: Vector, radius: float) -> Fraction:
    """When ``begin + t step`` leaves the ball; ``begin`` is inside. The step is scaled, so that nothing overflows."""
    largest = max(abs(value) for value in step)
    unit = torch.tensor([float(value / largest) for value in step], dtype=torch.float64)
    at = torch.tensor([float(value) for value in begin], dtype=torch.float64)
    square, linear = unit @ unit, unit @ at
    root = torch.sqrt(linear**2 + square * (radius**2 - at @ at))
    return Fraction(((root - linear) / square).item()) / largest


def _next_direction(layers: Sequence[tuple[Matrix, Vector]], x: Vector) -> tuple[list[tuple[Matrix, Vector]], Vector]:
    """A direction along which the output does not fall while the layers returned, affine in x, stay positive."""
    dim = len(x)
    A: Matrix = [[Fraction(int(i == j)) for j in range(dim)] for i in range(dim)]
    c: Vector = [Fraction(0)] * dim
    passed: list[tuple[Matrix, Vector]] = []
    for W, b in layers[:-1]:
        A, c = [_combined(row, A) for row in W], [_dot(row, c) + bias for row, bias in zip(W, b, strict=True)]
        null = _null_vector(A, dim)
        if null is not None:
            return passed, null
        values = [_dot(row, x) + offset for row, offset in zip(A, c, strict=True)]
        inactive = [i for i, value in enumerate(values) if value <= 0]
        if inactive:
            others = [row for i, row in enumerate(A) if i != inactive[0]]
            v = _null_vector(others, dim) or []
            return passed, v if _dot(A[inactive[0]], v) < 0 else [-value for value in v]
        passed.append((A, c))
    gradient = _combined(layers[-1][0][0], A)
    return passed, gradient if any(gradient) else [Fraction(1)] + [Fraction(0)] * (dim - 1)


def _time_to_inactive(passed: Sequence[tuple[Matrix, Vector]], x: Vector, direction: Vector) -> Fraction | None:
    """When the first neuron of the layers reaches zero on the way, or None if none does."""
    times = []
    for A, c in passed:
        for row, offset in zip(A, c, strict=True):
            slope = _dot(row, direction)
            if slope < 0:
                times.append(-(_dot(row, x) + offset) / slope)
    return min(times, default=None)


def _null_vector(rows: Matrix, dim: int) -> Vector | None:
    """A nonzero vector orthogonal to all rows, by Gauss-Jordan elimination, or None if there is none."""
    reduced: list[tuple[int, Vector]] = []  # pivot column and row, with a 1 at the pivot
    for row in rows:
        rest = row
        for column, pivot_row in reduced:
            rest = _moved(rest, -rest[column], pivot_row)
        column = next((j for j, value in enumerate(rest) if value), -1)
        if column < 0:
            continue
        scaled = [value / rest[column] for value in rest]
        reduced = [(k, _moved(other, -other[column], scaled)) for k, other in reduced] + [(column, scaled)]
    pivots = {column for column, _ in reduced}
    free = next((j for j in range(dim) if j not in pivots), None)
    if free is None:
        return None
    vector = [Fraction(int(j == free)) for j in range(dim)]
    for column, row in reduced:
        vector[column] = -row[free]
    return vector


def _dot(a: Vector, b: Vector) -> Fraction:
    return sum((x * y for x, y in zip(a, b, strict=True)), Fraction(0))


def _combined(weights: Vector, rows: Matrix) -> Vector:
    """The combination of the rows with the given weights."""
    return [_dot(weights, list(column)) for column in zip(*rows, strict=True)]


def _moved(x: Vector, time: Fraction, direction: Vector) -> Vector:
    return [a + time * v for a, v in zip(x, direction, strict=True)]


def _checked_narrow(layers: Layers, start: Tensor) -> list[tuple[Matrix, Vector]]:
    """The layers in rational numbers.

    Raises:
        ValueError: If the network is too wide, has several outputs, or ``start`` does not fit.
    """
    widths = check_layers(layers)
    if tuple(start.shape) != (widths[0],):
        raise ValueError(f"start has shape {tuple(start.shape)}; expected ({widths[0]},)")
    if widths[-1] != 1:
        raise ValueError(f"layers has {widths[-1]} outputs; expected 1")
    if max(widths[1:-1], default=1) > widths[0]:
        raise ValueError(f"layers has widths {widths}; expected no hidden layer wider than the input, {widths[0]}")
    return [
        ([[Fraction(value) for value in row] for row in W.tolist()], [Fraction(value) for value in b.tolist()])
        for W, b in layers
    ]
