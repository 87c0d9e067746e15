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
    WORTH_CUTTING,
    Lines,
    Sides,
    Stage,
    cut_columns,
    cut_sides,
    lowest_values,
    make_sides,
    make_stage,
    pull_back,
    sorted_lines,
)
from rectified.bounds.ball import dual_norm
from rectified.bounds.interval import Interval, affine_image
from rectified.bounds.one_pass import both_extremes, pulled_back_together
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
    shares_slopes: bool = False  # parallel lines: one backward pass gives both ends


@dataclass(frozen=True)
class Balls:
    """Balls of one norm, one per image, and the groups in which the images are taken through a backward pass."""

    center: Float[Tensor, "batch d_in"]
    eps: Float[Tensor, " batch"]
    p: float | int
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
    W, b = layers[0]
    middle = balls.center @ W.T + b
    reach = balls.eps[:, None] * dual_norm(W, balls.p)
    boxes = [Interval(middle - reach, middle + reach)]
    lines = relaxation_of(setting.activation, *boxes[0], slopes[0])
    add_stages(stages, W, middle, lines, balls.groups)
    for (W, b), slope in zip(layers[1:], slopes[1:], strict=True):
        target = _Target(W, b, setting.activation.value(middle) @ W.T + b, [cut_columns(W, path) for path in stages])
        boxes.append(_next_box(target, balls, stages, boxes[-1], lines, setting))
        lines, middle = relaxation_of(setting.activation, *boxes[-1], slope), target.middle
        _append(stages, target.cut, sorted_lines(lines, b), balls.groups)
    return boxes, stages


def add_stages(stages: list[list[Stage]], W: Tensor, bias: Tensor, lines: Relaxation, groups: Sequence[slice]) -> None:
    """Append the next hidden layer to the stages of every group.

    Args:
        stages: Per group one stage for each layer so far; extended in place.
        W: Weight into the layer.
        bias: Bias of the layer, or for the first layer the value at each centre.
        lines: Lines of the layer, for all images.
        groups: The images of each group.
    """
    _append(stages, [cut_columns(W, path) for path in stages], sorted_lines(lines, bias), groups)


def _append(stages: list[list[Stage]], cut: Sequence[Tensor], lines: Lines, groups: Sequence[slice]) -> None:
    for group, path, weight in zip(groups, stages, cut, strict=True):
        path.append(make_stage(weight, lines, group))


class _Target(NamedTuple):
    """The affine map whose values are to be bounded, its values at the centres, and its matrix cut for each group."""

    W: Tensor
    b: Tensor
    middle: Tensor
    cut: Sequence[Tensor]  # W for each group of images, without the columns of neurons that are dead


def _next_box(
    target: _Target, balls: Balls, stages: list[list[Stage]], box: Interval, lines: Relaxation, setting: Setting
) -> Interval:
    """Bounds of the next layer: by arithmetic where that settles all that matters, else by backward passes.

    The bound on the side of zero, as seen from the value at the centre, comes first. If it shows that the input of a
    ReLU keeps its sign, the other bound is of no consequence.
    """
    if setting.intermediate is Intermediate.INTERVAL:
        value = setting.activation.value
        return affine_image(target.W, target.b, Interval(value(box.lower), value(box.upper)))
    quick = affine_image(target.W, target.b, _line_box(lines, box))
    skip = setting.activation == RELU and setting.skip_decided
    up = target.middle >= 0
    near, far = torch.where(up, quick.lower, -quick.upper), torch.where(up, -quick.upper, quick.lower)
    wanted = (near < 0) if skip else torch.ones_like(up)
    wanted &= setting.activation != IDENTITY or not setting.skip_decided
    sign, ends = up.to(near.dtype) * 2.0 - 1.0, []
    for group, path, W in zip(balls.groups, stages, target.cut, strict=True):
        rows = _Sandwiched(make_sides(W, target.b, path[-1]), path, balls.eps[group], balls.p)
        if setting.shares_slopes:
            ends.append(_oriented_both(rows, sign[group], (near[group], far[group]), wanted[group]))
            continue
        first = _oriented_lower(rows, sign[group], near[group], wanted[group])
        undecided = wanted[group] & (first < 0) if skip else wanted[group]
        ends.append((first, _oriented_lower(rows, -sign[group], far[group], undecided)))
    near, far = (torch.cat(parts) for parts in zip(*ends, strict=True))
    return Interval(torch.where(up, near, far), -torch.where(up, far, near))


def _line_box(lines: Relaxation, box: Interval) -> Interval:
    """Range of the lines, not of the activation: a backward pass is never looser than arithmetic on these.

    (Arithmetic on the activation's own range can be tighter than CROWN, and would change its result.)
    """
    return Interval(
        lines.lower_slope * box.lower + lines.lower_intercept, lines.upper_slope * box.upper + lines.upper_intercept
    )


