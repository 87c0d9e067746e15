import numpy as np
import pytest

from rectified.identification.accuracy import Accuracy
from rectified.identification.hyperplanes import layer_planes, plane_errors
from rectified.identification.survey import FEWEST_LINES, Survey, survey_lines


def test_known_hyperplanes_own_their_points(rng, random_network) -> None:
    network = random_network([6, 5, 1], 0)
    survey = survey_lines(network, 6, rng)
    inside = survey.planes.normal * survey.planes.offset[:, None]  # the foot of each hyperplane
    assert survey.owners(inside).tolist() == list(range(5))
    assert survey.owners(inside + 1e-3 * survey.planes.normal).tolist() == [-1] * 5
    assert Survey(network, 6, rng).owners(inside).tolist() == [-1] * 5


def test_all_kinks_behind_one_hidden_layer_belong_to_it(rng, random_network) -> None:
    survey = survey_lines(random_network([6, 8, 1], 1), 6, rng)
    assert len(survey.bent_points().jump) == 0
    assert survey.num_lines == sum(len(batch.starts) for batch in survey.lines) >= FEWEST_LINES


def test_bent_points_lie_on_second_layer_boundaries(rng, random_network) -> None:
    network = random_network([6, 5, 4, 1], 2)
    bent = survey_lines(network, 6, rng).bent_points()
    (W, b), (V, c), _ = network.layers
    values = np.maximum(bent.point @ W.T + b, 0.0) @ V.T + c
    assert len(values) > 20
    assert np.abs(values).min(axis=1).max() < 1e-8


def test_answers_that_are_known_anyway_are_right(rng, random_network) -> None:
    network = random_network([4, 5, 4, 2], 3)
    points, outputs = survey_lines(network, 4, rng).answered_points()
    assert network(points) == pytest.approx(outputs, abs=1e-9)


def test_many_points_refine_a_hyperplane(rng, random_network) -> None:
    network = random_network([6, 5, 1], 4)
    survey = survey_lines(network, 6, rng)
    survey.extend(40)
    true = layer_planes(*network.layers[0])
    coarse, fine = (np.median(plane_errors(true, p, 1e-4)[0]) for p in (survey.planes, survey.refined_planes()))
    assert fine < coarse < 1e-7


def test_the_search_stops_after_lines_that_bring_nothing(rng) -> None:
    survey = survey_lines(lambda x: x[:, :1], 3, rng)  # no neuron at all
    assert (survey.num_lines, len(survey.planes.offset)) == (FEWEST_LINES, 0)
    assert survey_lines(lambda x: x[:, :1], 3, rng, most_lines=5).num_lines == 5


def test_a_reach_must_be_positive(rng) -> None:
    with pytest.raises(ValueError, match=r"reach is 0\.0; expected a positive number"):
        Survey(lambda x: x, 2, rng, reach=0.0, accuracy=Accuracy())


def test_far_segments_are_searched_by_longer_steps(rng, counted) -> None:
    """The output stays below 1 while the neurons reach 10,000: rounding is that of the neurons."""
    w = rng.standard_normal((1, 3))
    network = counted([(np.r_[w, w], np.array([0.0, -1.0])), (np.array([[1.0, -1.0]]), np.zeros(1))])
    survey = Survey(network, 3, rng)
    survey.ask(1e4 * rng.standard_normal((8, 3)), 1e4 * rng.standard_normal((8, 3)))
    assert network.queries < 2_000
    assert survey.lines[0].kinks.unresolved.max() <= 1


def test_a_hyperplane_is_not_taken_twice(rng, random_network) -> None:
    network = random_network([4, 3, 1], 0)
    survey = survey_lines(network, 4, rng)
    exact = survey.refined_planes()
    survey.planes.normal[:] += 2e-5 * rng.choice([-1.0, 1.0], size=(3, 4))  # as if each had been measured badly
    survey.extend(40)
    assert len(survey.planes.offset) == 3
    assert plane_errors(exact, survey.planes, 1e-4)[0].max() < 1e-4
