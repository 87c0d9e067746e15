"""The kinks of a piecewise linear function along segments, from queries alone; all segments are searched in step."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from jaxtyping import Bool, Float, Int

Query = Callable[[np.ndarray], np.ndarray]

EPS = 2.0**-52
ANCHORS = 0.5, 0.9  # where on a piece its slope is measured in the end, as shares of its length
SAFETY = 8.0  # tolerances are this many times the error that the noise can cause


@dataclass(frozen=True)
class Accuracy:
    """How exact answers are, and the finite steps that follow from it.

    Attributes:
        noise: Largest absolute error of an answer beyond that of float64, such as half a unit of rounding.
    """

    noise: float = 0.0

    def __post_init__(self) -> None:
        if not 0.0 <= self.noise < np.inf:
            raise ValueError(f"noise is {self.noise}; expected 0 or a positive number")

    def error(self, values: Float[np.ndarray, "..."]) -> float:
        """Absolute error of answers as large as ``values``."""
        return self.noise + 4.0 * EPS * float(np.abs(values).max(initial=1.0))

    @property
    def step(self) -> float:
        """Step of one-sided differences: errors of slopes and the chance to step over a kink in balance."""
        return float(max(1e-5, np.cbrt(self.noise)))

    @property
    def gap(self) -> float:
        """Kinks nearer to each other than this are not told apart."""
        return 10.0 * self.step


class SegmentKinks(NamedTuple):
    """Kinks of a function on several segments, ordered by segment and position, and the linear pieces between them.

    A segment with k kinks has k + 1 pieces, so kink i lies between the pieces ``i + line[i]`` and ``i + line[i] + 1``.

    Attributes:
        line: The segment of each kink.
        position: Its distance from the segment's start.
        piece_line: The segment of each piece.
        piece_length: Its length.
        anchor: Distance from the start to a point in the middle of the piece.
        value: Outputs there.
        slope: Slope of the outputs on the piece, per unit of length.
        is_clean: Whether the piece was confirmed to be linear.
        unresolved: For each segment, in how many places the search gave up because kinks lie too close.
    """

    line: Int[np.ndarray, " kinks"]
    position: Float[np.ndarray, " kinks"]
    piece_line: Int[np.ndarray, " pieces"]
    piece_length: Float[np.ndarray, " pieces"]
    anchor: Float[np.ndarray, " pieces"]
    value: Float[np.ndarray, "pieces d_out"]
    slope: Float[np.ndarray, "pieces d_out"]
    is_clean: Bool[np.ndarray, " pieces"]
    unresolved: Int[np.ndarray, " lines"]

    @property
    def left(self) -> Int[np.ndarray, " kinks"]:
        """The piece before each kink; the one after it is the next."""
        return np.asarray(np.arange(len(self.line)) + self.line)


class _Intervals(NamedTuple):
    """Intervals that are still to be explained: both ends with outputs and slopes."""

    line: np.ndarray
    low: np.ndarray
    high: np.ndarray
    at_low: np.ndarray
    at_high: np.ndarray
    slope_low: np.ndarray
    slope_high: np.ndarray

    def where(self, chosen: np.ndarray) -> "_Intervals":
        return _Intervals(*(part[chosen] for part in self))


class _Lines(NamedTuple):
    """Segments as functions of the distance from their start, and the oracle that answers on them."""

    query: Query
    start: np.ndarray
    direction: np.ndarray
    length: np.ndarray
    accuracy: Accuracy

    def outputs(self, line: np.ndarray, position: np.ndarray) -> np.ndarray:
        return self.query(self.start[line] + position[:, None] * self.direction[line])

    def outputs_and_slopes(self, line: np.ndarray, position: np.ndarray, side: np.ndarray) -> tuple[np.ndarray, ...]:
        step = self.accuracy.step * side
        values = self.outputs(np.r_[line, line], np.r_[position, position + step])
        here, there = values[: len(line)], values[len(line) :]
        return here, (there - here) / step[:, None]


def kinks_on_segments(
    query: Query,
    starts: Float[np.ndarray, "lines d_in"],
    ends: Float[np.ndarray, "lines d_in"],
    accuracy: Accuracy | None = None,
) -> SegmentKinks:
    """All kinks of a piecewise linear function on the segments from ``starts`` to ``ends``.

    An interval is explained if the tangents at its two ends are one line, or if they meet inside it on the graph: then
    there is exactly one kink, where they meet. Other intervals are cut in two. In the end each piece is asked at two
    far points, which confirms it and gives slopes, and so the positions, to the last digits.

    Args:
        query: The function, from points (batch, d_in) to outputs (batch, d_out).
        starts: One end of each segment.
        ends: The other end.
        accuracy: Of the answers; None stands for that of float64.

    Returns:
        Kinks and pieces. Kinks whose jump drowns in the error of the answers are not among them.

    Raises:
        ValueError: If the ends are not float64 of one shape, or a segment is too short to be searched.

    Source:
        [rolnick2020reverse], the algorithm's search for points on a line, in its form by tangents; all segments in
        step.
    """
    lines = _checked_lines(query, starts, ends, accuracy or Accuracy())
    every = np.arange(len(lines.length))
    at_low, slope_low = lines.outputs_and_slopes(every, np.zeros(len(every)), np.ones(len(every)))
    at_high, slope_high = lines.outputs_and_slopes(every, lines.length, -np.ones(len(every)))
    todo = _Intervals(every, np.zeros(len(every)), lines.length, at_low, at_high, slope_low, slope_high)
    found: list[tuple[np.ndarray, np.ndarray]] = []
    unresolved = np.zeros(len(every), dtype=np.int64)
    while len(todo.line):
        todo = todo.where(~_is_linear(todo, lines.accuracy))
        is_kink, places = _single_kinks(todo, lines)
        found.append((todo.line[is_kink], places[is_kink]))
        todo = todo.where(~is_kink)
        is_short = todo.high - todo.low < lines.accuracy.gap
        np.add.at(unresolved, todo.line[is_short], 1)
        todo = _halves(todo.where(~is_short), lines)
    line, position = (np.concatenate([pair[k] for pair in found]) for k in (0, 1))
    order = np.lexsort([position, line])
    return _refined(lines, line[order], position[order], unresolved)


def num_pieces_on_segments(
    query: Query,
    starts: Float[np.ndarray, "lines d_in"],
    ends: Float[np.ndarray, "lines d_in"],
    accuracy: Accuracy | None = None,
) -> Int[np.ndarray, " lines"]:
    """How many linear pieces a function shows on each segment, as far as queries can see.

    Args:
        query: The function, from points (batch, d_in) to outputs (batch, d_out).
        starts: One end of each segment.
        ends: The other end.
        accuracy: Of the answers; None stands for that of float64.

    Returns:
        The number of kinks plus one.

    Source:
        own.
    """
    kinks = kinks_on_segments(query, starts, ends, accuracy)
    return np.bincount(kinks.piece_line, minlength=len(starts))


def _is_linear(intervals: _Intervals, accuracy: Accuracy) -> np.ndarray:
    """Whether the two tangents are one line."""
    width = (intervals.high - intervals.low)[:, None]
    of_slope, of_value = _tolerances(intervals, accuracy)
    same_slope = np.abs(intervals.slope_high - intervals.slope_low) <= of_slope
    meets = np.abs(intervals.at_high - intervals.at_low - intervals.slope_low * width) <= of_value
    return np.asarray((same_slope & meets).all(axis=1))


def _tolerances(intervals: _Intervals, accuracy: Accuracy) -> tuple[float, np.ndarray]:
    """What the noise may do to a slope, and to a tangent at the other end of each interval."""
    error = accuracy.error(np.stack([intervals.at_low, intervals.at_high]))
    of_slope = SAFETY * error / accuracy.step
    return of_slope, of_slope * (intervals.high - intervals.low)[:, None] + SAFETY * error


def _single_kinks(intervals: _Intervals, lines: _Lines) -> tuple[np.ndarray, np.ndarray]:
    """Whether the interval has one kink, where its tangents meet; and that place.

    A point just before it must lie on the left tangent and one just after it on the right one. The place itself proves
    nothing: where all kinks lie to its right, it is on the left tangent, and so on both.
    """
    rows = np.arange(len(intervals.line))
    width = intervals.high - intervals.low
    jumps = intervals.slope_low - intervals.slope_high
    best = np.abs(jumps).argmax(axis=1) if len(rows) else rows
    jump = jumps[rows, best]
    rise = (intervals.at_high - intervals.at_low)[rows, best] - intervals.slope_high[rows, best] * width
    place = np.divide(rise, jump, out=np.full_like(rise, -1.0), where=jump != 0.0)
    room = np.minimum(place, width - place)
    of_value = _tolerances(intervals, lines.accuracy)[1]
    # far enough that the two tangents differ by four times what the noise may do
    side = np.maximum(lines.accuracy.gap / 4, 4.0 * of_value.max(axis=1) / np.maximum(np.abs(jump), EPS))
    is_kink = room > side
    asked = np.flatnonzero(is_kink)
    if len(asked):
        chosen, at, off = intervals.where(asked), place[asked], side[asked]
        seen = lines.outputs(np.r_[chosen.line, chosen.line], np.r_[chosen.low + at - off, chosen.low + at + off])
        from_low = chosen.at_low + chosen.slope_low * (at - off)[:, None]
        from_high = chosen.at_high + chosen.slope_high * (at + off - width[asked])[:, None]
        wrong = np.abs(seen - np.concatenate([from_low, from_high])) > np.concatenate([of_value[asked]] * 2)
        is_kink[asked] = ~wrong.any(axis=1).reshape(2, -1).any(axis=0)
    return is_kink, intervals.low + place


def _halves(intervals: _Intervals, lines: _Lines) -> _Intervals:
    """Both halves of each interval, with outputs and slope in the middle."""
    if len(intervals.line) == 0:
        return intervals
    middle = (intervals.low + intervals.high) / 2
    value, slope = lines.outputs_and_slopes(intervals.line, middle, np.ones(len(middle)))
    left = intervals._replace(high=middle, at_high=value, slope_high=slope)
    right = intervals._replace(low=middle, at_low=value, slope_low=slope)
    return _Intervals(*(np.concatenate(pair) for pair in zip(left, right, strict=True)))


def _refined(lines: _Lines, line: np.ndarray, position: np.ndarray, unresolved: np.ndarray) -> SegmentKinks:
    """Slopes of all pieces from two far points each, and the kinks where neighbouring pieces meet."""
    piece_line = np.sort(np.r_[np.arange(len(lines.length)), line], kind="stable")
    is_first = np.r_[True, np.diff(piece_line) > 0]
    low, high = np.zeros(len(piece_line)), lines.length[piece_line]
    low[~is_first], high[np.r_[~is_first[1:], False]] = position, position
    anchor, further = (low + share * (high - low) for share in ANCHORS)
    values = lines.outputs(np.r_[piece_line, piece_line], np.r_[anchor, further])
    value = values[: len(low)]
    slope = (values[len(low) :] - value) / np.maximum(further - anchor, EPS)[:, None]
    rough = SegmentKinks(
        line, position, piece_line, high - low, anchor, value, slope, np.ones(len(low), dtype=bool), unresolved
    )
    move, is_good = _moves(rough, lines)
    rough.is_clean[rough.left[~is_good]] = rough.is_clean[rough.left[~is_good] + 1] = False
    return rough._replace(position=np.where(is_good, position + move, position))


def _moves(rough: SegmentKinks, lines: _Lines) -> tuple[np.ndarray, np.ndarray]:
    """How far each kink is from where its pieces meet; and whether that is as near as the search could know."""
    left, at = rough.left, rough.position[:, None]
    ends = [rough.value[k] + rough.slope[k] * (at - rough.anchor[k][:, None]) for k in (left, left + 1)]
    jumps = rough.slope[left] - rough.slope[left + 1]
    rows = np.arange(len(left))
    best = np.abs(jumps).argmax(axis=1) if len(rows) else rows
    gap, jump = (ends[1] - ends[0])[rows, best], jumps[rows, best]
    room = SAFETY * lines.accuracy.error(rough.value) * (lines.length[rough.line] / lines.accuracy.step + 1.0)
    return np.divide(gap, jump, out=np.zeros_like(gap), where=jump != 0.0), np.abs(gap) <= 4.0 * room


def _checked_lines(query: Query, starts: np.ndarray, ends: np.ndarray, accuracy: Accuracy) -> _Lines:
    """Both ends as unit directions and lengths.

    Raises:
        ValueError: If they are not float64 of one shape, or a segment is too short.
    """
    for name, points in (("starts", starts), ("ends", ends)):
        if points.ndim != 2 or points.dtype != np.float64 or points.shape != starts.shape or len(points) == 0:
            raise ValueError(
                f"{name} is {points.dtype} of shape {points.shape}; expected float64 (lines, d_in), the same for both"
            )
    length = np.linalg.norm(ends - starts, axis=1)
    if length.min() <= 2.0 * accuracy.gap:
        raise ValueError(
            f"ends: the shortest segment has length {length.min():.3g}; expected over {2 * accuracy.gap:.3g}"
        )
    return _Lines(query, starts, (ends - starts) / length[:, None], length, accuracy)
