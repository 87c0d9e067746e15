"""Is anything missing? A rebuilt function beside the oracle at fresh points: near, far away, and around kinks."""

from typing import NamedTuple

import numpy as np
from jaxtyping import Bool, Float

from rectified.identification.accuracy import SAFETY, Accuracy, Query
from rectified.identification.hyperplanes import Hyperplanes
from rectified.identification.lines import SPREADS

SMALL_ERROR = 1e-6  # relative, as `fresh_answers` measures it: below it two functions count as one
EACH = 4_000  # fresh points of each law
FARTHEST, NEAREST = 1e6, 0.25  # distances from the origin along rays, in units of the reach
CLOSEST = 1e-4  # distance from a kink, in units of one plus the size of the point
HALVINGS = 40  # of the logarithm of a distance


class FreshAnswers(NamedTuple):
    """What the oracle said at points that no part of the identification has used, and how far off the rebuilt one is.

    Attributes:
        points: The points.
        error: Relative error at each.
        scale: What an error is measured by at the origin.
    """

    points: Float[np.ndarray, "batch d_in"]
    error: Float[np.ndarray, " batch"]
    scale: float

    @property
    def is_wrong(self) -> Bool[np.ndarray, " batch"]:
        """Where the two functions differ."""
        return np.asarray(~(self.error <= SMALL_ERROR))


def fresh_points(
    kinks: Float[np.ndarray, "kinks d_in"],
    first: Hyperplanes,
    reach: float,
    rng: np.random.Generator,
    each: int = EACH,
) -> Float[np.ndarray, "batch d_in"]:
    """Points at which a rebuilt function is compared with its oracle, of four laws, all points independent.

    *Near*: normal, of spread 1, 4 or 16 times the reach. *Rays*: uniform directions, the logarithm of the distance
    uniform from a quarter of the reach to a million times the reach; so a neuron that is on only far away, where its
    bias no longer counts, is met by its share of all directions. *Kinks*: a place at which the function is known to
    bend, moved in a uniform direction, the logarithm of the distance uniform over four decades. *Sides*: a uniform
    number of first-layer hyperplanes, a uniform choice of so many, on whose first side the point lies and on the other
    side of all others, with independent distances whose logarithms are uniform; so each single side has the share
    1 / (width (width + 1)), and a second-layer neuron that is on anywhere is on there for one of them.

    A difference that shows on a share p of one law is missed by ``each`` points with probability (1 - p)^each: with
    4,000 points less than 1/1000 from p = 0.18 % on. What shows on less may stay unseen.

    Args:
        kinks: Places at which the function was seen to bend; without any the third law is left out.
        first: Hyperplanes of the first layer; the fourth law is left out where there are none, or their normals are
            dependent, since then not all choices of sides exist.
        reach: Scale of the inputs.
        rng: Source of all points.
        each: How many of each law.

    Returns:
        The points, near ones first.
    """
    d_in = kinks.shape[1]
    points = [reach * rng.choice(SPREADS, size=(each, 1)) * rng.standard_normal((each, d_in))]
    points.append(reach * _log_uniform(NEAREST, FARTHEST, (each, 1), rng) * _directions(each, d_in, rng))
    if len(kinks):
        middle = kinks[rng.integers(len(kinks), size=each)]
        points.append(
            middle + _log_uniform(CLOSEST, 1.0, (each, 1), rng) * _sizes(middle) * _directions(each, d_in, rng)
        )
    if len(first.offset) and first.are_independent:
        points.append(_points_on_sides(first, reach, rng, each))
    return np.concatenate(points)


def _points_on_sides(first: Hyperplanes, reach: float, rng: np.random.Generator, each: int) -> np.ndarray:
    """Points with given signed distances from all hyperplanes: a random number of them positive, on four decades."""
    width = len(first.offset)
    order = rng.permuted(np.broadcast_to(np.arange(width), (each, width)), axis=1)
    sides = np.where(order < rng.integers(width + 1, size=(each, 1)), 1.0, -1.0)
    distances = reach * sides * _log_uniform(NEAREST, FARTHEST**0.5, (each, width), rng)
    inverse = np.linalg.pinv(first.normal, rcond=0.0)  # nothing is cut off: the normals are independent
    return np.asarray((distances + first.offset) @ inverse.T)


def fresh_answers(
    query: Query, rebuilt: Query, points: Float[np.ndarray, "batch d_in"], reach: float, accuracy: Accuracy
) -> FreshAnswers:
    """How far a rebuilt function is from its oracle at given points.

    Both grow at most linearly, so an error at x is divided by 1 + |x| / reach, and by the root mean square of the
    answers without their median, divided in the same way. What rounding does to answers is no error.

    Args:
        query: The function under attack; every point is one query.
        rebuilt: What was made of it.
        points: Where they are compared.
        reach: Scale of the inputs.
        accuracy: Of the answers.

    Returns:
        The comparison.
    """
    answers, sizes = query(points), _sizes(points, reach) / reach
    middle = np.median(answers, axis=0)
    spread = float(np.sqrt((((answers - middle) / sizes) ** 2).mean()))
    scale = max(spread, SAFETY * accuracy.error(middle) / SMALL_ERROR)
    return FreshAnswers(points, _errors(answers, rebuilt(points), scale * sizes), scale)


def onsets(
    query: Query, rebuilt: Query, fresh: FreshAnswers, reach: float, rng: np.random.Generator, most: int
) -> Float[np.ndarray, "places d_in"]:
    """Places at which two functions begin to differ, on the way from the origin to points where they do.

    Args:
        query: The function under attack.
        rebuilt: What was made of it.
        fresh: Their comparison.
        reach: Scale of the inputs.
        rng: Source of the choice among these points.
        most: How many places at most.

    Returns:
        The places, just behind a boundary that is missing or misplaced; none where the functions do not differ.
    """
    ends = fresh.points[rng.permutation(np.flatnonzero(fresh.is_wrong))[:most]]
    low, high = np.full(len(ends), np.log(1e-3 / FARTHEST)), np.zeros(len(ends))
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        points = np.exp(middle)[:, None] * ends
        is_wrong = ~(
            _errors(query(points), rebuilt(points), fresh.scale * _sizes(points, reach) / reach) <= SMALL_ERROR
        )
        low, high = np.where(is_wrong, low, middle), np.where(is_wrong, middle, high)
    return np.asarray(np.exp(high)[:, None] * ends)


def _errors(answers: np.ndarray, rebuilt: np.ndarray, scales: np.ndarray) -> np.ndarray:
    """Largest difference of the outputs at each point, in units of its scale."""
    return np.asarray((np.abs(rebuilt - answers) / scales).max(axis=1, initial=0.0))


def _sizes(points: np.ndarray, least: float = 1.0) -> np.ndarray:
    """A least size plus the distance from the origin, as a column."""
    return np.asarray(least + np.linalg.norm(points, axis=1, keepdims=True))


def _log_uniform(low: float, high: float, shape: tuple[int, int], rng: np.random.Generator) -> np.ndarray:
    """Positive numbers with uniform logarithms."""
    return np.asarray(np.exp(rng.uniform(np.log(low), np.log(high), size=shape)))


def _directions(count: int, d_in: int, rng: np.random.Generator) -> np.ndarray:
    """Uniform unit vectors."""
    vectors = rng.standard_normal((count, d_in))
    return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True))
