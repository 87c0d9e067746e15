"""Where boundaries bend: at hyperplanes of the layer before, by the weight between the two neurons."""

from typing import NamedTuple

import numpy as np
from jaxtyping import Bool, Float

from rectified.identification.accuracy import Accuracy, Query
from rectified.identification.kinks import kinks_on_segments
from rectified.identification.lines import SPREADS, Lines
from rectified.identification.normals import boundary_points

BISECTIONS = 60  # to the last bit
LARGEST_RESIDUAL = 1e-5  # of the equations of a measured bend
TRIES = 2_000  # random segments inside a hyperplane, on which the known part of a neuron is followed; no queries


class Bend(NamedTuple):
    """What two unit normals of one boundary, on both sides of a crossing, say about the weight.

    Attributes:
        weight: s v, the weight in units of the length of the normal before; s = 1 where the crossed neuron switches on.
        growth: Length of the normal after over the length before.
        residual: What two unknowns leave unexplained of ``d_in`` equations.
    """

    weight: Float[np.ndarray, " crossings"]
    growth: Float[np.ndarray, " crossings"]
    residual: Float[np.ndarray, " crossings"]


def bend_weights(
    before: Float[np.ndarray, "crossings d_in"],
    after: Float[np.ndarray, "crossings d_in"],
    crossed: Float[np.ndarray, "crossings d_in"],
) -> Bend:
    r"""Weights from bends: the solution of growth * after - before = weight * crossed by least squares.

    Crossing the hyperplane of neuron j changes the gradient of z by :math:`\pm v_j w_j`. Only directions are measured,
    so the new length is a second unknown. The sign of a measured normal is arbitrary, but growth is positive; where it
    comes out negative, the normal after is turned.

    Args:
        before: Unit normals of the boundary before the crossing.
        after: Unit normals after it, of any sign.
        crossed: Weights w_j of the crossed neuron, not parallel to the normals.

    Returns:
        Weights, growths and residuals.

    Raises:
        ValueError: If there is only one input: then all normals are parallel.

    Source:
        [rolnick2020reverse], the bend of a boundary; the form for unit normals is own.
    """
    if before.shape[1] < 2:
        raise ValueError("before has one input; expected at least two, since in one dimension nothing bends")
    # normal equations of two unknowns, solved in closed form
    aa, cc, ac = (np.einsum("ki,ki->k", *pair) for pair in ((after, after), (crossed, crossed), (after, crossed)))
    ab, cb = np.einsum("ki,ki->k", after, before), np.einsum("ki,ki->k", crossed, before)
    scale = aa * cc - ac**2
    growth = (ab * cc - cb * ac) / scale
    weight = (ab * ac - cb * aa) / scale
    rest = growth[:, None] * after - weight[:, None] * crossed - before
    return Bend(weight, np.abs(growth), np.linalg.norm(rest, axis=1))


def crossing_points(
    weight: Float[np.ndarray, "width d_in"],
    bias: Float[np.ndarray, " width"],
    vector: Float[np.ndarray, " width"],
    constant: float,
    crossed: int,
    *,
    rng: np.random.Generator,
    reach: float = 1.0,
    most: int = 1,
) -> tuple[Float[np.ndarray, "crossings d_in"], Float[np.ndarray, "crossings d_in"]]:
    """Points where the boundary of a second-layer neuron meets a given first-layer hyperplane, and its gradient there.

    They are computed from what is known, without a query: on random segments inside the hyperplane the neuron's sign
    changes are followed. The weight of the crossed neuron itself need not be known, since it is zero there.

    Args:
        weight: Of the first layer, pointing to the active sides.
        bias: Of the first layer.
        vector: The second-layer neuron's weights; nan where unknown.
        constant: Its bias.
        crossed: Index of the first-layer neuron.
        rng: Source of the segments.
        reach: Scale of the inputs.
        most: How many points to return at most.

    Returns:
        Points, and the neuron's gradient on the side where the crossed neuron is off.
    """
    known = np.where(np.isnan(vector), 0.0, vector)
    hidden = np.isnan(vector) & (np.arange(len(vector)) != crossed)

    def is_positive(points: np.ndarray) -> np.ndarray:
        return np.asarray(np.maximum(points @ weight.T + bias, 0.0) @ known + constant > 0)

    low, high = _segments_inside(weight[crossed], float(bias[crossed]), reach, rng)
    changes, starts_positive = is_positive(low) != is_positive(high), is_positive(low)
    for _ in range(BISECTIONS):
        middle = (low + high) / 2
        same = (is_positive(middle) == starts_positive)[:, None]
        low, high = np.where(same, middle, low), np.where(same, high, middle)
    active = low @ weight.T + bias > 0
    active[:, crossed] = False
    usable = np.flatnonzero(changes & ~(active & hidden).any(axis=1))[:most]
    return low[usable], (active[usable] * known) @ weight


