"""Graphs and histograms that a reader moves: lines around activations, a staircase as it is built, spectra, phases."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import torch
from jaxtyping import Float

from rectified.activations.elementwise import RELU, TANH
from rectified.bounds.relaxations import LowerSlope, relaxation_of
from rectified.plotting.graphs import clipped_path, line_values
from rectified.plotting.moving_figures import MovingFigure, trace
from rectified.plotting.scatters import histogram_heights
from rectified.residual.polylines import Polyline


def moving_sandwich(lefts: Sequence[float], rights: Sequence[float], shown: tuple[int, int]) -> MovingFigure:
    """The ReLU and tanh between their lines, for every pair of ends, to be moved by the reader.

    Left the ReLU with its chord, the parallel and the adaptive lower line, and the parabola through three of its
    points; right tanh with its two lines.

    Args:
        lefts: Left ends, none above the right ends; the outer loop of the frames.
        rights: Right ends.
        shown: Indices of the two ends that are shown first.

    Returns:
        The figure and its frames. The first two traces are the curves, which do not move: their frames are empty.
    """
    frames = [[{}, {}, *_sandwich_traces(lower, upper)] for lower in lefts for upper in rights]
    axis = torch.linspace(min(lefts) - 0.2, max(rights) + 0.2, 65, dtype=torch.float64)
    curves = [trace(axis.numpy(), activation.value(axis).numpy()) for activation in (RELU, TANH)]
    first = curves + frames[shown[0] * len(rights) + shown[1]][2:]
    panels = ("", "2", "", "", "", "", "2", "2")
    dashes = ("solid", "solid", "dash", "dashdot", "longdash", "dot", "dash", "dashdot")
    names = ("ReLU", "tanh", "chord above", "Fast-Lin", "CROWN", "parabola", "above tanh", "below tanh")
    data = [
        trace | {"name": name, "mode": "lines", "line": {"dash": dash}, "xaxis": f"x{panel}", "yaxis": f"y{panel}"}
        for trace, name, panel, dash in zip(first, names, panels, dashes, strict=True)
    ]
    layout = {
        "xaxis": {"domain": [0.0, 0.47], "title": {"text": "y"}},
        "xaxis2": {"domain": [0.53, 1.0], "title": {"text": "y"}, "anchor": "y2"},
        "yaxis": {"range": [min(lefts) - 0.2, max(rights) + 0.2]},
        "yaxis2": {"range": [-1.8, 1.8], "anchor": "x2"},
        "legend": {"orientation": "h"},
    }
    return MovingFigure({"data": data, "layout": layout}, frames)


def _sandwich_traces(lower: float, upper: float) -> list[dict[str, list[float]]]:
    """The traces that move: four of the ReLU, two of tanh."""
    ends, inside = (
        torch.tensor([lower, upper], dtype=torch.float64),
        torch.linspace(lower, upper, 25, dtype=torch.float64),
    )
    parallel = relaxation_of(RELU, ends[0], ends[1], LowerSlope.PARALLEL)
    adaptive, smooth = (relaxation_of(activation, ends[0], ends[1]) for activation in (RELU, TANH))
    pairs = [(adaptive[0], adaptive[1]), parallel[2:], adaptive[2:], smooth[:2], smooth[2:]]
    traces = [trace(ends.numpy(), line_values(*pair, ends).numpy()) for pair in pairs]
    traces.insert(3, trace(inside.numpy(), (inside * (inside - lower) / (upper - lower)).numpy()))
    return traces


def building_steps(
    states: Sequence[Polyline], target: Polyline, limits: tuple[float, float], shown: int
) -> MovingFigure:
    """The scalar state block by block, to be stepped through by the reader.

    Args:
        states: The state before the first block and after each block.
        target: The step function that is being built.
        limits: Ends of the ordinates; what lies beyond is cut.
        shown: Number of the state shown first.

    Returns:
        The figure and one frame per state: the state before, the state, and the target, which does not move.
    """
    drawn = [trace(*clipped_path(state, *limits)) for state in states]
    frames = [[drawn[max(number - 1, 0)], drawn[number], {}] for number in range(len(states))]
    traces = [*frames[shown][:2], trace(*clipped_path(target, *limits))]
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
    return MovingFigure({"data": data, "layout": layout}, frames)


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


def phase_explorer(
    depths: Mapping[int, Mapping[float, Sequence[int]]], shown: tuple[int, int], *, most: int = 25
) -> MovingFigure:
    """Share of injective layers by expansivity for each n, and for one of them how many rows the emptiest cell has.

    Args:
        depths: By n and expansivity: the fewest active rows of each drawn layer. All n have the same expansivities.
        shown: Indices of n and expansivity that are shown first.
        most: The largest count on the axis; larger ones are put there.

    Returns:
        The figure and its frames: n is the outer loop. Traces: a line for each n, the chosen point, bars of counts at
        which a layer fails, and of those at which it is injective.
    """
    frames: list[list[dict[str, Any]]] = []
    lines: list[dict[str, Any]] = []
    for dim, by_alpha in depths.items():
        shares = {alpha: float(np.mean(np.array(values) >= dim)) for alpha, values in by_alpha.items()}
        lines.append({"x": list(shares), "y": list(shares.values()), "name": f"n = {dim}", "mode": "lines+markers"})
        for alpha, values in by_alpha.items():
            chosen: dict[str, Any] = {"x": [alpha], "y": [shares[alpha]]}
            frames.append([*({} for _ in depths), chosen, *_count_bars(values, dim, most)])
    first = frames[shown[0] * len(next(iter(depths.values()))) + shown[1]]
    data = lines + [kind | trace for kind, trace in zip(_phase_kinds(), first[len(depths) :], strict=True)]
    second = {"domain": [0.57, 1.0], "range": [-0.6, most + 0.6], "anchor": "y2"}
    layout = {
        "xaxis": {"domain": [0.0, 0.46], "title": {"text": "expansivity m / n"}},
        "yaxis": {"range": [-0.04, 1.06], "title": {"text": "share of injective layers"}},
        "xaxis2": second | {"title": {"text": "rows in emptiest cell"}},
        "yaxis2": {"range": [0.0, 1.02], "anchor": "x2", "title": {"text": "share of layers"}},
        "barmode": "overlay",
    }
    return MovingFigure({"data": data, "layout": layout}, frames)


def _count_bars(values: Sequence[int], dim: int, most: int) -> list[dict[str, Any]]:
    """Bars of the counts below n, and of the others."""
    bars = np.round(np.bincount(np.minimum(values, most), minlength=most + 1) / len(values), 4)
    return [
        {"x": list(range(dim)), "y": bars[:dim].tolist()},
        {"x": list(range(dim, most + 1)), "y": bars[dim:].tolist()},
    ]


def _phase_kinds() -> list[dict[str, Any]]:
    bars: dict[str, Any] = {"type": "bar", "xaxis": "x2", "yaxis": "y2"}
    point = {"size": 16, "symbol": "circle-open", "line": {"width": 3}}
    return [
        {"name": "chosen", "mode": "markers", "marker": point},
        bars | {"name": "fewer than n: not injective"},
        bars | {"name": "n or more: injective"},
    ]
