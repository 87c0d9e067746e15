"""Pictures of narrow residual networks: how blocks build a staircase, decision regions, errors, paths to infinity."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from jaxtyping import Bool, Float
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from numpy.typing import NDArray

from rectified.plotting.style import MARKERS, plain_numbers, theory_line
from rectified.residual.polylines import Polyline

DASHES = ("-", "--", "-.", ":")


class BuildingSteps(NamedTuple):
    """A figure in Plotly's terms, and one frame per block: new coordinates for each of its traces."""

    figure: dict[str, Any]
    frames: list[list[dict[str, list[float]]]]


def clipped_path(
    function: Polyline, low: float, high: float
) -> tuple[Float[np.ndarray, " points"], Float[np.ndarray, " points"]]:
    """Coordinates that draw the function within ``[low, high]``: where it leaves, the line runs along the border.

    Args:
        function: Knots and values.
        low: Lower border.
        high: Upper border.

    Returns:
        Abscissae and ordinates: the knots, and the points at which a border is crossed.
    """
    x, y = function.knots.numpy(), function.values.numpy()
    crossings = [np.empty(0)]
    for level in (low, high):
        before, after = y[:-1] - level, y[1:] - level
        piece = np.flatnonzero(before * after < 0)
        crossings.append(x[piece] + before[piece] / (before[piece] - after[piece]) * (x[piece + 1] - x[piece]))
    added = np.concatenate(crossings)
    places = np.concatenate([x, added])
    heights = np.concatenate([y, np.interp(added, x, y)])
    order = np.argsort(places, kind="stable")
    return places[order], np.clip(heights[order], low, high)


def draw_states(
    axes: Sequence[Axes], states: Sequence[Polyline], names: Sequence[str], limits: tuple[float, float]
) -> list[Line2D]:
    """One small panel per state: the state before the block dashed and grey, after it as a line.

    Args:
        axes: One panel per name.
        states: The state before the first block shown and after each: one more than panels.
        names: What each block does, written into the panel.
        limits: Ends of the ordinates; what lies beyond is cut.

    Returns:
        The lines of the states after the blocks.
    """
    lines = []
    for ax, before, after, name in zip(axes, states[:-1], states[1:], names, strict=True):
        ax.plot(*clipped_path(before, *limits), color="0.65", linestyle="--", linewidth=1.2)
        lines += ax.plot(*clipped_path(after, *limits), color="C0")
        ax.text(0.04, 0.96, name, transform=ax.transAxes, va="top", fontsize=9.5)
        ax.set(ylim=(1.05 * limits[0], 1.35 * limits[1]), xticks=[0, 1, 2, 3])
    return lines


def building_steps(
    states: Sequence[Polyline], target: Polyline, limits: tuple[float, float], shown: int
) -> BuildingSteps:
    """The scalar state block by block, to be stepped through by the reader.

    Args:
        states: The state before the first block and after each block.
        target: The step function that is being built.
        limits: Ends of the ordinates; what lies beyond is cut.
        shown: Number of the state shown first.

    Returns:
        The figure and one frame per state: the state before, the state, and the target, which does not move.
    """
    drawn = [_trace(*clipped_path(state, *limits)) for state in states]
    frames = [[drawn[max(number - 1, 0)], drawn[number], {}] for number in range(len(states))]
    traces = [*frames[shown][:2], _trace(*clipped_path(target, *limits))]
    styles = [("state before", "dot"), ("state after", "solid"), ("step function", "dash")]
    data = [
        trace | {"name": name, "mode": "lines", "line": {"dash": dash}}
        for trace, (name, dash) in zip(traces, styles, strict=True)
    ]
    layout = {
        "xaxis": {"title": {"text": "input x"}},
        "yaxis": {"title": {"text": "state"}, "range": [1.05 * limits[0], 1.05 * limits[1]]},
        "legend": {"orientation": "h"},
    }
    return BuildingSteps({"data": data, "layout": layout}, frames)