class _Sandwiched(NamedTuple):
    """The rows of an affine map for a group of images, and where to pull them back to."""

    sides: Sides
    path: list[Stage]
    eps: Tensor
    p: float | int


def _oriented_lower(rows: _Sandwiched, sign: Tensor, known: Tensor, wanted: Tensor) -> Tensor:
    """Lower bounds of ``sign * y`` by a backward pass where wanted, the known ones elsewhere."""
    sides, path, eps, p = rows
    most = int(wanted.sum(-1).max())
    if most == 0:
        return known
    if most > WORTH_CUTTING * wanted.shape[1]:
        return torch.where(wanted, lowest_values(sides, sign, path, eps, p), known)
    kept = (~wanted).byte().argsort(dim=-1, stable=True)[:, :most]
    lower = lowest_values(cut_sides(sides, kept), sign.gather(1, kept), path, eps, p)
    return torch.where(wanted, known.scatter(1, kept, lower), known)


def _oriented_both(rows: _Sandwiched, sign: Tensor, known: tuple[Tensor, Tensor], wanted: Tensor) -> tuple[Tensor, ...]:
    """Lower bounds of ``sign * y`` and of ``-sign * y`` by one backward pass where wanted, the known ones elsewhere."""
    sides, path, eps, p = rows
    most = int(wanted.sum(-1).max())
    if most == 0:
        return known
    if most > WORTH_CUTTING * wanted.shape[1]:
        lower, upper = both_extremes(sides, path, eps, p)
    else:
        kept = (~wanted).byte().argsort(dim=-1, stable=True)[:, :most]
        found = both_extremes(cut_sides(sides, kept), path, eps, p)
        lower, upper = (torch.zeros_like(sign).scatter(1, kept, end) for end in found)
    near, far = torch.where(sign > 0, lower, -upper), torch.where(sign > 0, -upper, lower)
    return torch.where(wanted, near, known[0]), torch.where(wanted, far, known[1])


class Rows(NamedTuple):
    """Linear functions below the rows, and their smallest values over the ball."""

    lowest: Float[Tensor, "batch rows"]
    function: LinearFunction


def output_bounds(last: tuple[Tensor, Tensor], balls: Balls, stages: list[list[Stage]]) -> Rows:
    """Lower bounds of the last layer's outputs, given the lines of the hidden layers.

    Args:
        last: Weight (specs, width) and bias (specs,), or one of each per image.
        balls: Where the inputs may lie.
        stages: Per group of images one stage per hidden layer, at least one.

    Returns:
        The functions and their minima.

    Source:
        [zhang2018efficient], Theorem 3.2 and Corollary 3.3.
    """
    slopes, values = [], []
    for group, path in zip(balls.groups, stages, strict=True):
        W, b = (tensor[group] for tensor in last) if last[0].ndim == 3 else last
        coefficients = cut_columns(W, path).expand(group.stop - group.start, -1, -1)
        pulled = pull_back(coefficients, path)
        slopes.append(pulled.coefficients @ path[0].weight)
        values.append(pulled.values + b)
    slope, value = torch.cat(slopes), torch.cat(values)
    offset = value - (slope @ balls.center[:, :, None])[..., 0]
    return Rows(value - balls.eps[:, None] * dual_norm(slope, balls.p), LinearFunction(slope, offset))


def shared_output_bounds(last: tuple[Tensor, Tensor], balls: Balls, stages: list[list[Stage]]) -> tuple[Rows, Rows]:
    """Lower and upper bounds of the last layer's outputs by one backward pass, where all lines are parallel.

    Args:
        last: As for ``output_bounds``.
        balls: Where the inputs may lie.
        stages: Per group of images one stage per hidden layer, at least one, with parallel lines.

    Returns:
        The functions below and their minima, and those above and their maxima.

    Source:
        [weng2018towards], Fast-Lin.
    """
    slopes, parts = [], []
    for group, path in zip(balls.groups, stages, strict=True):
        W, b = (tensor[group] for tensor in last) if last[0].ndim == 3 else last
        rows, value, gap = pulled_back_together(make_sides(cut_columns(W, path), b, path[-1]), path)
        slopes.append(rows @ path[0].weight)
        parts.append((value, gap))
    slope, (value, gap) = torch.cat(slopes), (torch.cat(tensors) for tensors in zip(*parts, strict=True))
    at_zero = value - (slope @ balls.center[:, :, None])[..., 0]
    reach = gap + balls.eps[:, None] * dual_norm(slope, balls.p)
    lower, upper = LinearFunction(slope, at_zero - gap), LinearFunction(slope, at_zero + gap)
    return Rows(value - reach, lower), Rows(value + reach, upper)
