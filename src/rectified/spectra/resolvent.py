r"""The limiting spectrum of a random nonlinear layer, from the quartic equation of its resolvent.

The model. X has n0 x m entries N(0, sx^2), W has n1 x n0 entries N(0, sw^2 / n0), Y = f(WX), M = Y Y^T / m. The
sizes grow with phi = n0/m and psi = n0/n1 held. f enters through eta and zeta alone, taken at scale s = sw sx
(:func:`rectified.activations.gaussian.gaussian_moments`).

The equation. All resolvents of the law are explicit in u = P_phi P_psi / (z psi), which solves a quartic
(:mod:`rectified.spectra.quartic`). Two conditions on half planes say which of its roots is meant.

Where it is valid. phi and psi from 1e-6 to 1e6; eta from 1e-30 to 1e30; |z| / eta from 1e-22 to 1e30; Im z either 0 or
at least 1e-15 |z|. zeta may be any number from 0 to eta: within a relative 1e-14 of either, where a quadrature cannot
tell, it is taken for it. Everything else is refused. Inside, the error is a few roundings of the *data*: relative to
the number returned away from the edges of the spectrum, and growing like the inverse distance to an edge near one, as
it would if an argument were changed in its last place. Where two roots crowd at a hard edge (phi near psi, |z| below
1e-18 eta) twice the precision leaves fewer digits, at least eight. Outside the spectrum densities are exactly 0.
"""

from typing import NamedTuple

import numpy as np
from jaxtyping import Complex, Float, Inexact

from rectified.spectra._checks import check_moments, check_ratios
from rectified.spectra.quartic import Branch, branch


class SpectralDensity(NamedTuple):
    """A law on [0, infinity): a density on the positive numbers, and the mass of the atom at 0."""

    density: Float[np.ndarray, "*points"]
    atom: float


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
        ValueError: If a point lies below the real line or is 0, or anything is outside the region of validity (above).
    Source:
        [pennington2017nonlinear], Theorem 1; the choice of the root is own.
    """
    points = np.asarray(z, dtype=complex)
    found = branch(points, eta, zeta, phi, psi)
    trace = np.asarray(found.w / points)
    on_line = _imaginary_part(found, eta, zeta, psi) / np.where(points.imag == 0, points.real, 1.0)
    return np.where(points.imag == 0, trace.real + 1j * on_line, trace)


def resolvent_derivative(
    z: Inexact[np.ndarray, "*points"], eta: float, zeta: float, phi: float, psi: float
) -> Complex[np.ndarray, "*points"]:
    r"""The derivative dG/dz, by the chain rule through u.

    .. math:: G = \frac{\psi u}{v}, \qquad
        G' = \frac{\psi u}{v^2 z}\,\Big(1 - \phi\,\frac{\zeta^2u^2}{(1-\zeta u)^2}\Big) \Big/ \frac{d\log z}{d\log u}

    Args:
        z: Points with Im z >= 0, not 0, off the edges of the spectrum.
        eta: Second moment of the centred activation, positive.
        zeta: Its squared linear coefficient, between 0 and eta.
        phi: n0 / m.
        psi: n0 / n1.

    Returns:
        The derivative at every point; negative on the negative half line.

    Raises:
        ValueError: If law or points are outside the region of validity (above).
    """
    points = np.asarray(z, dtype=complex)
    found = branch(points, eta, zeta, phi, psi)
    linear, _ = check_moments(eta, zeta)
    change = 1 - phi * (linear * found.u / found.pole) ** 2
    return np.asarray(psi * found.u * change / (found.v**2 * points * (found.w_slope + found.v_slope - 1)))


def spectral_density(
    lambdas: Float[np.ndarray, "*points"], eta: float, zeta: float, phi: float, psi: float
) -> SpectralDensity:
    r"""The limiting eigenvalue density of M and its atom at 0.

    .. math:: \rho(\lambda) = -\tfrac{1}{\pi} \operatorname{Im} G(\lambda + i0)

    Edges are sharp: outside the spectrum, however near to an atom, the density is 0. The atom is what the ranks leave,
    with n1 the size of M.

    Args:
        lambdas: Positive numbers.
        eta: Second moment of the centred activation, positive.
        zeta: Its squared linear coefficient, between 0 and eta.
        phi: n0 / m.
        psi: n0 / n1.

    Returns:
        The density at ``lambdas`` and the atom; the integral of the first plus the second is 1.

    Raises:
        ValueError: If a lambda is not positive, or anything is outside the region of validity (above).
    Source:
        [pennington2017nonlinear], Theorem 1.
    """
    lambdas = np.asarray(lambdas, dtype=float)
    if not np.all(lambdas > 0):
        raise ValueError(f"lambdas must be positive (0 carries the atom); got a smallest value of {lambdas.min()}")
    density = np.abs(resolvent_trace(lambdas, eta, zeta, phi, psi).imag) / np.pi
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
    """
    check_ratios(phi, psi)
    zeta, kappa = check_moments(eta, zeta)
    linear = np.sqrt(zeta) * (1 + psi**-0.5) * (1 + phi**0.5)
    return float((linear + np.sqrt(kappa) * (1 + (phi / psi) ** 0.5)) ** 2)


def _imaginary_part(found: Branch, eta: float, zeta: float, psi: float) -> Float[np.ndarray, "*points"]:
    """Im w = psi Im E without a difference, so that it keeps its digits where w is nearly real."""
    linear, rest = check_moments(eta, zeta)
    return np.asarray(psi * found.u.imag * (rest + linear / np.abs(found.pole) ** 2))
