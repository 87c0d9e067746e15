"""The second layer from points on its boundaries, once the first layer is known."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from jaxtyping import Bool, Float, Int
from scipy.sparse.csgraph import connected_components

from rectified.identification.hyperplanes import Hyperplanes
from rectified.identification.lines import Lines
from rectified.identification.normals import BoundaryPoints
from rectified.identification.orientations import SEEN, orientations_by_votes

FEWEST_COMMON = 3  # coefficients that two points must share before they can be said to belong together
SAME_NEURON = 1e-9  # squared sine of the angle between their common coefficients
FEWEST_POINTS = 3  # a neuron seen at fewer points is not reported
SAME_PLACE = 1e-6  # distance of a kink from where it was predicted, relative to the length of the segment
SWEEPS = 30  # of alternating least squares: the data fit exactly, so that few would do


class NextLayer(NamedTuple):
    """Neurons behind a known layer: z = weight . ReLU(before) + bias, each up to a factor of any sign.

    Attributes:
        weight: Rows with unit length together with their bias; entries that were never seen are 0.
        bias: One for each neuron.
        is_known: Which weights were seen.
        points: At how many points each neuron was seen.
    """

    weight: Float[np.ndarray, "neurons width"]
    bias: Float[np.ndarray, " neurons"]
    is_known: Bool[np.ndarray, "neurons width"]
    points: Int[np.ndarray, " neurons"]

    def where(self, chosen: Bool[np.ndarray, " neurons"] | Int[np.ndarray, " kept"]) -> "NextLayer":
        """Some of them."""
        return NextLayer(*(part[chosen] for part in self))


def oriented_layer(
    planes: Hyperplanes, bent: BoundaryPoints
) -> tuple[Float[np.ndarray, "neurons d_in"], Float[np.ndarray, " neurons"], Float[np.ndarray, " neurons"]]:
    """Weights and biases of a first layer, with the active side of each neuron found from deeper boundaries.

    Args:
        planes: Boundaries of the first-layer neurons, linearly independent normals.
        bent: Points on boundaries of deeper neurons.

    Returns:
        Unit weights, biases, and the certainty of each orientation in [0, 1].

    Raises:
        ValueError: If there are more neurons than inputs, or their normals are dependent.

    Source:
        [rolnick2020reverse], the choice of signs.
    """
    coefficients = _expanded(planes.normal, bent.normal)
    found = orientations_by_votes(coefficients, planes.distance(bent.point))
    return found.signs[:, None] * planes.normal, -found.signs * planes.offset, found.certainty


def next_layer(
    weight: Float[np.ndarray, "width d_in"], bias: Float[np.ndarray, " width"], bent: BoundaryPoints
) -> NextLayer:
    r"""The neurons behind a known layer, from points on their boundaries.

    At a point p on the boundary of neuron z the unit normal is a multiple of :math:`\sum_j v_j w_j` over the active j,
    so that its coefficients in the basis of the :math:`w_j` are those :math:`v_j`, up to one factor. With :math:`c =
    -\sum_j v_j \mathrm{ReLU}(w_j p + b_j)` the bias joins them. Two points belong to one neuron if what they share is
    parallel; together they then know more weights than each alone.

    Args:
        weight: Of the known layer, linearly independent rows that point to the active side.
        bias: Of the known layer.
        bent: Points on boundaries of deeper neurons.

    Returns:
        The neurons, those seen at most points first. A neuron of a still deeper layer looks, within one linear region
        of the layers before it, like a neuron of this one: see :func:`confirmed_neurons`.

    Raises:
        ValueError: If the layer has more neurons than inputs, or its rows are dependent.

    Source:
        [rolnick2020reverse], the algorithm for deeper layers, with the expansion in a basis in the place of walks.
    """
    before = bent.point @ weight.T + bias
    coefficients = _expanded(weight, bent.normal)
    seen = (before > 0) & (np.abs(coefficients) > SEEN * np.abs(coefficients).max(axis=1, keepdims=True, initial=0.0))
    coefficients = np.where(seen, coefficients, 0.0)
    known = np.c_[before > 0, np.ones(len(before), dtype=bool)]
    vectors = np.c_[coefficients, -(coefficients * np.maximum(before, 0.0)).sum(axis=1)]
    size = np.linalg.norm(vectors, axis=1, keepdims=True)
    usable = np.flatnonzero((size[:, 0] > 0) & (known.sum(axis=1) >= FEWEST_COMMON))
    vectors, known, weights = vectors[usable] / size[usable], known[usable], bent.jump[usable]
    groups = [group for group in _groups(vectors, known) if len(group) >= FEWEST_POINTS]
    neurons = [_merged(vectors[group], known[group], weights[group]) for group in groups]
    if neurons:  # parts of one neuron, of which no two points knew enough in common
        joined = _groups(np.array([n[0] for n in neurons]), np.array([n[1] for n in neurons]))
        groups = [np.concatenate([groups[idx] for idx in members]) for members in joined]
        neurons = [_merged(vectors[group], known[group], weights[group]) for group in groups]
    order = np.argsort([-len(group) for group in groups], kind="stable")
    return _layer([(*neurons[idx], len(groups[idx])) for idx in order], weight.shape[0])


def confirmed_neurons(
    weight: Float[np.ndarray, "width d_in"],
    bias: Float[np.ndarray, " width"],
    found: NextLayer,
    lines: Sequence[Lines],
) -> Float[np.ndarray, " neurons"]:
    """On how large a share of its predicted boundary each neuron was seen; no query is needed.

    A neuron of a deeper layer looks like one of the next layer within one linear region. Elsewhere the boundary that is
    predicted for it is not there. So its zeros on all segments are computed and compared with the kinks found.

    Args:
        weight: Of the known layer, rows that point to the active side.
        bias: Of the known layer.
        found: Neurons behind it. Where a weight that was never seen would matter nothing is predicted.
        lines: Segments with their kinks.

    Returns:
        Shares in [0, 1], 0 where nothing was predicted.
    """
    expected, seen = np.zeros(len(found.bias)), np.zeros(len(found.bias))
    for batch in lines:
        line, position, neuron = _predicted_zeros(weight, bias, found, batch)
        far = 1.0 + 2.0 * np.linalg.norm(batch.ends - batch.starts, axis=1).max()
        kinks = np.sort(np.r_[-np.inf, batch.kinks.line * far + batch.kinks.position, np.inf])
        place = line * far + position
        after = np.searchsorted(kinks, place)
        away = np.minimum(np.abs(kinks[after] - place), np.abs(kinks[after - 1] - place))
        np.add.at(expected, neuron, 1.0)
        np.add.at(seen, neuron, away <= SAME_PLACE * (1.0 + far))
    return np.divide(seen, expected, out=np.zeros_like(seen), where=expected > 0)


def _predicted_zeros(weight: np.ndarray, bias: np.ndarray, found: NextLayer, batch: Lines) -> tuple[np.ndarray, ...]:
    """Segment, position and neuron of each zero of the neurons, which are linear between kinks of the known layer."""
    length = np.linalg.norm(batch.ends - batch.starts, axis=1)
    directions = (batch.ends - batch.starts) / length[:, None]
    slopes = directions @ weight.T
    crossings = -(batch.starts @ weight.T + bias) / np.where(slopes == 0.0, 1e-300, slopes)
    ends = np.zeros(len(length)), length
    knots = np.sort(np.c_[ends[0], np.clip(crossings, 0.0, length[:, None]), ends[1]], axis=1)
    points = batch.starts[:, None] + knots[:, :, None] * directions[:, None]
    active = np.maximum(points @ weight.T + bias, 0.0)
    values = active @ found.weight.T + found.bias
    sure = ((active > SAME_PLACE) @ (~found.is_known).T.astype(float)) == 0
    changes = ((values[:, 1:] > 0) != (values[:, :-1] > 0)) & sure[:, 1:] & sure[:, :-1]
    line, piece, neuron = np.nonzero(changes)
    low, high = values[line, piece, neuron], values[line, piece + 1, neuron]
    return line, knots[line, piece] + low / (low - high) * (knots[line, piece + 1] - knots[line, piece]), neuron


def _expanded(basis: np.ndarray, vectors: np.ndarray) -> np.ndarray:
    """Coefficients of the vectors in a basis of rows.

    Raises:
        ValueError: If the rows are dependent.
    """
    if not Hyperplanes(basis, np.zeros(len(basis))).are_independent:
        raise ValueError(
            f"weight has {basis.shape[0]} rows in dimension {basis.shape[1]}; expected linearly independent ones, "
            "since gradients are expanded in them"
        )
    return np.asarray(vectors @ np.linalg.pinv(basis, rcond=0.0))  # nothing is cut off: the rows are independent


def _groups(vectors: np.ndarray, known: np.ndarray) -> list[np.ndarray]:
    """Index sets of points whose common coefficients are parallel, chained."""
    if len(vectors) == 0:
        return []
    mask = known.astype(float)
    squares = (vectors**2) @ mask.T  # size of p's vector on what q knows
    products = squares * squares.T
    cosines = np.divide((vectors @ vectors.T) ** 2, products, out=np.zeros_like(products), where=products > 1e-24)
    together = (mask @ mask.T >= FEWEST_COMMON) & (1.0 - cosines <= SAME_NEURON)
    labels = connected_components(together, directed=False)[1]
    return [np.flatnonzero(labels == label) for label in range(labels.max() + 1)]


def _merged(vectors: np.ndarray, known: np.ndarray, weights: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The vector of which each point shows a part, up to a factor, by alternating least squares; and what is known."""
    bias = vectors[:, -1]
    factors = np.where(np.abs(bias) > 1e-9, bias, 1e-9)
    for _ in range(SWEEPS):
        whole = (weights[:, None] * factors[:, None] * vectors).sum(axis=0)
        whole /= np.maximum((weights[:, None] * factors[:, None] ** 2 * known).sum(axis=0), 1e-300)
        whole /= np.linalg.norm(whole)
        factors = (vectors * whole).sum(axis=1) / np.maximum((known * whole**2).sum(axis=1), 1e-300)
    return whole, np.asarray(known.any(axis=0))


def _layer(neurons: list[tuple[np.ndarray, np.ndarray, int]], width: int) -> NextLayer:
    vectors = np.array([vector for vector, _, _ in neurons]).reshape(-1, width + 1)
    known = np.array([seen for _, seen, _ in neurons], dtype=bool).reshape(-1, width + 1)
    return NextLayer(
        vectors[:, :-1], vectors[:, -1], known[:, :-1], np.array([n for _, _, n in neurons], dtype=np.int64)
    )
