"""One backward pass: from rows on a layer's output to linear functions of the input.

Three observations keep the pass small, and none changes its result. A neuron whose two lines are both zero is cut out of
the network of its image (columns that are zero). Where the two lines coincide, the lower and the upper pass carry
the same coefficients, so only their mean and half their difference are multiplied, the latter on the curved neurons
alone. And only the rows asked for are carried at all.
"""

from dataclasses import dataclass
from typing import NamedTuple

import torch
from jaxtyping import Float, Int
from torch import Tensor

from rectified.bounds.ball import dual_exponent
from rectified.bounds.relaxations import Relaxation


class LinearFunction(NamedTuple):
    """Linear functions ``slope @ x + offset`` of the input, one per row."""

    slope: Float[Tensor, "batch rows d_in"]
    offset: Float[Tensor, "batch rows"]


@dataclass(frozen=True)
class Stage:
    """A hidden layer with its two lines, cut to the neurons that matter; the curved ones (unequal lines) come first.

    The lines are stored as mean and half difference: upper = mean + half, lower = mean - half. The half difference
    is zero, and not stored, from the ``curved``-th neuron on. ``rows`` is 1, or one set of lines per row.
    """

    weight: Float[Tensor, "*any kept previous"]
    bias: Float[Tensor, "batch kept"]
    mean_slope: Float[Tensor, "batch rows kept"]
    mean_intercept: Float[Tensor, "batch rows kept"]
    half_slope: Float[Tensor, "batch rows curved"]
    half_intercept: Float[Tensor, "batch rows curved"]
    neurons: Int[Tensor, "batch kept"] | None  # None: all of them, in their own order


def select_first(category: Int[Tensor, "batch width"], below: int) -> Int[Tensor, "batch kept"] | None:
    """Per image the indices of the entries with a category under ``below``, in order of category.

    Images with fewer of them than others are filled up with entries of later categories.

    Args:
        category: Small non-negative numbers.
        below: First category that is not wanted.
    Returns:
        Indices, as many as the image with most needs; None if some image needs all and order is kept.
    Source:
        own.
    """
    count = int((category < below).sum(-1).max())
    if count == category.shape[-1] and not bool((category != category[..., :1]).any()):
        return None
    return category.argsort(dim=-1, stable=True)[:, :count]


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
    if weight.ndim == 3:
        return weight if columns is None else weight.gather(2, columns[:, None].expand(-1, weight.shape[1], -1))
    if rows is None:
        return weight if columns is None else weight.T[columns].transpose(1, 2)
    return weight[rows] if columns is None else weight[rows[:, :, None], columns[:, None, :]]


def make_stage(
    weight: Float[Tensor, "width previous"],
    bias: Float[Tensor, "*any width"],
    lines: Relaxation,
    previous: Stage | None = None,
) -> Stage:
    """A hidden layer, cut per image to the neurons whose lines are not both zero.

    Args:
        weight: Of the affine map into the layer.
        bias: Of that map; for the first layer its value at the centre, so that the pass ends with values there.
        lines: Of the activation, (batch, width), or (batch, rows, width) where each row has its own.
        previous: The stage before, whose cut neurons are dropped from the columns.
    Returns:
        The stage.
    Source:
        own.
    """
    lines = Relaxation(*(line if line.ndim == 3 else line[:, None] for line in lines))
    curved = ((lines.upper_slope != lines.lower_slope) | (lines.upper_intercept != lines.lower_intercept)).any(1)
    alive = curved | ((lines.upper_slope != 0) | (lines.upper_intercept != 0)).any(1)
    neurons = select_first(2 - alive.long() - curved.long(), below=2)
    num_curved = int(curved.sum(-1).max()) if neurons is not None else curved.shape[-1] * int(curved.any())
    bias = bias.expand(alive.shape)
    cut = [_gather(line, neurons) for line in lines]
    half = [(above[..., :num_curved] - below[..., :num_curved]) / 2.0 for above, below in (cut[0::2], cut[1::2])]
    return Stage(
        restrict(weight, neurons, None if previous is None else previous.neurons),
        bias if neurons is None else bias.gather(1, neurons),
        (cut[0] + cut[2]) / 2.0,
        (cut[1] + cut[3]) / 2.0,
        half[0],
        half[1],
        neurons,
    )


