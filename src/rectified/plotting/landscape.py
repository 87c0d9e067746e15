"""Pictures of loss surfaces: cells of one unit's plane, slices through a minimum, final risks, a double well."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import matplotlib as mpl
import numpy as np
from jaxtyping import Float
from matplotlib.axes import Axes
from matplotlib.collections import PolyCollection
from matplotlib.colors import Normalize, to_hex
from matplotlib.lines import Line2D
from matplotlib.patheffects import Normal, Stroke

from rectified.plotting.style import MARKERS, theory_line

FIELD = "viridis"
DASHES = ("-", "--", "-.", ":")
ARC = 9  # points on the outer edge of a sector


def sector(rays: Float[np.ndarray, "2 2"], radius: float) -> Float[np.ndarray, "samples 2"]:
    """The part of a plane cone that lies within ``radius`` of the origin, as a polygon.

    Args:
        rays: Two generators of the cone, less than a half turn apart.
        radius: Where to cut it.

    Returns:
        The corners, the origin first.
    Source:
        own.
    """
    unit = rays / np.linalg.norm(rays, axis=1, keepdims=True)
    share = np.linspace(0.0, 1.0, ARC)[:, None]
    arc = (1.0 - share) * unit[0] + share * unit[1]
    return np.concatenate([np.zeros((1, 2)), radius * arc / np.linalg.norm(arc, axis=1, keepdims=True)])


def draw_cells(
    ax: Axes,
    sectors: Sequence[Float[np.ndarray, "_samples 2"]],
    risks: Float[np.ndarray, " cells"],
) -> PolyCollection:
    """The cells of one unit in the plane of its weight and bias, coloured by a risk, with the lines between them.

    Args:
        ax: Where to draw.
        sectors: One polygon per cell.
        risks: One number per cell.

    Returns:
        The polygons, for a colour bar.
    Source:
        own.
    """
    cells = PolyCollection(list(sectors), array=risks, cmap=FIELD, edgecolors="white", linewidths=1.2)
    ax.add_collection(cells)
    ax.set_aspect("equal")
    ax.autoscale_view()
    ax.grid(visible=False)
    ax.set(xlabel="weight $w$", ylabel="bias $b$")
    return cells


def draw_trajectories(ax: Axes, paths: Mapping[str, Float[np.ndarray, "steps units 2"]], radius: float) -> list[Line2D]:
    """The way of hidden units through their plane, one marker and dash per run; the marker is where a unit ends.

    Args:
        ax: Where to draw.
        paths: Name of a run to the weights and biases of its units.
        radius: What lies beyond is cut off.

    Returns:
        One line per run and unit.
    Source:
        own.
    """
    artists = []
    for idx, (label, units) in enumerate(paths.items()):
        marker, dash = MARKERS[idx % len(MARKERS)], DASHES[idx % len(DASHES)]
        for unit in range(units.shape[1]):
            x, y = units[:, unit].T
            style: dict[str, Any] = {
                "color": "black",
                "linestyle": dash,
                "linewidth": 1.4,
                "marker": marker,
                "markersize": 8,
            }
            shown = label if unit == 0 else None
            artists += ax.plot(x, y, **style, markevery=[-1], markeredgecolor="white", label=shown)
            artists[-1].set_path_effects([Stroke(linewidth=3.2, foreground="white"), Normal()])
    ax.set(xlim=(-radius, radius), ylim=(-radius, radius))
    ax.legend(loc="center right", bbox_to_anchor=(-0.25, 0.5), title="final risk", handlelength=3.0)
    return artists


def draw_risk_slices(
    ax: Axes, slices: Mapping[str, tuple[Float[np.ndarray, " points"], Float[np.ndarray, " points"]]], level: float
) -> list[Line2D]:
    """The risk along curves through one point at abscissa 0, and the level of the best affine map.

    Args:
        ax: Where to draw.
        slices: Name of a curve to positions along it and risks.
        level: The affine optimum's risk.

    Returns:
        One line per curve.
    Source:
        own.
    """
    artists = []
    for idx, (label, (position, risks)) in enumerate(slices.items()):
        artists += ax.plot(position, risks, linestyle=DASHES[idx % len(DASHES)], label=label)
    ends = [min(x.min() for x, _ in slices.values()), max(x.max() for x, _ in slices.values())]
    theory_line(ax, ends, [level, level], "best affine map")
    ax.set_ylabel("risk $R$")
    ax.legend()
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
    Source:
        own.
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


def draw_double_well(
    ax: Axes,
    outer_weights: Float[np.ndarray, " points"],
    risks: Mapping[str, Float[np.ndarray, " points"]],
    wall: float,
    bottom: float,
) -> list[Line2D]:
    """The least risk for a given outer weight, for several bounds of the inner ones, between bottom and wall.

    Args:
        ax: Where to draw.
        outer_weights: Abscissae.
        risks: Name of a bound to risks.
        wall: The least risk at outer weight zero.
        bottom: The cell's minimum.

    Returns:
        One line per bound.
    Source:
        own.
    """
    artists = []
    for idx, (label, values) in enumerate(risks.items()):
        artists += ax.plot(outer_weights, values, linestyle=DASHES[idx % len(DASHES)], label=label)
    ends = [outer_weights[0], outer_weights[-1]]
    theory_line(ax, ends, [wall, wall], "least risk at $v_1 = 0$")
    theory_line(ax, ends, [bottom, bottom], None)
    ax.set(xlabel="outer weight $v_1$ of the first unit", ylabel="least risk", ylim=(0.0, None))
    ax.legend(loc="upper left", bbox_to_anchor=(1.0, 1.0))
    return artists


class MovingCells(NamedTuple):
    """A figure in Plotly's terms, and one frame per run and recorded step."""

    figure: dict[str, Any]
    frames: list[list[dict[str, Any]]]


