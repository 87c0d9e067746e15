"""Milliseconds for a spectral density, ours beside three other ways. Ratios are of one run on one thread.

Run: python benchmarks/spectra.py
"""

import os
from importlib import import_module

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import statistics
import time
from collections.abc import Callable
from functools import partial

import numpy as np

from rectified.activations.gaussian import piecewise_linear_activation, zeta_of_alpha
from rectified.reference.resolvents import continued_resolvent
from rectified.spectra.marchenko_pastur import marchenko_pastur_density
from rectified.spectra.resolvent import spectral_density, spectrum_bound
from rectified.spectra.sampling import sample_spectrum

POINTS = 2_000
NAIVE_POINTS = 40  # the loop is timed on these and scaled: it costs the same at every point
ETA, PHI, PSI = 1.0, 1.0, 1.5
BINS = 40


def milliseconds(action: Callable[[], object], repeats: int) -> float:
    """The median over ``repeats`` calls, after one that warms up."""
    action()
    seconds = []
    for _ in range(repeats):
        start = time.perf_counter()
        action()
        seconds.append(time.perf_counter() - start)
    return 1e3 * statistics.median(seconds)


def naive_milliseconds(zeta: float) -> float:
    """One followed root a point, as the definition says, scaled to POINTS."""
    grid = np.linspace(0.1, 6.0, NAIVE_POINTS)

    def loop() -> list[complex]:
        return [continued_resolvent(complex(x, 1e-4), ETA, zeta, PHI, PSI, steps=200) for x in grid]

    return milliseconds(loop, 1) * POINTS / NAIVE_POINTS


def sampling_milliseconds(alpha: float) -> tuple[float, float]:
    """Time of a histogram from 20 sampled matrices at n0 = 600, and its mean absolute error against the density."""
    rng = np.random.default_rng(0)
    f, zeta = piecewise_linear_activation(alpha), zeta_of_alpha(alpha)
    edges = np.linspace(0.0, spectrum_bound(ETA, zeta, PHI, PSI), BINS + 1)

    def histogram() -> np.ndarray:
        pooled = np.concatenate([sample_spectrum(f, 600, PHI, PSI, rng=rng) for _ in range(20)])
        return np.histogram(pooled, edges)[0] / len(pooled) / np.diff(edges)

    fine = (edges[:-1, None] + np.diff(edges)[:, None] * (np.arange(50) + 0.5) / 50).ravel()
    expected = spectral_density(fine, ETA, zeta, PHI, PSI).density.reshape(BINS, 50).mean(axis=1)
    return milliseconds(histogram, 1), float(np.mean(np.abs(histogram() - expected)))


def row(name: str, time_ms: float, ours_ms: float, note: str) -> None:
    """Print one line of the table."""
    print(f"{name:46s} {time_ms:12.2f} ms {time_ms / ours_ms:12.3g} x   {note}")


def compare_quartic(alpha: float) -> None:
    """The law of f_alpha: ours, the loop over points, and sampled matrices."""
    zeta = zeta_of_alpha(alpha)
    lambdas = np.linspace(1e-3, spectrum_bound(ETA, zeta, PHI, PSI), POINTS)
    ours = milliseconds(lambda: spectral_density(lambdas, ETA, zeta, PHI, PSI), 21)
    print(f"alpha = {alpha}, zeta = {zeta:.4f}, {POINTS} points")
    row("rectified, all points at once", ours, ours, "relative error near rounding")
    row(
        "one followed root a point",
        naive_milliseconds(zeta),
        ours,
        f"200 steps a point, scaled from {NAIVE_POINTS} points",
    )
    sampled, error = sampling_milliseconds(alpha)
    row("20 sampled matrices, n0 = 600", sampled, ours, f"{BINS} bars, mean absolute error {error:.3f}")


def compare_classical() -> None:
    """The one law that other packages know, zeta = 0: Marchenko-Pastur."""
    lambdas = np.linspace(1e-3, spectrum_bound(ETA, 0.0, PHI, PSI), POINTS)
    ours = milliseconds(lambda: spectral_density(lambdas, ETA, 0.0, PHI, PSI), 21)
    exact = marchenko_pastur_density(lambdas, PHI / PSI)
    print(f"zeta = 0 (Marchenko-Pastur, ratio {PHI / PSI:.3f}), {POINTS} points")
    row("rectified, root of the quartic", ours, ours, "")
    row("rectified, closed form", milliseconds(lambda: marchenko_pastur_density(lambdas, PHI / PSI), 21), ours, "")
    for package, density in (("freealg", freealg_density), ("scikit-rmt", scikit_rmt_density)):
        try:
            action = density()
        except ImportError as error:  # absent, or broken by a newer SciPy: either way there is nothing to time
            print(f"{package:46s} skipped: {error}")
            continue
        gap = float(np.max(np.abs(action(lambdas) - exact)[5:-5]))
        row(package, milliseconds(partial(action, lambdas), 11), ours, f"largest difference {gap:.1e}")


def freealg_density() -> Callable[[np.ndarray], np.ndarray]:
    """The Marchenko-Pastur density of freealg, as a function."""
    law = import_module("freealg.distributions").MarchenkoPastur(PHI / PSI)
    return lambda x: np.asarray(law.density(x))


def scikit_rmt_density() -> Callable[[np.ndarray], np.ndarray]:
    """The Marchenko-Pastur density of scikit-rmt, as a function."""
    law = import_module("skrmt.ensemble.spectral_law").MarchenkoPasturDistribution(ratio=PHI / PSI, beta=1)
    return lambda x: np.asarray(law.pdf(x))


if __name__ == "__main__":
    compare_quartic(0.0)
    compare_classical()
