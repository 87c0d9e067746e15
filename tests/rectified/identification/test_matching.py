import itertools

import numpy as np
import pytest

from rectified.identification.matching import canonical_form, isomorphism_error, match_neurons, second_layer_errors
from rectified.oracles.serving import relu_outputs


def shuffled(layers, rng):
    """The same network with another order and other scales."""
    scale, order = np.ones(layers[0][0].shape[1]), np.arange(layers[0][0].shape[1])
    pairs = []
    for idx, (W, b) in enumerate(layers):
        rows = (W / scale)[:, order]
        if idx == len(layers) - 1:
            return [*pairs, (rows, b)]
        scale, order = rng.uniform(0.3, 3.0, len(b)), rng.permutation(len(b))
        pairs.append(((rows * scale[:, None])[order], (b * scale)[order]))


def test_the_form_has_unit_rows_and_the_same_function(rng, random_network) -> None:
    layers = random_network([4, 6, 5, 2], 0).layers
    form = canonical_form(layers)
    points = rng.standard_normal((100, 4))
    assert relu_outputs(form, points) == pytest.approx(relu_outputs(layers, points), abs=1e-10)
    assert all(np.linalg.norm(W, axis=1) == pytest.approx(np.ones(len(W))) for W, _ in form[:-1])


def test_order_and_scale_do_not_matter(rng, random_network) -> None:
    layers = random_network([4, 6, 5, 2], 1).layers
    other = shuffled(layers, rng)
    points = rng.standard_normal((50, 4))
    assert relu_outputs(other, points) == pytest.approx(relu_outputs(layers, points), abs=1e-9)
    assert isomorphism_error(layers, other) < 1e-12
    other[1][0][0, 0] += 0.01
    assert 1e-4 < isomorphism_error(layers, other) < 0.1


def test_other_widths_are_infinitely_far(random_network) -> None:
    assert isomorphism_error(random_network([3, 4, 1], 0).layers, random_network([3, 5, 1], 0).layers) == np.inf
    assert isomorphism_error(random_network([3, 4, 1], 0).layers, random_network([3, 4, 4, 1], 0).layers) == np.inf


def test_the_match_is_the_best_of_all_permutations(rng) -> None:
    first, second = rng.standard_normal((2, 5, 3))
    match = match_neurons(first, second)
    costs = np.abs(first[:, None] - second[None]).max(axis=2)
    best = min(costs[range(5), list(order)].sum() for order in itertools.permutations(range(5)))
    assert match.error.sum() == pytest.approx(best)
    assert match_neurons(first, -first, signed=False).error.max() == 0.0
    assert len(match_neurons(first, second[:3]).first) == 3


def test_second_layers_are_compared_with_neurons_missing(rng, random_network) -> None:
    layers = random_network([6, 5, 4, 1], 2).layers
    (W, b), (V, c), out = shuffled(layers, rng)
    assert second_layer_errors(layers, [(W, b), (-V, -c), out]) == pytest.approx(np.zeros(4), abs=1e-12)
    fewer = second_layer_errors(layers, [(W, b), (V[:3], c[:3]), (out[0][:, :3], out[1])])
    assert sorted(fewer)[:3] == pytest.approx([0.0] * 3, abs=1e-12)
    assert fewer.max() == 1.0
    assert second_layer_errors(layers, layers[:1] + layers[2:]).tolist() == [1.0] * 4
    with pytest.raises(ValueError, match="hidden has 2 layers; expected 3"):
        second_layer_errors(layers[:2], layers)


@pytest.mark.parametrize(
    ("layers", "message"),
    [
        ([(np.zeros((2, 3)), np.zeros(2)), (np.ones((1, 2)), np.zeros(1))], r"layers\[0\] has a neuron without input"),
        (
            [(np.ones((2, 3)), np.zeros(2)), (np.ones((1, 3)), np.zeros(1))],
            r"layers\[1\] has shapes \(1, 3\) and \(1,\)",
        ),
    ],
)
def test_what_is_no_network_is_refused(layers, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        canonical_form(layers)
