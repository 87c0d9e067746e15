r"""Activations seen through a Gaussian input: moments, Hermite coefficients, and families made for them."""

import math
from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
from jaxtyping import Float
from numpy.polynomial import hermite_e, legendre

Entrywise = Callable[[np.ndarray], np.ndarray]

_CUTOFF = 14.0  # exp(-98) < 1e-42: what lies outside is below rounding for any f of polynomial growth
_PANELS = 28  # unit panels, so that 0 (where most activations bend) is always a panel's edge
_NODES = 20  # Gauss-Legendre nodes per panel: exact to degree 39, beyond rounding for smooth f


class GaussianMoments(NamedTuple):
    """The mean, the second moment and the squared linear coefficient of f under a Gaussian input."""

    mean: float
    eta: float
    zeta: float

    @property
    def variance(self) -> float:
        """The second moment of the centred activation, f minus its mean."""
        return self.eta - self.mean**2


def gaussian_rule(breakpoints: Sequence[float] = (0.0,)) -> tuple[Float[np.ndarray, " n"], Float[np.ndarray, " n"]]:
    r"""Nodes :math:`z_i` and weights :math:`w_i` with :math:`\sum_i w_i g(z_i) \approx E\,g(z)`, z standard normal.

    Composite Gauss-Legendre on [-14, 14]. Panels end at every integer and at every breakpoint, so a function that is
    smooth between these points is integrated to rounding. Gauss-Hermite would converge slowly at a kink.

    Args:
        breakpoints: Where the integrand bends or jumps, besides the integers.

    Returns:
        Nodes in increasing order, and their weights, which sum to 1.
    """
    inside = [point for point in breakpoints if abs(point) < _CUTOFF]
    edges = np.unique(np.concatenate([np.linspace(-_CUTOFF, _CUTOFF, _PANELS + 1), inside]))
    nodes, weights = legendre.leggauss(_NODES)
    half = np.diff(edges)[:, None] / 2
    z = ((edges[:-1] + edges[1:])[:, None] / 2 + half * nodes).ravel()
    density = np.exp(-(z**2) / 2) / math.sqrt(2 * math.pi)
    return z, (half * weights).ravel() * density


def gaussian_moments(f: Entrywise, scale: float = 1.0, breakpoints: Sequence[float] = (0.0,)) -> GaussianMoments:
    r"""Mean, eta and zeta of an activation whose input is Gaussian with standard deviation ``scale``.

    .. math:: \eta = E[f(sz)^2], \qquad \zeta = \big(E[z f(sz)]\big)^2 = \big(s\,E[f'(sz)]\big)^2

    The form without a derivative is used (both agree by Stein's lemma). Bessel's inequality gives zeta <= eta; for a
    centred f they are equal only if f is linear.

    Args:
        f: Acts entrywise on an array.
        scale: Standard deviation s of the input, positive.
        breakpoints: Inputs at which f bends or jumps; 0 unless told.

    Returns:
        The three numbers. ``eta`` is the raw second moment: for an uncentred f the variance is ``.variance``.

    Raises:
        ValueError: If ``scale`` is not positive.

    Example:
        >>> round(gaussian_moments(lambda x: x**2 - 1).eta, 12)
        2.0

    Source:
        [pennington2017nonlinear], Theorem 1 (definitions of eta and zeta).
    """
    if not scale > 0:
        raise ValueError(f"scale must be positive; got {scale}")
    z, weights = gaussian_rule([point / scale for point in breakpoints])
    values = f(scale * z)
    mean = float(weights @ values)
    return GaussianMoments(mean, float(weights @ values**2), float(weights @ (z * values)) ** 2)


def hermite_coefficients(
    f: Entrywise, degree: int, breakpoints: Sequence[float] = (0.0,)
) -> Float[np.ndarray, " degree_plus_one"]:
    r"""Coefficients of f in the orthonormal Hermite polynomials :math:`He_k/\sqrt{k!}`, k = 0 to ``degree``.

    .. math:: c_k = E[f(z)\,He_k(z)] / \sqrt{k!}, \qquad \eta = \sum_k c_k^2, \quad \zeta = c_1^2

    Args:
        f: Acts entrywise on an array.
        degree: The highest degree, at least 0 and at most 60 (beyond, the polynomials outgrow the cut-off at 14).
        breakpoints: Inputs at which f bends or jumps; 0 unless told.

    Returns:
        ``degree + 1`` coefficients; their squares add up to at most E f(z)^2.

    Raises:
        ValueError: If ``degree`` is not in 0 to 60.

    Example:
        >>> [round(float(c), 12) + 0.0 for c in hermite_coefficients(lambda x: 3 * x, 2)]
        [0.0, 3.0, 0.0]
    """
    if not 0 <= degree <= 60:
        raise ValueError(f"degree must be in 0 to 60; got {degree}")
    z, weights = gaussian_rule(breakpoints)
    values = weights * f(z)
    below, current = np.zeros_like(z), np.ones_like(z)
    coefficients = [float(values @ current)]
    for k in range(degree):  # orthonormal three-term recurrence: no factorial is ever formed
        below, current = current, (z * current - math.sqrt(k) * below) / math.sqrt(k + 1)
        coefficients.append(float(values @ current))
    return np.array(coefficients)


