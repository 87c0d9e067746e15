import numpy as np
import pytest

from rectified.reference.resolvents import continued_resolvent, linear_plus_noise_features, series_moments
from rectified.spectra.resolvent import (
    atom_at_zero,
    resolvent_derivative,
    resolvent_trace,
    spectral_density,
    spectral_moments,
    spectrum_bound,
)

# eta, zeta, phi, psi: all degrees of the polynomial, and shapes with and without an atom at 0
LAWS = [
    (1.0, 0.0, 1.0, 1.5),
    (1.0, 0.7335, 1.0, 1.5),
    (1.0, 1.0, 0.5, 0.75),
    (0.4, 0.3, 2.0, 0.5),
    (3.0, 1e-9, 0.5, 0.5),
    (1.0, 1 - 1e-9, 3.0, 2.0),
]
FOLLOWED = 1e-9  # both solve the same polynomial in float64, the slow one in P where cancellation costs some digits


def composite_rule(panels):
    """Gauss-Legendre nodes and weights on [0, 1], ten to a panel."""
    nodes, weights = np.polynomial.legendre.leggauss(10)
    starts = np.arange(panels)[:, None] / panels
    return (starts + (nodes + 1) / (2 * panels)).ravel(), np.tile(weights / (2 * panels), panels)


def upper_points(rng, number):
    return rng.uniform(-1, 6, number) + 1j * 10 ** rng.uniform(-2, 1, number)


@pytest.mark.parametrize("law", LAWS)
def test_trace_is_the_root_followed_from_infinity(law, rng):
    z = upper_points(rng, 6)
    slow = [continued_resolvent(complex(point), *law, steps=600) for point in z]
    assert np.max(np.abs(resolvent_trace(z, *law) - slow)) < FOLLOWED


@pytest.mark.parametrize("law", LAWS)
def test_trace_on_the_negative_half_line_is_followed_too(law):
    z = np.array([-0.01, -0.3, -2.0])
    fast = resolvent_trace(z, *law)
    slow = np.array([continued_resolvent(complex(point), *law) for point in z])
    assert np.max(np.abs(fast / slow - 1)) < FOLLOWED
    assert np.all(fast.real < 0)


@pytest.mark.parametrize("law", LAWS)
def test_trace_is_a_stieltjes_transform(law):
    grid = np.linspace(-2, 12, 1500)
    for height in (1e-3, 1e-1, 1.0):
        trace = resolvent_trace(grid + 1j * height, *law)
        assert np.all(trace.imag < 0)
        assert np.all(np.abs(trace) <= 1 / height)
    far = np.array([1e6j, -1e6 + 0j, 1e6 + 1e6j])
    assert np.max(np.abs(far * resolvent_trace(far, *law) - 1)) < 1e-5


@pytest.mark.parametrize("law", LAWS)
def test_branch_is_continuous_along_a_fine_path(law):
    z = np.linspace(0.05, 8, 4000) + 0.05j
    steps = np.abs(np.diff(resolvent_trace(z, *law)))
    assert np.max(steps) <= (z[1] - z[0]).real / 0.05**2  # |G'| <= 1 / (Im z)^2 for every resolvent


@pytest.mark.parametrize("law", LAWS)
def test_density_and_atom_have_mass_one_and_the_two_moments(law):
    bound = spectrum_bound(*law)
    u, weights = composite_rule(300)
    lambdas = bound * u**5  # the fifth power flattens what diverges at 0, and stays in the region of validity
    density, atom = spectral_density(lambdas, *law)
    masses = density * 5 * bound * u**4 * weights
    assert masses.sum() + atom == pytest.approx(1, abs=2e-4)  # square roots at the edges limit the rule
    assert [masses @ lambdas, masses @ lambdas**2] == pytest.approx(spectral_moments(*law), rel=1e-3)


@pytest.mark.parametrize("law", LAWS)
def test_moments_are_those_of_the_series_and_of_a_contour_integral(law):
    assert spectral_moments(*law) == pytest.approx(series_moments(2, *law), rel=1e-12)
    radius = 2 * spectrum_bound(*law)
    z = radius * np.exp(1j * np.pi * (np.arange(400) + 0.5) / 400)  # G(conj z) = conj G(z) gives the lower half
    trace = resolvent_trace(z, *law)
    contour = [np.mean(z ** (k + 1) * trace).real for k in (1, 2)]
    assert contour == pytest.approx(spectral_moments(*law), rel=1e-10)


@pytest.mark.parametrize("law", LAWS)
def test_derivative_is_the_complex_difference(law, rng):
    z = upper_points(rng, 5) + 0.1j
    step = 1e-5
    difference = (resolvent_trace(z + step, *law) - resolvent_trace(z - step, *law)) / (2 * step)
    assert (
        np.max(np.abs(resolvent_derivative(z, *law) / difference - 1)) < 1e-5
    )  # error of the difference: step^2 / Im^2


