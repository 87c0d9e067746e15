"""A neuron of the second layer from one point of its boundary, by walking over its bends; few inputs are enough."""

from typing import NamedTuple

import numpy as np
from jaxtyping import Float

from rectified.identification.accuracy import Accuracy, Query
from rectified.identification.bends import bend_weights, segments_behind
from rectified.identification.hyperplanes import Hyperplanes
from rectified.identification.kinks import kinks_on_segments
from rectified.identification.lines import Lines
from rectified.identification.normals import boundary_points
from rectified.identification.orientations import orientations_by_sums

ASIDE = 1e-3  # distance behind a hyperplane at which the next piece of the boundary is looked for
LARGEST_RESIDUAL = 1e-5  # of a bend's equations: above it another boundary was met
STEPS_EACH = 12  # attempts for each first-layer neuron


class WalkedNeuron(NamedTuple):
    """A second-layer neuron, and what it says about the first layer.

    Attributes:
        weight: To the first-layer neurons with unit weights, in units of the gradient where the walk began.
        bias: In the same unit.
        signs: 1 where a first-layer neuron is active on the side to which its given normal points, else -1.
    """

    weight: Float[np.ndarray, " planes"]
    bias: float
    signs: Float[np.ndarray, " planes"]


class _Place(NamedTuple):
    """Where a walk is: a point on the boundary, the unit normal there, and the gradient's length in the first one's."""

    point: np.ndarray
    normal: np.ndarray
    length: float


def walked_neuron(
    query: Query,
    planes: Hyperplanes,
    point: Float[np.ndarray, " d_in"],
    normal: Float[np.ndarray, " d_in"],
    rng: np.random.Generator,
    *,
    accuracy: Accuracy | None = None,
) -> WalkedNeuron | None:
    r"""The second-layer neuron whose boundary passes through a point, from the bends of that boundary.

    The walk follows the boundary to the hyperplane of a first-layer neuron, measures the normal behind it, and goes on
    from there. Each bend gives one weight, in units of the gradient before it; growths carry the unit along. In the
    end the gradient at the first point must be the sum of :math:`v_j w_j` over the active neurons: which these are is
    a subset sum, and that settles all orientations.

    Args:
        query: The function.
        planes: All first-layer hyperplanes.
        point: A point on the boundary of the neuron and on no other.
        normal: Unit normal there.
        rng: Source of directions.
        accuracy: Of the answers; None stands for that of float64.

    Returns:
        The neuron; None where some first-layer hyperplane was not met, or no subset has the right sum: as for a neuron
        of a deeper layer.

    Raises:
        ValueError: If there is only one input: then there is no way to walk.

    Source:
        [rolnick2020reverse], the algorithm for deeper layers.
    """
    if len(point) < 2:
        raise ValueError(
            "point has one coordinate; expected at least two, since a boundary in one dimension is a point"
        )
    weights = _bends_along(query, planes, _Place(point, normal, 1.0), rng, accuracy or Accuracy())
    if np.isnan(weights).any():
        return None
    distance = planes.distance(point[None])[0]
    side = np.sign(distance)
    found = orientations_by_sums((side * weights)[:, None] * planes.normal, normal)
    if found is None:
        return None
    active = found.is_flipped  # the subset that makes up the gradient
    return WalkedNeuron(weights, -float((weights * np.abs(distance))[active].sum()), np.where(active, side, -side))


def _bends_along(
    query: Query, planes: Hyperplanes, place: _Place, rng: np.random.Generator, accuracy: Accuracy
) -> np.ndarray:
    """The weight to each first-layer neuron, nan where its hyperplane was not met."""
    start, weights = place, np.full(len(planes.offset), np.nan)
    for step in range(STEPS_EACH * len(weights)):
        unseen = np.flatnonzero(np.isnan(weights))
        if len(unseen) == 0:
            break
        if step % STEPS_EACH == 0:
            place = start
        wanted = int(rng.choice(unseen))
        crossed, spot, side = _next_crossing(planes, place, wanted, rng)
        if crossed < 0:
            place = start
            continue
        behind = _behind(query, planes.normal[crossed] * side, place, spot, accuracy)
        if behind is None:
            place = start
            continue
        place, weight = behind
        weights[crossed] = weight if np.isnan(weights[crossed]) else weights[crossed]
    return weights


def _next_crossing(
    planes: Hyperplanes, place: _Place, wanted: int, rng: np.random.Generator
) -> tuple[int, np.ndarray, float]:
    """The first hyperplane met on the way to a wanted one, where, and whether it is crossed along its normal."""
    distance = planes.distance(place.point[None])[0]
    towards = -np.sign(distance[wanted]) * planes.normal[wanted] + 0.3 * rng.standard_normal(len(place.point))
    along = towards - (towards @ place.normal) * place.normal
    rate = planes.normal @ along
    times = np.divide(-distance, rate, out=np.full_like(rate, np.inf), where=rate != 0.0)
    times[times <= 0] = np.inf
    first = int(times.argmin())
    if not np.isfinite(times[first]):
        return -1, place.point, 0.0
    return first, place.point + times[first] * along, float(np.sign(rate[first]))


def _behind(
    query: Query, crossed: np.ndarray, place: _Place, spot: np.ndarray, accuracy: Accuracy
) -> tuple[_Place, float] | None:
    """The place just behind a crossing, and the weight that bends the boundary there; None where it is not clear."""
    starts, ends = segments_behind(spot[None], place.normal[None], crossed[None], ASIDE)
    kinks = kinks_on_segments(query, starts, ends, accuracy)
    found = boundary_points(query, Lines(starts, ends, kinks), np.arange(len(kinks.line)), accuracy)
    count = len(found.normal)
    if count == 0:
        return None
    bend = bend_weights(np.repeat(place.normal[None], count, 0), found.normal, np.repeat(crossed[None], count, 0))
    best = int(bend.residual.argmin())
    if count > 1 or bend.residual[best] > LARGEST_RESIDUAL:
        return None
    after = place.normal + bend.weight[best] * crossed
    growth = float(np.linalg.norm(after))
    return _Place(found.point[best], after / growth, place.length * growth), float(bend.weight[best] * place.length)
