"""Drawings of chains of layers: their regions in the plane, decay towards a limit, trajectories, accuracy by depth."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from jaxtyping import Float
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.collections import PolyCollection
from matplotlib.figure import Figure

from rectified.plotting.style import MARKERS, Size, new_figure, theory_line

DASHES = ("-", "--", "-.", ":")


def square_panels(rows: int, columns: int) -> tuple[Figure, Any]:
    """A figure as wide as a page whose panels are squares.

    Args:
        rows: Number of rows of panels.
        columns: Number of panels in a row.

    Returns:
        The figure and its axes.
    """
    fig, axes = new_figure(rows, columns, Size.WIDE)
    width, _ = Size.WIDE.value
    fig.set_size_inches(width, width * rows / columns)
    return fig, axes


def draw_regions(
    ax: Axes, polygons: Sequence[Float[np.ndarray, "corners 2"]], values: Float[np.ndarray, " faces"]
) -> PolyCollection:
    """Draw polygons of the unit square, each in the colour of its value between 0 and 1, with thin edges.

    Args:
        ax: Where to draw; it loses its ticks.
        polygons: Corners of each, in order.
        values: One per polygon.

    Returns:
        The polygons' artist.

    Raises:
        ValueError: If there are not as many values as polygons.
    """
    if len(values) != len(polygons):
        raise ValueError(f"values has length {len(values)}; expected one per polygon, {len(polygons)}")
    width = 0.5 if len(polygons) < 500 else 0.15
    drawn = PolyCollection(list(polygons), array=values, cmap="viridis", edgecolors="white", linewidths=width)
    drawn.set_clim(0.0, 1.0)
    ax.add_collection(drawn)
    ax.set(xlim=(0, 1), ylim=(0, 1), aspect="equal", xticks=[], yticks=[])
    return drawn


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


def trajectory_frame(path: Float[np.ndarray, "steps 2"], shown: int) -> list[dict[str, np.ndarray]]:
    """The coordinates of the two traces of :func:`moving_trajectory`: the path so far, and the dot at its end.

    Args:
        path: Two neurons' values, one row per recorded depth.
        shown: How many rows have been passed, at least 1.

    Returns:
        ``x`` and ``y`` of the path and of the dot, rounded to what a screen shows.

    Raises:
        ValueError: If ``shown`` is not between 1 and the number of rows.
    """
    if not 1 <= shown <= len(path):
        raise ValueError(f"shown is {shown}; expected between 1 and {len(path)}, the length of path")
    passed = path[:shown].round(3)
    return [{"x": part[:, 0], "y": part[:, 1]} for part in (passed, passed[-1:])]


def moving_trajectory(frame: list[dict[str, np.ndarray]], largest: float) -> dict[str, Any]:
    """A Plotly figure, as plain data, of a hidden state that moves through the plane of two neurons.

    Args:
        frame: What it shows first, from :func:`trajectory_frame`.
        largest: Upper end of both axes; what lies beyond is out of sight.

    Returns:
        ``data`` and ``layout``.
    """
    path = {"type": "scatter", "mode": "lines", "name": "path so far", "line": {"width": 1}}
    dot = {"type": "scatter", "mode": "markers", "name": "state after n layers", "marker": {"size": 12}}
    axes = {
        f"{name}axis": {"title": {"text": f"neuron {number}"}, "range": [0, largest]}
        for number, name in enumerate("xy", start=1)
    }
    return {"data": [path | frame[0], dot | frame[1]], "layout": axes}