@pytest.mark.parametrize("law", LAWS[:4])
def test_trace_is_that_of_linear_plus_noise_samples(law, rng):
    eta, zeta, phi, psi = law
    n0 = 300
    z = np.array([1 + 0.5j, 3 + 0.3j])
    sampled = np.zeros(2, dtype=complex)
    for _ in range(4):
        y = linear_plus_noise_features(n0, round(n0 / psi), round(n0 / phi), eta=eta, zeta=zeta, rng=rng)
        eigenvalues = np.linalg.svd(y, compute_uv=False) ** 2 / y.shape[1]
        zeros = y.shape[0] - len(eigenvalues)
        sampled += (np.sum(1 / (z[:, None] - eigenvalues), axis=1) + zeros / z) / y.shape[0] / 4
    assert np.max(np.abs(sampled / resolvent_trace(z, *law) - 1)) < 0.02  # fluctuations are of order 1/n0


def test_real_points_are_the_limit_from_above():
    law = LAWS[1]
    x = np.linspace(0.1, 6, 50)
    assert np.max(np.abs(resolvent_trace(x, *law) - resolvent_trace(x + 1e-9j, *law))) < 1e-6


@pytest.mark.parametrize(
    ("law", "atom"),
    [
        ((1.0, 0.5, 1.0, 2.0), 0),
        ((1.0, 0.5, 2.0, 1.0), 0.5),
        ((1.0, 1.0, 0.5, 0.75), 0.25),
        ((1.0, 1.0, 4.0, 0.5), 0.875),
    ],
)
def test_atom_is_what_the_ranks_leave(law, atom, rng):
    assert atom_at_zero(*law) == atom
    eta, zeta, phi, psi = law
    y = linear_plus_noise_features(40, round(40 / psi), round(40 / phi), eta=eta, zeta=zeta, rng=rng)
    assert 1 - np.linalg.matrix_rank(y) / y.shape[0] == pytest.approx(atom, abs=1 / 40)  # n1 is rounded


def test_bound_is_the_edge_at_zeta_zero_and_holds_elsewhere():
    assert spectrum_bound(2.0, 0.0, 1.0, 1.5) == pytest.approx(2 * (1 + (2 / 3) ** 0.5) ** 2)
    for law in LAWS:
        beyond = np.linspace(1.001, 3, 50) * spectrum_bound(*law)
        assert np.max(spectral_density(beyond, *law).density) < 1e-6


def test_density_keeps_digits_where_eigenvalues_crowd_at_zero():
    # own: the same root in 60 digits (mpmath), for phi = psi, where the density diverges like lambda^(-1/2)
    lambdas = np.array([1e-3, 1e-7, 1e-12])
    density = spectral_density(lambdas, 1.0, 0.5, 0.5, 0.5).density
    assert density == pytest.approx([11.966229512312848, 1197.0371011287425, 378536.38142533926], rel=1e-9)


def test_scalars_and_grids_keep_their_shape():
    assert resolvent_trace(np.array(1 + 1j), *LAWS[1]).shape == ()
    assert resolvent_trace(np.full((2, 3), 1 + 1j), *LAWS[1]).shape == (2, 3)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((0.0, 0.0, 1.0, 1.0), "eta must be positive and finite; got 0"),
        ((1.0, 1.1, 1.0, 1.0), "zeta must be between 0 and eta = 1.0; got 1.1"),
        ((1.0, -0.1, 1.0, 1.0), "zeta must be between"),
        ((1.0, 0.5, 0.0, 1.0), "phi must be positive and finite; got 0"),
        ((1.0, 0.5, 1.0, float("nan")), "psi must be positive and finite; got nan"),
    ],
)
def test_impossible_laws_are_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        resolvent_trace(np.array([1j]), *arguments)


@pytest.mark.parametrize(
    ("z", "law", "message"),
    [
        (1j, (1.0, 0.5, 1e-7, 1.0), r"phi = 1e-07 is outside \[1e-06, 1e\+06\]"),
        (1j, (1.0, 0.5, 1.0, 1e9), "psi = 1000000000.0 is outside"),
        (1e-40j, (1e-40, 0.0, 1.0, 1.0), "eta = 1e-40 is outside"),
        (1e-23, LAWS[1], r"\|z\| / eta must be between 1e-22 and 1e\+30; got one of 1e-23"),
        (float("inf"), LAWS[1], "got one of inf"),
        (float("nan"), LAWS[1], "got one of nan"),
        (1 + 1e-17j, LAWS[1], r"Im z must be 0 or at least 1e-15 \|z\|"),
    ],
)
def test_what_is_outside_the_region_of_validity_is_refused(z, law, message):
    with pytest.raises(ValueError, match=message):
        resolvent_trace(np.array([1j, z]), *law)


def test_points_below_the_line_and_lambdas_at_zero_are_refused():
    with pytest.raises(ValueError, match="z must have Im z >= 0"):
        resolvent_trace(np.array([1 - 1j]), *LAWS[1])
    with pytest.raises(ValueError, match="lambdas must be positive"):
        spectral_density(np.array([0.0, 1.0]), *LAWS[1])
