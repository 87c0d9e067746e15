import numpy as np
import pytest
from scipy import stats

from rectified.activations.gaussian import piecewise_linear_activation
from rectified.spectra.sampling import (
    covariance_spectrum,
    empirical_resolvent,
    kolmogorov_distance,
    layer_sizes,
    random_layer,
    sample_features,
    sample_spectrum,
    spectra_by_depth,
)


def identity(x):
    return x


def test_layer_sizes_follow_the_ratios():
    assert layer_sizes(300, 1.0, 1.5) == (200, 300)
    with pytest.raises(ValueError, match="n0 = 1 is too small"):
        layer_sizes(1, 1.0, 4.0)


@pytest.mark.parametrize("shape", [(7, 4), (4, 7)])
def test_spectrum_is_that_of_the_full_matrix(shape, rng):
    features = rng.standard_normal(shape)
    full = np.linalg.eigvalsh(features @ features.T / shape[1])
    assert covariance_spectrum(features) == pytest.approx(full, abs=1e-13)


def test_weights_have_variance_one_over_the_incoming_width(rng):
    inputs = np.ones((400, 1))  # then W x has variance 1 whatever the width
    outputs = random_layer(identity, inputs, 20_000, rng)
    assert outputs.var() == pytest.approx(1, abs=5 * np.sqrt(2 / 20_000))  # five standard errors of a variance


@pytest.mark.parametrize("depth", [1, 3])
def test_every_layer_keeps_mean_zero_and_second_moment_one(depth, rng):
    features = sample_features(piecewise_linear_activation(0.0), 600, 1.0, 1.5, depth=depth, rng=rng)
    assert features.shape == (400, 600)
    assert features.mean() == pytest.approx(
        0, abs=0.1
    )  # a deep layer shares directions: its mean fluctuates like 1/sqrt(n)
    assert (features**2).mean() == pytest.approx(1, abs=0.2)


def test_same_generator_gives_the_same_spectrum():
    f = piecewise_linear_activation(1.0)
    first, second = (sample_spectrum(f, 40, 1.0, 1.5, rng=np.random.default_rng(3)) for _ in range(2))
    assert np.array_equal(first, second)
    assert first.shape == (27,)
    assert np.all(np.diff(first) >= 0)


def test_depth_zero_is_refused(rng):
    with pytest.raises(ValueError, match="depth must be at least 1; got 0"):
        sample_features(identity, 10, 1.0, 1.0, depth=0, rng=rng)


def test_empirical_resolvent_is_the_trace_of_the_inverse(rng):
    features = rng.standard_normal((5, 9))
    matrix, z = features @ features.T / 9, 0.7 + 0.2j
    direct = np.trace(np.linalg.inv(z * np.eye(5) - matrix)) / 5
    assert empirical_resolvent(covariance_spectrum(features), np.array([z]))[0] == pytest.approx(direct, rel=1e-12)


def test_kolmogorov_distance_by_hand():
    first = np.array([0.1, 0.5, 0.9])
    assert kolmogorov_distance(first, np.array([0.5, 0.9, 1.3])) == pytest.approx(1 / 3)
    assert kolmogorov_distance(first, lambda x: np.clip(x, 0, 1)) == pytest.approx(0.7 / 3 - 0, abs=0.2)
    assert kolmogorov_distance(np.array([0.5]), lambda x: np.clip(x, 0, 1)) == pytest.approx(0.5)


@pytest.mark.parametrize(("n", "k"), [(2, 3), (7, 4), (40, 40), (200, 30)])
def test_kolmogorov_distance_is_that_of_scipy(n, k):
    rng = np.random.default_rng(n)
    first, second = rng.standard_normal(n), np.round(rng.standard_normal(k), 1)
    expected = stats.ks_2samp(first, second, method="asymp").statistic
    assert kolmogorov_distance(first, second) == pytest.approx(expected, abs=1e-15)
    expected = stats.ks_1samp(first, stats.norm.cdf, method="asymp").statistic
    assert kolmogorov_distance(first, stats.norm.cdf) == pytest.approx(expected, abs=1e-15)


def test_single_precision_moves_no_eigenvalue_that_chance_would_not(monkeypatch):
    """The same numbers in double precision: the spectra agree to what rounding of the features leaves."""
    weights, inputs = (np.random.default_rng(k).standard_normal((60, 60), dtype=np.float32) for k in (1, 2))
    single = covariance_spectrum(np.tanh(weights @ inputs))
    double = covariance_spectrum(np.tanh(weights.astype(float) @ inputs.astype(float)))
    assert np.max(np.abs(single - double)) < 1e-6 * double[-1]


def test_first_and_last_spectrum_are_those_of_one_network():
    first, last = spectra_by_depth(np.abs, 30, 1.0, 1.5, depth=3, rng=np.random.default_rng(5))
    for depth, found in ((1, first), (3, last)):
        expected = sample_spectrum(np.abs, 30, 1.0, 1.5, depth=depth, rng=np.random.default_rng(5))
        assert np.array_equal(found, expected)
    first, last = spectra_by_depth(np.abs, 30, 1.0, 1.5, depth=1, rng=np.random.default_rng(5))
    assert np.array_equal(first, last)  # nothing is lost where there is no depth
    with pytest.raises(ValueError, match="depth must be at least 1; got 0"):
        spectra_by_depth(np.abs, 30, 1.0, 1.5, depth=0, rng=np.random.default_rng(5))
