import numpy as np
import pytest

from rectified.activations.gaussian import piecewise_linear_activation, zeta_of_alpha
from rectified.reference.resolvents import continued_resolvent, ridge_training_error_direct
from rectified.spectra.memorisation import ridge_training_error, sampled_ridge_training_error
from rectified.spectra.sampling import sample_features

ALPHAS = (1.0, 0.25, 0.0, -0.25, -1.0)


@pytest.mark.parametrize(
    ("gamma", "psi", "errors"),
    [
        (0.1, 0.5, (0.1562, 0.1823, 0.2251, 0.2964, 0.5190)),
        (1.0, 0.75, (0.5883, 0.6124, 0.6427, 0.6725, 0.7046)),
    ],
)
def test_errors_of_the_five_slopes(gamma, psi, errors):
    # [pennington2017nonlinear], Section 4: independent computation with a followed root and a central difference
    computed = [float(ridge_training_error(np.array(gamma), 1.0, zeta_of_alpha(a), 0.5, psi)) for a in ALPHAS]
    assert computed == pytest.approx(errors, abs=1e-4)


def test_error_is_the_derivative_of_the_followed_resolvent():
    gamma, step, (phi, psi) = 0.3, 1e-5, (0.8, 1.3)
    law = (0.9, 0.4, phi, psi)
    slope = (
        continued_resolvent(complex(-gamma + step), *law) - continued_resolvent(complex(-gamma - step), *law)
    ).real / (2 * step)
    expected = 1 - phi / psi - gamma**2 * phi / psi * slope
    assert float(ridge_training_error(np.array(gamma), *law)) == pytest.approx(expected, rel=1e-7)


@pytest.mark.parametrize("shape", [(6, 9), (9, 6)])
def test_sampled_error_is_that_of_the_solved_weights(shape, rng):
    features, labels = rng.standard_normal(shape), rng.standard_normal((4, shape[1]))
    gamma = np.array([0.01, 0.5, 3.0])
    direct = [ridge_training_error_direct(features, labels, float(g)) for g in gamma]
    assert sampled_ridge_training_error(features, labels, gamma) == pytest.approx(direct, rel=1e-9)


def test_formula_is_met_by_a_sample(rng):
    features = sample_features(piecewise_linear_activation(0.0), 300, 0.5, 0.75, rng=rng)
    labels = rng.standard_normal((40, features.shape[1]))
    gamma = np.array([0.1, 1.0])
    sampled = sampled_ridge_training_error(features, labels, gamma)
    expected = ridge_training_error(gamma, 1.0, zeta_of_alpha(0.0), 0.5, 0.75)
    assert sampled == pytest.approx(expected, rel=0.05)  # 24,000 labels: 1 %; the width: order 1/300 times a few


def test_bad_arguments_are_refused():
    with pytest.raises(ValueError, match="gamma must be positive; got a smallest value of 0"):
        ridge_training_error(np.array([0.0, 1.0]), 1.0, 0.5, 1.0, 1.0)
    with pytest.raises(ValueError, match="labels has 3 columns; expected 4"):
        sampled_ridge_training_error(np.ones((2, 4)), np.ones((1, 3)), np.array([1.0]))
