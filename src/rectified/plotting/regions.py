"""Pictures of activation regions: polygons of the plane with a disc, counts and bounds, distances while training."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from jaxtyping import Float, Int
from matplotlib.axes import Axes
from matplotlib.collections import PathCollection, PolyCollection, QuadMesh
from matplotlib.lines import Line2D
from matplotlib.patches import Circle

from rectified.plotting.style import MARKERS, theory_line

SHADES = 5  # in which the polygons of the moving picture are drawn
OUTLINE = 25  # points of its disc

Polygons = Sequence[Float[np.ndarray, "_corners 2"]]


def draw_polygons(
    ax: Axes, polygons: Polygons, values: Float[np.ndarray, " faces"] | Int[np.ndarray, " faces"]
) -> PolyCollection:
    """Regions of the plane, each in the shade of its value.

    Args:
        ax: Where to draw.
        polygons: Corners of each region.
        values: One number for each, for example how many units are active.

    Returns:
        The polygons.

    Raises:
        ValueError: If there are not as many values as polygons.
    Source:
        own.
    """
    _check_values(polygons, values)
    faces = PolyCollection(list(polygons), cmap="cividis", edgecolors="white", linewidths=0.6)
    faces.set_array(np.asarray(values, dtype=float))
    ax.add_collection(faces)
    ax.autoscale_view()
    ax.set_aspect("equal")
    ax.set(xlabel="input $x_1$", ylabel="input $x_2$")
    return faces


def draw_disc(ax: Axes, center: tuple[float, float], radius: float) -> Circle:
    """The outline of a disc, above all else.

    Source:
        own.
    """
    disc = Circle(center, radius, fill=False, edgecolor="C6", linewidth=2.4, zorder=6)
    ax.add_patch(disc)
    return disc


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
    Source:
        own.
    """
    artists = []
    for idx, (label, values) in enumerate(log10_counts.items()):
        artists += ax.plot(radii, values, marker=MARKERS[idx % len(MARKERS)], label=label)
    artists.append(theory_line(ax, radii, np.full(len(radii), log10_whole), "bound for the whole space"))
    ax.set(xscale="log", xlabel="radius $r$ of the ball", ylabel="$\\log_{10}$ of the number of regions")
    ax.legend()
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

    Source:
        own.
    """
    artists = []
    for idx, (label, values) in enumerate(distances.items()):
        low, middle, high = np.quantile(values, [0.25, 0.5, 0.75], axis=1)
        artists += ax.plot(epochs, middle, marker=MARKERS[idx % len(MARKERS)], label=label)
        if idx == 0:
            ax.fill_between(epochs, low, high, alpha=0.2, color="C0", linewidth=0)
    ax.set_xscale("symlog", linthresh=1.0)
    ax.set_yscale("log")
    ax.set_xticks(list(epochs), [str(epoch) for epoch in epochs])
    ax.minorticks_off()
    ax.set(xlabel="epochs of training", ylabel="distance to the nearest boundary")
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

    Source:
        own.
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


def draw_plane_through(
    ax: Axes,
    side: Float[np.ndarray, " points"],
    values: Float[np.ndarray, "points points"],
    corners: Mapping[str, tuple[float, float]],
) -> QuadMesh:
    """A quantity on a plane of inputs, with a few marked points.

    Args:
        ax: Where to draw.
        side: Coordinates of the grid along both axes.
        values: At the grid's points; row by row along the second axis.
        corners: Name of a point to its coordinates.

    Returns:
        The coloured field.

    Source:
        own.
    """
    field = ax.pcolormesh(side, side, values, cmap="cividis", rasterized=True)
    for idx, (label, place) in enumerate(corners.items()):
        ax.plot(*place, MARKERS[idx % len(MARKERS)], color="white", markeredgecolor="black", markersize=8)
        ax.annotate(label, place, xytext=(8, 6), textcoords="offset points", color="white", weight="bold")
    ax.set_aspect("equal")
    ax.grid(visible=False)
    return field


class MovingDisc(NamedTuple):
    """A figure in Plotly's terms, and one frame per position and radius: new values for each of its traces."""

    figure: dict[str, Any]
    frames: list[list[dict[str, Any]]]


