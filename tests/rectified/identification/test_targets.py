import numpy as np
import pytest
import torch

from rectified.identification.matching import isomorphism_error
from rectified.identification.targets import always_on_pair, memorising_layers, normal_layers, one_of_pair
from rectified.oracles.serving import relu_outputs


def test_weights_and_biases_have_the_stated_variances(rng) -> None:
    layers = normal_layers([50, 400, 300], rng)
    assert [W.shape for W, _ in layers] == [(400, 50), (300, 400)]
    assert [W.var() * W.shape[1] for W, _ in layers] == pytest.approx([2.0, 2.0], rel=0.05)
    assert np.concatenate([b for _, b in layers]).var() == pytest.approx(1.0, rel=0.2)


@pytest.mark.parametrize("widths", [[3], [3, 0, 1]])
def test_widths_that_make_no_network_are_refused(rng, widths) -> None:
    with pytest.raises(ValueError, match="expected at least two positive numbers"):
        normal_layers(widths, rng)


def test_training_memorises(generator) -> None:
    generator.manual_seed(5)
    layers = memorising_layers([4, 60, 2], generator, samples=40, epochs=400)
    assert [W.dtype for W, _ in layers] == [np.float64] * 2
    generator.manual_seed(5)  # the same points again: those of the network come after its weights
    untrained = memorising_layers([4, 60, 2], generator, samples=40, epochs=0)
    points = torch.randn(40, 4, generator=(again := torch.Generator().manual_seed(5)), dtype=torch.float64)
    assert points.shape == (40, 4)
    assert again.initial_seed() == 5
    assert not np.allclose(layers[0][0], untrained[0][0])


def test_an_always_on_pair_is_one_function_and_two_networks(rng) -> None:
    first, second = always_on_pair([5, 6, 4, 2], rng)
    points = 10.0 * rng.standard_normal((2_000, 5))
    assert relu_outputs(first, points) == pytest.approx(relu_outputs(second, points), abs=1e-10)
    for layers in (first, second):
        hidden = np.maximum(points @ layers[0][0].T + layers[0][1], 0.0)
        assert (hidden @ layers[1][0].T + layers[1][1])[:, :2].min() > 0
    assert isomorphism_error(first, second) > 0.01


def test_one_of_a_pair_is_drawn_alike() -> None:
    pair = always_on_pair([3, 4, 3, 1], np.random.default_rng(3))
    for which in (0, 1):
        again = one_of_pair([3, 4, 3, 1], np.random.default_rng(3), which)
        assert all(
            np.array_equal(W, V) and np.array_equal(b, c) for (W, b), (V, c) in zip(pair[which], again, strict=True)
        )


@pytest.mark.parametrize("widths", [[3, 4, 1], [3, 4, 1, 1]])
def test_a_pair_needs_two_neurons_in_a_second_layer(rng, widths) -> None:
    with pytest.raises(ValueError, match="at least two neurons in the second hidden layer"):
        always_on_pair(widths, rng)
