import math

import pytest
import torch
from torch import nn

from rectified.activations.elementwise import ARCTAN, RELU, SIGMOID, TANH
from rectified.networks import (
    affine_layers,
    as_sequential,
    check_float64,
    check_layers,
    default_layers,
    forward,
    make_mlp,
    random_layers,
    relu_layers,
)


@pytest.mark.parametrize("activation", [RELU, TANH, SIGMOID, ARCTAN], ids=lambda a: a.name)
def test_forward_equals_the_module(activation, generator):
    model = make_mlp([5, 7, 6, 3], activation, generator, dtype=torch.float64)
    x = torch.randn(4, 5, generator=generator, dtype=torch.float64)
    assert torch.allclose(forward(affine_layers(model), x, activation), model(x), rtol=0, atol=1e-14)


def test_layers_become_a_module_and_come_back(generator):
    layers = [(W, torch.randn(len(b), generator=generator).double()) for W, b in random_layers([3, 5, 2], generator)]
    model = as_sequential(layers, TANH)
    x = torch.randn(4, 3, generator=generator, dtype=torch.float64)
    assert torch.equal(model(x), forward(layers, x, TANH))
    for found, given in zip(affine_layers(model), layers, strict=True):
        assert torch.equal(found[0], given[0])
        assert torch.equal(found[1], given[1])
    with pytest.raises(ValueError, match="shape"):
        as_sequential([layers[0], layers[0]])


def test_forward_by_hand():
    layers = [
        (torch.tensor([[1.0], [-1.0]]), torch.tensor([0.0, 0.5])),
        (torch.tensor([[2.0, 3.0]]), torch.tensor([-1.0])),
    ]
    assert forward(layers, torch.tensor([[2.0], [-2.0]]), RELU).tolist() == [[3.0], [6.5]]


def test_affine_layers_fills_in_a_missing_bias():
    model = nn.Sequential(nn.Flatten(), nn.Linear(4, 3, bias=False), nn.ReLU(), nn.Linear(3, 2))
    (_, b), (W, _) = affine_layers(model)
    assert b.tolist() == [0.0, 0.0, 0.0]
    assert W.shape == (2, 3)
    assert not W.requires_grad


@pytest.mark.parametrize(
    "model",
    [
        nn.Sequential(),
        nn.Sequential(nn.Linear(2, 2), nn.ReLU()),
        nn.Sequential(nn.Linear(2, 2), nn.ReLU(), nn.Linear(2, 2), nn.Tanh(), nn.Linear(2, 1)),
        nn.Sequential(nn.Linear(2, 2), nn.Linear(2, 2), nn.Linear(2, 2)),
    ],
)
def test_affine_layers_refuses_other_forms(model):
    with pytest.raises(ValueError, match="expected Linear layers with one kind of activation between them"):
        affine_layers(model)


def test_affine_layers_refuses_other_modules():
    with pytest.raises(ValueError, match="model has a Dropout where a Linear layer was expected"):
        affine_layers(nn.Sequential(nn.Linear(2, 2), nn.ReLU(), nn.Dropout()))
    with pytest.raises(ValueError, match=r"model is a Linear; expected nn\.Sequential"):
        affine_layers(nn.Linear(2, 2))


def test_weights_are_he_uniform(generator):
    (W, b), _ = random_layers([400, 500, 2], generator)
    bound = math.sqrt(6 / 400)
    assert float(W.abs().max()) <= bound
    # The variance of 200 000 uniform numbers has relative standard deviation sqrt(0.8 / 200000) = 0.002.
    assert float(W.var()) == pytest.approx(2 / 400, rel=0.01)
    assert float(b.abs().max()) == 0.0


def test_same_generator_same_network():
    one, two = (make_mlp([3, 4, 2], RELU, torch.Generator().manual_seed(5)) for _ in range(2))
    assert all(torch.equal(a, b) for a, b in zip(one.parameters(), two.parameters(), strict=True))
    assert next(one.parameters()).dtype == torch.float32


def test_widths_are_checked(generator):
    with pytest.raises(ValueError, match=r"widths is \[3\]; expected at least two positive numbers"):
        random_layers([3], generator)
    with pytest.raises(ValueError, match=r"widths is \[3, 0, 2\]"):
        make_mlp([3, 0, 2], RELU, generator)


def test_check_layers_names_the_layer():
    good = (torch.zeros(3, 2), torch.zeros(3))
    assert check_layers([good]) == [2, 3]
    with pytest.raises(ValueError, match="layers is empty"):
        check_layers([])
    with pytest.raises(ValueError, match=r"layers\[1\] weight has shape \(4, 2\); expected \(d_out, 3\)"):
        check_layers([good, (torch.zeros(4, 2), torch.zeros(4))])
    with pytest.raises(ValueError, match=r"layers\[0\] bias has shape \(2,\); expected \(3,\)"):
        check_layers([(torch.zeros(3, 2), torch.zeros(2))])
    with pytest.raises(ValueError, match=r"layers\[0\] has dtype torch.float32 and torch.float64"):
        check_layers([(torch.zeros(3, 2), torch.zeros(3, dtype=torch.float64))])


def test_relu_layers_are_in_double_precision():
    model = nn.Sequential(nn.Linear(2, 3), nn.ReLU(), nn.Linear(3, 1))
    layers = relu_layers(model)
    assert [W.dtype for W, _ in layers] == [torch.float64] * 2
    torch.testing.assert_close(forward(layers, torch.ones(2).double()).float(), model(torch.ones(2)).detach())


def test_relu_layers_refuse_another_activation():
    model = nn.Sequential(nn.Linear(2, 3), nn.Tanh(), nn.Linear(3, 1))
    with pytest.raises(ValueError, match="model has Tanh as activation; expected ReLU"):
        relu_layers(model)


def test_single_precision_is_refused_where_double_is_needed():
    with pytest.raises(ValueError, match=r"layers has dtype torch.float32; expected torch.float64"):
        check_float64([(torch.ones(1, 2), torch.ones(1))])


def test_the_default_start_has_the_law_of_torch_s_linear_layers(generator):
    for W, b in default_layers([100, 400, 300], generator):
        with torch.random.fork_rng():
            torch.manual_seed(0)
            module = nn.Linear(W.shape[1], len(W))
        for values in (W, b, module.weight.detach(), module.bias.detach()):
            scaled = values * W.shape[1] ** 0.5
            assert 0.95 < scaled.abs().max() <= 1 + 1e-6
            assert scaled.square().mean() == pytest.approx(1 / 3, rel=0.15)
            assert values.dtype == torch.float32
