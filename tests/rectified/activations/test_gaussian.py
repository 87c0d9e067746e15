import doctest
import math

import numpy as np
import pytest
from scipy import integrate, special

from rectified.activations import gaussian
from rectified.activations.gaussian import (
    gaussian_moments,
    gaussian_rule,
    hermite_activation,
    hermite_coefficients,
    piecewise_linear_activation,
    polynomial_activation,
    standardised_activation,
    zeta_of_alpha,
)
from rectified.reference.resolvents import gaussian_mean_by_trapezium

ROUNDING = 1e-12  # sums of a few hundred terms of order 1
ALPHAS = (1.0, 0.25, 0.0, -0.25, -1.0)


def relu(x):
    return np.maximum(x, 0.0)


def test_rule_integrates_gaussian_moments():
    z, weights = gaussian_rule()
    double_factorials = [1, 1, 3, 15, 105, 945]
    assert [weights @ z ** (2 * k) for k in range(6)] == pytest.approx(double_factorials, rel=ROUNDING)


@pytest.mark.parametrize(
    ("f", "mean", "eta", "zeta"),
    [
        (relu, 1 / math.sqrt(2 * math.pi), 0.5, 0.25),
        (np.abs, math.sqrt(2 / math.pi), 1.0, 0.0),
        (np.sign, 0.0, 1.0, 2 / math.pi),
        (np.sin, 0.0, (1 - math.exp(-2)) / 2, math.exp(-1)),
        (lambda x: x**2 - 1, 0.0, 2.0, 0.0),
        (special.erf, 0.0, 2 / math.pi * math.asin(2 / 3), 4 / (3 * math.pi)),
    ],
)
def test_moments_in_closed_form(f, mean, eta, zeta):
    assert gaussian_moments(f) == pytest.approx((mean, eta, zeta), abs=ROUNDING)


@pytest.mark.parametrize(
    ("f", "eta", "zeta"), [(np.tanh, 0.3943, 0.3669), (special.erf, 0.4646, 0.4244), (np.sin, 0.4323, 0.3679)]
)
def test_moments_of_pennington_worah_examples(f, eta, zeta):
    # [pennington2017nonlinear]; four digits from an independent computation by adaptive quadrature
    assert gaussian_moments(f)[1:] == pytest.approx((eta, zeta), abs=5e-5)


def test_scale_is_that_of_the_input():
    scaled = gaussian_moments(np.tanh, scale=1.7)
    slope, _ = integrate.quad(lambda z: 1.7 / math.cosh(1.7 * z) ** 2 * math.exp(-z * z / 2), -30, 30, epsabs=1e-13)
    assert scaled.zeta == pytest.approx(slope**2 / (2 * math.pi), rel=1e-10)  # Stein's form, by adaptive quadrature
    assert scaled.eta == pytest.approx(gaussian_mean_by_trapezium(lambda z: np.tanh(1.7 * z) ** 2, 200_001), rel=1e-9)


def test_breakpoints_restore_accuracy_away_from_zero():
    tail = 0.5 * special.erfc(0.3 / math.sqrt(2))
    step = gaussian_moments(lambda x: (x > 0.3) * 1.0, breakpoints=(0.3,))
    assert step == pytest.approx((tail, tail, math.exp(-0.09) / (2 * math.pi)), rel=ROUNDING)


def test_moments_refuse_a_scale_of_zero():
    with pytest.raises(ValueError, match="scale must be positive; got 0"):
        gaussian_moments(np.tanh, scale=0.0)


def test_hermite_coefficients_of_a_hermite_activation_return():
    wanted = [0.3, -1.0, 0.5, 0.25, 0.0, 0.125]
    assert hermite_coefficients(hermite_activation(wanted), 5) == pytest.approx(wanted, abs=1e-11)


def test_hermite_squares_are_zeta_and_approach_eta():
    coefficients = hermite_coefficients(relu, 40)
    moments = gaussian_moments(relu)
    assert coefficients[1] ** 2 == pytest.approx(moments.zeta, rel=ROUNDING)
    assert 0 < moments.eta - np.sum(coefficients**2) < 2e-3  # the tail of ReLU's series falls like degree^(-3/2)


@pytest.mark.parametrize("degree", [-1, 61])
def test_hermite_coefficients_refuse_degrees(degree):
    with pytest.raises(ValueError, match="degree must be in 0 to 60"):
        hermite_coefficients(relu, degree)


@pytest.mark.parametrize("alpha", ALPHAS)
def test_piecewise_linear_family_is_standard_with_known_zeta(alpha):
    assert gaussian_moments(piecewise_linear_activation(alpha)) == pytest.approx(
        (0, 1, zeta_of_alpha(alpha)), abs=ROUNDING
    )


def test_zeta_of_alpha_at_the_five_slopes():
    # [pennington2017nonlinear], four digits from an independent computation
    assert [zeta_of_alpha(a) for a in ALPHAS] == pytest.approx([0, 0.4977, 0.7335, 0.8843, 1], abs=5e-5)


def test_extreme_slopes_are_absolute_value_and_identity(rng):
    x = rng.standard_normal(20)
    absolute = (np.abs(x) - math.sqrt(2 / math.pi)) / math.sqrt(1 - 2 / math.pi)
    assert piecewise_linear_activation(1.0)(x) == pytest.approx(absolute, rel=ROUNDING)
    assert piecewise_linear_activation(-1.0)(x) == pytest.approx(x, rel=ROUNDING)


@pytest.mark.parametrize("degree", [2, 3, 5])
def test_polynomial_activation_has_the_wanted_zeta(degree):
    assert gaussian_moments(polynomial_activation(0.3, degree)) == pytest.approx((0, 1, 0.3), abs=1e-11)


@pytest.mark.parametrize(("zeta", "degree", "name"), [(1.2, 2, "zeta"), (-0.1, 2, "zeta"), (0.5, 1, "degree")])
def test_polynomial_activation_refuses(zeta, degree, name):
    with pytest.raises(ValueError, match=name):
        polynomial_activation(zeta, degree)


def test_standardised_activation_is_standard():
    moments = gaussian_moments(standardised_activation(relu, scale=2.0), scale=2.0)
    assert moments == pytest.approx((0, 1, 0.25 / (0.5 - 1 / (2 * math.pi))), abs=ROUNDING)


def test_standardised_activation_refuses_a_constant():
    with pytest.raises(ValueError, match="f must not be constant"):
        standardised_activation(np.ones_like)


def test_examples_in_docstrings_run():
    assert doctest.testmod(gaussian) == (0, 2)
