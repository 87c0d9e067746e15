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


class Lines(NamedTuple):
    """The lines of a hidden layer, its neurons sorted per image: curved (unequal lines), linear, dead (zero lines)."""

    order: Int[Tensor, "batch width"] | None  # None: every neuron is curved and stays in place
    bias: Float[Tensor, "batch width"]
    relaxation: Relaxation  # each (batch, rows, width); rows is 1 where all rows share their lines
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
    lines = Relaxation(*(line if line.ndim == 3 else line[:, None] for line in relaxation))
    curved = ((lines.upper_slope != lines.lower_slope) | (lines.upper_intercept != lines.lower_intercept)).any(1)
    alive = curved | ((lines.upper_slope != 0) | (lines.upper_intercept != 0)).any(1)
    bias = bias.expand(alive.shape)
    num_alive, num_curved = alive.sum(-1).tolist(), curved.sum(-1).tolist()
    if min(num_curved) == alive.shape[1]:
        return Lines(None, bias, lines, num_alive, num_curved)
    order = (2 - alive.long() - curved.long()).argsort(dim=-1, stable=True)
    lines = Relaxation(*(line.gather(2, order[:, None].expand(-1, line.shape[1], -1)) for line in lines))
    return Lines(order, bias.gather(1, order), lines, num_alive, num_curved)


@dataclass(frozen=True)
class Stage:
    """A hidden layer of a group of images, cut to the neurons that matter for one of them; the curved ones first."""

    weight: Float[Tensor, "*any kept previous"]
    bias: Float[Tensor, "batch kept"]
    lower_slope: Float[Tensor, "batch rows kept"]
    lower_intercept: Float[Tensor, "batch rows kept"]
    extra_slope: Float[Tensor, "batch rows curved"]  # upper minus lower slope; zero for the neurons not stored
    extra_intercept: Float[Tensor, "batch rows curved"]
    neurons: Int[Tensor, "batch kept"] | None  # None: all, in their own order


def make_stage(weight: Tensor, lines: Lines, group: slice, previous: Stage | None) -> Stage:
    """The part of a hidden layer that a group of images needs.

    Args:
        weight: Of the affine map into the layer, (width, previous width).
        lines: Of all images.
        group: Which images.
        previous: The stage before, whose cut neurons are dropped from the columns.

    Returns:
        The stage.
    Source:
        own.
    """
    num_alive, num_curved = max(lines.num_alive[group]), max(lines.num_curved[group])
    neurons = None if lines.order is None else lines.order[group, :num_alive]
    upper_slope, upper_intercept, lower_slope, lower_intercept = (line[group] for line in lines.relaxation)
    return Stage(
        restrict(weight, neurons, None if previous is None else previous.neurons),
        lines.bias[group, :num_alive],
        lower_slope[..., :num_alive],
        lower_intercept[..., :num_alive],
        (upper_slope - lower_slope)[..., :num_curved],
        (upper_intercept - lower_intercept)[..., :num_curved],
        neurons,
    )


def restrict(weight: Tensor, rows: Tensor | None, columns: Tensor | None) -> Tensor:
    """The sub-matrix of each image, or the shared matrix where nothing is cut.

    Args:
        weight: Matrix (d_out, d_in), or one per image.
        rows: Indices (batch, kept) or None for all.
        columns: Indices (batch, kept) or None for all.

    Returns:
        Matrix (d_out, d_in) or (batch, rows, columns).
    Source:
        own.
    """
    if rows is not None:
        weight = weight.index_select(0, rows.flatten()).view(*rows.shape, weight.shape[-1])
    if columns is None:
        return weight
    full = weight.expand(columns.shape[0], -1, -1)
    return full.gather(2, columns[:, None].expand(-1, full.shape[1], -1))


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
    rows, values = coefficients, torch.zeros_like(coefficients[..., 0])
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
    through = A * stage.lower_slope
    through[..., :num_curved].addcmul_(negative, stage.extra_slope)
    value = _along(through, stage.bias[:, None])
    return through, value + _along(A, stage.lower_intercept) + _along(negative, stage.extra_intercept)


def _along(A: Tensor, vectors: Tensor) -> Tensor:
    """Each row of A times the vector of its image; the vectors may differ from row to row."""
    return (A @ vectors.transpose(1, 2))[..., 0] if vectors.shape[1] == 1 else (A * vectors).sum(-1)


def lowest_values(
    pulled: Pulled, weight: Tensor, eps: Float[Tensor, " batch"], p: float
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
    batch, num_rows, _ = pulled.coefficients.shape
    block = num_rows if weight.device.type != "cpu" else _BLOCK_ENTRIES // (batch * weight.shape[-1])
    blocks = torch.split(pulled.coefficients, max(block, 1), dim=1)
    return pulled.values - eps[:, None] * torch.cat([dual_norm(rows @ weight, p) for rows in blocks], dim=1)
