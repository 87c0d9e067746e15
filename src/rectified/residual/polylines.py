"""Piecewise linear functions on an interval, with jumps, and their distances: exact, without any grid."""

from typing import NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor


class Polyline(NamedTuple):
    """A function on ``[knots[0], knots[-1]]``, linear between knots; two equal knots are a jump.

    Attributes:
        knots: Points in order, in float64; the first is smaller than the last.
        values: The value at each knot; at a jump first the limit from the left, then that from the right.
    """

    knots: Float[Tensor, " knots"]
    values: Float[Tensor, " knots"]


def check_polyline(function: Polyline, name: str = "function") -> tuple[float, float]:
    """Both ends of the interval, after checking that the knots are in order.

    Args:
        function: Knots and values.
        name: How error messages call it.

    Returns:
        The first and the last knot.

    Raises:
        ValueError: If knots and values are not float64 vectors of one length, or the knots not in order.
    """
    knots, values = function
    if knots.ndim != 1 or knots.shape != values.shape or len(knots) < 2:
        came = f"{tuple(knots.shape)} and {tuple(values.shape)}"
        raise ValueError(f"{name} has knots and values of shapes {came}; expected two vectors of one length, 2 or more")
    if knots.dtype != torch.float64 or values.dtype != torch.float64:
        raise ValueError(f"{name} has dtypes {knots.dtype} and {values.dtype}; expected float64")
    if bool((knots.diff() < 0).any()) or not bool(knots[0] < knots[-1]):
        raise ValueError(f"{name} has knots {knots.tolist()[:10]}; expected numbers in order, the first below the last")
    return knots[0].item(), knots[-1].item()


def value_at(function: Polyline, x: Float[Tensor, "*points"]) -> Float[Tensor, "*points"]:
    """Values of the function; at a jump the limit from the left, and outside the interval the outermost values.

    Args:
        function: Knots and values.
        x: Any points.

    Returns:
        One value for each point.
    """
    check_polyline(function)
    flat = x.reshape(-1)
    piece = (torch.searchsorted(function.knots, flat) - 1).clamp(0, len(function.knots) - 2)
    return _on_piece(function, piece, flat.clamp(function.knots[0], function.knots[-1])).reshape(x.shape)


def sup_distance(first: Polyline, second: Polyline) -> float:
    """The largest distance of two functions on their common interval, limits at jumps included.

    Between the knots of both the difference is linear, so that its extremes are at the knots: no grid is needed, and
    none would be safe.

    Args:
        first: One function.
        second: Another one on the same interval.

    Returns:
        The essential supremum of the absolute difference.

    Raises:
        ValueError: If a function is malformed or the intervals differ.
    """
    _, at_left, at_right = _difference(first, second)
    return torch.maximum(at_left.abs().amax(), at_right.abs().amax()).item()


def l1_distance(first: Polyline, second: Polyline) -> float:
    r"""The integral of the absolute difference of two functions over their common interval.

    On a piece of width h with differences p and q at its ends the integral is :math:`h (|p| + |q|)/2` if they have one
    sign, and :math:`h (p^2 + q^2) / (2 (|p| + |q|))` otherwise.

    Args:
        first: One function.
        second: Another one on the same interval.

    Returns:
        The integral, exact up to rounding.

    Raises:
        ValueError: If a function is malformed or the intervals differ.
    """
    widths, p, q = _difference(first, second)
    total = p.abs() + q.abs()
    crossing = (p**2 + q**2) / (2.0 * torch.where(total > 0, total, 1.0))
    return (widths * torch.where(p * q < 0, crossing, total / 2.0)).sum().item()


def cell_means(function: Polyline, edges: Float[Tensor, " edges"]) -> Float[Tensor, " _cells"]:
    """The mean of the function over each cell of a grid.

    Args:
        function: Knots and values.
        edges: Increasing numbers; the first and the last are the ends of the interval.

    Returns:
        One mean fewer than edges.

    Raises:
        ValueError: If the grid does not span the interval of the function.
    """
    nothing = Polyline(edges, torch.zeros_like(edges))
    if not bool((edges.diff() > 0).all()):
        raise ValueError(f"edges is {edges.tolist()[:10]}; expected increasing numbers")
    ends = _common_knots(function, nothing)
    left, right = _one_sided(function, ends)
    cell = torch.searchsorted(edges, (ends[1:] + ends[:-1]) / 2.0) - 1
    areas = torch.zeros(len(edges) - 1, dtype=torch.float64)
    areas.index_add_(0, cell, ends.diff() * (left + right) / 2.0)
    return areas / edges.diff()


def _difference(first: Polyline, second: Polyline) -> tuple[Tensor, Tensor, Tensor]:
    """Widths of the pieces on which both are linear, and the difference at the left and right end of each."""
    ends = _common_knots(first, second)
    (p, q), (r, s) = _one_sided(first, ends), _one_sided(second, ends)
    return ends.diff(), p - r, q - s


def _common_knots(first: Polyline, second: Polyline) -> Tensor:
    """All knots of both, each once.

    Raises:
        ValueError: If a function is malformed or the intervals differ.
    """
    one, other = check_polyline(first, "first"), check_polyline(second, "second")
    if one != other:
        raise ValueError(f"the functions live on {list(one)} and {list(other)}; expected the same interval")
    knots = torch.cat([first.knots, second.knots]).sort().values
    distinct: Tensor = torch.unique_consecutive(knots)
    return distinct


def _one_sided(function: Polyline, ends: Tensor) -> tuple[Tensor, Tensor]:
    """Limits at the left end and at the right end of each interval between ``ends``, from inside."""
    middles = (ends[1:] + ends[:-1]) / 2.0
    piece = (torch.searchsorted(function.knots, middles) - 1).clamp(0, len(function.knots) - 2)
    return _on_piece(function, piece, ends[:-1]), _on_piece(function, piece, ends[1:])


def _on_piece(function: Polyline, piece: Tensor, x: Tensor) -> Tensor:
    """The linear function of each given piece at ``x``; exact at both of its knots."""
    low, high = function.knots[piece], function.knots[piece + 1]
    share = torch.where(high > low, (x - low) / torch.where(high > low, high - low, 1.0), 0.0)
    return function.values[piece] * (1.0 - share) + function.values[piece + 1] * share
