"""Descent against a plain loop, and runs that stay in their cell to the end."""

import pytest
import torch

from rectified.landscape.affine import with_ones
from rectified.landscape.descent import descended, settled
from rectified.landscape.piecewise import IDENTITY, RELU
from rectified.landscape.shallow import ShallowNets, random_nets, shallow_predictions, shallow_risk, unit_signs
from tests.cases import random_points

X, Y = random_points(7, 1, 0), random_points(7, 1, 1)[:, 0]
FEATURES = with_ones(X)


def test_steps_are_those_of_a_plain_loop(generator):
    nets = random_nets(4, 2, 2, generator)
    weights = [nets.inner.clone().requires_grad_(), nets.outer.clone().requires_grad_()]
    for _ in range(30):
        value = ((shallow_predictions(ShallowNets(*weights), FEATURES, RELU) - Y) ** 2).mean(1).sum() / 2
        slopes = torch.autograd.grad(value, weights)
        weights = [(w - 0.1 * g).detach().requires_grad_() for w, g in zip(weights, slopes, strict=True)]
    found = descended(nets, FEATURES, Y, RELU, learning_rate=0.1, steps=30, record_at=(0, 10, 30, 99))
    assert torch.allclose(found.nets.inner, weights[0])
    assert torch.allclose(found.nets.outer, weights[1])
    assert found.steps == [0, 10, 30]
    assert torch.equal(found.history.inner[0], nets.inner)
    assert torch.equal(found.history.outer[-1], found.nets.outer)
    assert descended(nets, FEATURES, Y, RELU, learning_rate=0.1, steps=1).history is None


def test_settled_runs_stay_in_their_cell_and_do_not_rise(generator):
    nets = descended(random_nets(50, 2, 2, generator), FEATURES, Y, RELU, learning_rate=0.05, steps=500).nets
    found = settled(nets, FEATURES, Y, RELU)
    assert torch.equal(unit_signs(found.nets, FEATURES), unit_signs(nets, FEATURES))
    assert (found.risks <= shallow_risk(nets, FEATURES, Y, RELU) + 1e-15).all()
    assert torch.equal(found.risks, shallow_risk(found.nets, FEATURES, Y, RELU))
    minima = found.is_minimum(1e-8, 1e-4)
    assert 5 < minima.sum() < 50
    assert (found.gradient[minima] < 1e-8).all()
    assert (found.margins[minima] > 1e-4).all()


def test_linear_networks_end_at_the_affine_optimum(generator):
    nets = descended(random_nets(20, 2, 2, generator), FEATURES, Y, IDENTITY, learning_rate=0.05, steps=500).nets
    best = torch.linalg.lstsq(FEATURES, Y[:, None]).solution
    optimum = ((FEATURES @ best)[:, 0] - Y).square().mean() / 2
    assert (settled(nets, FEATURES, Y, IDENTITY).risks - optimum).abs().max() < 1e-9


def test_refuses_rates_that_diverge(generator):
    nets = random_nets(4, 2, 2, generator)
    with pytest.raises(ValueError, match=r"learning_rate is 50.0, at which a run diverges"):
        descended(nets, FEATURES, Y, IDENTITY, learning_rate=50.0, steps=200)
    with pytest.raises(ValueError, match=r"learning_rate and steps must be positive; got 0.0"):
        descended(nets, FEATURES, Y, RELU, learning_rate=0.0, steps=1)
