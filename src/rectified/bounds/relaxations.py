"""Two lines that sandwich an activation on an interval: the linear relaxations behind CROWN and Fast-Lin."""

from enum import Enum
from typing import NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor

from rectified.activations.elementwise import ARCTAN, IDENTITY, RELU, SIGMOID, TANH, Activation

# Halvings of a bracket: 100 exhaust float64 whatever the scale of the bracket (52 bits plus the distance to zero).
_BISECTIONS = 100
# Below this width a chord's slope is mostly rounding: take the derivative at the middle instead.
_NARROW = 1e-9


class LowerSlope(Enum):
    """How the slope of the lower line of an unstable ReLU is chosen."""

    ADAPTIVE = "adaptive"
    """1 where u > -l, else 0: the smaller area between line and ReLU (CROWN-Ada)."""
    PARALLEL = "parallel"
    """u / (u - l), the slope of the upper line (Fast-Lin)."""
    ZERO = "zero"
    ONE = "one"


class Relaxation(NamedTuple):
    """Lines with ``lower_slope y + lower_intercept <= activation(y) <= upper_slope y + upper_intercept``."""

    upper_slope: Float[Tensor, "*neurons"]
    upper_intercept: Float[Tensor, "*neurons"]
    lower_slope: Float[Tensor, "*neurons"]
    lower_intercept: Float[Tensor, "*neurons"]


def check_interval(lower: Tensor, upper: Tensor) -> None:
    """Refuse intervals that are empty or not numbers.

    Args:
        lower: Left ends.
        upper: Right ends.

    Raises:
        ValueError: If a shape differs, or ``lower <= upper`` fails somewhere.
    """
    if lower.shape != upper.shape:
        raise ValueError(f"upper has shape {tuple(upper.shape)}; expected {tuple(lower.shape)}, the shape of lower")
    if not bool((lower <= upper).all()):
        raise ValueError("lower is above upper or not a number somewhere; expected lower <= upper everywhere")


def relu_relaxation(
    lower: Float[Tensor, "*neurons"],
    upper: Float[Tensor, "*neurons"],
    slope: LowerSlope | Float[Tensor, "..."] = LowerSlope.ADAPTIVE,
) -> Relaxation:
    r"""Lines below and above the ReLU on ``[lower, upper]``.

    Where the interval has one sign both lines are the ReLU itself. Otherwise the upper line is the chord
    :math:`u (y - l) / (u - l)` and the lower line is :math:`a y` with any :math:`a \in [0, 1]`.

    Args:
        lower: Left ends l.
        upper: Right ends u, at least ``lower``.
        slope: Rule for a, or the slopes themselves, broadcast against ``lower``; they matter for unstable neurons only.

    Returns:
        The four coefficients, differentiable in the ends and in ``slope``.

    Raises:
        ValueError: If the interval is empty, or a slope lies outside [0, 1].

    Example:
        >>> [entry.item() for entry in relu_relaxation(torch.tensor(-1.0), torch.tensor(3.0))]
        [0.75, 0.75, 1.0, 0.0]

    Source:
        [zhang2018efficient], the tables of linear bounds; the parallel slope is that of [weng2018towards].
    """
    check_interval(lower, upper)
    active, unstable = (lower >= 0).to(lower.dtype), (lower < 0) & (upper > 0)
    width = torch.where(unstable, upper - lower, 1.0)
    chord = torch.where(unstable, upper / width, active)
    intercept = torch.where(unstable, -lower * chord, 0.0)
    below = torch.where(unstable, _lower_slope(lower, upper, chord, slope), active)
    zero = torch.zeros_like(below)
    return Relaxation(chord.expand_as(below), intercept.expand_as(below), below, zero)


def _lower_slope(lower: Tensor, upper: Tensor, chord: Tensor, slope: LowerSlope | Tensor) -> Tensor:
    if isinstance(slope, Tensor):
        if not bool(((slope >= 0) & (slope <= 1)).all()):
            raise ValueError("slope has entries outside [0, 1]; expected slopes between 0 and 1")
        return slope
    if slope is LowerSlope.PARALLEL:
        return chord
    if slope is LowerSlope.ADAPTIVE:
        return (upper > -lower).to(lower.dtype)
    return torch.full_like(lower, 1.0 if slope is LowerSlope.ONE else 0.0)


