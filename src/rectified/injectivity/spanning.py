"""The rows of a layer that are active at an input, and whether they span the space of inputs."""

import torch
from jaxtyping import Bool, Float
from torch import Tensor

from rectified.injectivity._checks import check_layer

# Singular values below this part of the layer's norm are zero: rounding leaves 1e-15, and the smallest singular value
# of a few random rows falls below 1e-9 about once in 1e9 draws.
RANK_TOLERANCE = 1e-9


def active_rows(
    weight: Float[Tensor, "d_out d_in"], x: Float[Tensor, "*batch d_in"], bias: Float[Tensor, " d_out"] | None = None
) -> Bool[Tensor, "*batch d_out"]:
    r"""The set :math:`S(x) = \{i : \langle w_i, x\rangle + b_i \ge 0\}`, as a mask.

    Args:
        weight: Rows :math:`w_i`.
        x: Inputs, any leading dimensions.
        bias: The :math:`b_i`; None for zeros.

    Returns:
        True where a row is active; rows that vanish at x count as active.

    Raises:
        ValueError: If shapes or dtypes do not fit.

    Source:
        [puthawala2022globally], the index set of a directed spanning set.
    """
    check_layer(weight, bias)
    if x.shape[-1:] != weight.shape[1:] or x.dtype != torch.float64:
        raise ValueError(f"x has shape {tuple(x.shape)} and dtype {x.dtype}; expected (..., {weight.shape[1]}) float64")
    values = x @ weight.T
    return (values if bias is None else values + bias) >= 0


def smallest_active_singular_value(
    weight: Float[Tensor, "d_out d_in"], active: Bool[Tensor, "*batch d_out"]
) -> Float[Tensor, "*batch"]:
    """The smallest singular value of the active rows, zero where they do not span.

    Args:
        weight: All rows.
        active: Which of them count.

    Returns:
        The value as a map on all d_in dimensions: fewer than d_in active rows give zero.

    Raises:
        ValueError: If weight or mask has another form.

    Source:
        own.
    """
    check_layer(weight)
    if active.shape[-1:] != weight.shape[:1] or active.dtype != torch.bool:
        raise ValueError(f"active has shape {tuple(active.shape)}; expected a mask of shape (..., {len(weight)})")
    if weight.shape[0] < weight.shape[1]:
        return weight.new_zeros(active.shape[:-1])
    values: Tensor = torch.linalg.svdvals(active[..., None] * weight)[..., -1]
    return values


def is_spanning(
    weight: Float[Tensor, "d_out d_in"], x: Float[Tensor, "*batch d_in"], bias: Float[Tensor, " d_out"] | None = None
) -> Bool[Tensor, "*batch"]:
    """Whether the rows that are active at x span the whole space of inputs.

    Args:
        weight: The layer's rows.
        x: Inputs, any leading dimensions.
        bias: The layer's bias; None for zeros.

    Returns:
        True where the layer has a directed spanning set.

    Raises:
        ValueError: If shapes or dtypes do not fit.

    Source:
        [puthawala2022globally], the definition of a directed spanning set; with bias, own.
    """
    values = smallest_active_singular_value(weight, active_rows(weight, x, bias))
    spanning: Tensor = values > RANK_TOLERANCE * torch.linalg.matrix_norm(weight, ord=2)
    return spanning
