from fractions import Fraction
from typing import NamedTuple

import numpy as np
from jaxtyping import Complex, Inexact

# Quadrature leaves zeta within a few ulp of 0 or eta where it should equal them. Closer than this, the quartic is
# treated as the quadratic or cubic it degenerates to.
DEGENERATE = 1e-14

RATIO_RANGE = (1e-6, 1e6)  # of phi and psi
ETA_RANGE = (1e-30, 1e30)
POINT_RANGE = (1e-22, 1e30)  # of |z| / eta
HEIGHT = 1e-15  # least Im z / |z| of a point off the real line


class Law(NamedTuple):
    """Two moments and two shapes as exact fractions of the numbers that came; kappa is eta - zeta."""

    zeta: Fraction
    kappa: Fraction
    phi: Fraction
    psi: Fraction


def check_law(eta: float, zeta: float, phi: float, psi: float) -> Law:
    """Return the law's constants, exact.

    Raises:
        ValueError: If no activation has these moments, or a number is outside the region of validity.
    """
    linear, rest = check_moments(eta, zeta)
    check_ratios(phi, psi)
    for name, value, (least, most) in (("eta", eta, ETA_RANGE), ("phi", phi, RATIO_RANGE), ("psi", psi, RATIO_RANGE)):
        if not least <= value <= most:
            raise ValueError(f"{name} = {value} is outside [{least:g}, {most:g}], where the law is computed reliably")
    exact = Fraction(zeta) if linear and rest else Fraction(linear)
    return Law(exact, Fraction(eta) - exact, Fraction(phi), Fraction(psi))


def check_points(z: Inexact[np.ndarray, "*points"], eta: float) -> Complex[np.ndarray, "*points"]:
    """Return the points as complex numbers.

    Raises:
        ValueError: If one is 0, below the real line, or outside the region of validity.
    """
    points = np.asarray(z, dtype=complex)
    if np.any(points.imag < 0) or np.any(points == 0):
        raise ValueError("z must have Im z >= 0 and differ from 0; got a point that does not")
    size, (least, most) = np.abs(points) / eta, POINT_RANGE
    if not np.all((size >= least) & (size <= most)):
        raise ValueError(f"|z| / eta must be between {least:g} and {most:g}; got one of {_farthest(size):.3g}")
    if np.any((points.imag > 0) & (points.imag < HEIGHT * np.abs(points))):
        raise ValueError(f"Im z must be 0 or at least {HEIGHT:g} |z|; take the real point for the limit from above")
    return points


def _farthest(size: np.ndarray) -> float:
    """The size that is farthest from 1, on a logarithmic scale; a number that is not finite before all others."""
    with np.errstate(divide="ignore"):
        return float(size.flat[np.argmax(np.nan_to_num(np.abs(np.log(size)), nan=np.inf))])


def check_moments(eta: float, zeta: float) -> tuple[float, float]:
    """Return (zeta, eta - zeta), snapped to 0 where degenerate.

    Raises:
        ValueError: If no activation has these moments.
    """
    if not (np.isfinite(eta) and eta > 0):
        raise ValueError(f"eta must be positive and finite; got {eta}")
    if not -DEGENERATE * eta <= zeta <= eta * (1 + DEGENERATE):
        raise ValueError(f"zeta must be between 0 and eta = {eta}; got {zeta}")
    if zeta <= DEGENERATE * eta:
        return 0.0, eta
    if eta - zeta <= DEGENERATE * eta:
        return eta, 0.0
    return zeta, eta - zeta


def check_ratios(phi: float, psi: float) -> None:
    """Refuse aspect ratios that are not positive and finite.

    Raises:
        ValueError: If phi or psi is such a ratio.
    """
    for name, ratio in (("phi", phi), ("psi", psi)):
        if not (np.isfinite(ratio) and ratio > 0):
            raise ValueError(f"{name} must be positive and finite; got {ratio}")
