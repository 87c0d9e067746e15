"""Constructed minima compute the affine optimum, strictly inside one piece."""

import pytest
import torch

from rectified.landscape.affine import affine_fit
from rectified.landscape.cells import cell_margin, perturbed_inside_cell, piece_pattern
from rectified.landscape.constructed import WorkingPoints, carrier_network, constructed_minimum, working_points
from rectified.landscape.losses import LOGISTIC, SQUARED
from rectified.landscape.piecewise import ABSOLUTE, HARD_TANH, LEAKY_RELU, RELU, Piece, random_pieces
from rectified.landscape.risk import predictions, risk
from tests.cases import random_points

RANDOM = random_pieces(3, torch.Generator().manual_seed(5))
X, Y = random_points(15, 3, 0), random_points(15, 2, 1)


@pytest.mark.parametrize("hidden", [[3], [4, 3], [3, 5, 4]])
@pytest.mark.parametrize("activation", [RELU, LEAKY_RELU, ABSOLUTE, HARD_TANH, RANDOM], ids=lambda h: h.name)
def test_the_network_is_the_affine_map_on_the_data(hidden, activation):
    fit = affine_fit(X, Y, SQUARED)
    network = constructed_minimum(fit, hidden, activation)
    assert torch.allclose(predictions(network, X, activation), fit.predictions, atol=1e-12)
    low, high = activation.carrying_piece.working_interval
    assert cell_margin(network, X, activation) >= (high - low) / 4 - 1e-12
    assert piece_pattern(network, X, activation).unique().numel() == 1


@pytest.mark.parametrize("loss", [SQUARED, LOGISTIC], ids=lambda loss: loss.name)
def test_no_small_perturbation_is_better(loss, generator):
    targets = Y.sign() if loss is LOGISTIC else Y
    fit = affine_fit(X, targets, loss)
    network = constructed_minimum(fit, [4, 3], HARD_TANH)
    near = perturbed_inside_cell(network, X, HARD_TANH, 500, generator, largest=0.05)
    assert (risk(near, X, targets, HARD_TANH, loss) - fit.risk).min() > -1e-12


def test_a_map_that_is_not_optimal_gives_no_minimum(generator):
    fit = affine_fit(X, Y, SQUARED)
    wrong = fit._replace(coefficients=0.5 * fit.coefficients)
    network = constructed_minimum(wrong, [4, 3], HARD_TANH)
    here = risk(network, X, Y, HARD_TANH, SQUARED)
    near = perturbed_inside_cell(network, X, HARD_TANH, 500, generator)
    assert (risk(near, X, Y, HARD_TANH, SQUARED) - here).min() < -1e-5


def test_refuses_what_leaves_no_room():
    fit = affine_fit(X, Y, SQUARED)
    with pytest.raises(ValueError, match=r"hidden is \[3, 2\]; expected every width above d_out = 2"):
        constructed_minimum(fit, [3, 2], RELU)
    with pytest.raises(ValueError, match=r"fill is 1.0; expected a share"):
        working_points([fit.predictions], [3], RELU, fill=1.0)
    with pytest.raises(ValueError, match="carried has 2 entries; expected 1 or 3"):
        working_points([fit.predictions] * 2, [3, 3, 3], RELU)
    points = working_points([fit.predictions], [3], RELU)
    outside = WorkingPoints([3.0 * points.amplitudes[0]], points.centres)
    with pytest.raises(ValueError, match=r"hidden layer 0 works from .*; expected strictly inside \(0.0, inf\)"):
        constructed_minimum(fit, [3], RELU, points=outside)
    with pytest.raises(ValueError, match="piece has slope 0"):
        carrier_network(fit.coefficients, points, Piece(0.0, 1.0, 0.0, 0.0))
