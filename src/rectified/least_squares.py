"""Affine functions that fit best, with a stated rule for what counts as one direction less."""

import torch
from jaxtyping import Float
from torch import Tensor

SAFETY = 4.0  # over what rounding of the points and of their mean puts into a matrix, in the Frobenius norm


def affine_least_squares(
    points: Float[Tensor, "*batch samples dim"], values: Float[Tensor, "*batch samples d_out"]
) -> Float[Tensor, "*batch dim_plus_one d_out"]:
    r"""Coefficients of the affine function that fits best in the mean square, the constant in the last row.

    Points are centred, and each coordinate is measured in units of its largest size. So the answer depends neither on
    units nor on where zero is. Rounding then moves each entry by at most a few :math:`\epsilon`, so that directions
    with singular values below :math:`4 \epsilon \sqrt{\mathrm{samples} \cdot \mathrm{dim}}` say nothing, and get slope
    zero. A default cut-off relative to the largest singular value would drop a coordinate beside the column of ones
    only because its unit is small.

    Args:
        points: Arguments, one per row; leading axes hold separate problems.
        values: What to fit, one row for each point.

    Returns:
        Slopes and, below them, constants.

    Raises:
        ValueError: If there is no point, or not one row of values for each.

    Source:
        own; standard.
    """
    if points.shape[:-1] != values.shape[:-1] or points.shape[-2] == 0:
        came = f"{tuple(points.shape)} and {tuple(values.shape)}"
        raise ValueError(f"points and values have shapes {came}; expected as many rows of each, at least one")
    mean, middle = points.mean(-2, keepdim=True), values.mean(-2, keepdim=True)
    left, sizes, right, units = _directions(points)
    shares = left.mT @ (values - middle) / sizes.masked_fill(sizes == 0.0, torch.inf)[..., None]
    slope = right.mT @ shares / units.mT
    return torch.cat([slope, middle - mean @ slope], dim=-2)


def affine_basis(points: Float[Tensor, "samples dim"]) -> Float[Tensor, "samples rank"]:
    """An orthonormal basis of the values at the points of all affine functions, by the same rule.

    Args:
        points: Arguments, one per row, at least one.

    Returns:
        One column per function; the first is constant.

    Source:
        own; standard.
    """
    left, sizes, _, _ = _directions(points)
    constant = torch.full_like(points[:, :1], len(points) ** -0.5)
    return torch.cat([constant, left[:, sizes > 0.0]], dim=1)


def _directions(points: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """The singular value decomposition of the centred points, values of rounding size set to 0; and the units."""
    units = points.abs().amax(-2, keepdim=True)
    units = units.masked_fill(units == 0.0, 1.0)
    scaled = points / units
    left, sizes, right = torch.linalg.svd(scaled - scaled.mean(-2, keepdim=True), full_matrices=False)
    rounding = SAFETY * torch.finfo(points.dtype).eps * (points.shape[-2] * points.shape[-1]) ** 0.5
    return left, torch.where(sizes > rounding, sizes, 0.0), right, units
