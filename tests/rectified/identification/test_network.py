import numpy as np
import pytest

from rectified.identification.matching import isomorphism_error, second_layer_errors
from rectified.identification.network import network_of, recover_network
from rectified.identification.survey import Survey


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
