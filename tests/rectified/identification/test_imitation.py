import numpy as np
import pytest

from rectified.identification.imitation import imitated_layers
from rectified.oracles.serving import relu_outputs


def test_an_imitation_comes_close_but_not_exactly(rng, generator, random_network) -> None:
    network = random_network([4, 6, 1], 0)
    found = imitated_layers(network, [4, 6, 1], 1_000, generator, steps=600)
    assert network.queries == 1_000
    points = 2.0 * rng.standard_normal((2_000, 4))
    truth = network(points)
    error = np.abs(relu_outputs(found, points) - truth).max() / truth.std()
    assert 1e-6 < error < 1.0


def test_a_linear_function_is_learned_with_its_scale(generator) -> None:
    found = imitated_layers(lambda x: 100.0 * x[:, :1] + 7.0, [2, 8, 1], 500, generator, steps=400)
    points = np.array([[1.0, 0.0], [0.0, 1.0]])
    assert relu_outputs(found, points)[:, 0] == pytest.approx(
        [107.0, 7.0], abs=30.0
    )  # the answers spread over hundreds


def test_nothing_cannot_be_learned_from(generator) -> None:
    with pytest.raises(ValueError, match="num_queries is 0 and steps is 5"):
        imitated_layers(lambda x: x, [2, 2], 0, generator, steps=5)
