"""One backward pass: from rows on a layer's output to linear functions of the input.

Two observations keep the pass small, and neither changes its result. A neuron whose two lines are both zero is cut out
of the network of its image, with its row and its column. And where the two lines coincide there is no sign to look at,
so that only the curved neurons, sorted to the front, are treated twice.
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
# If more than this share of the neurons is alive, copying their part of the matrices costs more than it saves.
WORTH_CUTTING = 0.9


class Lines(NamedTuple):
    """The lines of a hidden layer, its neurons sorted per image: curved (unequal lines), linear, dead (zero lines).

    Intercepts are None where they are zero everywhere. ``rows`` is 1 where all rows share their lines.
    """

    order: Int[Tensor, "batch width"] | None  # None: every neuron is curved and stays in place
    bias: Float[Tensor, "batch width"]
    slope: Float[Tensor, "batch rows width"]  # of the lower lines
    intercept: Float[Tensor, "batch rows width"] | None
    extra_slope: Float[Tensor, "batch rows width"]  # of the upper lines minus that of the lower ones
    extra_intercept: Float[Tensor, "batch rows width"]
    num_alive: list[int]
    num_curved: list[int]


def sorted_lines(relaxation: Relaxation, bias: Float[Tensor, "*any width"]) -> Lines:
    """The lines of all images, neurons sorted by what they need.

    Args:
        relaxation: Lines (batch, width), or (batch, rows, width) where each row has its own.
        bias: Of the affine map into the layer; for the first layer its value at the centre of the ball.

    Returns:
        The sorted lines and, per image, how many neurons are curved and how many are not dead.

    Source:
        own.
    """
    lines = torch.stack(relaxation)
    lower = lines[2:] if lines.ndim == 4 else lines[2:, :, None]
    extra = (lines[:2] if lines.ndim == 4 else lines[:2, :, None]) - lower
    curved, shifted = (extra != 0).any(0).any(1), bool((lower[1] != 0).any())
    alive = curved | (lower != 0).any(0).any(1)
    num_alive, num_curved, bias = alive.sum(-1).tolist(), curved.sum(-1).tolist(), bias.expand(alive.shape)
    order = None
    if sum(num_alive) <= WORTH_CUTTING * alive.numel():
        order = (2 - alive.byte() - curved.byte()).argsort(dim=-1, stable=True)
        lower, extra = (pair.gather(3, order[None, :, None].expand(pair.shape)) for pair in (lower, extra))
        bias = bias.gather(1, order)
    else:
        num_alive = num_curved = [alive.shape[1]] * alive.shape[0]
    return Lines(order, bias, lower[0], lower[1] if shifted else None, extra[0], extra[1], num_alive, num_curved)


@dataclass(frozen=True)
class Stage:
    """A hidden layer of a group of images, cut to the neurons that matter for one of them; the curved ones first."""

    weight: Float[Tensor, "*any kept previous"]
    bias: Float[Tensor, "batch kept"]
    slope: Float[Tensor, "batch rows kept"]
    intercept: Float[Tensor, "batch rows kept"] | None
    extra_slope: Float[Tensor, "batch rows curved"]  # zero for the neurons that are not stored
    extra_intercept: Float[Tensor, "batch rows curved"]
    neurons: Int[Tensor, "batch kept"] | None  # None: all, in their own order


def make_stage(weight: Tensor, lines: Lines, group: slice) -> Stage:
    """The part of a hidden layer that a group of images needs.

    Args:
        weight: Of the affine map into the layer, its columns cut by ``cut_columns`` for this group.
        lines: Of all images.
        group: Which images.

    Returns:
        The stage.

    Source:
        own.
    """
    num_alive, num_curved = max(lines.num_alive[group]), max(lines.num_curved[group])
    neurons = None if lines.order is None else lines.order[group, :num_alive]
    return Stage(
        cut_rows(weight, neurons),
        lines.bias[group, :num_alive],
        lines.slope[group, :, :num_alive],
        None if lines.intercept is None else lines.intercept[group, :, :num_alive],
        lines.extra_slope[group, :, :num_curved],
        lines.extra_intercept[group, :, :num_curved],
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

    Source:
        own.
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

    Source:
        own.
    """
    if rows is None:
        return weight
    if weight.ndim == 3 and weight.shape[0] > 1:
        return weight.gather(1, rows[:, :, None].expand(-1, -1, weight.shape[2]))
    flat = weight.view(weight.shape[-2:]).index_select(0, rows.flatten())  # whole rows: faster than gather
    return flat.view(*rows.shape, flat.shape[-1])


class Pulled(NamedTuple):
    """Rows on the first stage's pre-activations, and the values of the rows' lower functions at the centre."""

    coefficients: Float[Tensor, "batch rows kept"]
    values: Float[Tensor, "batch rows"]


def pull_back(coefficients: Float[Tensor, "batch rows kept"], stages: Sequence[Stage]) -> Pulled:
    """Rows on the last stage's output, replaced by rows below them on the first stage's pre-activations.

    At every stage a positive coefficient takes the lower line and a negative one the upper line. What is below the
    negative of a row is the negative of what is above the row, so upper bounds need no code of their own.

    Args:
        coefficients: Rows on the neurons kept by the last stage.
        stages: First to last; the first one's bias is its value at the centre of the ball.

    Returns:
        Coefficients on the first stage, and the functions' values at the centre, without the bias of the map that
        the given rows come from.

    Source:
        [zhang2018efficient], Theorem 3.2.
    """
    rows, values = coefficients, coefficients.new_zeros(coefficients.shape[:-1])  # perhaps no neuron is kept
    for idx in range(len(stages) - 1, -1, -1):
        rows, increment = _through(rows, stages[idx])
        values = values + increment
        if idx > 0:
            rows = rows @ stages[idx].weight
    return Pulled(rows, values)


def _through(A: Tensor, stage: Stage) -> tuple[Tensor, Tensor]:
    """Coefficients before the activation, and the value that intercepts and bias add."""
    num_curved = stage.extra_slope.shape[-1]
    negative = A[..., :num_curved].clamp_max(0.0)
    through = A * stage.slope
    through[..., :num_curved].addcmul_(negative, stage.extra_slope)
    value = _along(through, stage.bias[:, None]) + _along(negative, stage.extra_intercept)
    return through, value if stage.intercept is None else value + _along(A, stage.intercept)


def _along(A: Tensor, vectors: Tensor) -> Tensor:
    """Each row of A times the vector of its image; the vectors may differ from row to row."""
    return (A @ vectors.transpose(1, 2))[..., 0] if vectors.shape[1] == 1 else (A * vectors).sum(-1)


def lowest_values(
    pulled: Pulled, weight: Tensor, eps: Float[Tensor, " batch"], p: float | int
) -> Float[Tensor, "batch rows"]:
    """Minimum of the lower functions over the ball.

    The slopes in the input are needed for their norm only, so they are made a few rows at a time.

    Args:
        pulled: Rows on the first stage's pre-activations.
        weight: Of the first stage.
        eps: Radii.
        p: Exponent of the ball's norm.

    Returns:
        The minima.

    Source:
        [zhang2018efficient], Corollary 3.3.
    """
    rows = pulled.coefficients
    num_blocks = 1 if weight.device.type != "cpu" else rows.shape[:-1].numel() * weight.shape[-1] // _BLOCK_ENTRIES + 1
    norms = [dual_norm(block @ weight, p, overwrite=True) for block in torch.chunk(rows, num_blocks, dim=1)]
    return pulled.values - eps[:, None] * torch.cat(norms, dim=1)
