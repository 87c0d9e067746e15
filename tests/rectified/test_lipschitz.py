import math

import numpy as np
import pytest
import torch

from rectified.activations.elementwise import RELU, SIGMOID, TANH
from rectified.bounds.attacks import attack_radius, margins_at
from rectified.bounds.specifications import margin_specification
from rectified.lipschitz import lipschitz_product, lipschitz_product_radius, operator_norm
from rectified.networks import forward
from tests.cases import NORMS, random_network, random_points

NETWORK = random_network([4, 8, 8, 3], seed=0)


@pytest.mark.parametrize("p", NORMS)
def test_operator_norm_is_numpys(p):
    W = NETWORK[0][0]
    assert operator_norm(W, p).item() == pytest.approx(np.linalg.norm(W.numpy(), p), rel=1e-12)
    with pytest.raises(ValueError, match="p is 3; expected 1, 2 or infinity"):
        operator_norm(W, 3)


@pytest.mark.parametrize("p", NORMS)
@pytest.mark.parametrize("activation", [RELU, TANH, SIGMOID], ids=lambda a: a.name)
def test_no_pair_of_points_stretches_more(p, activation):
    x, y = random_points(500, 4, seed=1), random_points(500, 4, seed=2)
    stretch = torch.linalg.vector_norm(forward(NETWORK, x, activation) - forward(NETWORK, y, activation), ord=p, dim=1)
    stretch = stretch / torch.linalg.vector_norm(x - y, ord=p, dim=1)
    assert float(stretch.max()) <= lipschitz_product(NETWORK, p, activation).item()


def test_by_hand():
    layers = [(torch.tensor([[3.0, 0.0], [0.0, -4.0]]), torch.zeros(2)), (torch.tensor([[1.0, 1.0]]), torch.zeros(1))]
    assert lipschitz_product(layers, math.inf).item() == 8.0
    assert lipschitz_product(layers, 1).item() == 4.0
    assert lipschitz_product(layers, 1, SIGMOID).item() == 1.0
    radius = lipschitz_product_radius(layers, torch.tensor([[2.0], [-1.0]]), torch.ones(2, 1, 1), math.inf)
    assert radius.tolist() == [0.25, 0.0]


@pytest.mark.parametrize("p", NORMS)
def test_radius_is_sound(p):
    center = random_points(5, 4, seed=3)
    rows = margin_specification(forward(NETWORK, center).argmax(1), 3)
    margins = margins_at(NETWORK, center[:, None].expand(-1, 2, -1), rows)
    radius = lipschitz_product_radius(NETWORK, margins, rows, p)
    assert bool((radius > 0).all())
    assert bool((radius <= attack_radius(NETWORK, center, rows, p)).all())
