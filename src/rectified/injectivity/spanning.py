"""The rows of a layer that are active at an input, and whether they span the space of inputs."""

import numpy as np
import torch
from jaxtyping import Bool, Float
from torch import Tensor

from rectified.injectivity._checks import check_layer
from rectified.regions.equilibration import equilibrated, unit_rows

# Of rows of length one, in coordinates whose columns have one size: singular values below this are zero. Rounding
# leaves 1e-15, and the smallest singular value of a few random rows falls below 1e-9 about once in 1e9 draws.
RANK_TOLERANCE = 1e-9


def unit_weight(weight: Float[Tensor, "d_out d_in"]) -> Float[Tensor, "d_out d_in"]:
    """The layer's rows at length one, after its columns were brought to one size; rows of zeros stay.

    Which rows span does not depend on the lengths of rows, nor on the units of the inputs. A tolerance does: beside a
    row of length 1e10 a row of length one looks like rounding. So ranks are decided on these rows.

    Args:
        weight: The layer's rows.

    Returns:
        The scaled rows.

    Raises:
        ValueError: If weight has another form.
    """
    check_layer(weight)
    return torch.from_numpy(unit_rows(weight.detach().cpu().numpy())).to(weight)


def scaled_layer(
    weight: Float[Tensor, "d_out d_in"], bias: Float[Tensor, " d_out"] | None = None
) -> tuple[Float[Tensor, "d_out d_in"], Float[Tensor, " d_out"]]:
    """Weight and bias with each row scaled by a power of two, so that its largest entry has a size in [1/2, 1).

    No row changes the side on which an input lies, and no digit is lost.

    Args:
        weight: The layer's rows.
        bias: The layer's bias; None for zeros.

    Returns:
        The scaled weight and bias.

    Raises:
        ValueError: If weight or bias has another form.
    """
    check_layer(weight, bias)
    together = torch.cat([weight, (weight.new_zeros(len(weight)) if bias is None else bias)[:, None]], dim=1)
    array = together.detach().cpu().numpy()
    exponents = equilibrated(array).row_exponents.astype(np.int32)
    scaled = torch.from_numpy(np.ldexp(array, exponents[:, None])).to(weight)  # torch.ldexp forms 2^1074
    return scaled[:, :-1], scaled[:, -1]


def active_rows(
    weight: Float[Tensor, "d_out d_in"], x: Float[Tensor, "*batch d_in"], bias: Float[Tensor, " d_out"] | None = None
) -> Bool[Tensor, "*batch d_out"]:
    r"""The set :math:`S(x) = \{i : \langle w_i, x\rangle + b_i \ge 0\}`, as a mask.

    Args:
        weight: Rows :math:`w_i`.
        x: Inputs, any leading dimensions.
        bias: The :math:`b_i`; None for zeros.

    Returns:
        True where a row is active; rows that vanish at x count as active. Where a row vanishes only up to rounding,
        rounding gives the sign.

    Raises:
        ValueError: If shapes or dtypes do not fit.

    Source:
        [puthawala2022globally], the index set of a directed spanning set.
    """
    check_layer(weight, bias)
    if x.shape[-1:] != weight.shape[1:] or x.dtype != torch.float64:
        raise ValueError(f"x has shape {tuple(x.shape)} and dtype {x.dtype}; expected (..., {weight.shape[1]}) float64")
    rows, offsets = scaled_layer(weight, bias)
    return x @ rows.T + offsets >= 0


def smallest_active_singular_value(
    weight: Float[Tensor, "d_out d_in"], active: Bool[Tensor, "*batch d_out"]
) -> Float[Tensor, "*batch"]:
    """The smallest singular value of the active rows, zero where they do not span.

    Args:
        weight: All rows.
        active: Which of them count.

    Returns:
        The value as a map on all d_in dimensions: fewer than d_in active rows give zero. Its error is about 1e-15 of
        the longest active row, so that it decides no rank where rows differ much in length; :func:`is_spanning` does.

    Raises:
        ValueError: If weight or mask has another form.
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
        True where the layer has a directed spanning set, up to a tolerance of 1e-9 for rows of length one.

    Raises:
        ValueError: If shapes or dtypes do not fit.

    Source:
        [puthawala2022globally], the definition of a directed spanning set; with bias, own.
    """
    values = smallest_active_singular_value(unit_weight(weight), active_rows(weight, x, bias))
    return values > RANK_TOLERANCE
