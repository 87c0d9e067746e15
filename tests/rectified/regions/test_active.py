import numpy as np
import pytest
import torch

from rectified.regions.active import active_affine_maps
from tests.cases import as_arrays, random_network, random_points


@pytest.mark.parametrize("rectify_output", [False, True])
@pytest.mark.parametrize("widths", [[3, 4], [5, 7, 2], [2, 9, 9, 9, 3]])
def test_equals_value_and_gradient(widths, rectify_output):
    layers, x = random_network(widths, 1), random_points(6, widths[0], 2)

    def network(point):
        for W, b in layers[:-1]:
            point = torch.relu(W @ point + b)
        out = layers[-1][0] @ point + layers[-1][1]
        return out.relu() if rectify_output else out

    slopes, offsets = active_affine_maps(as_arrays(layers), x.numpy(), rectify_output=rectify_output)
    for point, slope, offset in zip(x, slopes, offsets, strict=True):
        expected = torch.autograd.functional.jacobian(network, point).numpy()
        assert np.allclose(slope, expected, rtol=1e-12, atol=1e-12)
        assert np.allclose(slope @ point.numpy() + offset, network(point).numpy(), rtol=1e-12, atol=1e-12)


def test_a_layer_that_is_off_leaves_the_last_bias():
    layers = [(-np.eye(2), np.zeros(2)), (np.ones((1, 2)), np.array([7.0]))]
    slopes, offsets = active_affine_maps(layers, np.ones((1, 2)))
    assert slopes.tolist() == [[[0.0, 0.0]]]
    assert offsets.tolist() == [[7.0]]


def test_exactly_zero_counts_as_off():
    slopes, _ = active_affine_maps([(np.eye(1), np.zeros(1))], np.zeros((1, 1)), rectify_output=True)
    assert slopes.item() == 0.0


def test_other_inputs_are_refused(unchecked):
    with pytest.raises(ValueError, match=r"expected \(samples, 3\)"):
        unchecked(active_affine_maps)(as_arrays(random_network([3, 4], 1)), np.ones((2, 2)))
