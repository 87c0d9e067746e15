import numpy as np
import pytest

from rectified.identification.matching import isomorphism_error, second_layer_errors
from rectified.identification.network import network_of, recover_network
from rectified.identification.survey import Survey
from rectified.identification.targets import normal_layers
from rectified.oracles.serving import relu_outputs


@pytest.mark.parametrize(
    ("widths", "seed"), [([10, 8, 6, 1], 1), ([10, 8, 6, 1], 2), ([6, 5, 4, 2], 0), ([8, 8, 1], 0)]
)
def test_a_network_is_rebuilt(rng, random_network, widths, seed: int) -> None:
    network = random_network(widths, seed)
    found = recover_network(network, widths[0], np.random.default_rng(seed))
    queries = network.queries
    assert (found.widths, found.is_complete) == (widths, True)
    assert isomorphism_error(network.layers, found.layers) < 1e-6
    assert not found.skip.any()
    points = 2.0 * rng.standard_normal((1_000, widths[0]))
    assert found(points) == pytest.approx(network(points), abs=1e-6)
    assert queries < 60_000


def test_what_is_missing_is_said(random_network, counted) -> None:
    (W, b), (V, c), out = random_network([5, 4, 4, 1], 0).layers
    V, c = V.copy(), c.copy()
    V[:2], c[:2] = np.abs(V[:2]), np.abs(c[:2])  # two neurons that are always on
    found = recover_network(counted([(W, b), (V, c), out]), 5, np.random.default_rng(0), most_lines=48)
    assert found.widths[:2] == [5, 4]
    assert found.widths[2] <= 2
    assert not found.is_complete
    assert found.residual < 1e-6  # the function is right all the same, by its linear part
    assert np.abs(found.skip).max() > 0.01


def test_more_neurons_than_inputs_leave_a_residual(random_network) -> None:
    found = recover_network(random_network([3, 6, 4, 1], 0), 3, np.random.default_rng(0), most_lines=20)
    assert not found.is_complete
    assert found.residual > 1e-3


def test_a_survey_knows_more_with_every_line(random_network) -> None:
    network = random_network([8, 6, 5, 1], 3)
    survey, errors = Survey(network, 8, np.random.default_rng(0)), []
    for count in (8, 30, 30):
        survey.extend(count)
        before = network.queries
        errors.append(second_layer_errors(network.layers, network_of(survey).layers))
        assert network.queries == before
    assert (errors[0] > 1e-3).sum() >= (errors[1] > 1e-3).sum() >= (errors[2] > 1e-3).sum()
    assert errors[2].max() < 1e-3


def test_too_few_lines_support_nothing(random_network) -> None:
    survey = Survey(random_network([8, 6, 5, 1], 3), 8, np.random.default_rng(0))
    survey.extend(1)
    with pytest.raises(ValueError, match="rows; expected at least"):
        network_of(survey)


def test_many_inputs_and_few_neurons(random_network) -> None:
    network = random_network([40, 3, 1], 0)
    found = recover_network(network, 40, np.random.default_rng(0))
    assert (found.widths, found.is_complete) == ([40, 3, 1], True)


@pytest.mark.parametrize("number", [17, 27, 66, 76])
def test_a_neuron_that_is_on_only_far_away_is_not_overlooked(counted, number: int) -> None:
    """Three of these were called complete without one of their neurons; of the fourth a plane was found twice."""
    layers = normal_layers([10, 8, 6, 1], np.random.default_rng([77, number]))
    found = recover_network(counted(layers), 10, np.random.default_rng([78, number]))
    assert (isomorphism_error(layers, found.layers) < 1e-5) == found.is_complete
    assert found.is_complete or found.fresh_error > 1e-6


def test_complete_is_not_said_without_fresh_points(random_network) -> None:
    survey = Survey(random_network([4, 3, 1], 0), 4, np.random.default_rng(0))
    survey.extend(32)
    found = network_of(survey)
    assert (found.is_consistent, found.is_complete, found.fresh_error) == (True, False, np.inf)


