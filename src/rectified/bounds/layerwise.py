"""Bounds layer after layer: lines from bounds, bounds from a backward pass through the lines."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor

from rectified.activations.elementwise import IDENTITY, RELU, Activation
from rectified.bounds.backward import (
    Pulled,
    Stage,
    extremes,
    make_stage,
    pull_back,
    restrict,
    slopes_in_blocks,
    sorted_lines,
)
from rectified.bounds.ball import dual_norm
from rectified.bounds.interval import Interval, affine_image, first_interval
from rectified.bounds.relaxations import LowerSlope, Relaxation, relaxation_of
from rectified.networks import Layers


class Intermediate(Enum):
    """Where the bounds of the hidden layers come from."""

    CROWN = "crown"
    """A backward pass per layer."""
    INTERVAL = "interval"
    """Interval arithmetic; only the last layer gets a backward pass (CROWN-IBP)."""


class LinearFunction(NamedTuple):
    """Linear functions ``slope @ x + offset`` of the input, one per row."""

    slope: Float[Tensor, "batch specs d_in"]
    offset: Float[Tensor, "batch specs"]


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
    skip_decided: bool


@dataclass(frozen=True)
class Balls:
    """Balls of one norm, one per image, and the groups in which the images are taken through a backward pass."""

    center: Float[Tensor, "batch d_in"]
    eps: Float[Tensor, " batch"]
    p: float
    groups: Sequence[slice]


def hidden_bounds(
    layers: Layers, balls: Balls, slopes: Sequence[LowerSlope | Tensor], setting: Setting
) -> tuple[list[Interval], list[list[Stage]]]:
    """Bounds of the hidden layers' pre-activations, and their lines.

    Args:
        layers: Pairs (weight, bias) of the hidden layers.
        balls: Where the inputs may lie.
        slopes: Per hidden layer a rule for the lower lines, or the slopes.
        setting: The choices of the caller.

    Returns:
        One interval (batch, width) per layer, and per group of images one stage per layer.
    Source:
        [zhang2018efficient], Theorem 3.2 and Corollary 3.3.
    """
    stages: list[list[Stage]] = [[] for _ in balls.groups]
    boxes: list[Interval] = []
    lines: Relaxation | None = None
    for (W, b), slope in zip(layers, slopes, strict=True):
        box = _next_box(W, b, balls, stages, boxes[-1], lines, setting) if lines else first_box(W, b, balls)
        bias = b if boxes else balls.center @ W.T + b
        lines = relaxation_of(setting.activation, box.lower, box.upper, slope)
        boxes.append(box)
        add_stages(stages, W, bias, lines, balls.groups)
    return boxes, stages


def first_box(W: Tensor, b: Tensor, balls: Balls) -> Interval:
    """Exact bounds of the first layer.

    Args:
        W: Weight (width, d_in).
        b: Bias (width,).
        balls: Where the inputs may lie.

    Returns:
        Bounds (batch, width).
    Source:
        [zhang2018efficient], Corollary 3.3, for one layer.
    """
    return first_interval(W, b, balls.center, balls.eps, balls.p)


def add_stages(stages: list[list[Stage]], W: Tensor, bias: Tensor, lines: Relaxation, groups: Sequence[slice]) -> None:
    """Append the next hidden layer to the stages of every group.

    Args:
        stages: Per group one stage for each layer so far; extended in place.
        W: Weight into the layer.
        bias: Bias of the layer, or for the first layer the value at each centre.
        lines: Lines of the layer, for all images.
        groups: The images of each group.
    Source:
        own.
    """
    ordered = sorted_lines(lines, bias)
    for group, so_far in zip(groups, stages, strict=True):
        so_far.append(make_stage(W, ordered, group, so_far[-1] if so_far else None))


def _next_box(
    W: Tensor,
    b: Tensor,
    balls: Balls,
    stages: list[list[Stage]],
    box: Interval,
    lines: Relaxation,
    setting: Setting,
) -> Interval:
    if setting.intermediate is Intermediate.INTERVAL:
        value = setting.activation.value
        return affine_image(W, b, Interval(value(box.lower), value(box.upper)))
    quick = affine_image(W, b, _line_box(lines, box))
    wanted = _undecided(quick, setting.activation) if setting.skip_decided else torch.ones_like(quick.lower).bool()
    exact = _backward_box(W, b, balls, stages, quick, wanted)
    return Interval(*(torch.where(wanted, new, old) for new, old in zip(exact, quick, strict=True)))


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
    W: Tensor, b: Tensor, balls: Balls, stages: list[list[Stage]], quick: Interval, wanted: Tensor
) -> Interval:
    """Bounds by a backward pass for the wanted rows, at least."""
    counts = wanted.sum(-1).tolist()
    order = None if min(counts) == W.shape[0] else (~wanted).long().argsort(dim=-1, stable=True)
    lower, upper = [], []
    for group, path in zip(balls.groups, stages, strict=True):
        rows = None if order is None else order[group, : max(counts[group])]
        coefficients = restrict(W, rows, path[-1].neurons).expand(group.stop - group.start, -1, -1)
        low, high = extremes(pull_back(coefficients, path, both=True), path[0].weight, balls.eps[group], balls.p)
        bias = b if rows is None else b[rows]
        lower.append(low + bias if rows is None else quick.lower[group].scatter(1, rows, low + bias))
        upper.append(high + bias if rows is None else quick.upper[group].scatter(1, rows, high + bias))
    return Interval(torch.cat(lower), torch.cat(upper))


class Rows(NamedTuple):
    """Linear functions of one side, and their extreme values over the ball."""

    extreme: Float[Tensor, "batch specs"]
    function: LinearFunction


def output_bounds(last: tuple[Tensor, Tensor], balls: Balls, stages: list[list[Stage]], both: bool) -> list[Rows]:
    """Bounds of the last layer's outputs, given the lines of the hidden layers.

    Args:
        last: Weight (specs, width) and bias (specs,), or one of each per image.
        balls: Where the inputs may lie.
        stages: Per group of images one stage per hidden layer, at least one.
        both: Whether the upper side is wanted as well.

    Returns:
        The lower side, and the upper side where wanted.
    Source:
        [zhang2018efficient], Theorem 3.2 and Corollary 3.3.
    """
    parts = []
    for group, path in zip(balls.groups, stages, strict=True):
        W, b = (tensor[group] for tensor in last) if last[0].ndim == 3 else last
        coefficients = restrict(W, None, path[-1].neurons).expand(group.stop - group.start, -1, -1)
        pulled = pull_back(coefficients, path, both)
        parts.append(
            _rows(
                Pulled(pulled.coefficients, [value + b for value in pulled.values], pulled.shared), path, balls, group
            )
        )
    return [
        Rows(
            torch.cat([rows.extreme for rows in side]),
            LinearFunction(*map(torch.cat, zip(*(r.function for r in side), strict=True))),
        )
        for side in zip(*parts, strict=True)
    ]


def _rows(pulled: Pulled, path: list[Stage], balls: Balls, group: slice) -> list[Rows]:
    blocks = list(slopes_in_blocks(pulled, path[0].weight))
    slopes = [torch.cat(side, dim=1) for side in zip(*blocks, strict=True)]
    ends = []
    for side, (slope, value) in enumerate(zip(slopes, pulled.values, strict=True)):
        reach = balls.eps[group, None] * dual_norm(slope, balls.p)
        offset = value - (slope @ balls.center[group, :, None])[..., 0]
        ends.append(Rows(value + reach if side else value - reach, LinearFunction(slope, offset)))
    return ends
