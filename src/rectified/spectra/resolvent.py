r"""The limiting spectrum of a random nonlinear layer, from the quartic equation of its resolvent.

The model. X has n0 x m entries N(0, sx^2), W has n1 x n0 entries N(0, sw^2 / n0), Y = f(WX), M = Y Y^T / m. The
sizes grow with phi = n0/m and psi = n0/n1 held. f enters through eta and zeta alone, taken at scale s = sw sx
(:func:`rectified.activations.gaussian.gaussian_moments`).

The equation. The paper's P_psi is w = z G(z), and its P_phi is the same for the m x m matrix Y^T Y / m: v = 1 - c + c w
with c = phi/psi = n1/m. With A = v w and kappa = eta - zeta the paper's equation reads

.. math:: \kappa\zeta A^2 - \zeta z (w-1) A + \psi z^2 (w-1) - \eta\psi z A = 0 .

The unknown w keeps its relative accuracy where eigenvalues crowd at 0; P does not.

The branch. Given X, the rows of the equivalent linear-plus-noise features are independent Gaussians with covariance
zeta X^T X / n0 + kappa. So the law is one Marchenko-Pastur equation nested in another. Each of the two has exactly one
solution in its half plane (Silverstein). In terms of w these two conditions read Im(w/z) < 0 and Im(A/z) < 0. For
Im z > 0 exactly one root meets both: the root is picked point by point, and no path has to be followed.
"""

from typing import NamedTuple

import numpy as np
from jaxtyping import Complex, Float, Inexact

from rectified.spectra._checks import check_moments, check_ratios

_LIFT = 1e-7  # a real z is first lifted to z + i 1e-7 |z|, where the branch is defined, then polished at z itself
_POLISH = 4  # Newton doubles the digits: 1e-7 -> 1e-14 in one step; the rest is reserve near the edges


class SpectralDensity(NamedTuple):
    """A law on [0, infinity): a density on the positive numbers, and the mass of the atom at 0."""

    density: Float[np.ndarray, "*points"]
    atom: float


def resolvent_polynomial(
    z: Inexact[np.ndarray, "*points"], eta: float, zeta: float, phi: float, psi: float
) -> Complex[np.ndarray, "*points 5"]:
    r"""Coefficients, lowest first, of the quartic in w = z G(z) that the resolvent solves at z.

    .. math:: \kappa\zeta A^2 - \zeta z (w-1) A + \psi z^2 (w-1) - \eta\psi z A,
        \quad A = w (1 - c + c w),\ c = \phi/\psi,\ \kappa = \eta-\zeta

    It is the paper's equation for P(t), t = 1/(z psi), without its denominator, multiplied by z^2 psi^2, where
    w = P_psi = 1 + psi (P - 1).

    Args:
        z: Where the resolvent is wanted.
        eta: Second moment of the centred activation, positive.
        zeta: Its squared linear coefficient, between 0 and eta.
        phi: n0 / m.
        psi: n0 / n1.

    Returns:
        Five coefficients per point. For zeta = eta the last vanishes, for zeta = 0 the last two.
    Source:
        [pennington2017nonlinear], Theorem 1. Their unknown is P, ours P_psi.
    """
    check_ratios(phi, psi)
    zeta, kappa = check_moments(eta, zeta)
    z = np.asarray(z, dtype=complex)
    c = phi / psi
    linear = 1 - c  # A = linear w + c w^2
    coefficients = [
        -psi * z**2,
        linear * z * (zeta - eta * psi) + psi * z**2,
        kappa * zeta * linear**2 + z * (zeta * (c - linear) - eta * psi * c),
        2 * kappa * zeta * linear * c - zeta * z * c,
        np.full_like(z, kappa * zeta * c**2),
    ]
    return np.stack(coefficients, axis=-1)


def resolvent_trace(
    z: Inexact[np.ndarray, "*points"], eta: float, zeta: float, phi: float, psi: float
) -> Complex[np.ndarray, "*points"]:
    r"""The limit of :math:`G(z) = \frac{1}{n_1} E\operatorname{tr}(zI - M)^{-1}`, at all points at once.

    On the real line the limit from above is returned, so that :math:`-\operatorname{Im} G/\pi` is the density there.

    Args:
        z: Points with Im z >= 0, not 0; real ones may lie inside the spectrum. Below the line take conjugates.
        eta: Second moment of the centred activation, positive.
        zeta: Its squared linear coefficient, between 0 and eta.
        phi: n0 / m.
        psi: n0 / n1.

    Returns:
        G at every point, relative error near rounding away from the edges of the spectrum.

    Raises:
        ValueError: If a point lies below the real line or is 0.
    Source:
        [pennington2017nonlinear], Theorem 1; the choice of the root is own.
    """
    points = np.asarray(z, dtype=complex)
    return np.asarray(branch(points, eta, zeta, phi, psi) / points)


