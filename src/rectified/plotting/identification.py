"""Pictures of networks that are read off their answers: bent boundaries, the search for kinks, errors by queries."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import torch
from jaxtyping import Float
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.container import ErrorbarContainer
from matplotlib.lines import Line2D

from rectified.networks import Layers
from rectified.plotting.style import MARKERS, theory_line
from rectified.regions.planar import PlanarPartition, planar_partition

FLOOR = 1e-13  # smaller errors are drawn here: a logarithmic axis has no zero
NOT_FOUND = 1.0


def boundary_edges(partition: PlanarPartition, neuron: int) -> Float[np.ndarray, "edges 2 2"]:
    """The edges of a planar partition at which one neuron changes its sign.

    Args:
        partition: Of a rectangle.
        neuron: Index among all hidden neurons.

    Returns:
        Both ends of each edge.
    """
    patterns, (left, right) = partition.patterns.numpy(), partition.sides
    inside = (left >= 0) & (right >= 0)
    changes = inside.copy()
    changes[inside] = patterns[left[inside], neuron] != patterns[right[inside], neuron]
    return np.asarray(partition.vertices[partition.ends[:, changes]].transpose(1, 0, 2))


def draw_boundaries(
    ax: Axes, partition: PlanarPartition, widths: Sequence[int], names: Sequence[str]
) -> list[LineCollection]:
    """The boundaries of all hidden neurons in the plane: one colour and dash for each layer.

    Args:
        ax: Where to draw.
        partition: Of a rectangle.
        widths: Numbers of neurons of the hidden layers.
        names: What the legend calls each layer's boundaries.

    Returns:
        One collection of line segments for each layer.

    Raises:
        ValueError: If widths and patterns differ, or names are missing.
    """
    if sum(widths) != partition.patterns.shape[1] or len(names) != len(widths):
        raise ValueError(
            f"widths is {list(widths)} with {len(names)} names; expected {partition.patterns.shape[1]} neurons in all"
        )
    artists, first = [], 0
    for idx, (width, name) in enumerate(zip(widths, names, strict=True)):
        edges = np.concatenate([boundary_edges(partition, neuron) for neuron in range(first, first + width)])
        style = "solid" if idx == 0 else "dashed"
        drawn = LineCollection(list(edges), colors=f"C{idx}", linewidths=1.4 + idx, linestyles=style, label=name)
        artists.append(drawn)
        ax.add_collection(drawn)
        first += width
    low, high = partition.vertices.min(axis=0), partition.vertices.max(axis=0)
    ax.set(xlim=(low[0], high[0]), ylim=(low[1], high[1]), xlabel="input $x_1$", ylabel="input $x_2$", aspect="equal")
    ax.legend(loc="upper right")
    return artists


class MovingBend(NamedTuple):
    """A figure in Plotly's terms, and one frame for each pair of a weight and a bias."""

    figure: dict[str, Any]
    frames: list[list[dict[str, list[float | None]]]]


def moving_bend(
    first: tuple[Float[np.ndarray, "width 2"], Float[np.ndarray, " width"]],
    vector: Float[np.ndarray, " width"],
    moved: int,
    values: Sequence[float],
    biases: Sequence[float],
    *,
    shown: tuple[int, int],
    half_side: float = 3.0,
) -> MovingBend:
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
            frames.append([{}] * width + [_gapped(edges)])
    still = _square([*layers, (torch.zeros(1, width).double(), torch.ones(1).double())], half_side)
    data = [
        {**_gapped(boundary_edges(still, neuron)), "line": {"dash": "dot" if neuron == moved else "solid", "width": 2}}
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
    return MovingBend({"data": data, "layout": layout}, frames)


def _square(layers: Layers, half_side: float) -> PlanarPartition:
    """Partition of a square; an output layer is appended, which cuts nothing."""
    output = torch.ones(1, len(layers[-1][1])).double(), torch.zeros(1).double()
    return planar_partition([*layers, output], (-half_side, -half_side), (half_side, half_side))


def _gapped(edges: Float[np.ndarray, "edges 2 2"]) -> dict[str, list[float | None]]:
    """Edges as one trace, with a gap after each."""
    x: list[float | None] = []
    y: list[float | None] = []
    for (x0, y0), (x1, y1) in edges.tolist():
        x += [round(x0, 3), round(x1, 3), None]
        y += [round(y0, 3), round(y1, 3), None]
    return {"x": x or [None], "y": y or [None]}


def draw_search(
    upper: Axes,
    lower: Axes,
    curve: tuple[Float[np.ndarray, " samples"], Float[np.ndarray, " samples"]],
    kinks: Float[np.ndarray, " kinks"],
    rounds: Sequence[Float[np.ndarray, " _asked"]],
) -> tuple[Line2D, list[Line2D]]:
    """A function along a segment with the kinks found on it; below, where each round of the search asked.

    Args:
        upper: Where to draw the function.
        lower: Where to draw the search, with the same abscissa.
        curve: Positions and outputs.
        kinks: Positions of the kinks.
        rounds: Positions asked in each round, the first round first.

    Returns:
        The points at the kinks, and one row of points for each round.
    """
    upper.plot(*curve, color="C0")
    (found,) = upper.plot(kinks, np.interp(kinks, *curve), "o", color="C1", label="kinks found")
    upper.set(ylabel="output $f$")
    upper.legend()
    rows = [
        lower.plot(asked, np.full(len(asked), idx + 1), "|", color="C0", markersize=9)
        for idx, asked in enumerate(rounds)
    ]
    for place in kinks:
        lower.axvline(place, color="C1", linewidth=0.8, zorder=0)
    lower.invert_yaxis()
    lower.set(xlabel="position on the segment", ylabel="round of queries")
    return found, [row for (row,) in rows]


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