def moving_disc(
    polygons: Polygons,
    shades: Int[np.ndarray, " faces"],
    positions: tuple[Sequence[float], Sequence[float], Sequence[float]],
    counts: Mapping[str, Sequence[int]],
    shown: tuple[int, int, int],
) -> MovingDisc:
    """Regions of the plane under a disc that the reader moves, with its numbers above.

    Args:
        polygons: Corners of each region, drawn once.
        shades: A whole number for each region, for example how many units are active; drawn in five shades.
        positions: Abscissae of the centre, its ordinates, and radii; the frames go through them in this order, the
            radius fastest.
        counts: Name to one number per frame.
        shown: Indices of the position that is shown first.

    Returns:
        The figure and its frames. The traces of the polygons do not move.

    Raises:
        ValueError: If there are not as many shades as polygons, or not as many numbers as frames.
    Source:
        own.
    """
    _check_values(polygons, shades)
    places = [(x, y, r) for x in positions[0] for y in positions[1] for r in positions[2]]
    for name, numbers in counts.items():
        if len(numbers) != len(places):
            raise ValueError(f"counts[{name!r}] has {len(numbers)} numbers; expected {len(places)}, one per frame")
    corners = np.concatenate(list(polygons))
    (left, bottom), (right, top) = corners.min(0), corners.max(0)
    ground = _shaded_traces(polygons, shades)
    band = top + 0.12 * (top - bottom)
    columns = [left + (right - left) * (k + 0.5) / len(counts) for k in range(len(counts))]
    frames = [[*({} for _ in ground), _outline(*place), {"text": _texts(counts, k)}] for k, place in enumerate(places)]
    first = frames[(shown[0] * len(positions[1]) + shown[1]) * len(positions[2]) + shown[2]]
    disc = {"mode": "lines", "line": {"color": "#e76300", "width": 3}, **first[-2]}
    labels = {"mode": "text", "x": columns, "y": [band] * len(columns), **first[-1]}
    data = [{**trace, "showlegend": False, "hoverinfo": "skip"} for trace in [*ground, disc, labels]]
    layout = _plane_layout((left, right), (bottom, 2 * band - top))
    return MovingDisc({"data": data, "layout": layout}, frames)


def _plane_layout(x: tuple[float, float], y: tuple[float, float]) -> dict[str, Any]:
    """Two axes of one scale, without a grid."""
    plain = {"showgrid": False, "zeroline": False}
    return {
        "xaxis": {"range": list(x), "title": {"text": "input x1"}, **plain},
        "yaxis": {"range": list(y), "title": {"text": "input x2"}, "scaleanchor": "x", **plain},
    }


def _shaded_traces(polygons: Polygons, shades: Int[np.ndarray, " faces"]) -> list[dict[str, Any]]:
    """One trace for each shade; gaps separate its polygons."""
    ranks = np.unique(shades, return_inverse=True)[1]
    levels = (ranks * SHADES) // (ranks.max() + 1)
    traces = []
    for level in np.unique(levels):
        x: list[float | None] = []
        y: list[float | None] = []
        for polygon in (polygons[k] for k in np.flatnonzero(levels == level).tolist()):
            x += [*polygon[:, 0].round(3).tolist(), round(float(polygon[0, 0]), 3), None]
            y += [*polygon[:, 1].round(3).tolist(), round(float(polygon[0, 1]), 3), None]
        colour = f"rgba(63,144,218,{0.08 + 0.62 * level / (SHADES - 1):.2f})"
        line = {"color": "black", "width": 0.6}
        traces.append({"x": x, "y": y, "mode": "lines", "fill": "toself", "fillcolor": colour, "line": line})
    return traces


def _outline(x: float, y: float, radius: float) -> dict[str, Any]:
    angle = np.linspace(0.0, 2.0 * np.pi, OUTLINE)
    return {
        "x": (x + radius * np.cos(angle)).round(3).tolist(),
        "y": (y + radius * np.sin(angle)).round(3).tolist(),
    }


def _texts(counts: Mapping[str, Sequence[int]], frame: int) -> list[str]:
    return [f"{name}<br><b>{_short(numbers[frame])}</b>" for name, numbers in counts.items()]


def _short(number: int) -> str:
    return str(number) if number < 100_000 else f"{number:.1e}"


def _check_values(polygons: Polygons, values: np.ndarray) -> None:
    """Refuse values that do not belong to the polygons.

    Raises:
        ValueError: If there are not as many.
    """
    if len(values) != len(polygons):
        raise ValueError(f"there are {len(values)} values; expected {len(polygons)}, one per polygon")
