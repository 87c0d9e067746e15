"""The root in extreme laws, against 60 digits of mpmath and the paper's equation for P, which our code does not use."""

import mpmath
import numpy as np
import pytest

from rectified.spectra._checks import check_law
from rectified.spectra.memorisation import ridge_training_error
from rectified.spectra.quartic import branch, quartic
from rectified.spectra.resolvent import resolvent_derivative, resolvent_trace, spectral_density, spectrum_bound

CLOSE = 1e-12  # of numbers away from edges: some ten thousand roundings; what it was before differed in the first digit
EXTREMES = (1e-3, 0.04, 1.0, 25.0, 1e3)
SHARES = (0.0, 1e-9, 1e-3, 0.5, 1 - 1e-3, 1 - 1e-9, 1.0)
LAWS = [(1.0, zeta, phi, psi) for zeta in SHARES for phi in EXTREMES for psi in EXTREMES]


@pytest.fixture(autouse=True)
def sixty_digits():
    with mpmath.workdps(60):
        yield


def paper_polynomial(t, eta, zeta, phi, psi):
    """The paper's equation without its denominator, highest coefficient first, in exact arithmetic of 60 digits."""
    eta, zeta, phi, psi = (mpmath.mpf(x) for x in (eta, zeta, phi, psi))
    product = [phi * psi, phi * (1 - psi) + psi * (1 - phi), (1 - phi) * (1 - psi)]
    denominator = [-t * zeta * product[0], -t * zeta * product[1], 1 - t * zeta * product[2]]
    cubic = convolved([1, -1], denominator)
    quartic = convolved([-(eta - zeta) * t * p for p in product], denominator)
    shifted = [-t * zeta * p for p in product]
    total = [sum(terms) for terms in zip(quartic, [0, *cubic], [0, 0, *shifted], strict=True)]
    while total[0] == 0:
        total.pop(0)
    return total


def convolved(a, b):
    return [sum(a[i] * b[k - i] for i in range(len(a)) if 0 <= k - i < len(b)) for k in range(len(a) + len(b) - 1)]


def slow_density(x, eta, zeta, phi, psi):
    """The density from the pair of complex roots P: there is one inside the spectrum, and none outside."""
    z = mpmath.mpf(x)
    roots = mpmath.polyroots(paper_polynomial(1 / (z * psi), eta, zeta, phi, psi), maxsteps=2000, extraprec=600)
    height = max(abs(mpmath.im(root)) for root in roots)
    return 0.0 if height < mpmath.mpf("1e-50") else float(psi * height / (mpmath.pi * z))


def slow_trace(z, eta, zeta, phi, psi, steps=300):
    """The trace at a point off the spectrum, by following P = 1 from far away with Newton steps."""
    z, root = mpmath.mpc(z), mpmath.mpc(1)
    height = mpmath.im(z)
    far = 1000 * mpmath.mpf(spectrum_bound(eta, zeta, phi, psi)) / abs(height if height else z)
    for factor in (max(far, 1) ** (1 - mpmath.mpf(k) / steps) for k in range(steps + 1)):
        point = mpmath.mpc(mpmath.re(z), height * factor) if height else z * factor
        coefficients = paper_polynomial(1 / (point * psi), eta, zeta, phi, psi)
        for _ in range(4):
            value, slope = mpmath.polyval(coefficients, root, derivative=True)
            root -= value / slope
    return complex((psi * root + 1 - psi) / z)


def lambdas_of(law, rng, number):
    """Points of all orders of magnitude, far below the spectrum and above it."""
    return 10.0 ** rng.uniform(-18, 1.5, number) * spectrum_bound(*law)


def test_density_just_above_an_atom_is_zero():
    # The gap above the atom reaches to 0.0065. Where the unknown was z G the answer was 210.8.
    assert spectral_density(np.array([1e-12]), 1.0, 0.5, 0.7, 0.4).density[0] == 0.0
    assert slow_density(1e-12, 1.0, 0.5, 0.7, 0.4) == 0.0


def test_small_roots_are_found_beside_a_huge_one():
    # found at random: beside a root of 1e17 the starts of the others were rounding, and two of them met
    law, x = (1.0, 0.9999999999998603, 3.7643308933651324e-05, 3.7643995991218935e-05), 100241.17770262221
    assert spectral_density(np.array([x, 26_600.0]), *law).density == pytest.approx(
        [slow_density(x, *law), slow_density(26_600.0, *law)], rel=1e-9, abs=0
    )


@pytest.mark.parametrize("law", LAWS[::4])
def test_density_in_extreme_laws_has_the_digits_of_sixty(law, rng):
    lambdas = lambdas_of(law, rng, 3)
    slow = [slow_density(x, *law) for x in lambdas]
    assert spectral_density(lambdas, *law).density == pytest.approx(slow, rel=CLOSE, abs=0)


def test_density_of_random_laws_has_the_digits_of_sixty(rng):
    for _ in range(40):
        phi, psi = 10.0 ** rng.uniform(-3, 3, 2)
        psi = phi * (1 + 10.0 ** rng.uniform(-12, -2)) if rng.uniform() < 0.3 else psi
        small = 10.0 ** rng.uniform(-13, 0)
        law = (1.0, small if rng.uniform() < 0.5 else 1 - small, phi, psi)
        x = lambdas_of(law, rng, 1)
        slow = slow_density(x[0], *law)
        assert spectral_density(x, *law).density[0] == pytest.approx(slow, rel=CLOSE, abs=0), (law, x)


