"""Segments on which an oracle is asked, and stretches of them."""

from typing import NamedTuple

import numpy as np
from jaxtyping import Float, Int

from rectified.identification.accuracy import Accuracy, Query


class Segments(NamedTuple):
    """Segments as functions of the distance from their start, and the oracle that answers on them.

    Attributes:
        query: The function.
        start: One end of each segment.
        direction: Unit vectors to the other end.
        length: Their lengths.
        accuracy: Of the answers.
    """

    query: Query
    start: Float[np.ndarray, "lines d_in"]
    direction: Float[np.ndarray, "lines d_in"]
    length: Float[np.ndarray, " lines"]
    accuracy: Accuracy

    def outputs(
        self, line: Int[np.ndarray, " points"], position: Float[np.ndarray, " points"]
    ) -> Float[np.ndarray, "points d_out"]:
        """Answers at points of the segments."""
        return self.query(self.start[line] + position[:, None] * self.direction[line])

    def outputs_and_slopes(
        self,
        line: Int[np.ndarray, " points"],
        position: Float[np.ndarray, " points"],
        step: Float[np.ndarray, " points"],
    ) -> tuple[Float[np.ndarray, "points d_out"], Float[np.ndarray, "points d_out"]]:
        """Answers, and one-sided differences by steps of either sign."""
        values = self.outputs(np.concatenate([line, line]), np.concatenate([position, position + step]))
        here, there = values[: len(line)], values[len(line) :]
        return here, (there - here) / step[:, None]


class Stretches(NamedTuple):
    """Parts of segments.

    Attributes:
        line: The segment of each.
        low: Where it begins.
        high: Where it ends.
    """

    line: Int[np.ndarray, " stretches"]
    low: Float[np.ndarray, " stretches"]
    high: Float[np.ndarray, " stretches"]

    def joined(self) -> "Stretches":
        """In order, those that touch or overlap as one; none may lie within another."""
        order = np.lexsort([self.low, self.line])
        line, low, high = (part[order] for part in self)
        is_apart = (line[1:] != line[:-1]) | (low[1:] > high[:-1])
        some = np.full(min(len(line), 1), True)
        is_first, is_last = np.concatenate([some, is_apart]), np.concatenate([is_apart, some])
        return Stretches(line[is_first], low[is_first], high[is_last])


def together(parts: list[Stretches]) -> Stretches:
    """Several lists of stretches as one.

    Args:
        parts: The lists.

    Returns:
        All their stretches, one list after the other.
    """
    nothing = Stretches(np.zeros(0, dtype=np.int64), np.zeros(0), np.zeros(0))
    return Stretches(*(np.concatenate(part) for part in zip(nothing, *parts, strict=True)))
