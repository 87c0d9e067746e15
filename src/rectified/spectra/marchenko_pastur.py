r"""The Marchenko-Pastur law: eigenvalues of Y Y^T / m for Y of n x m independent entries with variance ``scale``."""

import math

import numpy as np
from jaxtyping import Float


def marchenko_pastur_support(ratio: float, scale: float = 1.0) -> tuple[float, float]:
    r"""The edges :math:`\eta(1 \pm \sqrt{c})^2` of the continuous part.

    Args:
        ratio: c = n / m, rows over columns, positive.
        scale: Variance eta of the entries, positive.

    Returns:
        Lower and upper edge. For c > 1 there is also an atom of mass 1 - 1/c at 0.

    Raises:
        ValueError: If ``ratio`` or ``scale`` is not positive.
    Source:
        [marchenko1967distribution].
    """
    for name, value in (("ratio", ratio), ("scale", scale)):
        if not value > 0:
            raise ValueError(f"{name} must be positive; got {value}")
    return scale * (1 - math.sqrt(ratio)) ** 2, scale * (1 + math.sqrt(ratio)) ** 2


def marchenko_pastur_density(
    lambdas: Float[np.ndarray, "*points"], ratio: float, scale: float = 1.0
) -> Float[np.ndarray, "*points"]:
    r"""The density :math:`\sqrt{(\lambda_+ - \lambda)(\lambda - \lambda_-)}/(2\pi c\,\eta\lambda)`, without the atom.

    Args:
        lambdas: Positive numbers.
        ratio: c = n / m.
        scale: Variance eta of the entries.

    Returns:
        The density; 0 outside the support.
    Source:
        [marchenko1967distribution].
    """
    lower, upper = marchenko_pastur_support(ratio, scale)
    inside = np.maximum((upper - lambdas) * (lambdas - lower), 0.0)
    return np.asarray(np.sqrt(inside) / (2 * np.pi * ratio * scale * lambdas))


def marchenko_pastur_cdf(
    lambdas: Float[np.ndarray, "*points"], ratio: float, scale: float = 1.0
) -> Float[np.ndarray, "*points"]:
    r"""The distribution function, atom included, in closed form.

    For c <= 1, with :math:`r = \sqrt{(\lambda_+ - \lambda)/(\lambda - \lambda_-)}` and eta = 1,

    .. math:: F = \frac{1}{2\pi c}\Big(\pi c + \sqrt{(\lambda_+ - \lambda)(\lambda - \lambda_-)}
        - (1+c)\arctan\tfrac{r^2-1}{2r} + (1-c)\arctan\tfrac{\lambda_- r^2 - \lambda_+}{2(1-c)r}\Big).

    For c > 1 the nonzero eigenvalues are those of the transposed problem, c times a law of ratio 1/c.

    Args:
        lambdas: Real numbers.
        ratio: c = n / m.
        scale: Variance eta of the entries.

    Returns:
        Values in [0, 1].
    Source:
        [marchenko1967distribution]; the antiderivative is standard.
    """
    marchenko_pastur_support(ratio, scale)  # refuses bad arguments
    x = np.asarray(lambdas / scale)
    if ratio <= 1:
        return _standard_cdf(x, ratio)
    return np.where(x < 0, 0.0, 1 - 1 / ratio + _standard_cdf(np.asarray(x / ratio), 1 / ratio) / ratio)


def _standard_cdf(x: Float[np.ndarray, "*points"], c: float) -> Float[np.ndarray, "*points"]:
    """The distribution function for scale 1 and ratio c <= 1, where there is no atom."""
    lower, upper = marchenko_pastur_support(c)
    inner = np.clip(x, lower, upper)
    above, below = upper - inner, inner - lower
    # atan2 keeps the edges finite: tan = (r^2 - 1)/(2r) with r^2 = above/below, both sides times below
    root = np.sqrt(above * below)
    first = np.arctan2(above - below, 2 * root)
    second = np.arctan2(lower * above - upper * below, 2 * (1 - c) * root)
    mass = (np.pi * c + root - (1 + c) * first + (1 - c) * second) / (2 * np.pi * c)
    return np.asarray(np.clip(mass, 0.0, 1.0))
