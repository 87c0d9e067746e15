"""How many cells hyperplanes can cut a space into: the classical counts, exact, and a table of their logarithms."""

import itertools
import math
from collections.abc import Sequence

import torch
from jaxtyping import Float, Int
from torch import Tensor


def zaslavsky_count(num_hyperplanes: int, dim: int) -> int:
    r"""The largest number of cells into which hyperplanes cut a space, or any convex part of it.

    .. math:: \zeta(k, d) = \sum_{j=0}^{\min(k, d)} \binom{k}{j}

    It is reached when the hyperplanes are in general position; a convex set may meet fewer of the cells.

    Args:
        num_hyperplanes: The number k, not negative.
        dim: Dimension d of the space, not negative; in dimension 0 there is one cell.

    Returns:
        The exact count.

    Raises:
        ValueError: If an argument is negative or no whole number.

    Example:
        >>> [zaslavsky_count(k, 2) for k in range(7)]
        [1, 2, 4, 7, 11, 16, 22]

    Source:
        [zaslavsky1975facing], for arrangements in general position.
    """
    _check_whole("num_hyperplanes", num_hyperplanes)
    _check_whole("dim", dim)
    return _partial_sum(num_hyperplanes, dim)


def cover_count(num_hyperplanes: int, dim: int) -> int:
    r"""The largest number of cells into which hyperplanes through the origin cut a space.

    .. math:: C(n, d) = 2 \sum_{j=0}^{d-1} \binom{n-1}{j}, \qquad C(0, d) = 1

    It is reached when every d of the normals are linearly independent. It is also the number of ways in which n points
    in general position can be separated by hyperplanes through the origin.

    Args:
        num_hyperplanes: The number n, not negative.
        dim: Dimension d of the space, at least 1.

    Returns:
        The exact count.

    Raises:
        ValueError: If ``num_hyperplanes`` is negative, ``dim`` is not positive, or one is no whole number.

    Example:
        >>> [cover_count(n, 3) for n in range(5)]
        [1, 2, 4, 8, 14]

    Source:
        [cover1965geometrical], Theorem 1.
    """
    _check_whole("num_hyperplanes", num_hyperplanes)
    _check_whole("dim", dim, least=1)
    return 1 if num_hyperplanes == 0 else 2 * _partial_sum(num_hyperplanes - 1, dim - 1)


def layered_count(widths: Sequence[int]) -> int:
    r"""An upper bound on the number of activation regions of any ReLU network with these widths, in the whole space.

    .. math:: \prod_{l=1}^{L} \zeta\big(n_l, \min(n_0, \dots, n_{l-1})\big)

    Inside a region of the first l - 1 layers, layer l is affine of at most that rank, so that it cuts the region by at
    most n_l hyperplanes of a space of that dimension.

    Args:
        widths: The numbers of inputs and of neurons in each hidden layer, ``[n_0, n_1, ..., n_L]``; all positive.

    Returns:
        The exact product.

    Raises:
        ValueError: If there is no width, or one is not positive.

    Example:
        >>> layered_count([2, 3, 3])
        49

    Source:
        [serra2018bounding], the bound by the smallest preceding width, in its simplest form.
    """
    if len(widths) == 0 or min(widths) < 1:
        raise ValueError(f"widths is {list(widths)}; expected at least one number, all positive")
    dims = itertools.accumulate(widths, min)
    return math.prod(zaslavsky_count(width, dim) for width, dim in zip(widths[1:], dims, strict=False))


def log10_zaslavsky_count(
    num_hyperplanes: Int[Tensor, "*batch"], dim: Int[Tensor, "*batch"]
) -> Float[Tensor, "*batch"]:
    """Decimal logarithms of ``zaslavsky_count``, entry by entry, from exact whole numbers.

    Args:
        num_hyperplanes: The numbers k, not negative.
        dim: The dimensions d, not negative, of the same shape.

    Returns:
        The logarithms in float64, each the nearest float or its neighbour.

    Raises:
        ValueError: If an entry is negative, or the shapes differ.

    Source:
        own; see ``zaslavsky_count``.
    """
    if num_hyperplanes.shape != dim.shape:
        raise ValueError(f"dim has shape {tuple(dim.shape)}; expected {tuple(num_hyperplanes.shape)}")
    if num_hyperplanes.numel() == 0:
        return torch.zeros(num_hyperplanes.shape, dtype=torch.float64, device=dim.device)
    for name, values in (("num_hyperplanes", num_hyperplanes), ("dim", dim)):
        if int(values.min()) < 0:
            raise ValueError(f"{name} has the entry {int(values.min())}; expected none below 0")
    capped = torch.minimum(num_hyperplanes, dim)  # beyond k the sum has no further terms
    table = _log10_table(int(num_hyperplanes.max()), int(capped.max()))
    return table.to(dim.device)[num_hyperplanes.long(), capped.long()]


def _log10_table(most: int, largest_dim: int) -> Float[Tensor, "rows columns"]:
    """Row k, column d: log10 of the count, for k up to ``most`` and d up to ``largest_dim``."""
    rows = [_partial_sums(k, largest_dim) for k in range(most + 1)]
    return torch.tensor([[math.log10(count) for count in row] for row in rows], dtype=torch.float64)


def _partial_sums(k: int, last: int) -> list[int]:
    """Sums of the first binomial coefficients of k: up to and with the 0th, 1st, ..., ``last``-th."""
    return list(itertools.accumulate(math.comb(k, j) for j in range(last + 1)))


def _partial_sum(k: int, last: int) -> int:
    return sum(math.comb(k, j) for j in range(min(k, last) + 1))


def _check_whole(name: str, value: object, least: int = 0) -> None:
    """Refuse what is no whole number or too small.

    Raises:
        ValueError: If it is.
    """
    if not isinstance(value, int) or isinstance(value, bool) or value < least:
        raise ValueError(f"{name} is {value!r}; expected a whole number, at least {least}")
