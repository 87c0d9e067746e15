"""Linear relaxation bounds, one image, one row and one neuron at a time: slow, and easy to read beside the theorem."""

import math
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
# interval (l, u) -> upper slope, upper intercept, lower slope, lower intercept
Rule = Callable[[float, float], tuple[float, float, float, float]]


def adaptive_relu(lower: float, upper: float) -> tuple[float, float, float, float]:
    """The lines of CROWN-Ada for one ReLU.

    Args:
        lower: Left end of the interval.
        upper: Right end.

    Returns:
        Upper slope, upper intercept, lower slope, lower intercept.

    Example:
        >>> adaptive_relu(-1.0, 3.0)
        (0.75, 0.75, 1.0, 0.0)

    Source:
        [zhang2018efficient], the lines for the ReLU.
    """
    if lower >= 0:
        return 1.0, 0.0, 1.0, 0.0
    if upper <= 0:
        return 0.0, 0.0, 0.0, 0.0
    slope = upper / (upper - lower)
    return slope, -lower * slope, 1.0 if upper > -lower else 0.0, 0.0


def parallel_relu(lower: float, upper: float) -> tuple[float, float, float, float]:
    """The parallel lines of Fast-Lin for one ReLU.

    Args:
        lower: Left end of the interval.
        upper: Right end.

    Returns:
        Upper slope, upper intercept, lower slope, lower intercept.

    Source:
        [weng2018towards], the parallel lines.
    """
    slope, intercept, _, _ = adaptive_relu(lower, upper)
    return slope, intercept, slope, 0.0


def linear_bounds(
    layers: Sequence[tuple[Array, Array]],
    center: Array,
    eps: float | int,
    p: float | int,
    rule: Rule,
    row: Array | None = None,
) -> list[tuple[Array, Array]]:
    """Bounds of every layer for one image, by the theorem as it is written.

    Args:
        layers: Pairs (weight, bias), first to last.
        center: Centre of the ball, (d_in,).
        eps: Radius.
        p: Exponent of the ball's norm: 1, 2 or infinity.
        rule: Lines of one neuron from its interval.
        row: One row on the outputs; without it each output is bounded.

    Returns:
        Lower and upper bounds of each layer's pre-activations; the last ones are those of the outputs, or of the row.

    Source:
        [zhang2018efficient], Theorem 3.2 and Corollary 3.3.
    """
    bounds: list[tuple[Array, Array]] = []
    for depth in range(1, len(layers) + 1):
        width = layers[depth - 1][0].shape[0]
        rows = list(np.eye(width)) if depth < len(layers) or row is None else [row]
        ends = [_row_bounds(layers[:depth], bounds, center, eps, p, rule, one) for one in rows]
        bounds.append((np.array([low for low, _ in ends]), np.array([high for _, high in ends])))
    return bounds


def _row_bounds(
    layers: Sequence[tuple[Array, Array]],
    bounds: Sequence[tuple[Array, Array]],
    center: Array,
    eps: float | int,
    p: float | int,
    rule: Rule,
    row: Array,
) -> tuple[float, float]:
    """Minimum and maximum of ``row @ y`` for the last of the layers."""
    low = _pulled_back(layers, bounds, rule, row, upper=False)
    high = _pulled_back(layers, bounds, rule, row, upper=True)
    q = {1.0: math.inf, 2.0: 2.0, math.inf: 1.0}[float(p)]
    return (
        float(low[0] @ center + low[1] - eps * np.linalg.norm(low[0], q)),
        float(high[0] @ center + high[1] + eps * np.linalg.norm(high[0], q)),
    )


def _pulled_back(
    layers: Sequence[tuple[Array, Array]], bounds: Sequence[tuple[Array, Array]], rule: Rule, row: Array, *, upper: bool
) -> tuple[Array, float]:
    """Slope and offset of a linear function of the input on one side of ``row @ y``."""
    W, b = layers[-1]
    slope, offset = row @ W, float(row @ b)
    for idx in range(len(layers) - 2, -1, -1):
        before = np.zeros_like(slope)
        for neuron, coefficient in enumerate(slope):
            lines = rule(float(bounds[idx][0][neuron]), float(bounds[idx][1][neuron]))
            k, t = lines[:2] if (coefficient > 0) == upper else lines[2:]
            before[neuron] = coefficient * k
            offset += coefficient * t
        W, b = layers[idx]
        offset += float(before @ b)
        slope = before @ W
    return slope, offset
