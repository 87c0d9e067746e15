"""The affine optimum against normal equations and a general minimiser."""

import numpy as np
import pytest
import torch
from scipy.optimize import minimize

from rectified.landscape.affine import affine_fit, with_ones
from rectified.landscape.losses import LOGISTIC, SQUARED
from tests.cases import random_points


def test_least_squares_solves_the_normal_equations():
    x, y = random_points(12, 3, 0), random_points(12, 2, 1)
    fit = affine_fit(x, y, SQUARED)
    features = with_ones(x).numpy()
    expected = np.linalg.solve(features.T @ features, features.T @ y.numpy())
    assert fit.coefficients.numpy() == pytest.approx(expected)
    assert fit.risk == pytest.approx(np.sum((features @ expected - y.numpy()) ** 2) / 24)
    assert (with_ones(x).T @ fit.residuals).abs().max() < 1e-12


def test_logistic_fit_is_a_general_minimiser_s():
    x, y = random_points(20, 2, 2), random_points(20, 2, 3).sign()
    fit = affine_fit(x, y, LOGISTIC)
    features = with_ones(x).numpy()

    def value(beta):
        return np.mean(np.logaddexp(0.0, -y.numpy() * (features @ beta.reshape(3, 2))).sum(1))

    assert fit.risk == pytest.approx(minimize(value, np.zeros(6), tol=1e-12).fun, abs=1e-9)
    assert (with_ones(x).T @ fit.residuals).abs().max() < 1e-11


def test_inputs_that_span_less_are_fitted_too():
    x = random_points(8, 1, 4) @ torch.tensor([[1.0, 2.0]]).double()
    assert affine_fit(x, random_points(8, 1, 5), SQUARED).risk == pytest.approx(
        affine_fit(x[:, :1], random_points(8, 1, 5), SQUARED).risk
    )


def test_refuses_separable_labels_and_wrong_shapes(unchecked):
    x = torch.linspace(-1, 1, 6).double()[:, None]
    with pytest.raises(ValueError, match=r"no affine map attains the least logistic risk.*separates the labels"):
        affine_fit(x, x.sign(), LOGISTIC)
    with pytest.raises(ValueError, match=r"shapes \(6, 1\) and \(5, 1\)"):
        unchecked(affine_fit)(x, x[:5], SQUARED)
    with pytest.raises(ValueError, match=r"torch.float32 and torch.float32; expected float64"):
        affine_fit(x.float(), x.float(), SQUARED)


@pytest.mark.parametrize("loss", [SQUARED, LOGISTIC], ids=lambda loss: loss.name)
@pytest.mark.parametrize("unit", [1e-18, 1e-7, 1e6])
def test_units_of_the_inputs_do_not_change_the_risk(loss, unit):
    x, y = random_points(20, 2, 2), random_points(20, 2, 3).sign()
    units = torch.tensor([unit, 1.0], dtype=torch.float64)
    found, expected = affine_fit(x * units, y, loss), affine_fit(x, y, loss)
    assert found.risk == pytest.approx(expected.risk, rel=1e-12)
    assert (found.predictions - expected.predictions).abs().max() < 1e-9
