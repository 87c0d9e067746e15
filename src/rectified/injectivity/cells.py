"""A layer on all cells of its hyperplanes: which rows are active on each, and whether some cell loses a direction."""

from typing import NamedTuple

import torch
from jaxtyping import Bool, Float
from torch import Tensor

from rectified.injectivity._checks import check_layer
from rectified.injectivity.graded import least_stretch, unseen_direction
from rectified.injectivity.spanning import RANK_TOLERANCE, smallest_active_singular_value, unit_weight
from rectified.regions.arrangements import central_cells
from rectified.regions.equilibration import equilibrated, in_old_coordinates

MOST_BAD = 256  # bad cells that are listed
# Gram matrices lose half of the digits: of rows of length one they show a rank only beyond this singular value.
DOUBTFUL = 1e-5
GRAM_ROUNDING = 1e-14  # of an eigenvalue of a Gram matrix, relative to the sum of all squares


class LayerCells(NamedTuple):
    """The linear pieces of one layer.

    Attributes:
        active: For each piece the rows that are active on it.
        point: A point inside each piece.
    """

    active: Bool[Tensor, "cells d_out"]
    point: Float[Tensor, "cells d_in"]


class WeakestCell(NamedTuple):
    """The piece on which the active rows come nearest to losing a direction.

    Attributes:
        singular_value: The smallest singular value of the active rows; exactly zero where they do not span.
        point: A point inside the piece.
        direction: The unit vector that they stretch least.
    """

    singular_value: Float[Tensor, ""]
    point: Float[Tensor, " d_in"]
    direction: Float[Tensor, " d_in"]


def layer_cells(
    weight: Float[Tensor, "d_out d_in"], bias: Float[Tensor, " d_out"] | None = None, *, most_cells: int = 200_000
) -> LayerCells:
    r"""All linear pieces of the layer :math:`x \mapsto \mathrm{ReLU}(W x + b)`, bounded ones too.

    With a bias the hyperplanes do not meet in a point. Then add a coordinate t: the rows :math:`(w_i, b_i)` and the
    plane t = 0 cut the larger space into cones, and those with t > 0 meet the plane t = 1 in the pieces. Rows of zeros
    cut nothing; their activity is that of their bias. Lengths of rows and units of inputs do not matter.

    Args:
        weight: Rows :math:`w_i`.
        bias: The :math:`b_i`; None for zeros.
        most_cells: Refuse where there may be more pieces than this.

    Returns:
        The active rows and an inner point of each piece.

    Raises:
        ValueError: If weight or bias has another form, or there may be too many pieces.

    Source:
        own; pieces of affine arrangements by homogenisation.
    """
    check_layer(weight, bias)
    rows = weight if bias is None else torch.cat([weight, bias[:, None]], dim=1)
    moving = (rows != 0).any(dim=1)
    if not bool((weight != 0).any()):
        return _one_piece(weight, bias)
    if bias is None:
        signs, interior = central_cells(rows[moving], most_cells=most_cells)
    else:
        signs, interior = _cells_above(rows[moving], most_cells)
    active = torch.ones(len(signs), len(weight), dtype=torch.bool)
    active[:, moving] = signs > 0
    return LayerCells(active, interior)


def _cells_above(planes: Tensor, most_cells: int) -> tuple[Tensor, Tensor]:
    """Sides and inner points of the cells with t > 0, cut at t = 1.

    Units are chosen before the plane t = 0 is added: its length says nothing about the size of the biases.
    """
    scaled, _, units = equilibrated(planes.detach().cpu().numpy())
    infinity = torch.eye(planes.shape[1], dtype=planes.dtype)[-1:]
    signs, interior = central_cells(torch.cat([torch.from_numpy(scaled), infinity]), most_cells=most_cells)
    above = signs[:, -1] > 0
    points = torch.from_numpy(in_old_coordinates(interior[above].numpy(), units))
    return signs[above, :-1], points[:, :-1] / points[:, -1:]


def _one_piece(weight: Tensor, bias: Tensor | None) -> LayerCells:
    """The only piece of a layer without weights, the whole space, with the first unit vector as its point."""
    active = torch.ones(len(weight), dtype=torch.bool) if bias is None else bias >= 0
    return LayerCells(active[None], torch.eye(weight.shape[1], dtype=weight.dtype)[:1])


def gram_singular_values(
    weight: Float[Tensor, "d_out d_in"], active: Bool[Tensor, "cells d_out"]
) -> Float[Tensor, " cells"]:
    """Smallest singular values of many sets of active rows from their Gram matrices, right to half of the digits.

    Args:
        weight: All rows.
        active: One mask per piece.

    Returns:
        The values, never negative.
    """
    outer = weight[:, :, None] * weight[:, None, :]
    grams = (active.to(weight.dtype) @ outer.flatten(1)).reshape(-1, *outer.shape[1:])
    values: Tensor = torch.linalg.eigvalsh(grams)[:, 0].clamp_min(0.0).sqrt()
    return values


