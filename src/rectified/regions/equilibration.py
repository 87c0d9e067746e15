"""Rows and columns of a matrix brought to one size by powers of two, which changes no digit and no sign question."""

from typing import NamedTuple

import numpy as np
from jaxtyping import Float, Int
from numpy.typing import NDArray

VANISHED = -1_000_000  # the exponent that stands for a zero: below that of every number


class Equilibrated(NamedTuple):
    r"""A matrix :math:`2^{r_i} W_{ij} 2^{c_j}`.

    Attributes:
        rows: The scaled matrix: the largest entry of every row and column that is not zero has a size in [1/2, 1).
        row_exponents: The whole numbers r.
        column_exponents: The whole numbers c.
    """

    rows: Float[np.ndarray, "*batch planes d_in"]
    row_exponents: Int[np.ndarray, "*batch planes"]
    column_exponents: Int[np.ndarray, "*batch d_in"]


def equilibrated(rows: Float[np.ndarray, "*batch planes d_in"]) -> Equilibrated:
    r"""The matrix with rows and columns scaled by powers of two, rows first.

    A positive factor of a row moves no hyperplane and changes no side; a factor of a column only stretches the space.
    So no question of sides, spans or cells changes, while tolerances get a meaning: without it a short row is lost
    beside a long one. Exponents are added before numbers are formed, so that nothing overflows.

    A column is scaled only where all of its entries are small beside those of their rows.

    Args:
        rows: One matrix, or a batch; entries are finite.

    Returns:
        The scaled matrices and the exponents, 0 for rows and columns of zeros. Entries below :math:`10^{-307}` of their
        row and column may be lost.

    Example:
        >>> equilibrated(np.array([[4e200, 0.0], [0.0, -4e-200]])).rows.round(2).tolist()
        [[0.84, 0.0], [0.0, -0.55]]
    """
    mantissas, exponents = np.frexp(rows)
    exponents = np.where(rows == 0, VANISHED, exponents.astype(np.int64))
    row_exponents = _to_zero(exponents.max(axis=-1))
    exponents = exponents + row_exponents[..., None]
    column_exponents = _to_zero(exponents.max(axis=-2))
    exponents = np.maximum(exponents + column_exponents[..., None, :], VANISHED)
    return Equilibrated(np.ldexp(mantissas, exponents.astype(np.int32)), row_exponents, column_exponents)


def unit_rows(rows: Float[np.ndarray, "*batch planes d_in"]) -> Float[np.ndarray, "*batch planes d_in"]:
    """The equilibrated matrix with rows of length one; rows of zeros stay.

    Args:
        rows: One matrix, or a batch.

    Returns:
        The rows, in coordinates in which the columns are equilibrated.
    """
    scaled = equilibrated(rows).rows
    lengths = np.linalg.norm(scaled, axis=-1, keepdims=True)
    return np.asarray(scaled / np.where(lengths > 0, lengths, 1.0))


def in_old_coordinates(
    points: Float[np.ndarray, "samples d_in"], column_exponents: Int[np.ndarray, " d_in"]
) -> Float[np.ndarray, "samples d_in"]:
    r"""The points :math:`2^{c_j} y_j` for points y of equilibrated coordinates, up to one common positive factor.

    Args:
        points: The points y.
        column_exponents: The whole numbers c; the largest of them is subtracted, so that nothing overflows.

    Returns:
        Points on which the former rows have the signs that the equilibrated rows have on y.
    """
    shrunk: np.ndarray = np.ldexp(points, (column_exponents - column_exponents.max()).astype(np.int32))
    return shrunk


def _to_zero(largest: NDArray[np.int64]) -> NDArray[np.int64]:
    """The exponents that bring the largest ones to zero; none for zeros."""
    return np.where(largest < VANISHED // 2, 0, -largest)
