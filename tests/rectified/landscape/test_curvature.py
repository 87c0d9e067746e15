"""The Hessian against automatic differentiation of another form."""

import pytest
import torch

from rectified.landscape.curvature import risk_hessian
from rectified.landscape.losses import LOGISTIC, SQUARED
from rectified.landscape.piecewise import HARD_TANH, RELU
from rectified.landscape.risk import flattened, risk, unflattened
from tests.cases import random_network, random_points


@pytest.mark.parametrize("loss", [SQUARED, LOGISTIC], ids=lambda loss: loss.name)
@pytest.mark.parametrize("activation", [RELU, HARD_TANH], ids=lambda h: h.name)
def test_the_hessian_is_that_of_torch(activation, loss):
    layers, x, y = random_network([3, 4, 3, 2], 0), random_points(9, 3, 0), random_points(9, 2, 1).sign()
    expected = torch.autograd.functional.hessian(
        lambda vector: risk(unflattened(vector, [3, 4, 3, 2]), x, y, activation, loss), flattened(layers)
    )
    assert torch.allclose(risk_hessian(layers, x, y, activation, loss), expected, atol=1e-12)


def test_refuses_a_point_without_hessian():
    layers = [(torch.zeros(2, 1).double(), torch.zeros(2).double()), random_network([2, 1], 0)[0]]
    with pytest.raises(ValueError, match="the risk has no Hessian"):
        risk_hessian(layers, torch.ones(3, 1).double(), torch.ones(3, 1).double(), RELU, SQUARED)