@pytest.mark.parametrize(
    ("widths", "equal"),
    [
        ([4, 1], [4, 1]),
        ([1, 1], [1, 1]),
        ([4, 3], [4, 3]),
        ([1, 1, 1], [1, 1, 1]),
        ([1, 5, 1], [1, 5, 1]),
        ([1, 5, 4, 1], None),  # with one input every function is that of one hidden layer
        ([3, 1, 2, 1], None),  # as with one neuron in the first layer
        ([3, 1, 1], [3, 1, 1]),
        ([5, 5, 3], [5, 5, 3]),
        ([4, 9, 1], [4, 9, 1]),
        ([6, 5, 4, 3], None),  # one neuron of this one is nowhere on
    ],
)
def test_every_shape_is_rebuilt(counted, widths: list[int], equal: list[int] | None) -> None:
    layers = normal_layers(widths, np.random.default_rng(5))
    found = recover_network(counted(layers), widths[0], np.random.default_rng(0), most_lines=96)
    assert found.is_complete
    assert found.widths == (equal or found.widths)
    points = (
        np.random.default_rng(1).standard_normal((3_000, widths[0])) * np.repeat([1.0, 30.0, 1_000.0], 1_000)[:, None]
    )
    size = 1.0 + np.linalg.norm(points, axis=1, keepdims=True)
    assert found(points) / size == pytest.approx(relu_outputs(layers, points) / size, abs=1e-6)


def altered(layers, change):
    copies = [(W.copy(), b.copy()) for W, b in layers]
    change(copies)
    return copies


def no_inputs(layers) -> None:
    layers[0][0][0] = 0.0


def no_outputs(layers) -> None:
    layers[-1][0][:] = 0.0


def one_without_output(layers) -> None:
    layers[1][0][:, 0] = 0.0


def twice(layers) -> None:
    layers[0][0][1], layers[0][1][1] = layers[0][0][0], layers[0][1][0]


def parallel(layers) -> None:
    layers[0][0][1] = layers[0][0][0]


def opposite(layers) -> None:
    layers[0][0][1], layers[0][1][1] = -layers[0][0][0], -layers[0][1][0]


def far_off(layers) -> None:
    layers[0][1][1] = -5e4


def far_on(layers) -> None:
    layers[0][1][1] = 5e3


@pytest.mark.parametrize(
    "change", [no_inputs, no_outputs, one_without_output, twice, parallel, opposite, far_off, far_on]
)
@pytest.mark.parametrize("widths", [[5, 4, 1], [5, 4, 3, 1], [6, 3, 4, 2]])
def test_odd_networks_are_rebuilt_or_called_incomplete(random_network, counted, widths, change) -> None:
    layers = altered(random_network(widths, 1).layers, change)
    found = recover_network(counted(layers), widths[0], np.random.default_rng(0), most_lines=64)
    points = np.random.default_rng(1).standard_normal((3_000, widths[0])) * np.repeat([1.0, 30.0, 1e6], 1_000)[:, None]
    size = 1.0 + np.linalg.norm(points, axis=1, keepdims=True)
    error = np.abs(found(points) - relu_outputs(layers, points)) / size
    assert error.max() < 1e-5 or not found.is_complete


def test_a_constant_is_an_affine_map(counted) -> None:
    found = recover_network(counted([(np.zeros((1, 4)), np.array([5.0]))]), 4, np.random.default_rng(0))
    assert (found.widths, found.is_complete) == ([4, 1], True)
    assert found.layers[0][1] == pytest.approx([5.0])


@pytest.mark.parametrize(("d_in", "lines"), [(0, 10), (3, 0)])
def test_nothing_to_ask_is_refused(d_in: int, lines: int) -> None:
    with pytest.raises(ValueError, match="expected at least 1 of each"):
        recover_network(lambda x: x, d_in, np.random.default_rng(0), most_lines=lines)
