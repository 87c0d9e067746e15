"""Hyperplanes as unit normals and offsets: which of them are one, and whether a boundary fills a hyperplane."""

from typing import NamedTuple

import numpy as np
from jaxtyping import Bool, Float, Int

from rectified.identification.accuracy import Accuracy, Query

FAR_SCALES = 2.0, 6.0, 15.0  # of the normal law of the test points, in units of the reach of the data
FIRST_POINTS, ALL_POINTS = 4, 12  # tested at once, and tested in all where the first give hope
FIRST_HITS, ALL_HITS = 2, 8  # kinks that must be seen among them
LEAST_SINGULAR = 1e-6  # value of unit normals that count as independent
LEAST_SHARE = 1e-4  # of the candidate's own jump, for a far kink to count as one


class Hyperplanes(NamedTuple):
    """The sets { x : normal . x = offset }, with unit normals of arbitrary sign.

    Attributes:
        normal: Unit vectors.
        offset: Numbers.
    """

    normal: Float[np.ndarray, "planes d_in"]
    offset: Float[np.ndarray, " planes"]

    def distance(self, points: Float[np.ndarray, "batch d_in"]) -> Float[np.ndarray, "batch planes"]:
        """Signed distance of each point from each hyperplane."""
        return np.asarray(points @ self.normal.T - self.offset)

    @property
    def are_independent(self) -> bool:
        """Whether the normals are linearly independent, so that vectors can be expanded in them in one way."""
        rank = np.linalg.matrix_rank(self.normal, tol=LEAST_SINGULAR) if len(self.offset) else 0
        return int(rank) == len(self.offset)

    def where(self, chosen: Bool[np.ndarray, " planes"] | Int[np.ndarray, " kept"]) -> "Hyperplanes":
        """Some of them."""
        return Hyperplanes(self.normal[chosen], self.offset[chosen])

    def joined(self, other: "Hyperplanes") -> "Hyperplanes":
        """These and others."""
        return Hyperplanes(np.r_[self.normal, other.normal], np.r_[self.offset, other.offset])


def layer_planes(weight: Float[np.ndarray, "neurons d_in"], bias: Float[np.ndarray, " neurons"]) -> Hyperplanes:
    """The boundaries of the neurons of a first layer.

    Args:
        weight: One row for each neuron, none of them zero.
        bias: One number for each.

    Returns:
        Hyperplanes with unit normals.

    Raises:
        ValueError: If a row is zero: such a neuron has no boundary.
    """
    size = np.linalg.norm(weight, axis=1)
    if not (size > 0).all():
        raise ValueError(f"weight has the zero row {int(np.argmin(size))}; expected none, since it has no boundary")
    return Hyperplanes(weight / size[:, None], -bias / size)


def plane_differences(one: Hyperplanes, other: Hyperplanes) -> Float[np.ndarray, "planes others"]:
    """Largest difference of the entries of normal and offset between each two hyperplanes, at the better sign.

    Args:
        one: Rows.
        other: Columns.

    Returns:
        Differences, not negative.
    """
    first = np.c_[one.normal, one.offset][:, None]
    second = np.c_[other.normal, other.offset][None]
    return np.asarray(np.minimum(np.abs(first - second).max(axis=2), np.abs(first + second).max(axis=2)))


def plane_errors(true: Hyperplanes, found: Hyperplanes, tolerance: float) -> tuple[Float[np.ndarray, " planes"], int]:
    """How far each true hyperplane is from the nearest one that was found, and how many found ones belong to none.

    Args:
        true: What there is.
        found: What an attack reports.
        tolerance: Largest difference of an entry of normal or offset with which one belongs to the other.

    Returns:
        Differences, at most 1 (which stands for "not found"); and the number of spurious hyperplanes.
    """
    differences = plane_differences(true, found)
    spurious = int((differences.min(axis=0, initial=np.inf) > tolerance).sum())
    return differences.min(axis=1, initial=1.0), spurious


def distinct_planes(planes: Hyperplanes, tolerance: float) -> Int[np.ndarray, " planes"]:
    """For each hyperplane the index of the first one that equals it within a tolerance.

    Args:
        planes: Hyperplanes.
        tolerance: Allowed difference of an entry of normal or offset.

    Returns:
        Indices; a hyperplane is distinct from all before it where the index is its own.
    """
    if len(planes.offset) == 0:
        return np.zeros(0, dtype=np.int64)
    near = plane_differences(planes, planes) <= tolerance
    return np.asarray(near.argmax(axis=1))


def is_whole_hyperplane(
    query: Query,
    planes: Hyperplanes,
    jump: Float[np.ndarray, " planes"],
    rng: np.random.Generator,
    *,
    reach: float = 1.0,
    accuracy: Accuracy | None = None,
) -> Bool[np.ndarray, " planes"]:
    """Whether the function has a kink at far points of each hyperplane: first-layer boundaries do not bend.

    Twelve random points, scattered around the origin and not around where the candidate was seen, are moved onto the
    hyperplane, and three queries across it look for a kink. Eight must show one. All twelve would be too many: a
    neuron is invisible where the neurons behind it are off. Candidates that show one kink or none at the first four
    points are not asked further.

    Args:
        query: The function.
        planes: Candidates.
        jump: How much the gradient jumps where each candidate was seen.
        rng: Source of the points.
        reach: Scale of the inputs.
        accuracy: Of the answers; None stands for that of float64.

    Returns:
        One truth value for each candidate.

    Source:
        [rolnick2020reverse], the test of a hyperplane; by three queries at a point instead of a new inference.
    """
    accuracy = accuracy or Accuracy()
    hits = _hits(query, planes, jump, rng, FIRST_POINTS, reach, accuracy)
    hopeful = np.flatnonzero(hits >= FIRST_HITS)
    rest = ALL_POINTS - FIRST_POINTS
    hits[hopeful] += _hits(query, planes.where(hopeful), jump[hopeful], rng, rest, reach, accuracy)
    return np.asarray(hits >= ALL_HITS)


def _hits(
    query: Query,
    planes: Hyperplanes,
    jump: np.ndarray,
    rng: np.random.Generator,
    count: int,
    reach: float,
    accuracy: Accuracy,
) -> np.ndarray:
    """At how many of ``count`` random points of each hyperplane the function has a kink."""
    planes_count, dim = planes.normal.shape
    if planes_count == 0:
        return np.zeros(0, dtype=np.int64)
    scales = reach * rng.choice(FAR_SCALES, size=(planes_count, count, 1))
    points = scales * rng.standard_normal((planes_count, count, dim))
    normal = planes.normal[:, None]
    points -= ((points * normal).sum(axis=2, keepdims=True) - planes.offset[:, None, None]) * normal
    side = accuracy.gap
    asked = np.stack([points - side * normal, points, points + side * normal])
    before, middle, after = query(asked.reshape(-1, dim)).reshape(3, planes_count, count, -1)
    bend = np.abs(before + after - 2.0 * middle).max(axis=2)
    error = accuracy.error(middle)
    return np.asarray((bend > np.maximum(LEAST_SHARE * side * jump[:, None], 16.0 * error)).sum(axis=1))
