"""Kinks against least squares on one more column, and against a general minimiser."""

import numpy as np
import pytest
import torch
from scipy.optimize import minimize_scalar

from rectified.landscape.affine import affine_fit, with_ones
from rectified.landscape.kink import best_kink, kink_network, kink_working_points
from rectified.landscape.losses import LOGISTIC, SQUARED
from rectified.landscape.piecewise import ABSOLUTE, HARD_TANH, IDENTITY, LEAKY_RELU, RELU, random_pieces
from rectified.landscape.risk import risk
from tests.cases import random_points

RANDOM = random_pieces(4, torch.Generator().manual_seed(3))
X, Y = random_points(15, 3, 0), random_points(15, 2, 1)


@pytest.mark.parametrize("activation", [RELU, LEAKY_RELU, ABSOLUTE, HARD_TANH, RANDOM], ids=lambda h: h.name)
def test_the_decrease_is_that_of_least_squares_with_one_more_column(activation):
    fit = affine_fit(X, Y, SQUARED)
    kink = best_kink(fit, X, Y, activation, SQUARED)
    column = activation.value(X @ kink.weight + kink.bias)
    wider = np.column_stack([with_ones(X).numpy(), column.numpy()])
    target = Y[:, kink.output].numpy()
    left = np.sum((wider @ np.linalg.lstsq(wider, target)[0] - target) ** 2)
    assert kink.decrease == pytest.approx((fit.residuals[:, kink.output].square().sum().item() - left) / 30)
    assert kink.strength * kink.shape.norm().item() == pytest.approx(
        np.linalg.lstsq(wider, target)[0][-1] * kink.shape.norm().item()
    )


def test_no_hinge_between_examples_is_better():
    fit = affine_fit(X[:, :1], Y[:, :1], SQUARED)
    best, target = best_kink(fit, X[:, :1], Y[:, :1], RELU, SQUARED).decrease, Y[:, 0].numpy()
    along = np.sort(X[:, 0].numpy())
    for threshold in (along[1:] + along[:-1]) / 2:
        wider = np.column_stack([with_ones(X[:, :1]).numpy(), np.maximum(X[:, 0].numpy() - threshold, 0.0)])
        left = np.sum((wider @ np.linalg.lstsq(wider, target)[0] - target) ** 2) / 30
        assert fit.risk - left <= best + 1e-12


def test_the_logistic_strength_is_a_general_minimiser_s():
    labels = Y.sign()
    fit = affine_fit(X, labels, LOGISTIC)
    kink = best_kink(fit, X, labels, RELU, LOGISTIC)
    base, shape, y = (part.numpy() for part in (fit.predictions[:, kink.output], kink.shape, labels[:, kink.output]))
    found = minimize_scalar(lambda eps: np.logaddexp(0.0, -y * (base + eps * shape)).sum(), tol=1e-12)
    assert kink.strength == pytest.approx(found.x, rel=1e-5)


@pytest.mark.parametrize("loss", [SQUARED, LOGISTIC], ids=lambda loss: loss.name)
@pytest.mark.parametrize("hidden", [[3], [4, 3], [3, 5, 4]])
@pytest.mark.parametrize("activation", [RELU, ABSOLUTE, HARD_TANH, RANDOM], ids=lambda h: h.name)
def test_the_network_has_the_predicted_risk(hidden, activation, loss):
    targets = Y.sign() if loss is LOGISTIC else Y
    fit = affine_fit(X, targets, loss)
    kink = best_kink(fit, X, targets, activation, loss)
    network = kink_network(fit, kink, X, hidden, activation)
    assert fit.risk - risk(network, X, targets, activation, loss).item() == pytest.approx(kink.decrease, abs=1e-12)
    roomy = kink_working_points(fit, kink, X, hidden, activation, kink.strength)
    silent = kink_network(fit, kink, X, hidden, activation, strength=0.0, points=roomy)
    assert risk(silent, X, targets, activation, loss).item() == pytest.approx(fit.risk, abs=1e-12)


def test_refuses_what_no_kink_improves():
    fit = affine_fit(X, Y, SQUARED)
    with pytest.raises(ValueError, match="'identity' is linear"):
        best_kink(fit, X, Y, IDENTITY, SQUARED)
    exact = X @ torch.ones(3, 1).double()
    with pytest.raises(ValueError, match="no hinge changes the risk"):
        best_kink(affine_fit(X, exact, SQUARED), X, exact, RELU, SQUARED)
    same = torch.zeros(6, 1).double()
    with pytest.raises(ValueError, match="no hinge changes the risk"):
        best_kink(affine_fit(same, Y[:6], SQUARED), same, Y[:6], RELU, SQUARED)
    x, y = torch.tensor([[-1.0], [0.0], [1.0]]).double(), torch.tensor([[1.0], [-1.0], [1.0]]).double()
    with pytest.raises(ValueError, match="falls along the kink without end"):
        best_kink(affine_fit(x, y, LOGISTIC), x, y, RELU, LOGISTIC)


def test_units_of_the_inputs_do_not_change_the_kink():
    """An affine part that is left in a hinge would look like a kink."""
    fit = affine_fit(1e-12 * X, Y, SQUARED)
    expected = best_kink(affine_fit(X, Y, SQUARED), X, Y, RELU, SQUARED).decrease
    assert best_kink(fit, 1e-12 * X, Y, RELU, SQUARED).decrease == pytest.approx(expected, rel=1e-9)