def _gather(lines: Tensor, neurons: Tensor | None) -> Tensor:
    if neurons is None:
        return lines
    return lines.gather(2, neurons[:, None].expand(-1, lines.shape[1], -1))


def pull_back(
    coefficients: Float[Tensor, "batch rows kept"], stages: list[Stage], both: bool
) -> tuple[Float[Tensor, "sides batch rows d_in"], Float[Tensor, "sides batch rows"]]:
    """Lower and upper linear functions of the input for rows on the last stage's output.

    At every stage a positive coefficient takes the lower line for the lower function and the upper line for the
    upper one; a negative coefficient the other way round.

    Args:
        coefficients: Rows on the neurons kept by the last stage.
        stages: First to last; the first one's bias is its value at the centre of the ball.
        both: Whether to carry the upper function as well as the lower one.
    Returns:
        Slopes and values at the centre, without the biases of the map that the coefficients come from; index 0 is the
        lower side, index 1 the upper one.
    Source:
        [zhang2018efficient], Theorem 3.2.
    """
    stage = stages[-1]
    if not both:
        sign = coefficients.new_tensor([-1.0])[:, None, None, None]
        slope, value = _step(coefficients[None], stage, sign)
    else:
        sign = coefficients.new_tensor([-1.0, 1.0])[:, None, None, None]
        slope, value = _first_step(coefficients, stage)
    for stage in reversed(stages[:-1]):
        slope, increment = _step(slope, stage, sign)
        value = value + increment
    return slope, value


def _step(A: Tensor, stage: Stage, sign: Tensor) -> tuple[Tensor, Tensor]:
    """Through one stage, each side with its own coefficients."""
    size = sign * A[..., : stage.half_slope.shape[-1]].abs()
    through = A * stage.mean_slope
    through[..., : size.shape[-1]] += size * stage.half_slope
    value = _apply(through, stage.bias) + _along(A, stage.mean_intercept) + _along(size, stage.half_intercept)
    return _rows_times(through, stage.weight), value


def _first_step(A: Tensor, stage: Stage) -> tuple[Tensor, Tensor]:
    """Through the last stage, where both sides still have the same coefficients."""
    num_curved = stage.half_slope.shape[-1]
    size = A[..., :num_curved].abs()
    mean, half = A * stage.mean_slope, size * stage.half_slope
    mean_value = _apply(mean, stage.bias) + _along(A, stage.mean_intercept)
    half_value = _apply(half, stage.bias[:, :num_curved]) + _along(size, stage.half_intercept)
    slope, spread = mean @ stage.weight, half @ stage.weight[..., :num_curved, :]
    return torch.stack([slope - spread, slope + spread]), torch.stack([mean_value - half_value, mean_value + half_value])


def _rows_times(A: Tensor, weight: Tensor) -> Tensor:
    """Rows of both sides times the image's matrix, as one product per image."""
    if weight.ndim == 2 or A.shape[0] == 1:
        return A @ weight
    sides, batch, rows, _ = A.shape
    stacked = A.transpose(0, 1).reshape(batch, sides * rows, -1) @ weight
    return stacked.reshape(batch, sides, rows, -1).transpose(0, 1)


def _apply(A: Tensor, vector: Tensor) -> Tensor:
    """Rows (..., batch, rows, kept) times one vector per image."""
    return (A @ vector[..., None])[..., 0]


def _along(A: Tensor, intercepts: Tensor) -> Tensor:
    """Sum of coefficient times intercept; the intercepts may differ from row to row."""
    return _apply(A, intercepts[:, 0]) if intercepts.shape[1] == 1 else (A * intercepts).sum(-1)


def concretised(slope: Tensor, value: Tensor, eps: Tensor, p: float) -> list[Tensor]:
    """Minimum of the lower functions over the ball and, where there are two sides, maximum of the upper ones.

    Args:
        slope: Slopes (sides, batch, rows, d_in).
        value: Values at the centre (sides, batch, rows).
        eps: Radii (batch,).
        p: Exponent of the ball's norm.
    Returns:
        One tensor (batch, rows) per side.
    Source:
        [zhang2018efficient], Corollary 3.3.
    """
    reach = eps[:, None] * torch.linalg.vector_norm(slope, ord=dual_exponent(p), dim=-1)
    return [value[0] - reach[0], value[1] + reach[1]] if slope.shape[0] == 2 else [value[0] - reach[0]]


