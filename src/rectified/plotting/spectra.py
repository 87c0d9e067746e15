"""Drawings of spectra: histogram under a law, Hermite bars, training-error curves, distances against width."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from jaxtyping import Float
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.ticker import LogLocator

from rectified.plotting.style import MARKERS, theory_line

_ZERO = 1e-9  # eigenvalues that the rank forces to 0 come out as rounding, and belong to the atom


def histogram_heights(eigenvalues: Float[np.ndarray, " n"], edges: Float[np.ndarray, " k"]) -> np.ndarray:
    """Heights of a histogram of the nonzero eigenvalues, scaled so that all eigenvalues together have mass 1.

    Args:
        eigenvalues: A sample; zeros and those beyond the edges are not counted but keep their share of the mass.
        edges: Edges of the bars, increasing.

    Returns:
        One height fewer than edges.
    """
    counts, _ = np.histogram(eigenvalues[eigenvalues > _ZERO], edges)
    return np.asarray(counts / (len(eigenvalues) * np.diff(edges)))


def spectrum_frame(
    eigenvalues: Float[np.ndarray, " n"],
    edges: Float[np.ndarray, " k"],
    lambdas: Float[np.ndarray, " points"],
    density: Float[np.ndarray, " points"],
) -> list[dict[str, np.ndarray]]:
    """The coordinates of the two traces of :func:`interactive_spectrum`: bars of a sample, and the curve of a law.

    Args:
        eigenvalues: A sample.
        edges: Edges of the bars.
        lambdas: Abscissae of the curve.
        density: The law's density there.

    Returns:
        ``x`` and ``y`` of the bars and of the curve, rounded to what a screen shows.
    """
    bars = {"x": (edges[:-1] + edges[1:]) / 2, "y": histogram_heights(eigenvalues, edges)}
    return [{key: xy.round(3) for key, xy in trace.items()} for trace in (bars, {"x": lambdas, "y": density})]


def interactive_spectrum(frame: list[dict[str, np.ndarray]], top: float) -> dict[str, Any]:
    """A Plotly figure, as plain data, of a histogram under the dashed curve of a law.

    Args:
        frame: What it shows first, from :func:`spectrum_frame`.
        top: Upper end of the density's axis.

    Returns:
        ``data`` and ``layout``.
    """
    bars = {"type": "bar", "name": "sampled", "opacity": 0.6}
    curve = {"type": "scatter", "mode": "lines", "name": "theory", "line": {"dash": "dash"}}
    layout = {
        "xaxis": {"title": {"text": "eigenvalue"}},
        "yaxis": {"title": {"text": "density"}, "range": [0, top]},
        "bargap": 0,
    }
    return {"data": [bars | frame[0], curve | frame[1]], "layout": layout}


def plot_spectrum(
    eigenvalues: Float[np.ndarray, " n"],
    lambdas: Float[np.ndarray, " points"],
    density: Float[np.ndarray, " points"],
    ax: Axes,
    bins: int = 40,
) -> list[Artist]:
    """Draw a histogram of eigenvalues, scaled to a density, under the curve of a law.

    Args:
        eigenvalues: A sample; those beyond the last of ``lambdas`` are not drawn but keep their share.
        lambdas: Abscissae of the curve, increasing.
        density: The law's density there.
        ax: Where to draw.
        bins: Number of bars.

    Returns:
        The bars and the line.
    """
    edges = np.linspace(0.0, lambdas[-1], bins + 1)
    bars = ax.stairs(histogram_heights(eigenvalues, edges), edges, fill=True, alpha=0.55, label="sampled")
    line = theory_line(ax, lambdas, density)
    ax.set(xlabel=r"eigenvalue $\lambda$", ylabel=r"density $\rho(\lambda)$", xlim=(0, lambdas[-1]), ylim=(0, None))
    return [bars, line]


def plot_hermite_bars(coefficients: Float[np.ndarray, " terms"], ax: Axes) -> list[Artist]:
    r"""Draw how the second moment of an activation is shared by Hermite degrees; degree 1 is hatched.

    Args:
        coefficients: c_0, c_1, ... in the orthonormal basis.
        ax: Where to draw.

    Returns:
        The bars.
    """
    shares = coefficients**2 / np.sum(coefficients**2)
    bars = ax.bar(np.arange(len(shares)), shares, color=["C1" if k == 1 else "C0" for k in range(len(shares))])
    if len(bars) > 1:
        bars[1].set_hatch("///")
    ax.set(xlabel=r"Hermite degree $k$", ylabel=r"share $c_k^2/\eta$", ylim=(0, 1.05))
    return list(bars)


def plot_training_error(
    gamma: Float[np.ndarray, " points"],
    theory: Float[np.ndarray, " points"],
    sampled_gamma: Float[np.ndarray, " samples"],
    sampled: Float[np.ndarray, " samples"],
    ax: Axes,
    *,
    order: int = 0,
    label: str = "sampled",
) -> list[Artist]:
    """Draw one training-error curve: theory dashed, measurement as markers.

    Args:
        gamma: Ridge parameters of the curve.
        theory: Predicted errors.
        sampled_gamma: Ridge parameters of the measurement.
        sampled: Measured errors.
        ax: Where to draw.
        order: Number of the series; sets marker and colour.
        label: Text of the legend.

    Returns:
        The line and the markers.
    """
    line = theory_line(ax, gamma, theory, label="theory" if order == 0 else None)
    (dots,) = ax.plot(sampled_gamma, sampled, MARKERS[order % len(MARKERS)], color=f"C{order}", label=label, zorder=6)
    ax.set(xscale="log", xlabel=r"ridge parameter $\gamma$ (log)", ylabel=r"training error $E$", ylim=(0, 1))
    return [line, dots]


def plot_distance_by_width(
    widths: Sequence[int], distances: Float[np.ndarray, "widths seeds"], ax: Axes, *, order: int = 0, label: str = ""
) -> list[Artist]:
    """Draw medians over seeds against width, log by log, with a band between the quartiles.

    Args:
        widths: One width per row.
        distances: One row per width, one column per seed.
        ax: Where to draw.
        order: Number of the series; sets marker and colour.
        label: Text of the legend.

    Returns:
        The line and the band.
    """
    low, middle, high = np.quantile(distances, [0.25, 0.5, 0.75], axis=1)
    (line,) = ax.plot(widths, middle, MARKERS[order % len(MARKERS)] + "-", color=f"C{order}", label=label)
    band = ax.fill_between(widths, low, high, color=f"C{order}", alpha=0.2, linewidth=0)
    ax.set(xscale="log", yscale="log", xlabel=r"input dimension $n_0$ (log)", ylabel="Kolmogorov distance (log)")
    ax.set_xticks(list(widths), labels=[str(width) for width in widths])
    ax.yaxis.set_major_locator(LogLocator(subs=(1.0, 3.0)))
    ax.yaxis.set_major_formatter("{x:g}")
    ax.minorticks_off()
    return [line, band]
