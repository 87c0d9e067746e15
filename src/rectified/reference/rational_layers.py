"""One ReLU layer in rational arithmetic: all its cells, ranks of active rows, and whether it is injective."""

import itertools
from collections.abc import Sequence
from fractions import Fraction

import numpy as np
from numpy.typing import ArrayLike

Vector = list[Fraction]


def exact_rank(rows: Sequence[Sequence[Fraction | float | int]]) -> int:
    """The rank of a matrix, by elimination without rounding.

    Args:
        rows: The matrix; floats are rational numbers.

    Returns:
        The rank.

    Example:
        >>> exact_rank([[0.1, 0.2], [0.2, 0.4], [0.0, 0.0]])
        1
    """
    left = [[Fraction(entry) for entry in row] for row in rows]
    rank = 0
    while left:
        pivot = left.pop()
        column = next((k for k, entry in enumerate(pivot) if entry != 0), None)
        if column is not None:
            rank += 1
            left = [
                [a - b * row[column] / pivot[column] for a, b in zip(row, pivot, strict=True)] if row[column] else row
                for row in left
            ]
    return rank


def exact_active_sets(weight: ArrayLike, bias: ArrayLike | None = None) -> set[tuple[bool, ...]]:
    r"""The sets of active rows on all open pieces of :math:`x \mapsto \max(W x + b, 0)`, exactly.

    A cone with d independent extreme rays has their sum inside, and an extreme ray lies on d - 1 independent
    hyperplanes. So the sums of any d rays of the arrangement hold a point of each of its cells. With a bias a
    coordinate t is added, and points with t > 0 are kept. Rows of zeros are as active as their bias.

    Args:
        weight: Rows of W, of full column rank; half a dozen, with three columns or fewer: there are many sums.
        bias: The vector b; None for zeros.

    Returns:
        One tuple for each set that occurs.

    Raises:
        ValueError: If W has not full column rank.
    """
    rows = [[Fraction(entry) for entry in row] for row in np.asarray(weight).tolist()]
    dim = len(rows[0])
    if exact_rank(rows) < dim:
        raise ValueError(f"weight has rank {exact_rank(rows)}; expected full column rank {dim}")
    if bias is not None:
        rows = [[*row, Fraction(b)] for row, b in zip(rows, np.asarray(bias).tolist(), strict=True)]
    infinity = [Fraction(int(k == dim)) for k in range(len(rows[0]))]
    planes = [row for row in rows if any(row)] + ([] if bias is None else [infinity])
    found = set()
    for rays in itertools.combinations(_rays(planes), len(planes[0])):
        point = [sum(entries, Fraction(0)) for entries in zip(*rays, strict=True)]
        if all(_product(plane, point) for plane in planes) and (bias is None or point[-1] > 0):
            found.add(tuple(_product(row, point) >= 0 for row in rows))
    return found


def exact_is_injective(weight: ArrayLike, bias: ArrayLike | None = None) -> bool:
    """Whether the layer maps no two inputs to one output: whether the active rows span on every piece, exactly.

    Args:
        weight: Rows of W, half a dozen at most.
        bias: The vector b; None for zeros.

    Returns:
        The answer.

    Source:
        [puthawala2022globally], the theorem on layers; with bias, own.
    """
    rows = np.asarray(weight).tolist()
    dim = len(rows[0])
    if exact_rank(rows) < dim:
        return False
    sets = exact_active_sets(weight, bias)
    return all(exact_rank([row for row, on in zip(rows, active, strict=True) if on]) == dim for active in sets)


def _rays(planes: list[Vector]) -> list[Vector]:
    """Both directions of each line in which independent hyperplanes meet."""
    lines = set()
    for chosen in itertools.combinations(planes, len(planes[0]) - 1):
        ray = _cofactors(list(chosen), len(planes[0]))
        first = next((entry for entry in ray if entry), None)
        if first is not None:
            lines.add(tuple(entry / first for entry in ray))
    return [[sign * entry for entry in line] for line in sorted(lines) for sign in (1, -1)]


def _cofactors(rows: list[Vector], dim: int) -> Vector:
    """A vector orthogonal to d - 1 rows, zero where they are dependent."""
    return [(-1) ** k * _determinant([[*row[:k], *row[k + 1 :]] for row in rows]) for k in range(dim)]


def _determinant(rows: list[Vector]) -> Fraction:
    """Laplace's expansion along the first row; one for no row."""
    if not rows:
        return Fraction(1)
    minors = (_determinant([[*row[:k], *row[k + 1 :]] for row in rows[1:]]) for k in range(len(rows)))
    return sum(
        ((-1) ** k * entry * minor for k, (entry, minor) in enumerate(zip(rows[0], minors, strict=True))), Fraction(0)
    )


def _product(first: Vector, second: Vector) -> Fraction:
    return sum((a * b for a, b in zip(first, second, strict=True)), Fraction(0))