def s_shaped_relaxation(
    lower: Float[Tensor, "*neurons"], upper: Float[Tensor, "*neurons"], activation: Activation
) -> Relaxation:
    r"""Lines below and above tanh, sigmoid or arctan on ``[lower, upper]``.

    Such an activation is convex left of 0, concave right of it, and odd about :math:`(0, \sigma(0))`. Upper line: the
    chord where ``upper <= 0``; the tangent at the middle where ``lower >= 0``; otherwise the line through the left end
    that touches the curve at some d > 0, or the chord if d lies beyond ``upper``. The lower line is the upper line
    of the reflected interval :math:`[-u, -l]`, turned about :math:`(0, \sigma(0))`.

    Args:
        lower: Left ends.
        upper: Right ends, at least ``lower``.
        activation: ``TANH``, ``SIGMOID`` or ``ARCTAN``.

    Returns:
        The four coefficients. The tangency is found by bisection that ends on the sound side. Gradients flow through
        the lines with the touching point held fixed, which is exact where it does not move.

    Raises:
        ValueError: If the interval is empty, or the activation is none of the three.

    Source:
        [zhang2018efficient], the tables of linear bounds; the bisection on the sound side is ours.
    """
    check_interval(lower, upper)
    if activation not in (TANH, SIGMOID, ARCTAN):
        raise ValueError(f"activation is {activation.name}; expected tanh, sigmoid or arctan")
    upper_slope, upper_intercept = _upper_line(lower, upper, activation)
    lower_slope, reflected = _upper_line(-upper, -lower, activation)
    height = 2.0 * activation.value(torch.zeros_like(lower))
    return Relaxation(upper_slope, upper_intercept, lower_slope, height - reflected)


def _upper_line(lower: Tensor, upper: Tensor, activation: Activation) -> tuple[Tensor, Tensor]:
    value, derivative = activation.value, activation.derivative
    middle = (lower + upper) / 2.0
    narrow = upper - lower < _NARROW
    touching = _touching_point(lower, upper, activation)
    chord = (value(upper) - value(lower)) / torch.where(narrow, 1.0, upper - lower)
    tangent = (lower >= 0) | narrow
    slope = torch.where(touching < upper, derivative(touching), chord)
    slope = torch.where(tangent, derivative(middle), slope)
    through = torch.where(tangent, middle, lower)
    intercept = value(through) - slope * through
    # The curve leaves its tangent by at most max |second derivative| width^2 / 8, and that maximum is below 1.
    lift = torch.where(narrow & (lower < 0), (upper - lower) ** 2, 0.0)
    return slope, intercept + lift


def _touching_point(lower: Tensor, upper: Tensor, activation: Activation) -> Tensor:
    """A point d in (0, upper], at most the one where the line through the left end touches the curve; or ``upper``.

    The derivative at d exceeds the chord from the left end to d exactly where d is left of the touching point, so the
    left end of the bracket stays on the side whose tangent slope is too steep: the line lies above the curve.
    """
    with torch.no_grad():
        value, derivative = activation.value, activation.derivative
        left, right = torch.zeros_like(lower), upper.clamp_min(0.0)
        at_lower = value(lower)
        beyond = derivative(right) * (right - lower) >= value(right) - at_lower
        for _ in range(_BISECTIONS):
            middle = (left + right) / 2.0
            too_steep = derivative(middle) * (middle - lower) >= value(middle) - at_lower
            left, right = torch.where(too_steep, middle, left), torch.where(too_steep, right, middle)
        return torch.where(beyond | (upper <= 0), upper, left)


def relaxation_of(
    activation: Activation,
    lower: Float[Tensor, "*neurons"],
    upper: Float[Tensor, "*neurons"],
    slope: LowerSlope | Float[Tensor, "..."] = LowerSlope.ADAPTIVE,
) -> Relaxation:
    """Lines below and above the activation on ``[lower, upper]``.

    Args:
        activation: Any constant of ``rectified.activations.elementwise``.
        lower: Left ends.
        upper: Right ends, at least ``lower``.
        slope: Choice of the lower line, for the ReLU only.

    Returns:
        The four coefficients.

    Raises:
        ValueError: If no relaxation is known for the activation.

    Source:
        [zhang2018efficient], the tables of linear bounds.
    """
    if activation == RELU:
        return relu_relaxation(lower, upper, slope)
    if activation == IDENTITY:
        one, zero = torch.ones_like(lower), torch.zeros_like(lower)
        return Relaxation(one, zero, one, zero)
    if activation in (TANH, SIGMOID, ARCTAN):
        return s_shaped_relaxation(lower, upper, activation)
    raise ValueError(f"activation is {activation.name}; expected relu, tanh, sigmoid, arctan or identity")
