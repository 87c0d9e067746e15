import numpy as np
import pytest
from scipy import integrate

from rectified.spectra.marchenko_pastur import (
    marchenko_pastur_cdf,
    marchenko_pastur_density,
    marchenko_pastur_support,
)
from rectified.spectra.resolvent import spectral_density

RATIOS = (0.3, 2 / 3, 1.0, 2.5)


@pytest.mark.parametrize("ratio", RATIOS)
def test_cdf_is_the_integral_of_the_density_plus_the_atom(ratio):
    lower, upper = marchenko_pastur_support(ratio, 2.0)
    for share in (0.1, 0.5, 0.9):
        x = lower + share * (upper - lower)
        mass, _ = integrate.quad(
            lambda t: float(marchenko_pastur_density(np.array(t), ratio, 2.0)), lower, x, limit=200
        )
        cdf = float(marchenko_pastur_cdf(np.array(x), ratio, 2.0))
        assert cdf == pytest.approx(mass + max(0, 1 - 1 / ratio), abs=1e-6)  # quad meets a square root at the edge


@pytest.mark.parametrize("ratio", RATIOS)
def test_cdf_runs_from_zero_to_one_and_never_falls(ratio):
    lower, upper = marchenko_pastur_support(ratio)
    values = marchenko_pastur_cdf(np.linspace(-1, upper + 1, 500), ratio)
    assert values[0] == pytest.approx(0, abs=1e-14)
    assert values[-1] == pytest.approx(1, abs=1e-14)
    assert np.all(np.diff(values) >= -1e-14)
    assert marchenko_pastur_cdf(np.array(0.0), ratio) == pytest.approx(max(0, 1 - 1 / ratio), abs=1e-12)
    assert lower <= upper


@pytest.mark.parametrize("ratio", [0.5, 2.0])
def test_density_has_the_first_three_moments(ratio):
    lower, upper = marchenko_pastur_support(ratio)
    # Narayana: 1, 1 + c, 1 + 3c + c^2
    for order, moment in enumerate((1, 1 + ratio, 1 + 3 * ratio + ratio**2), start=1):
        value, _ = integrate.quad(lambda t, k=order: t**k * marchenko_pastur_density(np.array(t), ratio), lower, upper)
        assert value == pytest.approx(moment, rel=1e-6)


def test_quartic_at_zeta_zero_gives_the_same_density():
    lower, upper = marchenko_pastur_support(2 / 3, 1.3)
    lambdas = np.linspace(lower, upper, 102)[1:-1]
    quartic = spectral_density(lambdas, 1.3, 0.0, 1.0, 1.5).density
    assert quartic == pytest.approx(marchenko_pastur_density(lambdas, 2 / 3, 1.3), rel=1e-9)


def test_sampled_gaussian_matrices_follow_it(rng):
    eigenvalues = np.linalg.svd(rng.standard_normal((300, 500)), compute_uv=False) ** 2 / 500
    staircase = (np.arange(300) + 0.5) / 300
    assert np.max(np.abs(marchenko_pastur_cdf(np.sort(eigenvalues), 0.6) - staircase)) < 0.02  # rigid: a few 1/300


@pytest.mark.parametrize(("ratio", "scale", "name"), [(0.0, 1.0, "ratio"), (1.0, -1.0, "scale")])
def test_bad_arguments_are_refused(ratio, scale, name):
    with pytest.raises(ValueError, match=f"{name} must be positive"):
        marchenko_pastur_cdf(np.array([1.0]), ratio, scale)
