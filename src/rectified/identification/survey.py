"""What queries on random lines tell: hyperplanes of first-layer neurons, and points on bent boundaries behind them."""

from dataclasses import dataclass, field

import numpy as np
from jaxtyping import Float, Int

from rectified.identification.accuracy import Accuracy, Query
from rectified.identification.hyperplanes import Hyperplanes, distinct_planes, is_whole_hyperplane, plane_differences
from rectified.identification.kinks import SegmentKinks, kinks_on_segments
from rectified.identification.lines import Lines, random_lines
from rectified.identification.normals import BoundaryPoints, boundary_points

FEWEST_LINES, PATIENCE = 16, 2.0  # at least so many lines, and so many times those that the last new neuron took
FAR, ORDINARY = 300.0, 10.0  # in units of the reach: segments that reach farther are searched as if they ended there
MOST_AT_ONCE = 16  # lines in one batch
SAME_POINT = 1e-6  # distance from a known hyperplane, relative to one plus the size of the point, to lie on it
SAME_PLANE = 1e-5  # difference of two candidates that are one
KNOWN_PLANE = 1e-4  # difference of a hyperplane from one that is known, perhaps inexactly
LARGEST_RATIO = 1e-3  # second singular value over the first: above it two neurons change at once


@dataclass
class Survey:
    """What queries on random lines have told so far. It grows by :meth:`extend`.

    Attributes:
        query: The function under attack.
        d_in: Number of its inputs.
        rng: Source of lines and test points.
        reach: Scale of the inputs on which the network is interesting.
        accuracy: Of its answers.
        planes: Hyperplanes of first-layer neurons.
        jump: How much the gradient jumped where each of them was seen.
        on_plane: Points seen on each hyperplane.
        bent: Boundary points of deeper neurons.
        lines: All segments.
        last_new: How many lines had been asked when the last hyperplane was found.
    """

    query: Query
    d_in: int
    rng: np.random.Generator
    reach: float = 1.0
    accuracy: Accuracy = field(default_factory=Accuracy)
    planes: Hyperplanes = field(init=False)
    jump: Float[np.ndarray, " planes"] = field(default_factory=lambda: np.zeros(0))
    on_plane: list[list[np.ndarray]] = field(default_factory=list)
    bent: list[BoundaryPoints] = field(default_factory=list)
    lines: list[Lines] = field(default_factory=list)
    num_lines: int = 0
    last_new: int = 0

    def __post_init__(self) -> None:
        if not 0.0 < self.reach < np.inf:
            raise ValueError(f"reach is {self.reach}; expected a positive number")
        self.planes = Hyperplanes(np.zeros((0, self.d_in)), np.zeros(0))

    @property
    def is_settled(self) -> bool:
        """Whether the last new hyperplane is so long ago that more lines are not expected to bring another."""
        return self.num_lines >= max(FEWEST_LINES, PATIENCE * self.last_new)

    def extend(self, count: int) -> None:
        """Ask on ``count`` more random lines; new hyperplanes and bent boundaries are taken in."""
        self.ask(*random_lines(count, self.d_in, self.reach, self.rng))

    def ask(self, starts: Float[np.ndarray, "lines d_in"], ends: Float[np.ndarray, "lines d_in"]) -> None:
        """Ask on the given segments; new hyperplanes and bent boundaries are taken in."""
        batch = Lines(starts, ends, self._kinks(starts, ends))
        self.lines.append(batch)
        self.num_lines += len(starts)
        points, kinks = batch.kink_points, batch.kinks
        usable = kinks.is_clean[kinks.left] & kinks.is_clean[kinks.left + 1]
        unknown = np.flatnonzero(usable & (self.owners(points) < 0))
        found = boundary_points(self.query, batch, unknown, self.accuracy)
        self._take_new_planes(found)
        owner = self.owners(points)
        for plane in np.unique(owner[owner >= 0]):
            self.on_plane[plane].append(points[owner == plane])
        self.bent.append(BoundaryPoints(*(part[owner[found.kink] < 0] for part in found)))

    def _kinks(self, starts: np.ndarray, ends: np.ndarray) -> SegmentKinks:
        """The kinks on segments; far from the origin, where points are rounded coarsely, by steps that are longer."""
        size = float(np.linalg.norm(np.concatenate([starts, ends]), axis=1).max())
        unit = size / (ORDINARY * self.reach) if size > FAR * self.reach else 1.0
        accuracy = Accuracy(self.accuracy.noise / unit)
        if unit == 1.0:
            return kinks_on_segments(self.query, starts, ends, accuracy)
        return kinks_on_segments(lambda x: self.query(unit * x) / unit, starts / unit, ends / unit, accuracy).scaled(
            unit
        )

    def owners(self, points: Float[np.ndarray, "batch d_in"]) -> Int[np.ndarray, " batch"]:
        """The known hyperplane through each point, -1 where there is none."""
        if len(self.planes.offset) == 0:
            return np.full(len(points), -1)
        away = np.abs(self.planes.distance(points)) / (1.0 + np.linalg.norm(points, axis=1, keepdims=True))
        return np.where(away.min(axis=1) <= self._room(SAME_POINT), away.argmin(axis=1), -1)

    def answered_points(self) -> tuple[Float[np.ndarray, "pieces d_in"], Float[np.ndarray, "pieces d_out"]]:
        """A point inside each linear piece that was met, in random order, and the outputs there; no query is needed."""
        points = np.concatenate([batch.anchor_points for batch in self.lines])
        outputs = np.concatenate([batch.kinks.value for batch in self.lines])
        order = self.rng.permutation(len(points))
        return points[order], outputs[order]

    def bent_points(self) -> BoundaryPoints:
        """All points seen on bent boundaries: on no hyperplane, as these are known by now."""
        bent = BoundaryPoints(*(np.concatenate(part) for part in zip(*self.bent, strict=True)))
        return BoundaryPoints(*(part[self.owners(bent.point) < 0] for part in bent))

    def _take_new_planes(self, found: BoundaryPoints) -> None:
        single = np.flatnonzero(found.rank_ratio <= LARGEST_RATIO)
        candidates = Hyperplanes(found.normal[single], found.offset[single])
        first = distinct_planes(candidates, self._room(SAME_PLANE))
        fresh = np.flatnonzero(first == np.arange(len(first)))
        candidates, jump = candidates.where(fresh), found.jump[single[fresh]]
        whole = is_whole_hyperplane(self.query, candidates, jump, self.rng, reach=self.reach, accuracy=self.accuracy)
        self._join(candidates.where(whole), jump[whole])

    def _join(self, planes: Hyperplanes, jump: np.ndarray) -> None:
        """Take hyperplanes in; where one is known already, the one with the larger jump is the more exact."""
        differences = plane_differences(planes, self.planes)
        is_new = np.asarray(~(differences <= self._room(KNOWN_PLANE)).any(axis=1))
        for found in np.flatnonzero(~is_new):
            known = int(differences[found].argmin())
            if jump[found] > self.jump[known]:
                self.planes.normal[known], self.planes.offset[known] = planes.normal[found], planes.offset[found]
                self.jump[known] = jump[found]
        self.planes = self.planes.joined(planes.where(is_new))
        self.jump = np.r_[self.jump, jump[is_new]]
        self.on_plane += [[] for _ in range(int(is_new.sum()))]
        if is_new.any():
            self.last_new = self.num_lines

    def _room(self, least: float) -> float:
        """A tolerance, widened to what noisy answers leave of a position."""
        return float(max(least, 10.0 * self.accuracy.noise ** (2 / 3)))

    def refined_planes(self) -> Hyperplanes:
        """The hyperplanes, each fitted to all points seen on it where these are enough."""
        normal, offset = self.planes.normal.copy(), self.planes.offset.copy()
        for idx, groups in enumerate(self.on_plane):
            points = np.concatenate(groups) if groups else np.zeros((0, self.d_in))
            if len(points) >= 2 * self.d_in:
                centre = points.mean(axis=0)
                normal[idx] = np.linalg.svd(points - centre)[2][-1]
                offset[idx] = normal[idx] @ centre
        return Hyperplanes(normal, offset)


def survey_lines(
    query: Query,
    d_in: int,
    rng: np.random.Generator,
    *,
    reach: float = 1.0,
    accuracy: Accuracy | None = None,
    most_lines: int = 1_000,
) -> Survey:
    """Ask on random lines until they bring no new first-layer neuron; the width need not be known.

    The lines come in batches of growing size. The search ends when twice as many lines have been asked as it took to
    find the last neuron.

    Args:
        query: The function under attack.
        d_in: Number of its inputs.
        rng: Source of lines and test points.
        reach: Scale of the inputs on which the network is interesting.
        accuracy: Of its answers; None stands for that of float64.
        most_lines: Where to stop in any case.

    Returns:
        The survey, which can be extended.

    Source:
        [rolnick2020reverse], the algorithm for the first layer; the rule when to stop is own.
    """
    survey = Survey(query, d_in, rng, reach, accuracy or Accuracy())
    while not survey.is_settled and survey.num_lines < most_lines:
        survey.extend(min(max(2, survey.num_lines), MOST_AT_ONCE, most_lines - survey.num_lines))
    return survey
