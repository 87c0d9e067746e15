import numpy as np
import pytest

from rectified.identification.accuracy import Accuracy
from rectified.identification.first_layer import recover_first_layer
from rectified.identification.hyperplanes import layer_planes, plane_errors


@pytest.mark.parametrize(
    "widths", [[10, 10, 1], [10, 20, 1], [10, 10, 10, 1], [10, 12, 12, 2], [5, 6, 6, 6, 1], [3, 8, 1]]
)
@pytest.mark.parametrize("seed", [0, 1])
def test_all_neurons_are_found_and_no_other(random_network, widths, seed: int) -> None:
    network = random_network(widths, seed)
    found = recover_first_layer(network, widths[0], np.random.default_rng(seed))
    errors, spurious = plane_errors(layer_planes(*network.layers[0]), found, 1e-4)
    assert (errors.max() < 1e-5, np.median(errors) < 1e-7, spurious) == (True, True, 0)


def test_a_tenth_of_the_queries_that_a_plain_search_takes(random_network) -> None:
    network = random_network([10, 10, 1], 0)
    recover_first_layer(network, 10, np.random.default_rng(0))
    assert network.queries < 2_500


def test_another_scale_of_inputs(random_network, counted) -> None:
    layers = random_network([6, 8, 1], 0).layers
    far = counted([(layers[0][0] / 100.0, layers[0][1]), layers[1]])
    found = recover_first_layer(far, 6, np.random.default_rng(0), reach=100.0)
    errors, spurious = plane_errors(layer_planes(*far.layers[0]), found, 1e-3)
    assert (errors.max() < 1e-3, spurious) == (True, 0)


def test_coarse_answers_find_less(random_network) -> None:
    shares = []
    for rounding in (1e-8, 1e-3):
        network = random_network([5, 6, 1], 1, rounding)
        found = recover_first_layer(
            network, 5, np.random.default_rng(0), accuracy=Accuracy(rounding / 2), most_lines=32
        )
        shares.append((plane_errors(layer_planes(*network.layers[0]), found, 1e-4)[0] < 1e-4).mean())
    assert shares[0] > 0.8
    assert shares[1] < 0.5
