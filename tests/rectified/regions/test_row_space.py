import pytest
import torch

from rectified.networks import forward
from rectified.regions.boundaries import boundary_distance
from rectified.regions.row_space import in_row_space
from tests.cases import random_network, random_points


def test_the_same_outputs_and_distances_from_fewer_inputs():
    layers, x = random_network([50, 7, 6, 3], 0), random_points(20, 50, 1).reshape(4, 5, 50)
    small, inner = in_row_space(layers, x)
    assert small[0][0].shape == (7, 7)
    assert inner.shape == (4, 5, 7)
    torch.testing.assert_close(forward(small, inner), forward(layers, x))
    torch.testing.assert_close(boundary_distance(small, inner, 2.0), boundary_distance(layers, x, 2.0))


def test_a_first_layer_that_sees_everything_stays():
    layers, x = random_network([3, 7, 2], 0), random_points(2, 3, 1)
    small, inner = in_row_space(layers, x)
    assert small[0][0] is layers[0][0]
    assert inner is x


def test_other_inputs_are_refused(unchecked):
    with pytest.raises(ValueError, match=r"x has shape \(2, 4\); expected \(\.\.\., 3\)"):
        unchecked(in_row_space)(random_network([3, 7, 2], 0), torch.zeros(2, 4).double())
