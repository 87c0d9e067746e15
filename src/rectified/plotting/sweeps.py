"""Measured curves over a ratio or a parameter, with their theory."""

from collections.abc import Mapping, Sequence

import numpy as np
from jaxtyping import Float
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from rectified.plotting.style import MARKERS, theory_line


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


def draw_probabilities(
    ax: Axes,
    shares: Mapping[int, tuple[Sequence[float], Sequence[float]]],
    bounds: Mapping[int, tuple[Sequence[float], Sequence[float]]],
    marks: Mapping[str, float],
) -> list[Line2D]:
    """Share of injective Gaussian layers by expansivity, one line for each n, with first-moment bounds and thresholds.

    Args:
        ax: Where to draw.
        shares: By n: expansivities and shares.
        bounds: By n: expansivities and lower bounds.
        marks: Text to expansivity of vertical lines.

    Returns:
        One line for each n.
    """
    artists = []
    for idx, (dim, (alphas, values)) in enumerate(shares.items()):
        artists += ax.plot(alphas, values, marker=MARKERS[idx], label=f"$n = {dim}$")
    for idx, (alphas, values) in enumerate(bounds.values()):
        theory_line(ax, alphas, values, None if idx else "theory: 1 - expected bad cells")
    for text, alpha in marks.items():
        ax.axvline(alpha, color="0.55", linewidth=0.9, zorder=0)
        ax.text(alpha, 1.03, text, rotation=60, ha="left", va="bottom", fontsize=8.5)
    ax.set(xlabel=r"expansivity $\alpha = m / n$", ylabel="share of injective layers", ylim=(-0.03, 1.03))
    ax.legend(loc="center right")
    return artists


def draw_first_moment(
    ax: Axes, dims: Sequence[int], logs: Mapping[float, Sequence[float]], *, least: float = -30.0
) -> list[Line2D]:
    """Logarithm of the expected number of bad cells by n, one line for each expansivity.

    Args:
        ax: Where to draw.
        dims: The values of n.
        logs: Expansivity to decimal logarithms.
        least: Lower end of the axis.

    Returns:
        The lines.
    """
    artists = []
    for idx, (alpha, values) in enumerate(logs.items()):
        artists += ax.plot(dims, values, marker=MARKERS[idx], label=rf"$\alpha$ = {alpha:g}")
    theory_line(ax, [dims[0], dims[-1]], [0.0, 0.0], "one bad cell expected")
    ax.set(
        xlabel="inputs $n$", ylabel=r"$\log_{10}$ of the expected number of bad cells", xscale="log", ylim=(least, 15.0)
    )
    ax.legend()
    return artists
