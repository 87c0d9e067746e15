"""The least stretch of a matrix whose rows may differ by any factor in length."""

from typing import NamedTuple

import numpy as np
import torch
from jaxtyping import Float
from scipy.linalg import qr, solve_triangular
from torch import Tensor

from rectified.injectivity.spanning import unit_weight
from rectified.regions.equilibration import equilibrated, in_old_coordinates


class LeastStretch(NamedTuple):
    """The smallest singular value of a matrix and the unit vector that it stretches so."""

    singular_value: float
    direction: Float[Tensor, " d_in"]


def least_stretch(rows: Float[Tensor, "d_out d_in"]) -> LeastStretch:
    r"""The smallest singular value of a matrix, with correct digits also where long rows stand beside short ones.

    A singular value decomposition has errors of 1e-15 times the longest row, and loses what the short rows say. So
    rows are put in order of size, and :math:`W P = Q R` with pivots, which is stable row by row. With
    :math:`R = D R'` for rows of size one the value is one over the norm of :math:`R'^{-1} D^{-1}`, and the norm comes
    from the smallest entries of D.

    Args:
        rows: The matrix, of full column rank.

    Returns:
        The value and its direction.

    Raises:
        ValueError: If there are fewer rows than columns, or elimination meets a zero.
    """
    array = rows.detach().cpu().numpy()
    ordered = array[np.argsort(-np.abs(array).max(axis=1))]
    _, triangle, pivots = qr(ordered, mode="economic", pivoting=True)
    if len(triangle) < array.shape[1] or not np.diag(triangle).all():
        raise ValueError(f"rows has shape {array.shape} and no full column rank; expected independent columns")
    exponents = equilibrated(triangle).row_exponents
    scaled = np.ldexp(triangle, exponents[:, None].astype(np.int32))
    inverse = solve_triangular(scaled, np.ldexp(np.eye(len(scaled)), (exponents - exponents.max()).astype(np.int32)))
    left, values, _ = np.linalg.svd(inverse)
    direction = np.empty(len(pivots))
    direction[pivots] = left[:, 0]
    value = float(np.ldexp(1.0 / values[0], -int(exponents.max())))
    return LeastStretch(value, torch.from_numpy(direction).to(rows))


def unseen_direction(rows: Float[Tensor, "d_out d_in"]) -> Float[Tensor, " d_in"]:
    """A unit vector that rows of any lengths are orthogonal to, up to rounding, where they do not span.

    Args:
        rows: The rows; none gives the last unit vector.

    Returns:
        The vector.
    """
    array = rows.detach().cpu().numpy()
    if len(array) == 0:
        return torch.eye(array.shape[1], dtype=rows.dtype)[-1]
    across = np.linalg.svd(unit_weight(rows).numpy())[2][-1:]
    found = in_old_coordinates(across, equilibrated(array).column_exponents)[0]
    return torch.from_numpy(found / np.linalg.norm(found)).to(rows)
