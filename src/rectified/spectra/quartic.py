r"""The quartic of the limiting law and the root of it that belongs to the resolvent.

The unknown. The paper's three resolvents are P, P_psi = w = z G(z) and P_phi = v. All three are explicit in
u = w v / (z psi), which solves z = w v / (psi u):

.. math:: P = 1 + E, \quad w = 1 + \psi E, \quad v = 1 + \phi E, \quad E = \kappa u + \frac{\zeta u}{1 - \zeta u},
    \quad \kappa = \eta - \zeta .

Near an atom or a hard edge one of P, w and v vanishes, and a quartic in that unknown would lose all others. In u they
are different, simple roots.

The branch. Given X, the rows of the equivalent linear-plus-noise features are independent Gaussians with covariance
zeta X^T X / n0 + kappa. So the law is one Marchenko-Pastur equation nested in another. Each of the two has exactly one
solution in its half plane (Silverstein). These two conditions read Im u < 0 and Im G < 0, and the second is
phi |zeta u / (1 - zeta u)|^2 < 1 where the first holds. The root is picked point by point; no path is followed.

The digits. Extreme shapes and nearly linear activations spread the four roots over decades, or crowd two of them. So
the law's coefficients are exact fractions, and the roots are found in twice the working precision.
"""

from fractions import Fraction
from typing import NamedTuple

import numpy as np
from jaxtyping import Bool, Complex, Float, Inexact

from rectified.spectra._checks import Law, check_law, check_points
from rectified.spectra.twofold import Twofold, add, multiply, polynomial, twofold

_ROUNDING = 2.0**-96  # bounds what some thirty operations of 2^-103 each leave of a polynomial of degree four
_NUDGE = 1e-9  # moves equal starts apart; the next step squares it
_STEPS = 80  # from starts that crowd each step halves the error, from 1e-8 to 1e-16 at a double root


class Branch(NamedTuple):
    """The root u and what follows from it, each with a relative error near rounding.

    Attributes:
        u: The root.
        w: z G(z), the paper's P_psi.
        v: The same for the transposed matrix, the paper's P_phi.
        pole: 1 - zeta u.
        w_slope: The logarithmic derivative d log w / d log u.
        v_slope: The same for v; w_slope + v_slope - 1 is that of z, which is 0 at an edge of the spectrum.
    """

    u: Complex[np.ndarray, "*points"]
    w: Complex[np.ndarray, "*points"]
    v: Complex[np.ndarray, "*points"]
    pole: Complex[np.ndarray, "*points"]
    w_slope: Complex[np.ndarray, "*points"]
    v_slope: Complex[np.ndarray, "*points"]


def quartic(z: Inexact[np.ndarray, "*points"], law: Law) -> tuple[Twofold, ...]:
    r"""Coefficients, lowest first, of the equation for u = P_phi P_psi / (z psi), the paper's without its denominator.

    .. math:: \big(1 + (\psi\eta - \zeta) u - \psi\kappa\zeta u^2\big)
        \big(1 + (\phi\eta - \zeta) u - \phi\kappa\zeta u^2\big) - z \psi u (1 - \zeta u)^2 = 0

    Args:
        z: Where the resolvent is wanted.
        law: Two moments and two shapes, exact.

    Returns:
        Five coefficients, with a last axis of length one for the roots; four for zeta = eta, three for zeta = 0.
    Source:
        [pennington2017nonlinear], Theorem 1. Their unknown is P.
    """
    (a0, a1, a2), (b0, b1, b2) = (_numerator(law, ratio) for ratio in (law.psi, law.phi))
    fixed = (a0 * b0, a0 * b1 + a1 * b0, a0 * b2 + a1 * b1 + a2 * b0, a1 * b2 + a2 * b1, a2 * b2)
    moving = (Fraction(0), -law.psi, 2 * law.psi * law.zeta, -law.psi * law.zeta**2, Fraction(0))
    point = Twofold(np.asarray(z, dtype=complex)[..., None], np.zeros((*np.shape(z), 1), dtype=complex))
    degree = max(k for k in range(5) if fixed[k] or moving[k])
    pairs = zip(fixed[: degree + 1], moving, strict=False)
    return tuple(add(twofold(constant), multiply(twofold(slope), point)) for constant, slope in pairs)


def branch(z: Inexact[np.ndarray, "*points"], eta: float, zeta: float, phi: float, psi: float) -> Branch:
    """The root u of the quartic that belongs to the resolvent, and what follows from it.

    For Im z > 0 it is the only root with Im u < 0 and Im(u/v) < 0; real points take the limit from above. It is
    also the root that continues u = 1/(z psi) from infinity.

    Args:
        z: Points with Im z >= 0, not 0.
        eta: Second moment of the centred activation, positive.
        zeta: Its squared linear coefficient, between 0 and eta.
        phi: n0 / m.
        psi: n0 / n1.

    Returns:
        One root per point. On the real line outside the spectrum it is real, with imaginary part exactly 0.

    Raises:
        ValueError: If law or points are outside the region of validity, see :mod:`rectified.spectra.resolvent`.
    """
    law, points = check_law(eta, zeta, phi, psi), check_points(z, eta)
    roots, error = _roots(quartic(points, law))
    real = (points.imag == 0)[..., None] & (np.abs(roots.high.imag) <= 4 * error)
    candidates = _followed(Twofold(*(np.where(real, part.real, part) for part in roots)), law)
    chosen = np.argmax(_score(candidates, points[..., None], law, real), axis=-1)[..., None]
    return Branch(*(np.take_along_axis(part, chosen, axis=-1)[..., 0] for part in candidates))


