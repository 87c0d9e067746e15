"""Intervals of segments that are to be explained: by one line, by two lines that meet, or by cutting them."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from jaxtyping import Bool, Float, Int

from rectified.identification.accuracy import EPS, SAFETY, Accuracy
from rectified.identification.segments import Segments, Stretches, together

CLOSE_CUT = 5.0**-0.5  # where a close look cuts, as a share: a kink that sits on a middle is not met again
MOST_EACH = 1_000  # intervals for each segment at once, on the average; with more the search gives up
CLOSE_STEP = 1 / 16  # its steps, as a share of the interval


class Intervals(NamedTuple):
    """Intervals that are still to be explained: both ends with outputs and slopes.

    Attributes:
        line: The segment of each.
        low: Where it begins.
        high: Where it ends.
        at_low: Outputs at its beginning.
        at_high: Outputs at its end.
        slope_low: Slope of the outputs at its beginning.
        slope_high: The same at its end.
        step: The step by which slopes were measured.
    """

    line: Int[np.ndarray, " intervals"]
    low: Float[np.ndarray, " intervals"]
    high: Float[np.ndarray, " intervals"]
    at_low: Float[np.ndarray, "intervals d_out"]
    at_high: Float[np.ndarray, "intervals d_out"]
    slope_low: Float[np.ndarray, "intervals d_out"]
    slope_high: Float[np.ndarray, "intervals d_out"]
    step: Float[np.ndarray, " intervals"]

    def where(self, chosen: Bool[np.ndarray, " intervals"] | Int[np.ndarray, " kept"]) -> "Intervals":
        """Some of them."""
        return Intervals(*(part[chosen] for part in self))

    @property
    def stretches(self) -> Stretches:
        """Where they are."""
        return Stretches(self.line, self.low, self.high)


Cut = Callable[[Intervals, Segments], Intervals]


def whole_segments(segments: Segments) -> Intervals:
    """One interval for each segment, with slopes measured inside.

    Args:
        segments: The segments.

    Returns:
        Intervals from end to end.
    """
    every, zero = np.arange(len(segments.length)), np.zeros(len(segments.length))
    step = np.full(len(every), segments.accuracy.step)
    at_low, slope_low = segments.outputs_and_slopes(every, zero, step)
    at_high, slope_high = segments.outputs_and_slopes(every, segments.length, -step)
    return Intervals(every, zero, segments.length, at_low, at_high, slope_low, slope_high, step)


def close_look(stretches: Stretches, segments: Segments) -> Intervals:
    """Intervals whose slopes are all measured inside, by steps as small as the interval asks for.

    Args:
        stretches: Where they are.
        segments: The segments.

    Returns:
        The same intervals, at which four queries each were spent.
    """
    line, low, high = stretches
    accuracy = segments.accuracy
    step = np.clip(CLOSE_STEP * (high - low), accuracy.finest_step, accuracy.step)
    places, steps = np.concatenate([low, high]), np.concatenate([step, -step])
    values, slopes = segments.outputs_and_slopes(np.tile(line, 2), places, steps)
    ends = values[: len(line)], values[len(line) :], slopes[: len(line)], slopes[len(line) :]
    return Intervals(line, low, high, *ends, step)


def halves(intervals: Intervals, segments: Segments) -> Intervals:
    """Both halves of each interval, with outputs and one slope in the middle: two queries.

    Args:
        intervals: What is to be cut.
        segments: The segments.

    Returns:
        Twice as many intervals. The slope at the end of a left half is measured behind it.
    """
    middle = (intervals.low + intervals.high) / 2
    value, slope = segments.outputs_and_slopes(intervals.line, middle, intervals.step)
    left = intervals._replace(high=middle, at_high=value, slope_high=slope)
    right = intervals._replace(low=middle, at_low=value, slope_low=slope)
    return Intervals(*(np.concatenate(pair) for pair in zip(left, right, strict=True)))


def close_parts(intervals: Intervals, segments: Segments) -> Intervals:
    """Two parts of each interval, cut beside the middle, with all slopes measured anew: eight queries.

    Args:
        intervals: What is to be cut.
        segments: The segments.

    Returns:
        Twice as many intervals, whose slopes know nothing of what lies outside.
    """
    line, low, high = intervals.stretches
    cut = low + CLOSE_CUT * (high - low)
    both = np.tile(line, 2)
    return close_look(Stretches(both, np.concatenate([low, cut]), np.concatenate([cut, high])), segments)


def explained(todo: Intervals, segments: Segments, cut: Cut, shortest: float) -> tuple[Stretches, Stretches]:
    """The kinks in intervals, and what stays unexplained.

    An interval is explained if the tangents at its two ends are one line, or if they meet inside it on the graph: then
    there is exactly one kink, where they meet. Other intervals are cut in two, until they are too short.
    Where they become very many the answers are noisier than ``accuracy`` says, and all of them stay unexplained.

    Args:
        todo: The intervals.
        segments: The segments.
        cut: How an interval is cut.
        shortest: Intervals shorter than this are not cut.

    Returns:
        Kinks, as stretches of no length; and the stretches in which the search ended, joined where they touch.

    Source:
        [rolnick2020reverse], the algorithm's search for points on a line, in its form by tangents.
    """
    kinks, left_over = [], []
    while len(todo.line):
        todo = todo.where(~_is_linear(todo, segments.accuracy))
        is_kink, places = _single_kinks(todo, segments)
        kinks.append(Stretches(todo.line[is_kink], places[is_kink], places[is_kink]))
        todo = todo.where(~is_kink)
        is_short = todo.high - todo.low < shortest
        is_short |= len(todo.line) > MOST_EACH * len(segments.length)  # answers are noisier than we were told
        left_over.append(todo.where(is_short).stretches)
        todo = todo.where(~is_short)
        todo = cut(todo, segments) if len(todo.line) else todo
    return together(kinks), together(left_over).joined()


def _is_linear(intervals: Intervals, accuracy: Accuracy) -> np.ndarray:
    """Whether the two tangents of each interval are one line."""
    width = (intervals.high - intervals.low)[:, None]
    of_slope, of_value = _tolerances(intervals, accuracy)
    same_slope = np.abs(intervals.slope_high - intervals.slope_low) <= of_slope
    meets = np.abs(intervals.at_high - intervals.at_low - intervals.slope_low * width) <= of_value
    return np.asarray((same_slope & meets).all(axis=1))


def _single_kinks(intervals: Intervals, segments: Segments) -> tuple[np.ndarray, np.ndarray]:
    """Whether each interval has one kink, where its tangents meet; and that place.

    A point just before it must lie on the left tangent and one just after it on the right one. The place itself proves
    nothing: where all kinks lie to its right, it is on the left tangent, and so on both.
    """
    place, jump = _meeting_places(intervals)
    room = np.minimum(place, intervals.high - intervals.low - place)
    of_value = _tolerances(intervals, segments.accuracy)[1]
    # where the two tangents differ by four times what the noise may do; not farther, or a pair of kinks looks like one
    side = 4.0 * of_value.max(axis=1, initial=0.0) / np.maximum(np.abs(jump), EPS)
    is_kink = room > np.maximum(2.5 * intervals.step, side)
    asked = np.flatnonzero(is_kink)
    if len(asked):
        is_kink[asked] = _is_on_tangents(intervals.where(asked), place[asked], side[asked], segments)
    return is_kink, intervals.low + place


def _tolerances(intervals: Intervals, accuracy: Accuracy) -> tuple[np.ndarray, np.ndarray]:
    """What the noise may do to a slope, and to a tangent at the other end of each interval."""
    error = accuracy.error(np.stack([intervals.at_low, intervals.at_high]))
    of_slope = SAFETY * error / intervals.step[:, None]
    return of_slope, of_slope * (intervals.high - intervals.low)[:, None] + SAFETY * error


def _meeting_places(intervals: Intervals) -> tuple[np.ndarray, np.ndarray]:
    """Where the tangents of the output that jumps most meet, from the beginning (-1: nowhere); and its jump."""
    rows = np.arange(len(intervals.line))
    width = intervals.high - intervals.low
    jumps = intervals.slope_low - intervals.slope_high
    best = np.abs(jumps).argmax(axis=1) if len(rows) else rows
    jump = jumps[rows, best]
    rise = (intervals.at_high - intervals.at_low)[rows, best] - intervals.slope_high[rows, best] * width
    return np.divide(rise, jump, out=np.full_like(rise, -1.0), where=jump != 0.0), jump


def _is_on_tangents(chosen: Intervals, place: np.ndarray, side: np.ndarray, segments: Segments) -> np.ndarray:
    """Whether the outputs before and after a place lie on the tangents of the two ends."""
    line, width = chosen.line, chosen.high - chosen.low
    sides = np.concatenate([chosen.low + place - side, chosen.low + place + side])
    seen = segments.outputs(np.tile(line, 2), sides)
    from_low = chosen.at_low + chosen.slope_low * (place - side)[:, None]
    from_high = chosen.at_high + chosen.slope_high * (place + side - width)[:, None]
    of_value = _tolerances(chosen, segments.accuracy)[1]
    wrong = np.abs(seen - np.concatenate([from_low, from_high])) > np.concatenate([of_value, of_value])
    return np.asarray(~wrong.any(axis=1).reshape(2, -1).any(axis=0))
