"""Measured curves over a size: depth, width, radius, epochs, queries, ratios; with their theory where there is one."""

from collections.abc import Mapping, Sequence

import numpy as np
from jaxtyping import Float
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.container import ErrorbarContainer
from matplotlib.lines import Line2D
from matplotlib.ticker import LogLocator

from rectified.plotting.style import DASHES, MARKERS, plain_numbers, theory_line

FLOOR = 1e-13  # smaller errors are drawn here: a logarithmic axis has no zero


NOT_FOUND = 1.0


def plot_decay(
    depths: Sequence[int],
    distances: Float[np.ndarray, "depths seeds"],
    ax: Axes,
    *,
    order: int = 0,
    label: str = "",
    bound: Float[np.ndarray, " depths"] | None = None,
) -> list[Artist]:
    """Draw the distance to the deepest state against depth, log by log: median and range over seeds, and a bound.

    Args:
        depths: Numbers of layers.
        distances: One row per depth, one column per seed.
        ax: Where to draw.
        order: Number of the series; sets marker and colour.
        label: Text of the legend.
        bound: What theory allows at each depth; drawn black and dashed.

    Returns:
        The line, the band, and the bound where there is one.
    """
    marker, color = MARKERS[order % len(MARKERS)], f"C{order}"
    (line,) = ax.plot(depths, np.median(distances, axis=1), marker + "-", color=color, label=label, markersize=4)
    artists: list[Artist] = [line]
    artists.append(ax.fill_between(depths, distances.min(1), distances.max(1), color=color, alpha=0.2, linewidth=0))
    if bound is not None:
        artists.append(theory_line(ax, depths, bound, label=None))
        text = f"bound, {label}"
        ax.annotate(text, (depths[-1], bound[-1]), xytext=(4, 0), textcoords="offset points", ha="left", va="center")
    ax.set(xscale="log", yscale="log", xlabel=r"layers $n$ (log)", ylabel=r"distance $\max_x \|h_N - h_n\|$ (log)")
    return artists


def plot_accuracy_by_depth(
    depths: Sequence[int], accuracies: Float[np.ndarray, "depths seeds"], ax: Axes, *, order: int = 0, label: str = ""
) -> list[Artist]:
    """Draw medians over seeds against depth, with a band between the quartiles.

    Args:
        depths: Numbers of hidden layers.
        accuracies: Shares in [0, 1]: one row per depth, one column per seed.
        ax: Where to draw.
        order: Number of the series; sets marker, dash and colour.
        label: Text of the legend.

    Returns:
        The line and the band.
    """
    low, middle, high = np.quantile(accuracies, [0.25, 0.5, 0.75], axis=1)
    style = MARKERS[order % len(MARKERS)] + DASHES[order % len(DASHES)]
    (line,) = ax.plot(depths, middle, style, color=f"C{order}", label=label)
    band = ax.fill_between(depths, low, high, color=f"C{order}", alpha=0.2, linewidth=0)
    ax.set(xlabel="hidden layers", ylabel="test accuracy", ylim=(0, 1.02), xticks=list(depths))
    return [line, band]


def draw_width_by_depth(
    ax: Axes,
    depths: Sequence[int],
    widths: Mapping[str, Float[np.ndarray, "depth nets"]],
    exact: Float[np.ndarray, "depth nets"],
) -> list[Line2D]:
    """How many times wider than the exact range the bounds are, by depth, on a logarithmic axis.

    Args:
        ax: Where to draw.
        depths: Numbers of hidden layers.
        widths: Method to distances between its upper and its lower bound, one row per depth.
        exact: The same distances for the exact minimum and maximum.

    Returns:
        One line per method: the mean width over the networks, divided by the mean exact width.
    """
    artists = []
    for idx, (label, values) in enumerate(widths.items()):
        times = values.mean(axis=1) / exact.mean(axis=1)
        artists += ax.plot(depths, times, marker=MARKERS[idx % len(MARKERS)], label=label)
    theory_line(ax, depths, np.ones(len(depths)), "exact")
    ax.set(yscale="log", xlabel="hidden layers", ylabel="width of the bounds / exact range", xticks=list(depths))
    plain_numbers(ax.yaxis)
    ax.legend()
    return artists


def draw_error_by_blocks(ax: Axes, series: Mapping[int, tuple[Sequence[int], Sequence[float]]]) -> list[Line2D]:
    r"""The L1 error against the number of blocks, both logarithmic, one series per dimension d, with slopes -1/d.

    Args:
        ax: Where to draw.
        series: Dimension to numbers of blocks and errors.

    Returns:
        One line of markers per dimension.
    """
    lines = []
    for idx, (dim, (blocks, errors)) in enumerate(series.items()):
        counts, values = np.asarray(blocks, dtype=float), np.asarray(errors, dtype=float)
        lines += ax.plot(counts, values, MARKERS[idx], color=f"C{idx}", label=f"$d = {dim}$", zorder=6)
        slope = values[-1] * (counts / counts[-1]) ** (-1.0 / dim)
        theory_line(ax, counts, slope, label="slope $-1/d$" if idx == 0 else None)
    ax.set(xscale="log", yscale="log", xlabel="blocks (log)", ylabel="$L^1$ error (log)")
    plain_numbers(ax.yaxis)
    ax.legend()
    return lines


