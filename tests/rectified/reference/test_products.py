import numpy as np
import pytest

from rectified.reference.products import affine_by_products


def test_two_layers_by_hand():
    # W1 = [[1, 0], [1, 1]] with both neurons on, W2 = [[1, -1], [0, 1]] with the first off
    layers = [
        (np.array([[1.0, 0.0], [1.0, 1.0]]), np.array([1.0, 0.0])),
        (np.array([[1.0, -1.0], [0.0, 1.0]]), np.array([0.0, 5.0])),
    ]
    slope, offset = affine_by_products(layers, np.array([1.0, 2.0]))
    assert slope.tolist() == [[0.0, 0.0], [1.0, 1.0]]
    assert offset.tolist() == [0.0, 5.0]
    wrong, _ = affine_by_products(layers, np.array([1.0, 2.0]), newest_left=False)
    assert wrong.tolist() == [[0.0, 0.0], [0.0, 1.0]]


def test_values_are_those_of_a_forward_pass(rng):
    layers = [(rng.normal(size=(5, 3)), rng.normal(size=5)), (rng.normal(size=(4, 5)), rng.normal(size=4))]
    x = rng.normal(size=3)
    slope, offset = affine_by_products(layers, x)
    h = x
    for W, b in layers:
        h = np.maximum(W @ h + b, 0.0)
    assert np.allclose(slope @ x + offset, h)


def test_reversed_order_needs_square_layers(rng):
    with pytest.raises(ValueError, match="square layers"):
        affine_by_products([(rng.normal(size=(5, 3)), rng.normal(size=5))], rng.normal(size=3), newest_left=False)
