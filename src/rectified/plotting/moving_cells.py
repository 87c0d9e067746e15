"""Cells of one hidden unit that the reader moves: through the steps of training, or by dragging an example."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import matplotlib as mpl
import numpy as np
from jaxtyping import Float
from matplotlib.colors import Normalize, to_hex

from rectified.plotting.moving_figures import Frame, MovingFigure

FIELD = "viridis"
UNITS = ((1, "white", "solid", "circle"), (2, "#ffa90e", "dot", "square"))


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


class PlacedExample(NamedTuple):
    """What one place of the dragged example makes of the cells.

    Attributes:
        example: The dragged example: input and label.
        sectors: One polygon per cell.
        risks: One number per cell.
        curve: The best network's values on the grid.
    """

    example: tuple[float, float]
    sectors: Sequence[Float[np.ndarray, "_samples 2"]]
    risks: Float[np.ndarray, " cells"]
    curve: Float[np.ndarray, " points"]


def cells_in_training(
    sectors: Sequence[Float[np.ndarray, "_samples 2"]],
    runs: Sequence[RecordedRun],
    grid: Float[np.ndarray, " points"],
    data: tuple[Float[np.ndarray, " samples"], Float[np.ndarray, " samples"]],
    radius: float,
    shown: tuple[int, int],
) -> MovingFigure:
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
    """
    scale = _scale([run.cells for run in runs])
    frames = [
        _training_frame(sectors, run, step, grid, radius, scale) for run in runs for step in range(len(run.units))
    ]
    ways: Frame = [
        {"mode": "lines", "line": {"color": colour, "dash": dash, "width": 3}, "showlegend": False}
        for _, colour, dash, _ in UNITS
    ]
    ends: Frame = [
        {"name": f"unit {number}", "mode": "markers"}
        | {"marker": {"color": colour, "symbol": symbol, "size": 12, "line": {"color": "black", "width": 2}}}
        for number, colour, _, symbol in UNITS
    ]
    right: dict[str, Any] = {"xaxis": "x2", "yaxis": "y2"}
    curve = {"name": "network", "mode": "lines"} | right
    points = {"name": "data", "mode": "markers", "marker": {"size": 9}, "x": data[0], "y": data[1]} | right
    traces = [*map(_polygon, sectors), *ways, *ends, curve, points, _colour_bar(scale)]
    first = frames[shown[0] * len(runs[0].units) + shown[1]]
    layout = {
        "xaxis": _plane(radius) | {"domain": [0.0, 0.46], "title": {"text": "weight w"}},
        "yaxis": _plane(radius) | {"title": {"text": "bias b"}, "scaleanchor": "x"},
        "xaxis2": {"domain": [0.56, 1.0], "title": {"text": "input x"}, "anchor": "y2"},
        "yaxis2": {"title": {"text": "output"}, "anchor": "x2"},
        "legend": {"orientation": "h", "y": 1.15},
    }
    return _moving(traces, first, layout, frames)


def cells_by_example(
    places: Sequence[PlacedExample],
    grid: Float[np.ndarray, " points"],
    others: tuple[Float[np.ndarray, " samples"], Float[np.ndarray, " samples"]],
    radius: float,
    shown: int,
) -> MovingFigure:
    """Left the data with one example to be dragged, and the best network; right the cells of one unit.

    Args:
        places: One entry per place of the dragged example.
        grid: Where the function is drawn.
        others: Inputs and labels of the examples that stay.
        radius: Of the plane's picture.
        shown: Index of the place that is shown first.

    Returns:
        The figure and its frames. Where two examples have one input, two cells vanish: their polygons are empty.
    """
    scale, most = _scale([place.risks for place in places]), max(len(place.sectors) for place in places)
    frames = [_example_frame(place, most, grid, scale) for place in places]
    curve: dict[str, Any] = {"name": "best network", "mode": "lines"}
    points: dict[str, Any] = {"name": "data", "mode": "markers", "marker": {"size": 9}, "x": others[0], "y": others[1]}
    marker = {"color": "#e76300", "symbol": "diamond", "size": 14, "line": {"color": "black", "width": 1}}
    dragged = {"name": "drag me", "mode": "markers", "marker": marker}
    right: dict[str, Any] = {"xaxis": "x2", "yaxis": "y2"}
    polygons = [_polygon(np.zeros((1, 2))) | right for _ in range(most)]
    traces: Frame = [curve, points, dragged, *polygons, _colour_bar(scale) | right]
    layout = {
        "xaxis": {"domain": [0.0, 0.46], "title": {"text": "input x"}, "range": [float(grid[0]), float(grid[-1])]},
        "yaxis": {"title": {"text": "label y"}, "range": [-2.0, 2.0]},
        "xaxis2": _plane(radius) | {"domain": [0.56, 1.0], "title": {"text": "weight w"}, "anchor": "y2"},
        "yaxis2": _plane(radius) | {"title": {"text": "bias b"}, "scaleanchor": "x2", "anchor": "x2"},
        "legend": {"orientation": "h", "y": 1.15},
    }
    return _moving(traces, frames[shown], layout, frames)