def draw_counts_by_radius(
    ax: Axes,
    radii: Float[np.ndarray, " points"],
    log10_counts: Mapping[str, Float[np.ndarray, " points"]],
    log10_whole: float,
) -> list[Line2D]:
    """Counts of regions and their bounds against the radius of the ball; both axes are logarithmic.

    Args:
        ax: Where to draw.
        radii: Of the balls.
        log10_counts: Name of the curve to decimal logarithms, which may be too large for numbers.
        log10_whole: That of the bound for the whole space.

    Returns:
        One line per curve, then the whole space's.
    """
    artists = []
    for idx, (label, values) in enumerate(log10_counts.items()):
        artists += ax.plot(radii, values, marker=MARKERS[idx % len(MARKERS)], label=label)
    artists.append(theory_line(ax, radii, np.full(len(radii), log10_whole), "bound for the whole space"))
    ax.set(xscale="log", xlabel="radius $r$ of the ball", ylabel="$\\log_{10}$ of the number of regions")
    ax.legend(loc="lower left", bbox_to_anchor=(0.0, 1.0), ncols=2)  # above: the curves go through every corner
    return artists


def draw_distance_course(
    ax: Axes, epochs: Sequence[int], distances: Mapping[str, Float[np.ndarray, "epochs points"]]
) -> list[Line2D]:
    """Distance to the nearest boundary against the epoch: medians, and the quartiles of the first kind of point.

    Args:
        ax: Where to draw.
        epochs: When it was measured, from 0 on.
        distances: Kind of point to distances, one row per epoch.

    Returns:
        One line per kind.
    """
    artists = []
    for idx, (label, values) in enumerate(distances.items()):
        low, middle, high = np.quantile(values, [0.25, 0.5, 0.75], axis=1)
        artists += ax.plot(epochs, middle, marker=MARKERS[idx % len(MARKERS)], label=label)
        if idx == 0:
            ax.fill_between(epochs, low, high, alpha=0.2, color="C0", linewidth=0)
    ax.set_xscale("symlog", linthresh=1.0)
    ax.set_yscale("log")
    plain_numbers(ax.yaxis)
    ax.set_xticks(list(epochs), [str(epoch) for epoch in epochs])
    ax.minorticks_off()
    ax.set(xlabel="epochs of training", ylabel="distance to the nearest boundary")
    return artists


def draw_errors_by_queries(
    ax: Axes,
    queries: Float[np.ndarray, " stages"],
    errors: Mapping[str, Float[np.ndarray, "stages neurons"]],
    imitation: tuple[float, float],
) -> list[Line2D]:
    """Error of every neuron after more and more queries, a marker for each layer, and what trained imitations reach.

    Args:
        ax: Where to draw.
        queries: Numbers of queries.
        errors: Layer to errors; 1 stands for a neuron that is not yet found.
        imitation: Smallest and largest error of networks trained on as many answers, drawn as a band.

    Returns:
        One set of points for each layer.
    """
    artists = []
    for idx, (label, values) in enumerate(errors.items()):
        places = np.repeat(queries * 1.03**idx, values.shape[1])
        drawn = np.clip(values, FLOOR, NOT_FOUND).ravel()
        artists += ax.plot(places, drawn, MARKERS[idx], color=f"C{idx}", markersize=5, alpha=0.6, label=label)
    ax.axhspan(*imitation, color="C2", alpha=0.25, label="trained imitations")
    theory_line(ax, queries, np.full(len(queries), NOT_FOUND), "not found")
    ax.set(xscale="log", yscale="log", xlabel="queries", ylabel="error of a neuron")
    ax.legend()
    return artists


def draw_share_by_rounding(
    ax: Axes, roundings: Sequence[float], shares: Float[np.ndarray, "networks levels"]
) -> ErrorbarContainer:
    """Share of first-layer neurons recovered when answers are rounded: median and quartiles over networks.

    Args:
        ax: Where to draw.
        roundings: Steps of rounding, one for each column.
        shares: Recovered shares in [0, 1].

    Returns:
        The points with their bars.
    """
    low, middle, high = np.quantile(shares, [0.25, 0.5, 0.75], axis=0)
    bars = ax.errorbar(roundings, middle, yerr=[middle - low, high - middle], marker="o", capsize=3)
    theory_line(ax, [min(roundings), max(roundings)], [0.5, 0.5], "one half")
    ax.set(
        xscale="log", xlabel="answers rounded to multiples of", ylabel="share of neurons recovered", ylim=(-0.05, 1.05)
    )
    ax.invert_xaxis()
    ax.legend()
    return bars


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
