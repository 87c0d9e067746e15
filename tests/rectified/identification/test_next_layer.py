import numpy as np
import pytest

from rectified.identification.hyperplanes import layer_planes
from rectified.identification.lines import random_lines
from rectified.identification.next_layer import NextLayer, confirmed_neurons, next_layer, oriented_layer
from rectified.identification.normals import BoundaryPoints
from rectified.identification.survey import survey_lines


def exact_points(layers, rng, count: int) -> BoundaryPoints:
    """Points on second-layer boundaries by bisection on the true network, with the true normals: no query code."""
    (W, b), (V, c) = layers[0], layers[1]
    points, normals = [], []
    while len(points) < count:
        low, high = 3.0 * rng.standard_normal((2, W.shape[1]))
        neuron = rng.integers(len(c))
        sign = lambda x, k=neuron: (np.maximum(x @ W.T + b, 0.0) @ V[k] + c[k]) > 0  # noqa: E731
        if sign(low) == sign(high):
            continue
        for _ in range(80):
            middle = (low + high) / 2
            low, high = (middle, high) if sign(middle) == sign(low) else (low, middle)
        normal = (V[neuron] * (low @ W.T + b > 0)) @ W
        points.append(low)
        normals.append(rng.choice([-1.0, 1.0]) * normal / np.linalg.norm(normal))
    ones = np.ones(count)
    return BoundaryPoints(np.array(points), np.array(normals), ones, 0 * ones, np.arange(count))


def true_rows(layers) -> np.ndarray:
    rows = np.c_[layers[1]]
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def errors(rows: np.ndarray, found: NextLayer) -> np.ndarray:
    mine = np.c_[found.weight, found.bias][None]
    both = [np.abs(rows[:, None] - sign * mine).max(axis=2) for sign in (1.0, -1.0)]
    return np.minimum(*both).min(axis=1, initial=1.0)


def test_weights_come_from_exact_points(rng, random_network) -> None:
    layers = random_network([8, 7, 5, 1], 0).layers
    found = next_layer(*layers[0], exact_points(layers, rng, 300))
    assert errors(true_rows(layers), found).max() < 1e-9
    assert len(found.bias) == 5
    assert found.points.tolist() == sorted(found.points, reverse=True)
    assert found.is_known.all()


def test_orientations_come_from_the_same_points(rng, random_network) -> None:
    layers = random_network([8, 7, 5, 1], 1).layers
    planes = layer_planes(*layers[0])
    signs = np.array([1, -1, -1, 1, 1, -1, 1.0])
    turned = planes._replace(normal=signs[:, None] * planes.normal, offset=signs * planes.offset)
    weight, bias, certainty = oriented_layer(turned, exact_points(layers, rng, 100))
    assert weight == pytest.approx(planes.normal)
    assert bias == pytest.approx(-planes.offset)
    assert certainty.min() > 0.95


def test_an_unseen_weight_is_marked(rng, random_network) -> None:
    layers = random_network([8, 7, 5, 1], 0).layers
    points = exact_points(layers, rng, 600)
    hidden = points.point @ layers[0][0][2] + layers[0][1][2] > 0
    found = next_layer(*layers[0], BoundaryPoints(*(part[~hidden] for part in points)))
    assert not found.is_known[:, 2].any()
    assert found.is_known[:, [0, 1, 3, 4, 5, 6]].mean() > 0.9


def test_no_points_no_neurons(random_network) -> None:
    layers = random_network([4, 3, 2, 1], 0).layers
    nothing = BoundaryPoints(np.zeros((0, 4)), np.zeros((0, 4)), np.zeros(0), np.zeros(0), np.zeros(0, dtype=int))
    assert next_layer(*layers[0], nothing).weight.shape == (0, 3)


@pytest.mark.parametrize("weight", [np.eye(3)[:, :2], np.ones((2, 3))])
def test_dependent_normals_are_refused(rng, weight: np.ndarray) -> None:
    points = BoundaryPoints(
        *(np.ones((1, weight.shape[1])) for _ in range(2)), np.ones(1), np.ones(1), np.zeros(1, dtype=int)
    )
    with pytest.raises(ValueError, match="expected linearly independent ones"):
        next_layer(weight, np.zeros(len(weight)), points)


def test_third_layer_neurons_are_not_confirmed(rng, random_network) -> None:
    network = random_network([10, 8, 6, 4, 1], 1)
    survey = survey_lines(network, 10, rng)
    survey.extend(60)
    weight, bias, _ = oriented_layer(survey.refined_planes(), survey.bent_points())
    found = next_layer(weight, bias, survey.bent_points())
    shares = confirmed_neurons(weight, bias, found, survey.lines)
    order = np.abs(weight @ layer_planes(*network.layers[0]).normal.T).argmax(axis=1)
    size = np.linalg.norm(network.layers[0][0], axis=1)
    rows = np.c_[(network.layers[1][0] * size)[:, order], network.layers[1][1]]
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    real = (
        np.array(
            [
                errors(np.c_[found.weight, found.bias][[k]], NextLayer(rows[:, :-1], rows[:, -1], *found[2:]))[0]
                for k in range(len(shares))
            ]
        )
        < 1e-3
    )
    assert real.sum() == 6
    assert shares[real].min() > 0.9
    assert np.median(shares[~real]) < 0.5


def test_nothing_is_predicted_for_a_neuron_without_zeros(rng, random_network) -> None:
    network = random_network([5, 4, 3, 1], 0)
    survey = survey_lines(network, 5, rng)
    always = NextLayer(np.ones((1, 4)), np.ones(1), np.ones((1, 4), dtype=bool), np.ones(1, dtype=int))
    assert confirmed_neurons(*network.layers[0], always, survey.lines).tolist() == [0.0]
    assert random_lines(1, 5, 1.0, rng)[0].shape == (1, 5)