def weakest_cell(
    weight: Float[Tensor, "d_out d_in"], bias: Float[Tensor, " d_out"] | None = None, *, most_cells: int = 200_000
) -> WeakestCell:
    """The piece of the layer whose active rows have the smallest singular value.

    Open pieces decide: at a point of their common boundary more rows are active, so that no value there is smaller.

    Args:
        weight: The layer's rows.
        bias: The layer's bias; None for zeros.
        most_cells: Refuse where there may be more pieces than this.

    Returns:
        That value, a point of the piece, and the direction that it stretches least.

    Raises:
        ValueError: If weight or bias has another form, or there may be too many pieces.

    Source:
        own; the criterion is that of [puthawala2022globally].
    """
    active, point = layer_cells(weight, bias, most_cells=most_cells)
    bad = _bad_positions(weight, active)
    if len(bad):
        return WeakestCell(weight.new_zeros(()), point[bad[0]], unseen_direction(weight[active[bad[0]]]))
    near = _weak_positions(weight, active).tolist()
    found = [least_stretch(weight[active[cell]]) for cell in near]
    best = min(range(len(near)), key=lambda k: found[k].singular_value)
    return WeakestCell(weight.new_tensor(found[best].singular_value), point[near[best]], found[best].direction)


def _weak_positions(weight: Tensor, active: Tensor) -> Tensor:
    """The cells that may be the weakest, as far as Gram matrices can tell."""
    scaled = weight / weight.abs().max()
    squares = gram_singular_values(scaled, active) ** 2
    return torch.nonzero(squares <= squares.min() + 2.0 * GRAM_ROUNDING * scaled.square().sum())[:, 0]


def _bad_positions(weight: Tensor, active: Tensor) -> Tensor:
    """The cells whose active rows do not span, those first whose Gram matrices say so most."""
    rows = unit_weight(weight)
    values = gram_singular_values(rows, active)
    doubtful = values.argsort()[: int((values <= DOUBTFUL).sum())]
    return doubtful[smallest_active_singular_value(rows, active[doubtful]) <= RANK_TOLERANCE]


def bad_cells(
    weight: Float[Tensor, "d_out d_in"], bias: Float[Tensor, " d_out"] | None = None, *, most_cells: int = 200_000
) -> LayerCells:
    """Pieces whose active rows do not span the space: where the layer loses a direction.

    Args:
        weight: The layer's rows.
        bias: The layer's bias; None for zeros.
        most_cells: Refuse where there may be more pieces than this.

    Returns:
        Up to 256 such pieces; none exactly if the layer is injective.

    Raises:
        ValueError: If weight or bias has another form, or there may be too many pieces.
    """
    active, point = layer_cells(weight, bias, most_cells=most_cells)
    bad = _bad_positions(weight, active)[:MOST_BAD]
    return LayerCells(active[bad], point[bad])


def is_injective(
    weight: Float[Tensor, "d_out d_in"], bias: Float[Tensor, " d_out"] | None = None, *, most_cells: int = 200_000
) -> bool:
    r"""Whether :math:`x \mapsto \mathrm{ReLU}(W x + b)` maps no two inputs to one output.

    It is so exactly if the active rows span the space on every piece, which is decided by enumerating all pieces.

    Args:
        weight: Rows of W.
        bias: The vector b; None for zeros.
        most_cells: Refuse where there may be more pieces than this.

    Returns:
        The answer. It does not change when rows are multiplied by positive numbers, or columns by any. Once both have
        one length, it is exact unless a cell is thinner than about 1e-9, or active rows come that near to dependence:
        these count as no cell, and as dependent.

    Raises:
        ValueError: If weight or bias has another form, or there may be too many pieces.

    Example:
        >>> is_injective(torch.tensor([[1.0], [-1.0]]).double())
        True

    Source:
        [puthawala2022globally], the theorem on layers; with bias, own.
    """
    return len(_bad_positions(weight, layer_cells(weight, bias, most_cells=most_cells).active)) == 0


def smallest_active_count(
    weight: Float[Tensor, "d_out d_in"], bias: Float[Tensor, " d_out"] | None = None, *, most_cells: int = 200_000
) -> int:
    """The smallest number of rows that are active on some piece.

    Args:
        weight: The layer's rows.
        bias: The layer's bias; None for zeros.
        most_cells: Refuse where there may be more pieces than this.

    Returns:
        The count. Where every d_in rows are independent and there is no bias, the layer is injective exactly if it is
        at least d_in.

    Raises:
        ValueError: If weight or bias has another form, or there may be too many pieces.
    """
    return int(layer_cells(weight, bias, most_cells=most_cells).active.sum(dim=1).min())
