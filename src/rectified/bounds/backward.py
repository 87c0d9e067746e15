"""One backward pass: from rows on a layer's output to linear functions of the input.

Three observations keep the pass small, and none changes its result. A neuron whose two lines are both zero is cut out
of the network of its image, with its row and its column, where enough of them are. Where the two lines coincide there
is no sign to look at, so that only the curved neurons, sorted to the front, are treated twice. And the function below a
row and the one below its negative differ in the sign of the middle line only: they share the first step.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import torch
from jaxtyping import Float, Int
from torch import Tensor

from rectified.bounds.ball import dual_norm
from rectified.bounds.relaxations import Relaxation

# Slopes are computed for so many rows at a time that they are still in a CPU's cache when their norm is taken.
_BLOCK_ENTRIES = 2**17
# If more than this share of the neurons or rows matters, copying their part of a matrix costs more than it saves.
WORTH_CUTTING = 0.8


class Lines(NamedTuple):
    """The lines of a hidden layer, its neurons sorted per image: curved (unequal lines), linear, dead (zero lines).

    A pair of lines is kept as the line in the middle and the gap from it to the upper one. An intercept is kept as the
    line's value at the layer's bias. ``rows`` is 1 where all rows share their lines.
    """

    order: Int[Tensor, "batch width"] | None  # None: every neuron counts as curved and stays in place
    slope: Float[Tensor, "batch rows width"]
    slope_gap: Float[Tensor, "batch rows width"]
    value: Float[Tensor, "batch rows width"]
    value_gap: Float[Tensor, "batch rows width"]
    num_alive: list[int]
    num_curved: list[int]


def sorted_lines(relaxation: Relaxation, bias: Float[Tensor, "*any width"]) -> Lines:
    """The lines of all images, neurons sorted by what they need.

    Args:
        relaxation: Lines (batch, width), or (batch, rows, width) where each row has its own.
        bias: Of the affine map into the layer; for the first layer its value at the centre of the ball.

    Returns:
        The sorted lines and, per image, how many neurons are curved and how many are not dead.
    """
    upper, lower = torch.stack(relaxation[:2]), torch.stack(relaxation[2:])
    if upper.ndim == 3:
        upper, lower = upper[:, :, None], lower[:, :, None]
    middle, gap = (upper + lower) / 2.0, (upper - lower) / 2.0
    curved = (gap != 0).any(0).any(1)
    alive = curved | (middle != 0).any(0).any(1)
    num_alive, num_curved = alive.sum(-1).tolist(), curved.sum(-1).tolist()
    point = bias.expand(alive.shape)[:, None]
    lines = torch.stack([middle[0], gap[0], middle[0] * point + middle[1], gap[0] * point + gap[1]])
    order = None
    if sum(num_alive) > WORTH_CUTTING * alive.numel():
        num_alive = num_curved = [alive.shape[1]] * alive.shape[0]
    else:
        order = (2 - alive.byte() - curved.byte()).argsort(dim=-1, stable=True)
        lines = lines.gather(3, order[None, :, None].expand(lines.shape))
    slope, slope_gap, value, value_gap = lines
    return Lines(order, slope, slope_gap, value, value_gap, num_alive, num_curved)


@dataclass(frozen=True)
class Stage:
    """A hidden layer of a group of images, cut to the neurons that matter for one of them; the curved ones first."""

    weight: Float[Tensor, "*any kept previous"]
    slope: Float[Tensor, "batch rows kept"]
    slope_gap: Float[Tensor, "batch rows curved"]  # zero for the neurons that are not stored
    value: Float[Tensor, "batch rows kept"]
    value_gap: Float[Tensor, "batch rows curved"]
    neurons: Int[Tensor, "batch kept"] | None  # None: all, in their own order


def make_stage(weight: Tensor, lines: Lines, group: slice) -> Stage:
    """The part of a hidden layer that a group of images needs.

    Args:
        weight: Of the affine map into the layer, its columns cut by ``cut_columns`` for this group.
        lines: Of all images.
        group: Which images.

    Returns:
        The stage.
    """
    num_alive, num_curved = max(lines.num_alive[group]), max(lines.num_curved[group])
    neurons = None if lines.order is None else lines.order[group, :num_alive]
    return Stage(
        cut_rows(weight, neurons),
        lines.slope[group, :, :num_alive],
        lines.slope_gap[group, :, :num_curved],
        lines.value[group, :, :num_alive],
        lines.value_gap[group, :, :num_curved],
        neurons,
    )


def cut_columns(
    weight: Float[Tensor, "*any d_out d_in"], path: Sequence[Stage]
) -> Float[Tensor, "*images d_out _kept"]:
    """The columns that belong to the neurons kept by the last stage.

    Args:
        weight: One matrix for all images, or one for each.
        path: The stages so far; without any, nothing is cut.

    Returns:
        One matrix for all images where nothing is cut, else one for each.
    """
    columns = path[-1].neurons if path else None
    if columns is None:
        return weight
    full = weight.expand(columns.shape[0], -1, -1)
    return full.gather(2, columns[:, None].expand(-1, full.shape[1], -1))


def cut_rows(
    weight: Float[Tensor, "*any d_out d_in"], rows: Int[Tensor, "batch kept"] | None
) -> Float[Tensor, "*images _kept d_in"]:
    """The given rows of each image's matrix.

    Args:
        weight: One matrix for all images, or one for each.
        rows: Indices, or None for all rows.

    Returns:
        One matrix for all images where there is one and nothing is cut, else one for each.
    """
    if rows is None:
        return weight
    if weight.ndim == 3 and weight.shape[0] > 1:
        return weight.gather(1, rows[:, :, None].expand(-1, -1, weight.shape[2]))
    flat = weight.view(weight.shape[-2:]).index_select(0, rows.flatten())  # whole rows: faster than gather
    return flat.view(*rows.shape, flat.shape[-1])


class Pulled(NamedTuple):
    """Rows on a stage's pre-activations, and the values of the rows' lower functions at its bias."""

    coefficients: Float[Tensor, "batch rows kept"]
    values: Float[Tensor, "batch rows"]


def pull_back(coefficients: Float[Tensor, "batch rows kept"], stages: Sequence[Stage]) -> Pulled:
    """Rows on the last stage's output, replaced by rows below them on the first stage's pre-activations.

    At every stage a positive coefficient takes the lower line and a negative one the upper line: a coefficient a takes
    a times the middle line minus |a| times the gap. What is below the negative of a row is the negative of what is
    above the row, so upper bounds need no code of their own.

    Args:
        coefficients: Rows on the neurons kept by the last stage.
        stages: First to last; the first one's bias is its value at the centre of the ball.

    Returns:
        Coefficients on the first stage, and the functions' values at the centre, without the bias of the map that
        the given rows come from.

    Source:
        [zhang2018efficient], Theorem 3.2.
    """
    return _to_first(_through(coefficients, stages[-1]), stages)


def _to_first(pulled: Pulled, stages: Sequence[Stage]) -> Pulled:
    """Rows on the last stage's pre-activations, replaced by rows on the first one's."""
    rows, values = pulled
    for idx in range(len(stages) - 1, 0, -1):
        rows, increment = _through(rows @ stages[idx].weight, stages[idx - 1])
        values = values + increment
    return Pulled(rows, values)


def _through(A: Tensor, stage: Stage) -> Pulled:
    """Coefficients before the activation, and the value that the lines add."""
    size, through = A[..., : stage.slope_gap.shape[-1]].abs(), A * stage.slope
    through[..., : size.shape[-1]].addcmul_(size, stage.slope_gap, value=-1.0)
    return Pulled(through, along(A, stage.value) - along(size, stage.value_gap))


def along(A: Tensor, vectors: Tensor) -> Tensor:
    """Each row of A times the vector of its image; the vectors may differ from row to row.

    Args:
        A: Rows (batch, rows, kept).
        vectors: One for all rows of an image, or one for each.

    Returns:
        The products, (batch, rows).
    """
    return (A @ vectors.transpose(1, 2))[..., 0] if vectors.shape[1] == 1 else (A * vectors).sum(-1)


class Sides(NamedTuple):
    """An affine map on the last stage's output, prepared for the functions below its rows and below their negatives."""

    rows: Float[Tensor, "batch rows kept"]  # through the middle lines
    size: Float[Tensor, "batch rows curved"]  # absolute values of the coefficients
    value: Float[Tensor, "batch rows"]  # bias included
    value_gap: Float[Tensor, "batch rows"]


