"""Stacked networks against torch's own layers, one network after another."""

import pytest
import torch
from torch import nn

from rectified.landscape.losses import SQUARED
from rectified.landscape.piecewise import RELU
from rectified.landscape.risk import (
    check_stacked,
    flattened,
    hidden_pre_activations,
    predictions,
    risk,
    unflattened,
)
from tests.cases import random_network, random_points


def as_module(layers):
    modules = []
    for W, b in layers:
        linear = nn.Linear(W.shape[1], W.shape[0], dtype=torch.float64)
        linear.weight.data, linear.bias.data = W, b
        modules += [linear, nn.ReLU()]
    return nn.Sequential(*modules[:-1])


def test_a_stack_gives_what_each_network_gives():
    networks = [random_network([3, 5, 4, 2], seed) for seed in range(4)]
    stack = [tuple(torch.stack(parts) for parts in zip(*layer, strict=True)) for layer in zip(*networks, strict=True)]
    x, y = random_points(6, 3, 0), random_points(6, 2, 1)
    outputs = torch.stack([as_module(layers)(x) for layers in networks])
    assert torch.allclose(predictions(stack, x, RELU), outputs)
    assert torch.allclose(risk(stack, x, y, RELU, SQUARED), ((outputs - y) ** 2).sum((1, 2)) / 12)
    hidden = hidden_pre_activations(stack, x, RELU)
    assert [tuple(z.shape) for z in hidden] == [(4, 6, 5), (4, 6, 4)]
    assert torch.allclose(hidden[1][2], as_module(networks[2])[:3](x))


def test_flattening_is_undone():
    layers = random_network([3, 5, 2], 0)
    vector = flattened(layers)
    assert torch.equal(vector, nn.utils.parameters_to_vector(as_module(layers).parameters()))
    for (W, b), (V, c) in zip(layers, unflattened(vector, [3, 5, 2]), strict=True):
        assert torch.equal(W, V)
        assert torch.equal(b, c)


def test_refuses_what_does_not_fit():
    layers, x = random_network([3, 4, 1], 0), random_points(5, 3, 0)
    assert check_stacked(layers, x) == [3, 4, 1]
    with pytest.raises(ValueError, match="layers is empty"):
        check_stacked([], x)
    with pytest.raises(ValueError, match=r"inputs is torch.float32 of shape \(5, 3\); expected float64"):
        check_stacked(layers, x.float())
    with pytest.raises(ValueError, match=r"layers\[0\] weight has shape \(4, 3\); expected \(\*stack, d_out, 2\)"):
        check_stacked(layers, x[:, :2])
    with pytest.raises(ValueError, match=r"layers\[1\] bias has shape \(2,\); expected \(1,\)"):
        check_stacked([layers[0], (layers[1][0], torch.zeros(2).double())], x)
    with pytest.raises(ValueError, match=r"layers\[0\] has dtype torch.float32"):
        check_stacked([(W.float(), b.float()) for W, b in layers], x)
    with pytest.raises(ValueError, match=r"targets has shape \(5, 2\); expected \(5, 1\)"):
        risk(layers, x, random_points(5, 2, 1), RELU, SQUARED)
    with pytest.raises(ValueError, match="vector has 3 entries; expected 21"):
        unflattened(torch.zeros(3).double(), [3, 4, 1])
