r"""Training error of ridge regression on random features with random labels: formula and measurement.

Ridge regression minimises (1/m)|L - W^T F|^2 + gamma |W|^2 over the second layer W, with the features F fixed.
"""

import numpy as np
from jaxtyping import Float
from scipy import linalg

from rectified.spectra.quartic import branch


def ridge_training_error(
    gamma: Float[np.ndarray, "*points"], eta: float, zeta: float, phi: float, psi: float
) -> Float[np.ndarray, "*points"]:
    r"""The limit of the training error, for labels that are white noise of variance 1.

    .. math:: E(\gamma) = -\frac{\gamma^2}{m}\,\partial_\gamma E\operatorname{tr} Q
        = 1 - \frac{\phi}{\psi} - \gamma^2\,\frac{\phi}{\psi}\,G'(-\gamma)

    Q is the inverse of F^T F / m + gamma. Of its m eigenvalues, those beyond the n1 of M are 1/gamma. The difference
    cancels where the error is small or n1 much larger than m. With v = gamma E tr Q / m it is v - gamma v'(gamma), and
    along the root u of the law's quartic (:mod:`rectified.spectra.quartic`), where a and b are the logarithmic
    derivatives of w and v by u, a quotient of positive numbers:

    .. math:: E(\gamma) = v\,\frac{1 - a}{1 - a - b}

    Args:
        gamma: Ridge parameters, positive.
        eta: Second moment of the centred activation, positive.
        zeta: Its squared linear coefficient, between 0 and eta.
        phi: n0 / m.
        psi: n0 / n1.

    Returns:
        The mean squared residual per label, between 0 (all memorised) and 1.

    Raises:
        ValueError: If a gamma is not positive, or outside the region of validity of :mod:`rectified.spectra.resolvent`.
    Source:
        [pennington2017nonlinear], Section 4; the second form is own.
    """
    found = branch(np.asarray(-_positive(gamma)), eta, zeta, phi, psi)
    kept = 1 - found.w_slope.real
    return np.asarray(found.v.real * kept / (kept - found.v_slope.real))


def sampled_ridge_training_error(
    features: Float[np.ndarray, "n1 m"], labels: Float[np.ndarray, "n2 labelled"], gamma: Float[np.ndarray, "*points"]
) -> Float[np.ndarray, "*points"]:
    r"""The training error of ridge regression on given features and labels, with one Cholesky factor for each gamma.

    .. math:: \frac{1}{n_2 m}\|L - W^\top F\|^2 = \frac{\gamma^2}{n_2 m}\operatorname{tr}(L^\top L\,Q^2)

    Args:
        features: F, one column per sample.
        labels: L, one column per sample.
        gamma: Ridge parameters, positive.

    Returns:
        The mean squared residual per label entry.

    Raises:
        ValueError: If features and labels disagree on the number of samples, or a gamma is not positive.
    Source:
        [pennington2017nonlinear], Section 4.
    """
    gamma = _positive(gamma)
    m = features.shape[1]
    if labels.shape[1] != m:
        raise ValueError(f"labels has {labels.shape[1]} columns; expected {m}, the number of samples in features")
    features = features.astype(float)
    gram = features.T @ features / m
    factors = [linalg.cho_factor(gram + g * np.eye(m), lower=True, overwrite_a=True) for g in gamma.ravel()]
    residuals = [g * linalg.cho_solve(factor, labels.T) for g, factor in zip(gamma.ravel(), factors, strict=True)]
    return np.array([np.mean(residual**2) for residual in residuals]).reshape(gamma.shape)


def _positive(gamma: np.ndarray) -> Float[np.ndarray, "*points"]:
    """Gamma as an array of positive floats.

    Raises:
        ValueError: If one is not positive.
    """
    gamma = np.asarray(gamma, dtype=float)
    if not np.all(gamma > 0):
        raise ValueError(f"gamma must be positive; got a smallest value of {gamma.min()}")
    return gamma
