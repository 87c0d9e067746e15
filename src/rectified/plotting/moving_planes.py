"""Planes that a reader moves: a disc on a partition, a boundary that bends, a state from layer to layer."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import torch
from jaxtyping import Float, Int

from rectified.networks import Layers
from rectified.plotting.fields import Polygons, boundary_edges
from rectified.plotting.moving_figures import MovingFigure, with_gaps
from rectified.regions.planar import PlanarPartition, planar_partition

SHADES = 5  # in which the polygons are drawn


OUTLINE = 25  # points of the disc


def moving_disc(
    polygons: Polygons,
    shades: Int[np.ndarray, " faces"],
    positions: tuple[Sequence[float], Sequence[float], Sequence[float]],
    counts: Mapping[str, Sequence[int]],
    shown: tuple[int, int, int],
) -> MovingFigure:
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
    """
    if len(shades) != len(polygons):
        raise ValueError(f"there are {len(shades)} shades; expected {len(polygons)}, one per polygon")
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
    return MovingFigure({"data": data, "layout": layout}, frames)


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


def moving_bend(
    first: tuple[Float[np.ndarray, "width 2"], Float[np.ndarray, " width"]],
    vector: Float[np.ndarray, " width"],
    moved: int,
    values: Sequence[float],
    biases: Sequence[float],
    *,
    shown: tuple[int, int],
    half_side: float = 3.0,
) -> MovingFigure:
    """The boundary of a second-layer neuron over first-layer lines, for every value of one weight and of the bias.

    Args:
        first: Weights and biases of the first layer, two inputs.
        vector: Weights of the second-layer neuron.
        moved: Which of them the reader moves.
        values: Its values; the outer loop of the frames.
        biases: Values of the neuron's bias.
        shown: Indices of what is shown first.
        half_side: Of the square that is drawn.

    Returns:
        The figure and its frames. The lines of the first layer do not move: their frames are empty.
    """
    width = len(vector)
    layers = [(torch.from_numpy(first[0]), torch.from_numpy(first[1]))]
    frames: list[list[dict[str, list[float | None]]]] = []
    for value in values:
        weights = np.where(np.arange(width) == moved, value, vector)
        for bias in biases:
            second = torch.from_numpy(weights)[None], torch.tensor([float(bias)], dtype=torch.float64)
            edges = boundary_edges(_square([*layers, second], half_side), width)
            frames.append([{}] * width + [with_gaps(list(edges))])
    still = _square([*layers, (torch.zeros(1, width).double(), torch.ones(1).double())], half_side)
    data = [
        {
            **with_gaps(list(boundary_edges(still, neuron))),
            "line": {"dash": "dot" if neuron == moved else "solid", "width": 2},
        }
        | {"mode": "lines", "name": f"first layer, neuron {neuron + 1}"}
        for neuron in range(width)
    ]
    now = frames[shown[0] * len(biases) + shown[1]][-1]
    data.append({**now, "mode": "lines", "name": "second layer", "line": {"width": 4}})
    axis = {"range": [-half_side, half_side]}
    layout = {
        "xaxis": {**axis, "title": {"text": "x1"}},
        "yaxis": {**axis, "title": {"text": "x2"}, "scaleanchor": "x"},
        "legend": {"orientation": "h"},
    }
    return MovingFigure({"data": data, "layout": layout}, frames)


def _square(layers: Layers, half_side: float) -> PlanarPartition:
    """Partition of a square; an output layer is appended, which cuts nothing."""
    output = torch.ones(1, len(layers[-1][1])).double(), torch.zeros(1).double()
    return planar_partition([*layers, output], (-half_side, -half_side), (half_side, half_side))


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