def edges_of(law):
    """Where the density begins and ends, by bisection of a fine logarithmic grid."""
    grid = np.geomspace(1e-16, 1.1, 1000) * spectrum_bound(*law)
    inside = spectral_density(grid, *law).density > 0
    for k in np.nonzero(np.diff(inside))[0]:
        a, b = grid[k], grid[k + 1]
        for _ in range(48):
            middle = (a + b) / 2
            same = (spectral_density(np.array([middle]), *law).density[0] > 0) == inside[k]
            a, b = (middle, b) if same else (a, middle)
        yield a, b, inside[k]


@pytest.mark.parametrize("law", [(1.0, 0.5, 0.7, 0.4), (1.0, 0.99, 0.1, 0.2), (2.0, 0.3, 30.0, 0.02)])
def test_density_beside_an_edge_has_the_digits_that_the_edge_leaves(law):
    found = 0
    for a, b, inside_before in edges_of(law):
        inward, outward = (-1, 1) if inside_before else (1, -1)
        for step in (1e-3, 1e-8):
            x = (a + b) / 2 * (1 + inward * step)
            slow = slow_density(x, *law)
            fast = spectral_density(np.array([x]), *law).density[0]
            assert fast == pytest.approx(slow, rel=CLOSE + 1e-15 / step)
            assert slow > 0
            x = (a + b) / 2 * (1 + outward * step)
            assert spectral_density(np.array([x]), *law).density[0] == slow_density(x, *law) == 0.0
        found += 1
    assert found >= 2


@pytest.mark.parametrize("law", LAWS[1::17])
def test_trace_off_the_line_is_the_root_followed_in_sixty_digits(law, rng):
    size = 10.0 ** rng.uniform(-9, 1, 2) * spectrum_bound(*law)
    z = np.array([size[0] * np.exp(1j * rng.uniform(0.01, 3)), -size[1]])
    slow = np.array([slow_trace(point, *law) for point in z])
    assert np.max(np.abs(resolvent_trace(z, *law) / slow - 1)) < CLOSE


@pytest.mark.parametrize("law", LAWS[5::23])
def test_derivative_and_training_error_are_those_of_sixty_digits(law, rng):
    _, _, phi, psi = law
    gamma = mpmath.mpf(10.0 ** rng.uniform(-6, 1) * spectrum_bound(*law))
    step = gamma * mpmath.mpf("1e-9")
    above, below = (followed_exactly(-gamma + s, *law) for s in (step, -step))
    slope = (above - below) / (2 * step)
    z = np.array([-float(gamma)])
    assert resolvent_derivative(z, *law).real[0] == pytest.approx(float(slope), rel=1e-11)
    error = 1 - mpmath.mpf(phi) / psi - gamma**2 * mpmath.mpf(phi) / psi * slope
    assert ridge_training_error(-z, *law)[0] == pytest.approx(float(error), rel=1e-11)


def followed_exactly(z, eta, zeta, phi, psi, steps=300):
    """The same as slow_trace on the negative half line, not rounded at the end."""
    root = mpmath.mpf(1)
    far = 1000 * mpmath.mpf(spectrum_bound(eta, zeta, phi, psi)) / abs(z)
    for k in range(steps + 1):
        coefficients = paper_polynomial(1 / (z * psi * far ** (1 - mpmath.mpf(k) / steps)), eta, zeta, phi, psi)
        for _ in range(5):
            value, slope = mpmath.polyval(coefficients, root, derivative=True)
            root -= value / slope
    return (psi * root + 1 - psi) / z


def test_exactly_one_root_lies_in_both_half_planes(rng):
    for _ in range(200):
        phi, psi = np.exp(rng.uniform(-2, 2, 2))
        zeta, z = rng.uniform(0.01, 0.99), rng.uniform(-1, 6) + 1j * 10 ** rng.uniform(-2, 1)
        u = np.roots(np.concatenate([c.high for c in quartic(np.array(z), check_law(1.0, zeta, phi, psi))])[::-1])
        v = 1 + phi * u * (1 - zeta + zeta / (1 - zeta * u))
        assert np.sum((u.imag < 0) & ((u / v).imag < 0)) == 1


def test_all_resolvents_follow_from_the_root():
    eta, zeta, phi, psi = 1.3, 0.4, 0.7, 1.6
    z = np.array([0.8 + 0.3j, 2.0 + 0.1j])
    found = branch(z, eta, zeta, phi, psi)
    assert found.w == pytest.approx(z * resolvent_trace(z, eta, zeta, phi, psi), rel=1e-13)
    assert found.w * found.v == pytest.approx(z * psi * found.u, rel=1e-13)
    assert found.v == pytest.approx(1 + phi / psi * (found.w - 1), rel=1e-13)


def test_law_with_the_moments_of_a_quadrature_is_the_degenerate_one():
    x = np.array([0.01, 0.5, 2.0])
    for zeta, snapped in ((1e-33, 0.0), (1 - 3e-16, 1.0)):
        near, exact = (spectral_density(x, 1.0, share, 0.5, 0.8) for share in (zeta, snapped))
        assert np.array_equal(near.density, exact.density)
        assert near.atom == exact.atom