def _segments_inside(normal: np.ndarray, bias: float, reach: float, rng: np.random.Generator) -> np.ndarray:
    """Both ends of random segments inside the hyperplane normal . x + bias = 0."""
    size = np.linalg.norm(normal)
    ends = reach * rng.choice(SPREADS, size=(TRIES, 1)) * rng.standard_normal((2, TRIES, len(normal)))
    return np.asarray(ends - ((ends @ normal + bias) / size)[..., None] * (normal / size))


def segments_behind(
    points: Float[np.ndarray, "crossings d_in"],
    gradients: Float[np.ndarray, "crossings d_in"],
    crossed: Float[np.ndarray, "crossings d_in"],
    aside: float,
) -> tuple[Float[np.ndarray, "crossings d_in"], Float[np.ndarray, "crossings d_in"]]:
    """Short segments along the gradient, at a small distance from crossings on the side given by ``crossed``.

    Args:
        points: Where boundaries meet hyperplanes.
        gradients: Of the neurons whose boundaries are followed.
        crossed: Normals of the hyperplanes, pointing to the wanted side.
        aside: Distance of the segments from the hyperplanes.

    Returns:
        Both ends of each segment, twenty times as long as ``aside``.

    Source:
        [rolnick2020reverse], the walk along a boundary to the next one.
    """
    normal = crossed / np.linalg.norm(crossed, axis=1, keepdims=True)
    along = gradients - (gradients * normal).sum(axis=1, keepdims=True) * normal  # stay on the wanted side
    along = along / np.maximum(np.linalg.norm(along, axis=1, keepdims=True), 1e-300)
    middle = points + aside * normal
    return middle - 10.0 * aside * along, middle + 10.0 * aside * along


def measured_bends(
    query: Query,
    points: Float[np.ndarray, "crossings d_in"],
    gradients: Float[np.ndarray, "crossings d_in"],
    crossed: Float[np.ndarray, "crossings d_in"],
    aside: float,
    *,
    accuracy: Accuracy | None = None,
) -> tuple[Bend, Bool[np.ndarray, " crossings"]]:
    """Bends from queries: normals of the boundary a little before and a little behind each crossing.

    Args:
        query: The function.
        points: Where boundaries meet hyperplanes.
        gradients: Of the neurons on the side where the crossed neuron is off, to aim at their boundaries.
        crossed: Weights of the crossed neurons, pointing to their active side.
        aside: Distance at which the normals are measured.
        accuracy: Of the answers; None stands for that of float64.

    Returns:
        The bends, in the order of the points, and where they could be measured: exactly one kink was seen
        on each side, and the normals satisfy the equations. Elsewhere the weight is nan.

    Source:
        [rolnick2020reverse], the walk along a boundary to the next one.
    """
    normals, seen = [], np.ones(len(points), dtype=bool)
    for side in (-1.0, 1.0):
        starts, ends = segments_behind(points, gradients, side * crossed, aside)
        kinks = kinks_on_segments(query, starts, ends, accuracy)
        counts = np.bincount(kinks.line, minlength=len(points))
        chosen = np.flatnonzero(counts[kinks.line] == 1)
        found = boundary_points(query, Lines(starts, ends, kinks), chosen, accuracy)
        normal = np.zeros_like(points)
        normal[kinks.line[chosen]] = found.normal
        normals.append(normal)
        seen &= counts == 1
    before, after = normals
    towards = np.sign((before * gradients).sum(axis=1, keepdims=True))  # the weight has the sign of the known gradient
    safe = np.where(seen[:, None], 1.0, np.nan)
    bend = bend_weights(before * towards * safe, after * safe, crossed)
    fits = bend.residual <= LARGEST_RESIDUAL  # else one of the two normals is that of another boundary
    return bend._replace(weight=np.where(fits, bend.weight, np.nan)), fits
