r"""Random nonlinear layers and the eigenvalues of their covariance, sampled.

Weights, data and features are in single precision: rounding moves an eigenvalue by some 1e-7 of the largest, chance by
far more. Covariances and eigenvalues are in double precision.
"""

import math
from collections.abc import Callable

import numpy as np
from jaxtyping import Complex, Float

from rectified.activations.gaussian import Entrywise
from rectified.spectra._checks import check_ratios


def layer_sizes(n0: int, phi: float, psi: float) -> tuple[int, int]:
    """The number of features n1 = n0 / psi and of samples m = n0 / phi, rounded.

    Args:
        n0: Input dimension, positive.
        phi: n0 / m.
        psi: n0 / n1.

    Returns:
        n1 and m.

    Raises:
        ValueError: If one of the sizes would be 0.
    Source:
        [pennington2017nonlinear], Section 2.
    """
    check_ratios(phi, psi)
    n1, m = round(n0 / psi), round(n0 / phi)
    if min(n0, n1, m) < 1:
        raise ValueError(f"n0 = {n0} is too small for phi = {phi} and psi = {psi}: n1 = {n1}, m = {m}")
    return n1, m


def random_layer(
    f: Entrywise, inputs: Float[np.ndarray, "d_in samples"], width: int, rng: np.random.Generator
) -> Float[np.ndarray, "width samples"]:
    r"""The output :math:`f(WX)` of one layer with fresh weights of variance 1 / d_in, one column per sample.

    Args:
        f: Acts entrywise on an array.
        inputs: X, one column per sample.
        width: Number of outputs.
        rng: Source of the weights.

    Returns:
        The features; not standardised, which would be batch normalisation.
    Source:
        [pennington2017nonlinear], Section 2.
    """
    weights = rng.standard_normal((width, inputs.shape[0]), dtype=np.float32) / math.sqrt(inputs.shape[0])
    return f(weights @ inputs.astype(np.float32, copy=False))


def sample_features(
    f: Entrywise, n0: int, phi: float, psi: float, *, depth: int = 1, rng: np.random.Generator
) -> Float[np.ndarray, "n1 m"]:
    r"""The features :math:`Y^\ell = f(W^\ell Y^{\ell-1})` of Gaussian data after ``depth`` layers of width n1.

    Args:
        f: Acts entrywise on an array. Scales of data and weights are absorbed in it.
        n0: Input dimension.
        phi: n0 / m.
        psi: n0 / n1.
        depth: Number of layers, at least 1.
        rng: Source of data and weights, in this order.

    Returns:
        The last layer's features.

    Raises:
        ValueError: If ``depth < 1``.
    Source:
        [pennington2017nonlinear], Sections 2 and 4.
    """
    if depth < 1:
        raise ValueError(f"depth must be at least 1; got {depth}")
    n1, m = layer_sizes(n0, phi, psi)
    features = rng.standard_normal((n0, m), dtype=np.float32)
    for _ in range(depth):
        features = random_layer(f, features, n1, rng)
    return features


def sample_spectrum(
    f: Entrywise, n0: int, phi: float, psi: float, *, depth: int = 1, rng: np.random.Generator
) -> Float[np.ndarray, " n1"]:
    r"""The n1 eigenvalues of :math:`M = YY^\top/m`, for the features of :func:`sample_features`.

    Args:
        f: Acts entrywise on an array.
        n0: Input dimension.
        phi: n0 / m.
        psi: n0 / n1.
        depth: Number of layers, at least 1.
        rng: Source of data and weights.

    Returns:
        All eigenvalues, increasing, zeros included.
    Source:
        [pennington2017nonlinear], Section 2.
    """
    return covariance_spectrum(sample_features(f, n0, phi, psi, depth=depth, rng=rng))


def spectra_by_depth(
    f: Entrywise, n0: int, phi: float, psi: float, *, depth: int, rng: np.random.Generator
) -> tuple[Float[np.ndarray, " n1"], Float[np.ndarray, " n1"]]:
    r"""The eigenvalues behind the first and behind the last layer of one network.

    Args:
        f: Acts entrywise on an array.
        n0: Input dimension.
        phi: n0 / m.
        psi: n0 / n1.
        depth: Number of layers, at least 1; for 1 the two spectra are one.
        rng: Source of data and weights, in this order.

    Returns:
        Two increasing spectra, zeros included.

    Raises:
        ValueError: If ``depth < 1``.
    Source:
        [pennington2017nonlinear], Sections 2 and 4.
    """
    if depth < 1:
        raise ValueError(f"depth must be at least 1; got {depth}")
    first = last = sample_features(f, n0, phi, psi, rng=rng)
    for _ in range(depth - 1):
        last = random_layer(f, last, len(last), rng)
    return covariance_spectrum(first), covariance_spectrum(last)


def covariance_spectrum(features: Float[np.ndarray, "n1 m"]) -> Float[np.ndarray, " n1"]:
    r"""The eigenvalues of :math:`YY^\top/m`, from the smaller of the two Gram matrices.

    Args:
        features: Y, one column per sample.

    Returns:
        All n1 eigenvalues, increasing; those that the rank forces to 0 are exactly 0.
    """
    n1, m = features.shape
    features = features.astype(float)
    gram = features @ features.T if n1 <= m else features.T @ features
    eigenvalues = np.linalg.eigvalsh(gram / m)
    return np.concatenate([np.zeros(max(0, n1 - m)), np.maximum(eigenvalues, 0.0)])


def empirical_resolvent(
    eigenvalues: Float[np.ndarray, " n1"], z: Complex[np.ndarray, "*points"]
) -> Complex[np.ndarray, "*points"]:
    r"""The trace :math:`\frac{1}{n_1}\operatorname{tr}(zI - M)^{-1}` of one matrix.

    Args:
        eigenvalues: Of M.
        z: Points off the spectrum.

    Returns:
        One complex number per point.
    """
    return np.asarray(np.mean(1 / (z[..., None] - eigenvalues), axis=-1))


def kolmogorov_distance(
    eigenvalues: Float[np.ndarray, " n"], other: Float[np.ndarray, " k"] | Callable[[np.ndarray], np.ndarray]
) -> float:
    r"""The largest gap :math:`\sup_\lambda |F_n(\lambda) - F(\lambda)|` between two distribution functions.

    A distance, not a test: eigenvalues repel each other, so the p-values of independent samples do not apply. Between
    two samples it is taken at every point of either; a continuous law is compared from both sides of each jump.

    Args:
        eigenvalues: The first law, as a sample.
        other: The second, as a sample or as a continuous distribution function.

    Returns:
        A number in [0, 1].
    """
    first, n = np.sort(eigenvalues), len(eigenvalues)
    if callable(other):
        law, steps = other(first), np.arange(n + 1) / n
        return float(np.max(np.maximum(steps[1:] - law, law - steps[:-1])))
    second = np.sort(other)
    points = np.concatenate([first, second])
    shares = (np.searchsorted(law, points, side="right") / len(law) for law in (first, second))
    return float(np.max(np.abs(next(shares) - next(shares))))
