"""Patterns, margins and perturbations inside a cell."""

import pytest
import torch

from rectified.landscape.cells import cell_margin, perturbed_inside_cell, piece_pattern, same_cell
from rectified.landscape.piecewise import HARD_TANH, IDENTITY, RELU
from rectified.landscape.risk import flattened
from rectified.regions.patterns import activation_pattern
from tests.cases import random_network, random_points


def test_relu_patterns_are_signs_of_pre_activations():
    layers, x = random_network([3, 5, 4, 1], 0), random_points(7, 3, 0)
    assert torch.equal(piece_pattern(layers, x, RELU).bool(), activation_pattern(layers, x))


def test_margins_are_distances_to_the_nearest_knot():
    layers = [(torch.eye(2).double(), torch.zeros(2).double()), (torch.ones(1, 2).double(), torch.zeros(1).double())]
    x = torch.tensor([[0.3, -0.6], [2.0, 0.0]]).double()
    assert cell_margin(layers, x[:1], RELU).item() == pytest.approx(0.3)
    assert cell_margin(layers, x, RELU).item() == 0.0
    assert cell_margin(layers, x, HARD_TANH).item() == pytest.approx(0.4)
    assert cell_margin(layers, x, IDENTITY).isinf()
    assert piece_pattern(layers, x, HARD_TANH).tolist() == [[1, 1], [2, 1]]


def test_perturbations_stay_inside_and_are_no_longer_than_asked(generator):
    layers, x = random_network([3, 6, 5, 1], 1), random_points(20, 3, 1)
    moved = perturbed_inside_cell(layers, x, RELU, 500, generator, largest=1.0)
    assert bool(same_cell(moved, layers, x, RELU).all())
    lengths = (flattened(moved) - flattened(layers)).norm(dim=1)
    assert lengths.max() <= 1.0
    assert lengths.unique().numel() == 500


def test_a_large_move_leaves_the_cell():
    layers, x = random_network([3, 6, 1], 1), random_points(20, 3, 1)
    other = [(-layers[0][0], -layers[0][1]), layers[1]]
    assert not bool(same_cell(other, layers, x, RELU))


def test_refuses_boundaries_and_networks_without_cells(generator):
    layers, x = random_network([3, 4, 1], 2), random_points(3, 3, 2)
    on_knot = [(torch.zeros(4, 3).double(), torch.zeros(4).double()), layers[1]]
    with pytest.raises(ValueError, match="layers lies on a boundary of its cell"):
        perturbed_inside_cell(on_knot, x, RELU, 10, generator)
    for function in (piece_pattern, cell_margin):
        with pytest.raises(ValueError, match="expected at least one hidden layer"):
            function(random_network([3, 1], 0), x, RELU)
