r"""Slow, plain versions of :mod:`rectified.spectra`: root following, moments by series, equivalent samples."""

import math
from collections.abc import Callable

import numpy as np
from jaxtyping import Complex, Float

LARGEST_RATIO = 0.5  # of the distances from the last root to the nearest and to the next: above, the choice is a guess


def paper_polynomial(t: complex, eta: float, zeta: float, phi: float, psi: float) -> np.ndarray:
    r"""Coefficients in P, lowest first, of the paper's equation with its denominator cleared.

    .. math:: (P-1)(1 - At\zeta) - (\eta-\zeta)\,tA(1 - At\zeta) - At\zeta = 0, \qquad A = P_\phi P_\psi

    Args:
        t: 1 / (z psi).
        eta: Second moment of the centred activation.
        zeta: Its squared linear coefficient.
        phi: n0 / m.
        psi: n0 / n1.

    Returns:
        Five coefficients.
    Source:
        [pennington2017nonlinear], Theorem 1.
    """
    product = np.convolve([1 - phi, phi], [1 - psi, psi])
    denominator = np.array([1.0, 0.0, 0.0]) - t * zeta * product
    cubic = np.append(np.convolve([-1.0, 1.0], denominator), 0.0)
    quartic = cubic - (eta - zeta) * t * np.convolve(product, denominator)
    quartic[:3] -= t * zeta * product
    return quartic


def continued_resolvent(
    z: complex, eta: float, zeta: float, phi: float, psi: float, *, start: float = 1e3, steps: int = 300
) -> complex:
    """The resolvent trace at one point, by following the root P = 1 down from a far point in small steps.

    The root is the one nearest to the last. np.roots gives it to rounding of a matrix of the polynomial's own size and
    takes no tolerance; what may go wrong is the choice. So the nearest must be at most half as far as the next.

    Points off the real line are approached along a vertical line, negative ones along the negative half line.

    Args:
        z: One point with Im z > 0, or a negative number.
        eta: Second moment of the centred activation.
        zeta: Its squared linear coefficient.
        phi: n0 / m.
        psi: n0 / n1.
        start: Factor of the first, far point.
        steps: Number of geometric steps.

    Returns:
        G(z).

    Raises:
        ValueError: If z is real and not negative, or two roots are about as near: more steps may tell them apart.
    Source:
        [pennington2017nonlinear], Theorem 1.
    """
    z = complex(z)
    if z.imag == 0 and z.real >= 0:
        raise ValueError(f"z must lie off the real line or be negative; got {z}")
    far = max(1.0, start * (1 + abs(z)) / (abs(z.imag) if z.imag else abs(z)))
    root = 1.0 + 0j
    for factor in np.geomspace(far, 1.0, steps):
        point = complex(z.real, z.imag * factor) if z.imag else z * factor
        coefficients = paper_polynomial(1 / (point * psi), eta, zeta, phi, psi)
        roots = np.roots(np.trim_zeros(coefficients[::-1], "f"))
        root = _nearest(roots, root)
    return psi / z * root + (1 - psi) / z


def _nearest(roots: Complex[np.ndarray, " roots"], last: complex) -> complex:
    """The root that continues the last one.

    Raises:
        ValueError: If two roots are about as near.
    """
    order = np.argsort(np.abs(roots - last))
    nearest, *others = roots[order]
    if others and abs(nearest - last) > LARGEST_RATIO * abs(others[0] - last):
        raise ValueError(
            f"the roots {nearest:.6g} and {others[0]:.6g} are about as near to the last, {last:.6g}; take more steps"
        )
    return complex(nearest)


def series_moments(order: int, eta: float, zeta: float, phi: float, psi: float) -> Float[np.ndarray, " order"]:
    r"""The first moments of the limiting law, from the power series of P(t) about t = 0.

    The right side of the equation for P gains one correct order in t with every substitution, so ``order`` of them
    suffice. Then :math:`m_k = \psi^{1-k} p_k`.

    Args:
        order: How many moments.
        eta: Second moment of the centred activation.
        zeta: Its squared linear coefficient.
        phi: n0 / m.
        psi: n0 / n1.

    Returns:
        m_1 to m_order.
    Source:
        [pennington2017nonlinear], Theorem 1.
    """
    one = np.eye(1, order + 1)[0]
    p = np.zeros(order + 1)  # the series of P - 1
    for _ in range(order):
        product = _series_product(one + phi * p, one + psi * p)
        shifted = np.append(0.0, product[:-1])  # t P_phi P_psi
        geometric, power = np.zeros(order + 1), one
        for _ in range(order):
            power = _series_product(power, zeta * shifted)
            geometric = geometric + power
        p = (eta - zeta) * shifted + geometric
    return p[1:] * psi ** -np.arange(order, dtype=float)


def _series_product(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """The product of two power series, cut to their length."""
    return np.convolve(a, b)[: len(a)]


def linear_plus_noise_features(
    n0: int, n1: int, m: int, *, eta: float, zeta: float, rng: np.random.Generator
) -> Float[np.ndarray, "n1 m"]:
    r"""Gaussian features with the same limiting spectrum: :math:`\sqrt{\zeta}\,WX + \sqrt{\eta-\zeta}\,Z`.

    Args:
        n0: Input dimension.
        n1: Number of features.
        m: Number of samples.
        eta: Second moment of the centred activation.
        zeta: Its squared linear coefficient.
        rng: Source of all three Gaussian matrices.

    Returns:
        One draw.
    Source:
        [peche2019note]; the equivalence is proved there for Gaussian matrices.
    """
    linear = rng.standard_normal((n1, n0)) @ rng.standard_normal((n0, m)) / math.sqrt(n0)
    return math.sqrt(zeta) * linear + math.sqrt(eta - zeta) * rng.standard_normal((n1, m))


def ridge_training_error_direct(
    features: Float[np.ndarray, "n1 m"], labels: Float[np.ndarray, "n2 m"], gamma: float
) -> float:
    r"""Mean squared training residual of ridge regression, by solving the normal equations for the weights.

    Minimises :math:`\frac{1}{m}\|L - W^\top F\|^2 + \gamma\|W\|^2` over W.

    Args:
        features: F.
        labels: L.
        gamma: Ridge parameter, positive.

    Returns:
        The squared residual per label entry.
    """
    n1, m = features.shape
    weights = np.linalg.solve(features @ features.T / m + gamma * np.eye(n1), features @ labels.T / m)
    return float(np.mean((labels - weights.T @ features) ** 2))


def gaussian_mean_by_trapezium(g: Callable[[np.ndarray], np.ndarray], points: int = 2_000_001) -> float:
    """E g(z) for z standard normal, by the trapezium rule on [-12, 12] with a node at 0.

    Args:
        g: Acts entrywise on an array.
        points: Odd number of nodes.

    Returns:
        The mean, with error of the order of the step squared at a kink.
    """
    z = np.linspace(-12.0, 12.0, points)
    return float(np.trapezoid(g(z) * np.exp(-(z**2) / 2), z)) / math.sqrt(2 * math.pi)
