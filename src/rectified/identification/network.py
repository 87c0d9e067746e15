"""A whole network from queries alone: depth, widths, weights and biases, up to order and positive scaling."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Float

from rectified.identification.accuracy import Accuracy, Query
from rectified.identification.bends import crossing_points, segments_behind
from rectified.identification.completeness import SMALL_ERROR, fresh_answers, fresh_points, onsets
from rectified.identification.hyperplanes import layer_planes
from rectified.identification.next_layer import NextLayer, confirmed_neurons, next_layer, oriented_layer
from rectified.identification.normals import BoundaryPoints
from rectified.identification.output_layer import OutputFit, fit_output_layer, without_linear_part
from rectified.identification.survey import Survey, survey_lines

LEAST_SHARE = 0.7  # of its predicted boundary on which a neuron must be seen
SMALL_RESIDUAL = 1e-6  # of the outputs' standard deviation, at held-out points: what is known explains the answers
ON_BOUNDARY = 1e-5  # value of a neuron, relative to one plus the size of the point, at which its boundary is
ASIDE = 0.02  # distance behind a hyperplane at which a bend is looked for, in units of the reach
LINES_AT_ONCE = 16
MOST_ORPHANS, LINES_EACH = 4, 4  # boundary points that belong to no neuron, and lines laid around each of them


@dataclass(frozen=True)
class RecoveredNetwork:
    """What was found.

    Attributes:
        layers: Pairs (weight, bias), first to last. A single one where no neuron was seen: then the map is affine.
        skip: Linear part from the inputs of the last hidden layer to the outputs; zero where all orientations are
            resolved.
        residual: Largest error at held-out points of the lines over the standard deviation of the outputs. Small, it
            says that what was found explains these lines, and nothing about places that no line came near.
        is_consistent: Whether the residual is small and no linear part is left.
        fresh_error: Largest relative error at fresh points, see :func:`fresh_points` for their law; infinite where
            they were not asked, since the network is not consistent.
    """

    layers: list[tuple[Float[np.ndarray, "_out _in"], Float[np.ndarray, " _out"]]]
    skip: Float[np.ndarray, "d_out _before"]
    residual: float
    is_consistent: bool
    fresh_error: float = np.inf

    @property
    def is_complete(self) -> bool:
        """Whether nothing was missing wherever it was looked for: consistent, and right at all fresh points.

        This is a test and no proof. What shows on less than about 0.2 % of the fresh points may be missing, and of two
        networks that compute one function it cannot be the wrong one: a neuron that is nowhere on is not missed, and
        with one input, or one neuron in the first layer, a deeper network may come out as a shallow one.
        """
        return self.is_consistent and self.fresh_error <= SMALL_ERROR

    @property
    def widths(self) -> list[int]:
        """Input, hidden and output widths."""
        return [self.layers[0][0].shape[1], *(len(b) for _, b in self.layers)]

    def __call__(self, points: Float[np.ndarray, "batch d_in"]) -> Float[np.ndarray, "batch d_out"]:
        """The outputs of the recovered network."""
        values = before = points
        for W, b in self.layers[:-1]:
            before, values = values, np.maximum(values @ W.T + b, 0.0)
        W, b = self.layers[-1]
        return np.asarray(values @ W.T + b + before @ self.skip.T)


def recover_network(
    query: Query,
    d_in: int,
    rng: np.random.Generator,
    *,
    reach: float = 1.0,
    accuracy: Accuracy | None = None,
    most_lines: int = 320,
) -> RecoveredNetwork:
    """A network with at most two hidden layers, rebuilt from queries; neither depth nor widths need be known.

    Lines are asked until the first layer is settled, then until the rebuilt network explains all lines, and answers
    fresh points as the oracle does, 4,000 of each law in :func:`fresh_points`: near ones, far ones, around kinks, on
    all sides of the first layer. Where it does not, lines are laid around the places at which the difference begins;
    and where a weight of a second-layer neuron was never seen, where it must show.

    Args:
        query: The function under attack.
        d_in: Number of its inputs, at least the width of the first of two hidden layers.
        rng: Source of lines and points.
        reach: Scale of the inputs on which the network is interesting.
        accuracy: Of its answers; None stands for that of float64.
        most_lines: Where to stop in any case.

    Returns:
        The network as far as it was found; an affine map where the function shows no kink.

    Raises:
        ValueError: If there is no input, or no line may be asked.

    Source:
        [rolnick2020reverse], both algorithms; the test at fresh points is own.
    """
    if d_in < 1 or most_lines < 1:
        raise ValueError(f"d_in is {d_in} and most_lines is {most_lines}; expected at least 1 of each")
    survey = survey_lines(query, d_in, rng, reach=reach, accuracy=accuracy, most_lines=most_lines)
    while sum(len(batch.kinks.value) for batch in survey.lines) < 2 * (len(survey.planes.offset) + d_in + 1):
        survey.extend(LINES_AT_ONCE)  # the output layer is fitted at one point in each piece
    while True:
        found, targeted = _assembled(survey)
        if found.is_consistent:
            found, targeted = _compared(survey, found)
        if found.is_complete or survey.num_lines >= most_lines:
            return found
        for starts, ends in targeted:
            survey.ask(starts, ends)
        survey.extend(LINES_AT_ONCE)


def network_of(survey: Survey) -> RecoveredNetwork:
    """The network that a survey supports so far; no query is needed.

    Args:
        survey: Lines and what was found on them.

    Returns:
        The network as far as it is known. It is not called complete, since no fresh point was asked.

    Raises:
        ValueError: If there are too few lines to fit any output layer.

    Source:
        [rolnick2020reverse], both algorithms.
    """
    return _assembled(survey)[0]


def _compared(survey: Survey, found: RecoveredNetwork) -> tuple[RecoveredNetwork, list[tuple[np.ndarray, np.ndarray]]]:
    """The network with its error at fresh points, and segments around places where it begins to be wrong."""
    kinks = np.concatenate([batch.kink_points for batch in survey.lines])
    weight, bias = found.layers[0]
    hidden = slice(0, len(bias) if len(found.layers) > 1 else 0)
    points = fresh_points(kinks, layer_planes(weight[hidden], bias[hidden]), survey.reach, survey.rng)
    fresh = fresh_answers(survey.query, found, points, survey.reach, survey.accuracy)
    places = onsets(survey.query, found, fresh, survey.reach, survey.rng, MOST_ORPHANS)
    return replace(found, fresh_error=float(fresh.error.max())), _around(survey, places)


def _assembled(survey: Survey) -> tuple[RecoveredNetwork, list[tuple[np.ndarray, np.ndarray]]]:
    """The network that the survey supports, and segments that would tell more."""
    planes, bent = survey.refined_planes(), survey.bent_points()
    points, answers = survey.answered_points()
    weights = 1.0 / (survey.reach + np.linalg.norm(points, axis=1))  # errors grow with the answers, and these with x
    one = fit_output_layer(planes.distance(points), points, answers, weights)
    if one.residual <= SMALL_RESIDUAL or not planes.are_independent or len(bent.jump) == 0:
        return _resolved([], planes.normal, -planes.offset, one), []
    weight, bias, _ = oriented_layer(planes, bent)
    layer = next_layer(weight, bias, bent)
    layer = layer.where(confirmed_neurons(weight, bias, layer, survey.lines) >= LEAST_SHARE)
    before = np.maximum(points @ weight.T + bias, 0.0)
    if len(points) < 1.5 * (len(layer.bias) + len(bias) + 1):
        return _resolved([], planes.normal, -planes.offset, one), []
    two = fit_output_layer(before @ layer.weight.T + layer.bias, before, answers, weights)
    segments = [*_missing(survey, weight, bias, layer), *_around_orphans(survey, bent, weight, bias, layer)]
    return _resolved([(weight, bias)], layer.weight, layer.bias, two), segments


def _resolved(
    known: Sequence[tuple[np.ndarray, np.ndarray]], weight: np.ndarray, bias: np.ndarray, fit: OutputFit
) -> RecoveredNetwork:
    """The network with signs for its last hidden layer that leave no linear part, if there are any."""
    is_explained = fit.residual <= SMALL_RESIDUAL
    if len(bias) == 0:  # no rectified neuron behind what is known: its linear part is the output layer
        skip = np.zeros((len(fit.bias), known[-1][0].shape[1] if known else weight.shape[1]))
        return RecoveredNetwork([*known, (fit.linear, fit.bias)], skip, fit.residual, is_explained)
    found = without_linear_part(weight, bias, fit) if is_explained else None
    signs, output = (np.ones(len(bias)), fit) if found is None else found
    layers = [*known, (signs[:, None] * weight, signs * bias), (output.weight, output.bias)]
    return RecoveredNetwork(layers, output.linear, fit.residual, found is not None)


def _missing(
    survey: Survey, weight: np.ndarray, bias: np.ndarray, layer: NextLayer
) -> list[tuple[np.ndarray, np.ndarray]]:
    """Short segments just behind those hyperplanes at which an unseen weight must bend a boundary."""
    segments = []
    for vector, constant, known in zip(layer.weight, layer.bias, layer.is_known, strict=True):
        partial = np.where(known, vector, np.nan)
        for crossed in np.flatnonzero(~known).tolist():
            points, gradients = crossing_points(
                weight, bias, partial, float(constant), crossed, rng=survey.rng, reach=survey.reach, most=2
            )
            if len(points):
                normals = np.broadcast_to(weight[crossed], points.shape)
                segments.append(segments_behind(points, gradients, normals, ASIDE * survey.reach))
    return segments


def _around_orphans(
    survey: Survey, bent: BoundaryPoints, weight: np.ndarray, bias: np.ndarray, layer: NextLayer
) -> list[tuple[np.ndarray, np.ndarray]]:
    """Segments around boundary points of no known neuron: one that is rarely seen will be seen again there."""
    values = np.maximum(bent.point @ weight.T + bias, 0.0) @ layer.weight.T + layer.bias
    size = 1.0 + np.linalg.norm(bent.point, axis=1)
    orphans = np.flatnonzero(np.abs(values).min(axis=1, initial=np.inf) > ON_BOUNDARY * size)
    return _around(survey, bent.point[survey.rng.permutation(orphans)[:MOST_ORPHANS]])


def _around(survey: Survey, places: np.ndarray) -> list[tuple[np.ndarray, np.ndarray]]:
    """Segments in random directions that pass near places, as long as these are far from the origin."""
    if len(places) == 0:
        return []
    middle = np.repeat(places, LINES_EACH, axis=0)
    directions = survey.rng.standard_normal(middle.shape)
    directions *= ((1.0 + np.linalg.norm(middle, axis=1)) / np.linalg.norm(directions, axis=1))[:, None]
    middle = middle + 0.1 * directions
    return [(middle - directions, middle + directions)]