def make_sides(weight: Float[Tensor, "*any rows kept"], bias: Float[Tensor, "*images rows"], stage: Stage) -> Sides:
    """What the backward passes for the lower and for the upper bounds of an affine map have in common.

    Args:
        weight: On the neurons kept by the stage; one matrix for all images, or one for each.
        bias: Of the map.
        stage: The last one, with lines that all rows share.

    Returns:
        The rows, ready for ``lowest_values``.
    """
    A = weight.expand(stage.slope.shape[0], -1, -1)
    size = A[..., : stage.slope_gap.shape[-1]].abs()
    return Sides(A * stage.slope, size, along(A, stage.value) + bias, along(size, stage.value_gap))


def cut_sides(sides: Sides, rows: Int[Tensor, "batch kept"]) -> Sides:
    """The given rows of each image.

    Args:
        sides: All rows.
        rows: Which of them.

    Returns:
        The part.
    """
    values = (value.gather(1, rows) for value in sides[2:])
    return Sides(cut_rows(sides.rows, rows), cut_rows(sides.size, rows), *values)


def lowest_values(
    sides: Sides,
    sign: Float[Tensor, "batch rows"],
    stages: Sequence[Stage],
    eps: Float[Tensor, " batch"],
    p: float | int,
) -> Float[Tensor, "batch rows"]:
    """Lower bounds over the ball of ``sign * y`` for the values y of an affine map.

    The slopes in the input are needed for their norm only.

    Args:
        sides: The map's rows.
        sign: 1 for a lower bound of y, -1 for the negative of an upper one.
        stages: First to last.
        eps: Radii.
        p: Exponent of the ball's norm.

    Returns:
        The bounds.

    Source:
        [zhang2018efficient], Corollary 3.3.
    """
    top = sign[..., None] * sides.rows
    top[..., : sides.size.shape[-1]].addcmul_(sides.size, stages[-1].slope_gap, value=-1.0)
    rows, values = _to_first(Pulled(top, sign * sides.value - sides.value_gap), stages)
    return values - eps[:, None] * input_norms(rows, stages[0].weight, p)


def input_norms(rows: Tensor, W: Tensor, p: float | int) -> Tensor:
    """The dual norms of the rows' slopes in the input, made a few rows at a time.

    Args:
        rows: On the first stage's pre-activations.
        W: The first stage's weight.
        p: Exponent of the ball's norm.

    Returns:
        The norms, (batch, rows).
    """
    num_blocks = 1
    if W.device.type == "cpu":
        num_blocks = rows.shape[:-1].numel() * W.shape[-1] // _BLOCK_ENTRIES + 1
    norms = [dual_norm(block @ W, p, overwrite=True) for block in torch.chunk(rows, num_blocks, dim=1)]
    return torch.cat(norms, dim=1)