def _numerator(law: Law, ratio: Fraction) -> tuple[Fraction, Fraction, Fraction]:
    """Coefficients in u of (1 + ratio E)(1 - zeta u)."""
    return Fraction(1), ratio * (law.kappa + law.zeta) - law.zeta, -ratio * law.kappa * law.zeta


def _followed(u: Twofold, law: Law) -> Branch:
    """What follows from u, every sum in twice the working precision before it is rounded."""
    pole = polynomial([twofold(Fraction(1)), twofold(-law.zeta)], u).high
    w, v = (
        np.asarray(polynomial([twofold(part) for part in _numerator(law, ratio)], u).high / pole)
        for ratio in (law.psi, law.phi)
    )
    rise = u.high * (float(law.kappa) + float(law.zeta) / pole**2)  # u dE/du
    with np.errstate(divide="ignore", invalid="ignore"):  # w or v is 0 where a root says z = 0: not the one
        slopes = float(law.psi) * rise / w, float(law.phi) * rise / v
    return Branch(u.high, w, v, pole, *slopes)


def _score(
    found: Branch, z: Complex[np.ndarray, "*points 1"], law: Law, real: Bool[np.ndarray, "*points roots"]
) -> Float[np.ndarray, "*points roots"]:
    """Positive exactly for the root in both half planes; for real roots, for the one that enters them from above."""
    share = float(law.phi) * np.abs(float(law.zeta) * found.u / found.pole) ** 2
    falling = np.sign(found.u.real * z.real) * np.nan_to_num(1 - (found.w_slope + found.v_slope).real, nan=-1.0)
    inward = np.where(real, falling / (1 + np.abs(falling)), -found.u.imag / np.abs(found.u))
    return np.asarray(np.minimum(inward, (1 - share) / (1 + share)))


def _roots(coefficients: tuple[Twofold, ...]) -> tuple[Twofold, Float[np.ndarray, "*points roots"]]:
    """All roots at all points, and a bound on what rounding leaves undetermined of each.

    Eigenvalues of companion matrices, then Weierstrass's simultaneous iteration, until no step exceeds the error.

    Raises:
        ValueError: If the iteration does not settle.
    """
    starts = _companion_eigenvalues(np.concatenate([c.high for c in coefficients], axis=-1))
    starts = starts * (1 + _NUDGE * np.exp(1j * (1 + np.arange(starts.shape[-1]))))
    roots = Twofold(starts, np.zeros_like(starts))
    for _ in range(_STEPS):
        step, error = _weierstrass_step(coefficients, roots)
        roots = add(roots, Twofold(-step, np.zeros_like(step)))
        if np.all(np.abs(step) <= error):
            return roots, error
    raise ValueError(f"the roots did not settle in {_STEPS} steps; take points farther from 0, infinity and the edges")


def _weierstrass_step(
    coefficients: tuple[Twofold, ...], roots: Twofold
) -> tuple[Complex[np.ndarray, "*points roots"], Float[np.ndarray, "*points roots"]]:
    """What to take from each root so that the product of (u - root) comes nearer to the polynomial; and its error."""
    other = ~np.eye(roots.high.shape[-1], dtype=bool)
    gaps = add(
        Twofold(roots.high[..., :, None], roots.low[..., :, None]),
        Twofold(-roots.high[..., None, :], -roots.low[..., None, :]),
    ).high
    slope = coefficients[-1].high * np.prod(np.where(other, gaps, 1.0), axis=-1)
    size = sum(np.abs(c.high) * np.abs(roots.high) ** k for k, c in enumerate(coefficients))
    error = np.asarray(_ROUNDING * (np.abs(roots.high) + size / np.abs(slope)))
    return np.asarray(polynomial(coefficients, roots).high / slope), error


def _companion_eigenvalues(coefficients: Complex[np.ndarray, "*points terms"]) -> Complex[np.ndarray, "*points roots"]:
    """All roots in working precision; those of a real polynomial are real or conjugate pairs.

    The largest entries stand on top: from there LAPACK finds small roots beside a huge one, from below it loses them.
    """
    degree = coefficients.shape[-1] - 1
    companion = np.zeros((*coefficients.shape[:-1], degree, degree), dtype=complex)
    companion[..., np.arange(1, degree), np.arange(degree - 1)] = 1.0
    companion[..., 0, :] = -coefficients[..., degree - 1 :: -1] / coefficients[..., degree, None]
    return np.asarray(np.linalg.eigvals(companion.real if np.all(companion.imag == 0) else companion), dtype=complex)
