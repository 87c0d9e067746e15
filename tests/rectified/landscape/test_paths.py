"""Paths: constant risk in the valley, never rising on the way out."""

import pytest
import torch

from rectified.landscape.affine import affine_fit
from rectified.landscape.cells import same_cell
from rectified.landscape.constructed import constructed_minimum
from rectified.landscape.kink import best_kink, kink_network
from rectified.landscape.losses import LOGISTIC, SQUARED
from rectified.landscape.paths import escape_path, stacked, straight_path, valley_dimension, valley_path
from rectified.landscape.piecewise import ABSOLUTE, HARD_TANH, RELU
from rectified.landscape.risk import flattened, risk
from tests.cases import random_network, random_points

X, Y = random_points(15, 3, 0), random_points(15, 2, 1)


@pytest.mark.parametrize("hidden", [[3], [4, 3, 5]])
@pytest.mark.parametrize("activation", [RELU, ABSOLUTE, HARD_TANH], ids=lambda h: h.name)
def test_the_valley_is_level_and_in_one_cell(hidden, activation, generator):
    fit = affine_fit(X, Y, SQUARED)
    valley = valley_path(fit, hidden, activation, 20, generator)
    assert (risk(valley, X, Y, activation, SQUARED) - fit.risk).abs().max() < 1e-12
    assert bool(same_cell(valley, constructed_minimum(fit, hidden, activation), X, activation).all())
    assert (flattened(valley).diff(dim=0).norm(dim=1) > 1e-3).all()


@pytest.mark.parametrize("hidden", [[3], [4, 3], [4, 3, 5]])
def test_the_valley_has_a_dimension_for_each_amplitude_and_centre(hidden):
    fit = affine_fit(X, Y, SQUARED)
    assert valley_dimension(fit, hidden, HARD_TANH) == 2 * len(hidden) + sum(hidden)


@pytest.mark.parametrize("loss", [SQUARED, LOGISTIC], ids=lambda loss: loss.name)
@pytest.mark.parametrize("hidden", [[3], [4, 3, 5]])
def test_the_escape_never_rises_and_never_jumps(hidden, loss):
    targets = Y.sign() if loss is LOGISTIC else Y
    fit = affine_fit(X, targets, loss)
    kink = best_kink(fit, X, targets, HARD_TANH, loss)
    way = escape_path(fit, kink, X, hidden, HARD_TANH, 100)
    height = risk(way, X, targets, HARD_TANH, loss)
    assert height.diff().max() < 1e-12
    assert height[0].item() == pytest.approx(fit.risk)
    assert height[-1].item() == pytest.approx(fit.risk - kink.decrease)
    places = flattened(way)
    assert torch.allclose(places[0], flattened(constructed_minimum(fit, hidden, HARD_TANH)))
    assert torch.allclose(places[-1], flattened(kink_network(fit, kink, X, hidden, HARD_TANH)))
    finer = flattened(escape_path(fit, kink, X, hidden, HARD_TANH, 1000))  # no jump: steps shrink with their number
    assert finer.diff(dim=0).norm(dim=1).max() < 0.15 * places.diff(dim=0).norm(dim=1).max()


def test_straight_paths_and_stacks():
    first, last = random_network([2, 3, 1], 0), random_network([2, 3, 1], 1)
    path = straight_path(first, last, 3)
    assert torch.allclose(flattened(path)[1], (flattened(first) + flattened(last)) / 2)
    assert torch.equal(flattened(stacked([first, last]))[1], flattened(last))


def test_refuses_too_few_steps(generator):
    fit = affine_fit(X, Y, SQUARED)
    with pytest.raises(ValueError, match="steps is 1; expected at least 2"):
        valley_path(fit, [3], RELU, 1, generator)
    with pytest.raises(ValueError, match="steps is 5; expected at least 8"):
        escape_path(fit, best_kink(fit, X, Y, RELU, SQUARED), X, [3], RELU, 5)
    with pytest.raises(ValueError, match="steps is 1; expected at least 2"):
        straight_path(random_network([2, 1], 0), random_network([2, 1], 0), 1)
    with pytest.raises(ValueError, match="networks is empty"):
        stacked([])


@pytest.mark.parametrize("unit", [1e-12, 1e12])
def test_units_of_the_targets_do_not_change_the_dimension(unit):
    fit = affine_fit(X, unit * Y, SQUARED)
    assert valley_dimension(fit, [4, 3], HARD_TANH) == 2 * 2 + 7