class RecordedRun(NamedTuple):
    """One run of gradient descent with two units and one input.

    Attributes:
        units: Weight and bias of both units at each recorded step.
        curves: The network's values on the grid at each recorded step.
        cells: For each recorded step and each cell of the first unit the least risk of the network's cell.
    """

    units: Float[np.ndarray, "steps 2 2"]
    curves: Float[np.ndarray, "steps points"]
    cells: Float[np.ndarray, "steps cells"]


def moving_cells(
    sectors: Sequence[Float[np.ndarray, "_samples 2"]],
    runs: Sequence[RecordedRun],
    grid: Float[np.ndarray, " points"],
    data: tuple[Float[np.ndarray, " samples"], Float[np.ndarray, " samples"]],
    radius: float,
    shown: tuple[int, int],
) -> MovingCells:
    """Left the plane of the units, coloured by the least risk while the other unit stays; right the network's function.

    Args:
        sectors: One polygon per cell.
        runs: What the reader may choose from.
        grid: Where the function is drawn.
        data: Inputs and labels.
        radius: Of the plane's picture; units beyond are drawn at its edge.
        shown: Indices of the run and the step that are shown first.

    Returns:
        The figure and its frames, the steps of one run after another.
    Source:
        own.
    """
    every = np.concatenate([run.cells.ravel() for run in runs])
    scale = Normalize(float(every.min()), float(every.max()))
    frames = [_cells_frame(sectors, run, step, grid, radius, scale) for run in runs for step in range(len(run.units))]
    first = frames[shown[0] * len(runs[0].units) + shown[1]]
    polygons: list[dict[str, Any]] = [
        {
            "x": polygon[:, 0].round(3),
            "y": polygon[:, 1].round(3),
            "fill": "toself",
            "mode": "lines",
            "hoverinfo": "skip",
        }
        | {"line": {"color": "white", "width": 1}, "showlegend": False}
        for polygon in sectors
    ]
    bar: dict[str, Any] = {
        "colorscale": "Viridis",
        "cmin": scale.vmin,
        "cmax": scale.vmax,
        "color": [scale.vmin],
        "size": 0.1,
    }
    bar |= {"showscale": True, "colorbar": {"title": {"text": "least risk of the cell"}, "len": 0.9}}
    looks = ((1, "white", "solid", "circle"), (2, "#ffa90e", "dot", "square"))
    ways: list[dict[str, Any]] = [
        {"mode": "lines", "line": {"color": colour, "dash": dash, "width": 3}, "showlegend": False}
        for _, colour, dash, _ in looks
    ]
    ends: list[dict[str, Any]] = [
        {"name": f"unit {number}", "mode": "markers"}
        | {"marker": {"color": colour, "symbol": symbol, "size": 12, "line": {"color": "black", "width": 2}}}
        for number, colour, _, symbol in looks
    ]
    right = {"xaxis": "x2", "yaxis": "y2"}
    curve = {"name": "network", "mode": "lines", **right}
    points = {"name": "data", "mode": "markers", "marker": {"size": 9}, "x": data[0], "y": data[1], **right}
    scaled = {"x": [0.0], "y": [0.0], "mode": "markers", "marker": bar, "showlegend": False, "hoverinfo": "skip"}
    traces: list[dict[str, Any]] = [*polygons, *ways, *ends, curve, points, scaled]
    return MovingCells({"data": [a | b for a, b in zip(traces, first, strict=True)], "layout": _layout(radius)}, frames)


def _cells_frame(
    sectors: Sequence[np.ndarray], run: RecordedRun, step: int, grid: np.ndarray, radius: float, scale: Normalize
) -> list[dict[str, Any]]:
    """Colours of the cells, the ways of both units up to the step, and the network's function."""
    colours = mpl.colormaps[FIELD](scale(run.cells[step]))
    fills: list[dict[str, Any]] = [{"fillcolor": to_hex(colour)} for colour in colours[: len(sectors)]]
    way = run.units[: step + 1]
    way = (way * np.minimum(1.0, radius / np.linalg.norm(way, axis=2, keepdims=True))).round(3)
    ways = [{"x": way[:, unit, 0], "y": way[:, unit, 1]} for unit in range(2)]
    ends = [{"x": way[-1:, unit, 0], "y": way[-1:, unit, 1]} for unit in range(2)]
    return [*fills, *ways, *ends, {"x": grid, "y": run.curves[step].round(3)}, {}, {}]


def _layout(radius: float) -> dict[str, Any]:
    plane = {"range": [-1.05 * radius, 1.05 * radius], "zeroline": False, "showgrid": False}
    return {
        "xaxis": plane | {"domain": [0.0, 0.46], "title": {"text": "weight w"}},
        "yaxis": plane | {"title": {"text": "bias b"}, "scaleanchor": "x"},
        "xaxis2": {"domain": [0.56, 1.0], "title": {"text": "input x"}, "anchor": "y2"},
        "yaxis2": {"title": {"text": "output"}, "anchor": "x2"},
        "legend": {"orientation": "h", "y": 1.15},
    }
