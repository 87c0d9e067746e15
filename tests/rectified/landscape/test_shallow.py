"""Networks with one hidden layer against the general ones, gradients against automatic differentiation."""

import pytest
import torch

from rectified.landscape.affine import with_ones
from rectified.landscape.cells import cell_margin
from rectified.landscape.losses import SQUARED
from rectified.landscape.piecewise import ABSOLUTE, HARD_TANH, IDENTITY, LEAKY_RELU, RELU
from rectified.landscape.risk import risk
from rectified.landscape.shallow import (
    ShallowNets,
    check_homogeneous,
    random_nets,
    shallow_gradient,
    shallow_margin,
    shallow_predictions,
    shallow_risk,
    unchecked_gradient,
    unit_signs,
)
from tests.cases import random_points

X, Y = random_points(7, 2, 0), random_points(7, 1, 1)[:, 0]
FEATURES = with_ones(X)


@pytest.fixture
def nets(generator):
    return random_nets(5, 3, 3, generator)


def as_layers(nets):
    return [(nets.inner[..., :2], nets.inner[..., 2]), (nets.outer[..., None, :], nets.outer[..., :1] * 0)]


@pytest.mark.parametrize("activation", [RELU, LEAKY_RELU, ABSOLUTE, IDENTITY], ids=lambda h: h.name)
def test_risk_gradient_and_margin_are_those_of_the_general_network(nets, activation):
    layers = as_layers(nets)
    assert torch.allclose(shallow_risk(nets, FEATURES, Y, activation), risk(layers, X, Y[:, None], activation, SQUARED))
    assert torch.allclose(shallow_margin(nets, FEATURES), cell_margin(layers, X, RELU))
    free = ShallowNets(nets.inner.clone().requires_grad_(), nets.outer.clone().requires_grad_())
    expected = torch.autograd.grad(shallow_risk(free, FEATURES, Y, activation).sum(), free)
    for gradient in (
        shallow_gradient(nets, FEATURES, Y, activation),
        unchecked_gradient(nets, FEATURES, Y, activation),
    ):
        assert torch.allclose(gradient.inner, expected[0])
        assert torch.allclose(gradient.outer, expected[1])


def test_one_network_without_a_stack(nets):
    one = ShallowNets(nets.inner[0], nets.outer[0])
    assert torch.allclose(shallow_predictions(one, FEATURES, RELU), shallow_predictions(nets, FEATURES, RELU)[0])
    assert torch.allclose(
        shallow_gradient(one, FEATURES, Y, RELU).outer, shallow_gradient(nets, FEATURES, Y, RELU).outer[0]
    )


def test_signs_say_the_side_of_zero(nets):
    expected = torch.einsum("rwd,sd->rws", nets.inner, FEATURES).sign()
    assert torch.equal(unit_signs(nets, FEATURES).double(), expected)


def test_refuses_what_does_not_fit(nets, generator):
    with pytest.raises(ValueError, match=r"features has shape \(7, 2\); expected \(samples, 3\)"):
        shallow_risk(nets, X, Y, RELU)
    with pytest.raises(ValueError, match=r"inner weights \(5, 3, 3\) and outer weights \(4, 3\)"):
        shallow_risk(ShallowNets(nets.inner, nets.outer[:4]), FEATURES, Y, RELU)
    with pytest.raises(ValueError, match="expected float64"):
        unit_signs(nets, FEATURES.float())
    with pytest.raises(ValueError, match="count, width, d_in and spread must be positive; got 0"):
        random_nets(0, 1, 1, generator)
    with pytest.raises(ValueError, match=r"'hard tanh' has knots .*; expected one knot, at 0"):
        check_homogeneous(HARD_TANH)
    assert check_homogeneous(LEAKY_RELU) == (0.1, 1.0)
    assert check_homogeneous(IDENTITY) == (1.0, 1.0)