def draw_decision(
    ax: Axes,
    grid: tuple[Float[np.ndarray, " columns"], Float[np.ndarray, " rows"]],
    values: Float[np.ndarray, "rows columns"],
    points: Float[np.ndarray, "samples 2"],
    is_inside: Bool[np.ndarray, " samples"],
) -> list[Artist]:
    """Where the output is positive, and the points to be separated.

    Args:
        ax: Where to draw.
        grid: Abscissae and ordinates.
        values: Outputs there, one row per ordinate.
        points: Points of both classes.
        is_inside: Which belong to the class that should be positive.

    Returns:
        The two groups of points.
    """
    ax.contourf(*grid, (values > 0).astype(float), levels=[0.5, 1.5], colors=["C0"], alpha=0.35)
    if (values > 0).any() and (values < 0).any():
        ax.contour(*grid, values, levels=[0.0], colors="black", linewidths=1.2)
    groups: list[Artist] = [
        ax.plot(*points[is_inside].T, "o", color="C2", markersize=2)[0],
        ax.plot(*points[~is_inside].T, "x", color="0.35", markersize=3, markeredgewidth=0.6)[0],
    ]
    ax.set(xlim=grid[0][[0, -1]], ylim=grid[1][[0, -1]], xticks=[], yticks=[], aspect="equal")
    ax.grid(visible=False)
    return groups


def draw_functions(
    ax: Axes,
    functions: Mapping[str, Polyline],
    target: Polyline,
    limits: tuple[float, float],
    *,
    linewidth: float = 1.8,
) -> list[Line2D]:
    """Functions of one variable over a dashed target, knot by knot; with a legend where there are several.

    Args:
        ax: Where to draw.
        functions: Label to function.
        target: Drawn black and dashed.
        limits: Ends of the ordinates; what lies beyond is cut.
        linewidth: Of the functions.

    Returns:
        One line per function.
    """
    lines = []
    for idx, (label, function) in enumerate(functions.items()):
        path = clipped_path(function, *limits)
        lines += ax.plot(*path, color=f"C{idx}", linestyle=DASHES[idx % len(DASHES)], linewidth=linewidth, label=label)
    theory_line(ax, target.knots.numpy(), target.values.numpy(), label="target")
    if len(functions) > 1:
        ax.legend()
    ax.set(xlabel="input $x$", ylabel="output")
    return lines


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


def draw_escape(
    ax: Axes,
    side: Float[np.ndarray, " side"],
    values: Float[np.ndarray, "side side"],
    corners: Float[np.ndarray, "corners 2"],
    direction: Float[np.ndarray, "2"],
    radius: float,
) -> list[Artist]:
    """Where a network is positive, a circle, and a path that leaves it without the output falling.

    Args:
        ax: Where to draw.
        side: Abscissae and ordinates of a square grid.
        values: Outputs there, one row per ordinate.
        corners: The corners of the path, its start first.
        direction: Of the ray after the last corner.
        radius: Of the circle around the origin, in which the start lies.

    Returns:
        The path and the circle.
    """
    ax.contourf(side, side, (values > 0).astype(float), levels=[0.5, 1.5], colors=["C0"], alpha=0.35)
    far = corners[-1] + direction / np.linalg.norm(direction) * 4.0 * side[-1]
    (path,) = ax.plot(*np.vstack([corners, far]).T, color="C2", linewidth=2.2)
    ax.plot(*corners[0], "o", color="C2", markersize=7)
    angle: NDArray[np.float64] = np.linspace(0.0, 2.0 * np.pi, 200)
    (circle,) = ax.plot(radius * np.cos(angle), radius * np.sin(angle), color="black", linestyle=":")
    ax.set(
        xlim=(side[0], side[-1]), ylim=(side[0], side[-1]), xlabel="input $x_1$", ylabel="input $x_2$", aspect="equal"
    )
    return [path, circle]


def _trace(x: NDArray[np.float64], y: NDArray[np.float64]) -> dict[str, list[float]]:
    """Coordinates with four digits after the point."""
    return {"x": [round(value, 4) for value in x.tolist()], "y": [round(value, 4) for value in y.tolist()]}
