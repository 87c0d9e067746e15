import numpy as np
import pytest

from rectified.identification.hyperplanes import layer_planes
from rectified.identification.survey import survey_lines
from rectified.identification.walks import walked_neuron


@pytest.mark.parametrize("widths", [[5, 8, 5, 1], [8, 6, 4, 1]])
def test_one_point_of_a_boundary_shows_the_whole_neuron(random_network, widths) -> None:
    network, rng = random_network(widths, 1), np.random.default_rng(0)
    (W, b), (V, c), _ = network.layers
    planes, turns = layer_planes(W, b), rng.choice([-1.0, 1.0], len(b))
    turned = planes._replace(normal=turns[:, None] * planes.normal, offset=turns * planes.offset)
    bent = survey_lines(network, widths[0], rng).bent_points()
    owner = np.abs(np.maximum(bent.point @ W.T + b, 0.0) @ V.T + c).argmin(axis=1)
    found = [walked_neuron(network, turned, bent.point[k], bent.normal[k], rng) for k in range(10)]
    errors = []
    for neuron, walked in zip(owner, found, strict=False):
        if walked is not None:
            rows = np.array(
                [np.r_[V[neuron] * np.linalg.norm(W, axis=1), c[neuron]], np.r_[walked.weight, walked.bias]]
            )
            rows /= np.linalg.norm(rows, axis=1, keepdims=True)
            errors.append(min(np.abs(rows[0] - rows[1]).max(), np.abs(rows[0] + rows[1]).max()))
            assert walked.signs.tolist() == turns.tolist()
    assert len(errors) >= 5
    assert max(errors) < 1e-5


def test_a_third_layer_neuron_is_no_sum_of_first_layer_weights(random_network) -> None:
    network, rng = random_network([6, 5, 4, 4, 1], 2), np.random.default_rng(0)
    (W, b), (V, c) = network.layers[0], network.layers[1]
    bent = survey_lines(network, 6, rng).bent_points()
    values = np.maximum(bent.point @ W.T + b, 0.0) @ V.T + c
    deeper = np.flatnonzero(np.abs(values).min(axis=1) > 1e-3)[:6]
    found = [walked_neuron(network, layer_planes(W, b), bent.point[k], bent.normal[k], rng) for k in deeper]
    assert len(deeper) > 0
    assert sum(walked is not None for walked in found) <= len(deeper) // 2


def test_there_is_no_way_to_walk_on_a_line() -> None:
    planes = layer_planes(np.ones((1, 1)), np.zeros(1))
    with pytest.raises(ValueError, match="point has one coordinate"):
        walked_neuron(lambda x: x, planes, np.ones(1), np.ones(1), np.random.default_rng(0))