def resolvent_derivative(
    z: Inexact[np.ndarray, "*points"], eta: float, zeta: float, phi: float, psi: float
) -> Complex[np.ndarray, "*points"]:
    r"""The derivative dG/dz, by implicit differentiation of the quartic.

    .. math:: w'(z) = -\partial_z Q / \partial_w Q, \qquad G'(z) = (w'(z) - G(z))/z

    Args:
        z: Points with Im z >= 0, not 0, off the edges of the spectrum.
        eta: Second moment of the centred activation, positive.
        zeta: Its squared linear coefficient, between 0 and eta.
        phi: n0 / m.
        psi: n0 / n1.

    Returns:
        The derivative at every point; negative on the negative half line.
    Source:
        own
    """
    points = np.asarray(z, dtype=complex)
    w = branch(points, eta, zeta, phi, psi)
    zeta, _ = check_moments(eta, zeta)
    _, along_w = _value_and_slope(resolvent_polynomial(points, eta, zeta, phi, psi), w)
    product = w * (1 + phi / psi * (w - 1))
    along_z = (w - 1) * (2 * psi * points - zeta * product) - eta * psi * product
    return np.asarray(-(along_z / along_w + w / points) / points)


def spectral_density(
    lambdas: Float[np.ndarray, "*points"], eta: float, zeta: float, phi: float, psi: float
) -> SpectralDensity:
    r"""The limiting eigenvalue density of M and its atom at 0.

    .. math:: \rho(\lambda) = -\tfrac{1}{\pi} \operatorname{Im} G(\lambda + i0)

    No imaginary part is left in: edges are sharp. The atom is what the ranks leave, with n1 the size of M.

    Args:
        lambdas: Positive numbers.
        eta: Second moment of the centred activation, positive.
        zeta: Its squared linear coefficient, between 0 and eta.
        phi: n0 / m.
        psi: n0 / n1.

    Returns:
        The density at ``lambdas`` and the atom; the integral of the first plus the second is 1.

    Raises:
        ValueError: If a lambda is not positive.
    Source:
        [pennington2017nonlinear], Theorem 1.
    """
    lambdas = np.asarray(lambdas, dtype=float)
    if not np.all(lambdas > 0):
        raise ValueError(f"lambdas must be positive (0 carries the atom); got a smallest value of {lambdas.min()}")
    density = np.asarray(np.maximum(-resolvent_trace(lambdas, eta, zeta, phi, psi).imag, 0.0) / np.pi)
    return SpectralDensity(density, atom_at_zero(eta, zeta, phi, psi))


def atom_at_zero(eta: float, zeta: float, phi: float, psi: float) -> float:
    r"""The share of eigenvalues that are 0: :math:`\max(0, 1 - m/n_1)`, and :math:`1 - n_0/n_1` too if f is linear.

    Args:
        eta: Second moment of the centred activation, positive.
        zeta: Its squared linear coefficient, between 0 and eta.
        phi: n0 / m.
        psi: n0 / n1.

    Returns:
        A number in [0, 1).
    Source:
        own
    """
    check_ratios(phi, psi)
    _, kappa = check_moments(eta, zeta)
    rank = min(psi / phi, psi) if kappa == 0 else psi / phi
    return max(0.0, 1 - rank)


def spectral_moments(eta: float, zeta: float, phi: float, psi: float) -> tuple[float, float]:
    r"""The first two moments of the limiting law, in closed form.

    .. math:: m_1 = \eta, \qquad m_2 = \eta^2 (1 + \phi/\psi) + \zeta^2/\psi

    Expand p = P - 1 in t: p_1 = eta, p_2 = eta^2 (phi + psi) + zeta^2, and m_k = psi^(1-k) p_k.

    Args:
        eta: Second moment of the centred activation, positive.
        zeta: Its squared linear coefficient, between 0 and eta.
        phi: n0 / m.
        psi: n0 / n1.

    Returns:
        m_1 and m_2, the atom at 0 included.
    Source:
        own; the series of [pennington2017nonlinear], Theorem 1.
    """
    check_ratios(phi, psi)
    zeta, kappa = check_moments(eta, zeta)
    return zeta + kappa, (zeta + kappa) ** 2 * (1 + phi / psi) + zeta**2 / psi


