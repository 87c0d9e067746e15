"""Cells of arrangements by adding one hyperplane at a time: a recurrence, without any formula."""


def zaslavsky_by_recurrence(num_hyperplanes: int, dim: int) -> int:
    r"""The cells of hyperplanes in general position, by deletion and restriction.

    The last hyperplane is itself cut by the others, into as many parts as they cut a space of one dimension less; each
    part cuts one cell in two: :math:`r(k, d) = r(k-1, d) + r(k-1, d-1)`, with one cell where there is no hyperplane or
    no dimension.

    Args:
        num_hyperplanes: How many.
        dim: Dimension of the space.

    Returns:
        The count.

    Source:
        [zaslavsky1975facing], deletion and restriction.
    """
    row = [1] * (dim + 1)
    for _ in range(num_hyperplanes):
        row = [1, *(row[d] + row[d - 1] for d in range(1, dim + 1))]
    return row[dim]


def cover_by_recurrence(num_hyperplanes: int, dim: int) -> int:
    r"""The cells of hyperplanes through the origin in general position, by deletion and restriction.

    As above, :math:`c(n, d) = c(n-1, d) + c(n-1, d-1)`; but a line has two sides of its origin however often the origin
    is taken, so that :math:`c(n, 1) = 2` for any n but 0.

    Args:
        num_hyperplanes: How many.
        dim: Dimension of the space, at least 1.

    Returns:
        The count.

    Source:
        [cover1965geometrical], the recurrence in the proof of Theorem 1.
    """
    row = [1] * dim  # dimensions 1 to dim, without any hyperplane
    for number in range(num_hyperplanes):
        row = [2, *(row[d] + (row[d - 1] if number else 1) for d in range(1, dim))]
    return row[dim - 1]
