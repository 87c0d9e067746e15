import numpy as np

# Quadrature leaves zeta within a few ulp of 0 or eta where it should equal them. Closer than this, the quartic is
# treated as the quadratic or cubic it degenerates to; the law moves only on eigenvalues of this relative size.
DEGENERATE = 1e-12


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