def _training_frame(
    sectors: Sequence[np.ndarray], run: RecordedRun, step: int, grid: np.ndarray, radius: float, scale: Normalize
) -> Frame:
    """Colours of the cells, the ways of both units up to the step, and the network's function."""
    fills: Frame = [{"fillcolor": colour} for colour in _colours(run.cells[step], scale)[: len(sectors)]]
    way = run.units[: step + 1]
    way = (way * np.minimum(1.0, radius / np.linalg.norm(way, axis=2, keepdims=True))).round(3)
    ways = [{"x": way[:, unit, 0], "y": way[:, unit, 1]} for unit in range(2)]
    ends = [{"x": way[-1:, unit, 0], "y": way[-1:, unit, 1]} for unit in range(2)]
    return [*fills, *ways, *ends, {"x": grid, "y": run.curves[step].round(3)}, {}, {}]


def _example_frame(place: PlacedExample, most: int, grid: np.ndarray, scale: Normalize) -> Frame:
    """The best network's function, the dragged example, and all cells with their colours."""
    curve = {"x": grid, "y": place.curve.round(3)}
    dragged = {"x": [place.example[0]], "y": [place.example[1]]}
    cells: Frame = [
        {"x": polygon[:, 0].round(2), "y": polygon[:, 1].round(2), "fillcolor": colour}
        for polygon, colour in zip(place.sectors, _colours(place.risks, scale), strict=True)
    ]
    empty: Frame = [{"x": [0.0], "y": [0.0], "fillcolor": "white"}] * (most - len(cells))
    return [curve, {}, dragged, *cells, *empty, {}]


def _moving(traces: Frame, first: Frame, layout: dict[str, Any], frames: list[Frame]) -> MovingFigure:
    return MovingFigure({"data": [a | b for a, b in zip(traces, first, strict=True)], "layout": layout}, frames)


def _scale(risks: Sequence[np.ndarray]) -> Normalize:
    every = np.concatenate([part.ravel() for part in risks])
    return Normalize(float(every.min()), float(every.max()))


def _colours(risks: np.ndarray, scale: Normalize) -> list[str]:
    return [to_hex(colour) for colour in mpl.colormaps[FIELD](scale(risks))]


def _polygon(corners: np.ndarray) -> dict[str, Any]:
    line = {"line": {"color": "white", "width": 1}, "showlegend": False, "hoverinfo": "skip"}
    return {"x": corners[:, 0].round(3), "y": corners[:, 1].round(3), "fill": "toself", "mode": "lines"} | line


def _colour_bar(scale: Normalize) -> dict[str, Any]:
    """A point too small to be seen that carries the bar."""
    bar: dict[str, Any] = {"colorscale": "Viridis", "cmin": scale.vmin, "cmax": scale.vmax, "color": [scale.vmin]}
    bar |= {"size": 0.1, "showscale": True, "colorbar": {"title": {"text": "least risk of the cell"}, "len": 0.9}}
    return {"x": [0.0], "y": [0.0], "mode": "markers", "marker": bar, "showlegend": False, "hoverinfo": "skip"}


def _plane(radius: float) -> dict[str, Any]:
    return {"range": [-1.05 * radius, 1.05 * radius], "zeroline": False, "showgrid": False}
