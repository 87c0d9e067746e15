"""Differences along moves of one layer, against a network whose crossing and bend are known."""

import pytest
import torch

from rectified.landscape.layer_moves import LayerMoves, bends_across, differences_inside, mixed, random_layer_moves
from rectified.landscape.piecewise import HARD_TANH, IDENTITY, RELU
from tests.cases import random_points

X, Y = random_points(6, 2, 0), random_points(6, 1, 1)


def single_unit(direction):
    """f(x) = 2 relu(x + b) at b = 1 with one example at 0: it crosses when b has fallen by 1."""
    start = torch.tensor([[1.0, 1.0, 2.0, 0.0]]).double()
    return LayerMoves(start, torch.tensor([direction]).double(), [1, 1, 1])


def test_the_bend_of_one_unit_is_its_jump_of_slope_times_the_step():
    zero = torch.zeros(1, 1).double()
    assert bends_across(single_unit([0.0, -1.0, 0.0, 0.0]), zero, RELU, step=0.1).item() == pytest.approx(0.2)


def test_moves_that_cross_nothing_are_left_out():
    zero = torch.zeros(1, 1).double()
    away, towards = single_unit([0.0, 1.0, 0.0, 0.0]), single_unit([0.0, -1.0, 0.0, 0.0])
    both = LayerMoves(*(torch.cat(pair) for pair in zip(away[:2], towards[:2], strict=True)), [1, 1, 1])
    assert bends_across(both, zero, RELU).shape == (1,)
    with pytest.raises(ValueError, match="none of 1 crosses a boundary"):
        bends_across(away, zero, RELU)


@pytest.mark.parametrize("activation", [RELU, HARD_TANH, IDENTITY], ids=lambda h: h.name)
def test_differences_vanish_inside(activation, generator):
    moves = random_layer_moves([2, 5, 4, 1], [k % 3 for k in range(60)], generator)
    found = differences_inside(moves, X, Y, activation)
    assert found.second.max() < 1e-12
    assert found.third.max() < 1e-12
    assert found.step.max() <= 0.1


def test_a_smooth_nonlinear_activation_is_noticed(generator, monkeypatch):
    monkeypatch.setattr("rectified.landscape.piecewise.PiecewiseLinear.value", lambda self, z: torch.tanh(z))
    moves = random_layer_moves([2, 5, 4, 1], [0] * 40, generator)
    assert differences_inside(moves, X, Y, IDENTITY).second.median() > 1e-5


def test_moves_touch_one_layer_and_have_length_one(generator):
    moves = random_layer_moves([2, 3, 1], [0, 1], generator)
    assert (moves.direction != 0).tolist() == [[True] * 9 + [False] * 4, [False] * 9 + [True] * 4]
    assert torch.allclose(moves.direction.norm(dim=1), torch.ones(2).double())
    layers = moves.at(torch.tensor([0.5, 0.0]).double())
    assert torch.equal(layers[1][0][0], moves.start[0, 9:12][None])
    with pytest.raises(ValueError, match="layers holds 0 to 2; expected 0 to 1"):
        random_layer_moves([2, 3, 1], [0, 2], generator)


def test_a_move_of_two_layers_bends_by_the_product_of_its_parts():
    """One unit without activation, v w x: along (1, 1) / root two the second difference is x times the squared step."""
    start = torch.tensor([[1.0, 0.0, 1.0, 0.0]] * 2, dtype=torch.float64)
    direction = torch.tensor([[1.0, 0.0, 0.0, 0.0], [0.0, 0.0, 1.0, 0.0]], dtype=torch.float64)
    moves = mixed(LayerMoves(start, direction, [1, 1, 1]))
    x, y = torch.tensor([[3.0]], dtype=torch.float64), torch.tensor([[0.0]], dtype=torch.float64)
    found = differences_inside(moves, x, y, IDENTITY, step=0.1)
    assert found.second.tolist() == pytest.approx([3.0 * 0.1**2] * 2)
