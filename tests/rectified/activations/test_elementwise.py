import pytest
import torch

from rectified.activations.elementwise import ARCTAN, IDENTITY, RELU, SIGMOID, TANH, activation_named

ALL = [RELU, TANH, SIGMOID, ARCTAN, IDENTITY]


@pytest.mark.parametrize("activation", ALL, ids=lambda a: a.name)
def test_derivative_is_autograds(activation):
    x = torch.linspace(-6, 6, 100, dtype=torch.float64, requires_grad=True)  # an even count: 0 is not among them
    (expected,) = torch.autograd.grad(activation.value(x).sum(), x)
    assert torch.allclose(activation.derivative(x.detach()), expected, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("activation", ALL, ids=lambda a: a.name)
def test_module_computes_the_value(activation):
    x = torch.linspace(-3, 3, 13, dtype=torch.float64)
    assert torch.equal(activation.module()(x), activation.value(x))


@pytest.mark.parametrize("activation", ALL, ids=lambda a: a.name)
def test_lipschitz_constant_is_the_largest_derivative(activation):
    x = torch.linspace(-6, 6, 100_001, dtype=torch.float64)
    assert float(activation.derivative(x).max()) == pytest.approx(activation.lipschitz, abs=1e-12)


@pytest.mark.parametrize("activation", [TANH, SIGMOID])
def test_derivative_does_not_cancel_in_the_tails(activation):
    x = torch.tensor([40.0, -40.0], dtype=torch.float64)
    derivative = activation.derivative(x)
    assert bool((derivative > 0).all())
    assert float(derivative[0]) == pytest.approx(float(derivative[1]), rel=1e-12)


def test_named():
    assert [activation_named(activation.name) for activation in ALL] == ALL


def test_unknown_name_lists_the_known_ones():
    with pytest.raises(ValueError, match="name is 'gelu'; expected one of arctan, identity, relu, sigmoid, tanh"):
        activation_named("gelu")