def spectrum_bound(eta: float, zeta: float, phi: float, psi: float) -> float:
    r"""A number that no eigenvalue exceeds in the limit: the triangle inequality for linear part plus noise.

    .. math:: \big(\sqrt\zeta(1+\psi^{-1/2})(1+\phi^{1/2}) + \sqrt{\eta-\zeta}\,(1+(\phi/\psi)^{1/2})\big)^2

    It is the upper edge itself for zeta = 0.

    Args:
        eta: Second moment of the centred activation, positive.
        zeta: Its squared linear coefficient, between 0 and eta.
        phi: n0 / m.
        psi: n0 / n1.

    Returns:
        An upper bound of the support.
    Source:
        own
    """
    check_ratios(phi, psi)
    zeta, kappa = check_moments(eta, zeta)
    linear = np.sqrt(zeta) * (1 + psi**-0.5) * (1 + phi**0.5)
    return float((linear + np.sqrt(kappa) * (1 + (phi / psi) ** 0.5)) ** 2)


def branch(
    z: Complex[np.ndarray, "*points"], eta: float, zeta: float, phi: float, psi: float
) -> Complex[np.ndarray, "*points"]:
    """The root w = z G(z) of the quartic that belongs to the resolvent.

    For Im z > 0 it is the only root with Im(w/z) < 0 and Im(w v/z) < 0, v = 1 + (phi/psi)(w - 1) (see above);
    real points take the limit from above. It is also the root that continues w = 1 from infinity.

    Args:
        z: Points with Im z >= 0, not 0.
        eta: Second moment of the centred activation, positive.
        zeta: Its squared linear coefficient, between 0 and eta.
        phi: n0 / m.
        psi: n0 / n1.

    Returns:
        One root per point.

    Raises:
        ValueError: If a point lies below the real line or is 0.
    Source:
        own
    """
    if np.any(z.imag < 0) or np.any(z == 0):
        raise ValueError("z must have Im z >= 0 and differ from 0; got a point that does not")
    lifted = np.asarray(z + 1j * np.where(z.imag == 0, _LIFT * np.abs(z), 0.0))
    roots = _roots(resolvent_polynomial(lifted, eta, zeta, phi, psi))
    trace = roots / lifted[..., None]
    score = -np.maximum(trace.imag, (trace * (1 + phi / psi * (roots - 1))).imag)
    chosen = np.take_along_axis(roots, np.argmax(score, axis=-1)[..., None], axis=-1)[..., 0]
    return _polished(resolvent_polynomial(z, eta, zeta, phi, psi), np.asarray(chosen))


def _roots(coefficients: Complex[np.ndarray, "*points 5"]) -> Complex[np.ndarray, "*points degree"]:
    """All roots at all points: eigenvalues of the companion matrices, after dropping degrees absent everywhere."""
    degree = int(np.max(np.nonzero(np.any(coefficients != 0, axis=tuple(range(coefficients.ndim - 1))))))
    companion = np.zeros((*coefficients.shape[:-1], degree, degree), dtype=complex)
    companion[..., np.arange(1, degree), np.arange(degree - 1)] = 1.0
    companion[..., :, -1] = -coefficients[..., :degree] / coefficients[..., degree, None]
    return np.linalg.eigvals(companion)


def _polished(
    coefficients: Complex[np.ndarray, "*points 5"], root: Complex[np.ndarray, "*points"]
) -> Complex[np.ndarray, "*points"]:
    """The root after a few Newton steps, each taken only where it makes the residual smaller."""
    value, slope = _value_and_slope(coefficients, root)
    for _ in range(_POLISH):
        safe = np.where(slope == 0, 1.0, slope)
        trial = np.asarray(root - np.where(slope == 0, 0.0, value) / safe)
        trial_value, trial_slope = _value_and_slope(coefficients, trial)
        better = np.abs(trial_value) < np.abs(value)
        root = np.where(better, trial, root)
        value, slope = np.where(better, trial_value, value), np.where(better, trial_slope, slope)
    return root


def _value_and_slope(
    coefficients: Complex[np.ndarray, "*points 5"], w: Complex[np.ndarray, "*points"]
) -> tuple[Complex[np.ndarray, "*points"], Complex[np.ndarray, "*points"]]:
    """The polynomial and its derivative at w, by Horner's rule."""
    value, slope = coefficients[..., -1], np.zeros_like(w)
    for k in range(coefficients.shape[-1] - 2, -1, -1):
        slope = slope * w + value
        value = value * w + coefficients[..., k]
    return np.asarray(value), np.asarray(slope)
