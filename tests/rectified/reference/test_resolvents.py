import math

import numpy as np
import pytest

from rectified.reference.resolvents import (
    continued_resolvent,
    gaussian_mean_by_trapezium,
    linear_plus_noise_features,
    paper_polynomial,
    ridge_training_error_direct,
    series_moments,
)


def test_polynomial_clears_the_papers_denominator(rng):
    t, eta, zeta, phi, psi = 0.3 + 0.2j, 1.2, 0.4, 0.7, 1.6
    for root in np.roots(paper_polynomial(t, eta, zeta, phi, psi)[::-1]):
        product = (1 + (root - 1) * phi) * (1 + (root - 1) * psi)
        right = 1 + (eta - zeta) * t * product + product * t * zeta / (1 - product * t * zeta)
        assert root == pytest.approx(right, rel=1e-10)


def test_following_reaches_marchenko_pastur_at_zeta_zero():
    z, c = 0.8 + 0.4j, 2 / 3
    roots = np.roots([c * z, -(z - 1 + c), 1])  # c z G^2 - (z - 1 + c) G + 1 = 0, by hand
    expected = roots[np.argmin(roots.imag)]
    assert continued_resolvent(z, 1.0, 0.0, 1.0, 1.5) == pytest.approx(expected, rel=1e-9)


def test_following_refuses_the_spectrum():
    with pytest.raises(ValueError, match="z must lie off the real line or be negative"):
        continued_resolvent(1.0 + 0j, 1.0, 0.5, 1.0, 1.0)


def test_series_gives_known_laws():
    c = 2 / 3
    assert series_moments(4, 1.0, 0.0, 1.0, 1.5) == pytest.approx(
        [1, 1 + c, 1 + 3 * c + c**2, 1 + 6 * c + 6 * c**2 + c**3]
    )
    # product of two square Gaussian matrices: Fuss-Catalan numbers
    assert series_moments(4, 1.0, 1.0, 1.0, 1.0) == pytest.approx([1, 3, 12, 55])


def test_linear_plus_noise_has_second_moment_eta(rng):
    features = linear_plus_noise_features(50, 300, 400, eta=1.7, zeta=0.6, rng=rng)
    assert features.shape == (300, 400)
    assert (features**2).mean() == pytest.approx(
        1.7, rel=0.05
    )  # rows share X and columns share W: a few 1/sqrt(50 * 300)


def test_ridge_on_one_feature_by_hand():
    features, labels = np.array([[1.0, 1.0]]), np.array([[1.0, 1.0]])
    assert ridge_training_error_direct(features, labels, 1.0) == pytest.approx(0.25)  # weight 1/2, residual 1/2


def test_trapezium_knows_the_mean_of_a_kink():
    assert gaussian_mean_by_trapezium(np.abs, 200_001) == pytest.approx(math.sqrt(2 / math.pi), rel=1e-8)


def test_a_root_that_cannot_be_told_apart_is_refused():
    with pytest.raises(ValueError, match="about as near to the last"):
        continued_resolvent(0.8 + 1e-3j, 1.0, 0.5, 0.5, 0.7, steps=2)
    found = [continued_resolvent(0.8 + 1e-3j, 1.0, 0.5, 0.5, 0.7, steps=steps) for steps in (300, 2000)]
    assert found[0] == pytest.approx(found[1], rel=1e-9)
