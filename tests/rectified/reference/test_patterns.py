import numpy as np
import pytest

from rectified.reference.patterns import feasible_patterns

BOX = np.ones(2)


def network(weights, bias):
    return [(np.array(weights, dtype=float), np.array(bias, dtype=float)), (np.ones((1, len(bias))), np.zeros(1))]


def test_two_crossing_lines_make_four_regions_and_two_parallel_ones_three():
    assert len(feasible_patterns(network([[1, 0], [0, 1]], [0, 0]), -BOX, BOX)) == 4
    parallel = feasible_patterns(network([[1, 0], [1, 0]], [0.5, -0.5]), -BOX, BOX)
    assert sorted(map(tuple, parallel.tolist())) == [(False, False), (True, False), (True, True)]


def test_a_line_outside_the_box_is_not_seen():
    assert feasible_patterns(network([[1, 0]], [3]), -BOX, BOX).tolist() == [[True]]


def test_a_second_layer_sees_the_first_one_rectified():
    # z2 = relu(x) - 0.5 with x in [-1, 1]: off for x < 0.5
    layers = [
        (np.array([[1.0, 0.0]]), np.zeros(1)),
        (np.ones((1, 1)), np.array([-0.5])),
        (np.ones((1, 1)), np.zeros(1)),
    ]
    assert feasible_patterns(layers, -BOX, BOX).tolist() == [[False, False], [True, False], [True, True]]


def test_too_many_neurons_are_refused():
    with pytest.raises(ValueError, match="layers has 3 hidden neurons; at most 2"):
        feasible_patterns(network([[1, 0]] * 3, [0] * 3), -BOX, BOX, most_neurons=2)