def hermite_activation(coefficients: Sequence[float]) -> Entrywise:
    r"""The polynomial activation :math:`f(x) = \sum_k c_k He_k(x)/\sqrt{k!}`.

    Its moments need no integral: mean c_0, eta the sum of all c_k squared, zeta = c_1 squared.

    Args:
        coefficients: c_0, c_1, ... in the orthonormal Hermite basis.

    Returns:
        A function that acts entrywise on an array.
    """
    series = np.array([c / math.sqrt(math.factorial(k)) for k, c in enumerate(coefficients)])

    def activation(x: np.ndarray) -> np.ndarray:
        return np.asarray(hermite_e.hermeval(x, series))

    return activation


def polynomial_activation(zeta: float, degree: int) -> Entrywise:
    r"""The standardised activation :math:`\sqrt{\zeta}\,x + \sqrt{1-\zeta}\,He_d(x)/\sqrt{d!}`.

    Mean 0 and eta 1 by construction, so one family member per wanted zeta and per degree d of the nonlinear part.

    Args:
        zeta: The squared linear coefficient, between 0 and 1.
        degree: Degree d of the nonlinear part, at least 2.

    Returns:
        A function that acts entrywise on an array.

    Raises:
        ValueError: If ``zeta`` is outside [0, 1] or ``degree < 2``.
    """
    if not 0 <= zeta <= 1:
        raise ValueError(f"zeta must be between 0 and 1; got {zeta}")
    if degree < 2:
        raise ValueError(f"degree must be at least 2, the first nonlinear one; got {degree}")
    coefficients = [0.0] * (degree + 1)
    coefficients[1], coefficients[degree] = math.sqrt(zeta), math.sqrt(1 - zeta)
    return hermite_activation(coefficients)


def piecewise_linear_activation(alpha: float) -> Entrywise:
    r"""The two-slope activation, shifted and scaled to Gaussian mean 0 and second moment 1.

    .. math:: f_\alpha(x) = \frac{[x]_+ + \alpha[-x]_+ - (1+\alpha)/\sqrt{2\pi}}
        {\sqrt{\tfrac12(1+\alpha^2) - \tfrac{1}{2\pi}(1+\alpha)^2}}

    alpha = 1 is the centred absolute value, 0 the shifted ReLU, -1 the identity.

    Args:
        alpha: Minus the slope on the negative side.

    Returns:
        A function that acts entrywise on an array.
    Source:
        [pennington2017nonlinear], Section 4.
    """
    mean = (1 + alpha) / math.sqrt(2 * math.pi)
    deviation = math.sqrt((1 + alpha**2) / 2 - mean**2)

    def activation(x: np.ndarray) -> np.ndarray:
        return (np.where(x > 0, x, -alpha * x) - mean) / deviation

    return activation


def zeta_of_alpha(alpha: float) -> float:
    r"""The squared linear coefficient of :func:`piecewise_linear_activation`, in closed form.

    .. math:: \zeta(\alpha) = \frac{(1-\alpha)^2}{2(1+\alpha^2) - \tfrac{2}{\pi}(1+\alpha)^2}

    Args:
        alpha: Minus the slope on the negative side.

    Returns:
        A number between 0 (alpha = 1) and 1 (alpha = -1).
    Source:
        [pennington2017nonlinear], Section 4.
    """
    return (1 - alpha) ** 2 / (2 * (1 + alpha**2) - 2 / math.pi * (1 + alpha) ** 2)


def standardised_activation(f: Entrywise, scale: float = 1.0, breakpoints: Sequence[float] = (0.0,)) -> Entrywise:
    r"""The activation :math:`(f - E f)/\sqrt{\operatorname{Var} f}` under a Gaussian of standard deviation ``scale``.

    Args:
        f: Acts entrywise on an array.
        scale: Standard deviation of the input, positive.
        breakpoints: Inputs at which f bends or jumps; 0 unless told.

    Returns:
        A function of mean 0 and second moment 1 that acts entrywise on an array.

    Raises:
        ValueError: If f is constant, so that there is nothing to scale.
    """
    moments = gaussian_moments(f, scale, breakpoints)
    if moments.variance <= 1e-14 * moments.eta or moments.eta == 0:  # rounding of the quadrature
        raise ValueError(f"f must not be constant; got variance {moments.variance}")
    deviation = math.sqrt(moments.variance)

    def activation(x: np.ndarray) -> np.ndarray:
        return (f(x) - moments.mean) / deviation

    return activation
