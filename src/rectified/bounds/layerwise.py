"""Bounds of one group of images, layer after layer: lines from bounds, bounds from a backward pass through the lines."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

import torch
from jaxtyping import Float
from torch import Tensor

from rectified.activations.elementwise import IDENTITY, RELU, Activation
from rectified.bounds.backward import (
    LinearFunction,
    Stage,
    concretised,
    make_stage,
    pull_back,
    restrict,
    select_first,
)
from rectified.bounds.ball import linear_extremes
from rectified.bounds.interval import Interval, affine_image, first_interval
from rectified.bounds.relaxations import LowerSlope, Relaxation, relaxation_of
from rectified.networks import Layers


class Intermediate(Enum):
    """Where the bounds of the hidden layers come from."""

    CROWN = "crown"
    """A backward pass per layer."""
    INTERVAL = "interval"
    """Interval arithmetic; only the last layer gets a backward pass (CROWN-IBP)."""


@dataclass(frozen=True)
class NetworkBounds:
    """Certified bounds over the ball.

    Attributes:
        hidden: Bounds of the pre-activations of every hidden layer, each (batch, width).
        lower: Lower bounds of the outputs, or of the specification's rows.
        upper: Upper bounds, or None where only the lower ones were asked for.
        lower_function: Linear functions of the input below the outputs all over the ball.
        upper_function: Linear functions above them, or None.
    """

    hidden: tuple[Interval, ...]
    lower: Float[Tensor, "batch specs"]
    upper: Float[Tensor, "batch specs"] | None
    lower_function: LinearFunction
    upper_function: LinearFunction | None


@dataclass(frozen=True)
class Setting:
    """What stays the same for all images of one call; see ``crown_bounds`` for the meaning of each field."""

    activation: Activation
    intermediate: Intermediate
    lower_only: bool
    skip_decided: bool


@dataclass(frozen=True)
class Ball:
    """Balls of one norm, one per image."""

    center: Float[Tensor, "batch d_in"]
    eps: Float[Tensor, " batch"]
    p: float


def bounds_of_group(
    hidden: Layers,
    last: tuple[Tensor, Tensor],
    ball: Ball,
    slopes: Sequence[LowerSlope | Tensor],
    setting: Setting,
) -> NetworkBounds:
    """Bounds of the last layer's outputs, and of every layer before.

    Args:
        hidden: Pairs (weight, bias) of the hidden layers.
        last: Weight (specs, width) and bias (specs,) of the last layer, or one of each per image.
        ball: Where the inputs may lie.
        slopes: Per hidden layer a rule for the lower lines, or the slopes.
        setting: The choices of the caller.
    Returns:
        The bounds.
    Source:
        [zhang2018efficient], Theorem 3.2 and Corollary 3.3.
    """
    stages: list[Stage] = []
    boxes: list[Interval] = []
    lines: Relaxation | None = None
    for (W, b), slope in zip(hidden, slopes, strict=True):
        box = _hidden_box(W, b, ball, stages, boxes, lines, setting)
        lines = relaxation_of(setting.activation, box.lower, box.upper, slope)
        boxes.append(box)
        bias = b if stages else ball.center @ W.T + b
        stages.append(make_stage(W, bias, lines, stages[-1] if stages else None))
    return _output_bounds(last, ball, stages, tuple(boxes), both=not setting.lower_only)


def _hidden_box(
    W: Tensor,
    b: Tensor,
    ball: Ball,
    stages: list[Stage],
    boxes: list[Interval],
    lines: Relaxation | None,
    setting: Setting,
) -> Interval:
    if lines is None:
        return first_interval(W, b, ball.center, ball.eps, ball.p)
    if setting.intermediate is Intermediate.INTERVAL:
        value = setting.activation.value
        return affine_image(W, b, Interval(value(boxes[-1].lower), value(boxes[-1].upper)))
    quick = affine_image(W, b, _line_box(lines, boxes[-1]))
    wanted = _undecided(quick, setting.activation) if setting.skip_decided else torch.ones_like(quick.lower).bool()
    rows = select_first(1 - wanted.long(), below=1)
    if rows is not None and rows.shape[1] == 0:
        return quick
    return _backward_box(W, b, ball, stages, quick, wanted, rows)


def _line_box(lines: Relaxation, box: Interval) -> Interval:
    """Range of the lines, not of the activation: a backward pass is never looser than arithmetic on these.

    (Arithmetic on the activation's own range can be tighter than CROWN, and would change its result.)
    """
    return Interval(
        lines.lower_slope * box.lower + lines.lower_intercept, lines.upper_slope * box.upper + lines.upper_intercept
    )


def _undecided(box: Interval, activation: Activation) -> Tensor:
    """Neurons whose bounds matter: an activation's lines depend on them unless it is linear there."""
    if activation == RELU:
        return (box.lower < 0) & (box.upper > 0)
    return torch.full_like(box.lower, activation != IDENTITY, dtype=torch.bool)


def _backward_box(
    W: Tensor, b: Tensor, ball: Ball, stages: list[Stage], quick: Interval, wanted: Tensor, rows: Tensor | None
) -> Interval:
    """Bounds by a backward pass where wanted, the quick ones elsewhere."""
    coefficients = restrict(W, rows, stages[-1].neurons)
    slope, value = pull_back(coefficients.expand(ball.eps.shape[0], -1, -1), stages, both=True)
    lower, upper = concretised(slope, value, ball.eps, ball.p)
    if rows is None:
        return Interval(lower + b, upper + b)
    offset = b[rows]
    exact = (quick.lower.scatter(1, rows, lower + offset), quick.upper.scatter(1, rows, upper + offset))
    return Interval(torch.where(wanted, exact[0], quick.lower), torch.where(wanted, exact[1], quick.upper))


def _output_bounds(
    last: tuple[Tensor, Tensor], ball: Ball, stages: list[Stage], boxes: tuple[Interval, ...], both: bool
) -> NetworkBounds:
    W, b = last
    batch = ball.center.shape[0]
    if not stages:
        slope = W.expand(batch, -1, -1)
        lower, upper = linear_extremes(slope, b.expand(batch, -1), ball.center[:, None], ball.eps[:, None], ball.p)
        function = LinearFunction(slope, b.expand(batch, -1))
        return NetworkBounds(boxes, lower, upper if both else None, function, function if both else None)
    coefficients = restrict(W, None, stages[-1].neurons).expand(batch, -1, -1)
    slope, value = pull_back(coefficients, stages, both)
    value = value + b
    extremes = concretised(slope, value, ball.eps, ball.p)
    offset = value - (slope @ ball.center[:, :, None])[..., 0]
    functions = [LinearFunction(a, d) for a, d in zip(slope, offset, strict=True)]
    return NetworkBounds(
        boxes, extremes[0], extremes[1] if both else None, functions[0], functions[1] if both else None
    )
