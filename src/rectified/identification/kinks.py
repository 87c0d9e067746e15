"""The kinks of a piecewise linear function along segments, from queries alone; all segments are searched in step."""

from typing import NamedTuple

import numpy as np
from jaxtyping import Bool, Float, Int

from rectified.identification.accuracy import EPS, SAFETY, Accuracy, Query
from rectified.identification.intervals import close_look, close_parts, explained, halves, whole_segments
from rectified.identification.segments import Segments, Stretches, together

ANCHORS = 0.5, 0.9  # where on a piece its slope is measured in the end, as shares of its length


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
        is_clean: Whether the piece was confirmed to be linear, and is long enough for finite steps on it.
        unresolved: For each segment, how many places are not explained: there the search ended at the resolution, and
            reports one kink where there may be several; or the pieces around a kink do not meet in it.
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

    def scaled(self, unit: float) -> "SegmentKinks":
        """The same in other units of length, of inputs and outputs alike: slopes stay as they are."""
        return self._replace(
            position=unit * self.position,
            piece_length=unit * self.piece_length,
            anchor=unit * self.anchor,
            value=unit * self.value,
        )


def kinks_on_segments(
    query: Query,
    starts: Float[np.ndarray, "lines d_in"],
    ends: Float[np.ndarray, "lines d_in"],
    accuracy: Accuracy | None = None,
) -> SegmentKinks:
    """All kinks of a piecewise linear function on the segments from ``starts`` to ``ends``.

    Intervals that no tangents explain are cut in two until they are shorter than the accuracy's gap. What is left are
    places where a step ended on a kink, or where kinks lie close to each other. They are widened by more than a step
    and searched again, by steps that shrink with the interval and stay inside it, down to the accuracy's resolution. In
    the end each piece is asked at two far points, which confirms it and gives slopes, and so the positions, to the last
    digits.

    Args:
        query: The function, from points (batch, d_in) to outputs (batch, d_out).
        starts: One end of each segment.
        ends: The other end.
        accuracy: Of the answers; None stands for that of float64.

    Returns:
        Kinks and pieces. Kinks whose jump drowns in the error of the answers are not among them, and such as are nearer
        to each other than the resolution count as one. No search by finitely many queries sees a detour that leaves a
        line and comes back to it between two of them.

    Raises:
        ValueError: If the ends are not float64 of one shape, or a segment is too short to be searched.

    Source:
        [rolnick2020reverse], the algorithm's search for points on a line, in its form by tangents; all segments in
        step. The second search is own.
    """
    segments = _checked_segments(query, starts, ends, accuracy or Accuracy())
    far, short = explained(whole_segments(segments), segments, halves, segments.accuracy.gap)
    windows = _windows(short, segments)
    near, rough = explained(close_look(windows, segments), segments, close_parts, segments.accuracy.resolution)
    found = together([far, near, rough])
    order = np.lexsort([found.low, found.line])
    places = Stretches(*(part[order] for part in found))
    num_lines = len(segments.length)
    empty = windows.line[~_is_met(windows, together([near, rough]))]
    unresolved = np.bincount(np.r_[rough.line, empty], minlength=num_lines)
    return _refined(segments, places, unresolved)


def _windows(short: Stretches, segments: Segments) -> Stretches:
    """Stretches widened by two steps: what a step beyond their end may have met, and nothing that was found before."""
    wider = 2.0 * segments.accuracy.step
    high = np.minimum(short.high + wider, segments.length[short.line])
    return Stretches(short.line, np.maximum(short.low - wider, 0.0), high).joined()


def _is_met(windows: Stretches, places: Stretches) -> np.ndarray:
    """Whether any of the places lies in each window."""
    same = windows.line[:, None] == places.line
    return np.asarray((same & (windows.low[:, None] <= places.low) & (places.low <= windows.high[:, None])).any(axis=1))


def _refined(segments: Segments, places: Stretches, unresolved: np.ndarray) -> SegmentKinks:
    """Slopes of all pieces from two far points each, and the kinks where neighbouring pieces meet."""
    line, position = places.line, (places.low + places.high) / 2
    piece_line = np.sort(np.r_[np.arange(len(segments.length)), line], kind="stable")
    is_first = np.r_[True, np.diff(piece_line) > 0]
    low, high = np.zeros(len(piece_line)), segments.length[piece_line]
    low[~is_first], high[np.r_[~is_first[1:], False]] = position, position
    anchor, further = (low + share * (high - low) for share in ANCHORS)
    values = segments.outputs(np.r_[piece_line, piece_line], np.r_[anchor, further])
    value = values[: len(low)]
    slope = (values[len(low) :] - value) / np.maximum(further - anchor, EPS)[:, None]
    is_clean = high - low > segments.accuracy.gap
    rough = SegmentKinks(line, position, piece_line, high - low, anchor, value, slope, is_clean, unresolved)
    move, is_near = _moves(rough, segments)
    torn = line[~is_near & (places.low == places.high)]  # the others are counted already
    unresolved += np.bincount(torn, minlength=len(unresolved))
    is_clean[rough.left[~is_near]] = is_clean[rough.left[~is_near] + 1] = False
    is_inside = np.abs(move) <= (places.high - places.low) / 2
    return rough._replace(position=np.where(is_near | is_inside, position + move, position))


def _moves(rough: SegmentKinks, segments: Segments) -> tuple[np.ndarray, np.ndarray]:
    """How far each kink is from where its pieces meet; and whether that is as near as the search could know."""
    left, at = rough.left, rough.position[:, None]
    ends = [rough.value[k] + rough.slope[k] * (at - rough.anchor[k][:, None]) for k in (left, left + 1)]
    jumps = rough.slope[left] - rough.slope[left + 1]
    rows = np.arange(len(left))
    best = np.abs(jumps).argmax(axis=1) if len(rows) else rows
    gap, jump = (ends[1] - ends[0])[rows, best], jumps[rows, best]
    accuracy = segments.accuracy
    room = SAFETY * accuracy.error(rough.value) * (segments.length[rough.line] / accuracy.step + 1.0)
    return np.divide(gap, jump, out=np.zeros_like(gap), where=jump != 0.0), np.abs(gap) <= 4.0 * room


def _checked_segments(query: Query, starts: np.ndarray, ends: np.ndarray, accuracy: Accuracy) -> Segments:
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
    return Segments(query, starts, (ends - starts) / length[:, None], length, accuracy)
