"""Do two segments meet? Decided exactly, in rational arithmetic, in any dimension."""

from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

Point = list[Fraction]
Ends = NDArray[np.float64]


def segments_meet(first: Ends, second: Ends) -> bool:
    """Whether two closed segments have a point in common, without rounding.

    Floats are rational numbers, so that the answer is that for the very points given.

    Args:
        first: The two ends of a segment, (2, dim); they may coincide.
        second: The two ends of the other one, (2, dim).

    Returns:
        True if they meet, be it in an end point or along a piece.

    Raises:
        ValueError: If the shapes are others.

    Example:
        >>> segments_meet(np.array([[0.0, 0.0], [2.0, 2.0]]), np.array([[0.0, 2.0], [2.0, 0.0]]))
        True
    """
    if first.ndim != 2 or len(first) != 2 or first.shape != second.shape:
        raise ValueError(f"first has shape {first.shape}, second {second.shape}; expected (2, dim) for both")
    if not _boxes_meet(first, second):
        return False
    a, b, c, d = ([Fraction(float(x)) for x in point] for point in (*first, *second))
    u, v, w = _minus(b, a), _minus(d, c), _minus(c, a)
    uu, uv, vv, uw, vw = _dot(u, u), _dot(u, v), _dot(v, v), _dot(u, w), _dot(v, w)
    determinant = uu * vv - uv * uv
    if determinant == 0:
        return _parallel_meet(a, b, c, d)
    s, t = (uw * vv - vw * uv) / determinant, (uw * uv - vw * uu) / determinant
    reached = all(ai + s * ui == ci + t * vi for ai, ui, ci, vi in zip(a, u, c, v, strict=True))
    return reached and 0 <= s <= 1 and 0 <= t <= 1


def crossings(points: NDArray[np.float64]) -> list[tuple[int, int]]:
    """The pairs of pieces of a polygonal line that meet although they are not neighbours.

    Neighbours share a vertex; they count only if they fold back onto each other.

    Args:
        points: Vertices in order, (vertices, dim).

    Returns:
        Pairs of indices of pieces, the smaller first; piece k joins vertices k and k + 1.
    """
    pieces = np.stack([points[:-1], points[1:]], axis=1)
    found = [(k, k + 1) for k in range(len(pieces) - 1) if _folds_back(pieces[k], pieces[k + 1])]
    low, high = pieces.min(axis=1), pieces.max(axis=1)
    near = (low[:, None] <= high).all(axis=2)  # comparisons of floats are exact
    for first, second in np.argwhere(np.triu(near & near.T, k=2)).tolist():
        if segments_meet(pieces[first], pieces[second]):
            found.append((first, second))
    return sorted(found)


def _folds_back(first: Ends, second: Ends) -> bool:
    """Whether two segments that share a vertex lie on one line, on the same side of it, or one is a point."""
    arm, other = first[0] - first[1], second[1] - second[0]
    if arm @ other < 0.99 * np.linalg.norm(arm) * np.linalg.norm(other):
        return False  # an angle of eight degrees is no rounding error, and most pairs end here
    before, vertex, after = ([Fraction(float(x)) for x in point] for point in (first[0], first[1], second[1]))
    u, v = _minus(before, vertex), _minus(after, vertex)
    return _dot(u, u) * _dot(v, v) == _dot(u, v) ** 2 and _dot(u, v) >= 0


def _boxes_meet(first: Ends, second: Ends) -> bool:
    """Whether the bounding boxes meet: comparisons of floats are exact, and most pairs end here."""
    apart = (first.min(axis=0) > second.max(axis=0)) | (second.min(axis=0) > first.max(axis=0))
    return not bool(apart.any())


def _parallel_meet(a: Point, b: Point, c: Point, d: Point) -> bool:
    """The same question for parallel segments, or points."""
    if a == b and c == d:
        return a == c
    base, direction = (a, _minus(b, a)) if a != b else (c, _minus(d, c))
    square = _dot(direction, direction)
    places = []
    for point in (a, b, c, d):
        offset = _minus(point, base)
        if _dot(offset, offset) * square != _dot(offset, direction) ** 2:
            return False
        places.append(_dot(offset, direction))
    first, second = sorted(places[:2]), sorted(places[2:])
    return first[0] <= second[1] and second[0] <= first[1]


def _minus(a: Point, b: Point) -> Point:
    return [x - y for x, y in zip(a, b, strict=True)]


def _dot(a: Point, b: Point) -> Fraction:
    return sum((x * y for x, y in zip(a, b, strict=True)), Fraction(0))
