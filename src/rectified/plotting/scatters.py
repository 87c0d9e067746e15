"""Samples: scatter plots, histograms, ranked values."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from jaxtyping import Float
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.collections import PathCollection

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


def draw_radius_scatter(
    ax: Axes,
    radii: Mapping[str, tuple[Float[np.ndarray, " images"], Float[np.ndarray, " images"]]],
    names: tuple[str, str],
) -> list[PathCollection]:
    """One point per image, one marker per group, and the diagonal on which both radii agree; both axes logarithmic.

    Args:
        ax: Where to draw.
        radii: Group to abscissae and ordinates.
        names: What the abscissa and the ordinate are.

    Returns:
        The groups of points.
    """
    artists = [
        ax.scatter(x, y, s=14, marker=MARKERS[idx % len(MARKERS)], alpha=0.7, label=label)
        for idx, (label, (x, y)) in enumerate(radii.items())
    ]
    every = np.concatenate([np.concatenate(pair) for pair in radii.values()])
    ends = np.array([every.min() * 0.9, every.max() * 1.1])
    ax.plot(ends, ends, color="black", linestyle="--", linewidth=1.2, zorder=0)
    ax.set(xscale="log", yscale="log", xlabel=names[0], ylabel=names[1])
    ax.legend()
    return artists


def draw_kinds(
    ax: Axes, means: Mapping[str, Mapping[str, Float[np.ndarray, " nets"]]], quantity: str
) -> list[PathCollection]:
    """One quantity at several kinds of point, one mark per network, in one row for each kind.

    Args:
        ax: Where to draw.
        means: Series (such as before and after training) to kind of point to means over points, one per network.
        quantity: What the abscissa is.

    Returns:
        The marks of each series.
    """
    artists = []
    for idx, (label, kinds) in enumerate(means.items()):
        rows = np.concatenate([np.full(len(values), row) for row, values in enumerate(kinds.values())])
        shift = 0.15 * (2 * idx - len(means) + 1)
        every = np.concatenate(list(kinds.values()))
        artists.append(ax.scatter(every, rows + shift, marker=MARKERS[idx], s=22, alpha=0.8, label=label))
        ax.set_yticks(range(len(kinds)), list(kinds))
    ax.set_ylim(len(kinds) - 0.5, -0.5)
    ax.set_xlabel(quantity)
    return artists


def draw_final_risks(
    ax: Axes,
    risks: Mapping[str, Float[np.ndarray, " runs"]],
    levels: Float[np.ndarray, " levels"],
    *,
    bins: int = 120,
) -> list[Any]:
    """Where runs end: a histogram for each kind of network, over dashed lines at the exact minima of the cells.

    Args:
        ax: Where to draw.
        risks: Kind of network to final risks.
        levels: The exact minima.
        bins: Of the histogram, from zero to the largest risk.

    Returns:
        The histograms' patches.
    """
    edges = np.linspace(0.0, 1.02 * max(values.max() for values in risks.values()), bins + 1).tolist()
    artists = []
    for idx, (label, values) in enumerate(risks.items()):
        hatch = ("", "///", "...")[idx % 3]
        _, _, patches = ax.hist(values, edges, label=label, hatch=hatch, alpha=0.8, edgecolor="white", linewidth=0.3)
        artists.append(patches)
    shown = levels[levels < edges[-1]]
    lines = ax.vlines(shown, 0, 1, transform=ax.get_xaxis_transform(), color="black", linestyles="--", linewidth=0.6)
    lines.set(zorder=0, label="exact minima of cells")
    ax.set(xlabel="final risk $R$", ylabel="runs", xlim=(0.0, edges[-1]), yscale="log", ylim=(0.7, None))
    ax.legend(loc="upper left")
    return artists
