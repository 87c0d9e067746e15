"""Pictures of certified bounds: sandwiches of lines, certified balls, radii against each other, widths by depth."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import torch
from jaxtyping import Float
from matplotlib.axes import Axes
from matplotlib.collections import PathCollection, QuadMesh
from matplotlib.lines import Line2D
from matplotlib.patches import Polygon
from torch import Tensor

from rectified.activations.elementwise import RELU, TANH, Activation
from rectified.bounds.relaxations import LowerSlope, Relaxation, relaxation_of
from rectified.plotting.style import MARKERS, plain_numbers, theory_line

DASHES = ("--", "-.", ":", (0, (5, 1)))


def line_values(
    slope: float | Tensor, intercept: float | Tensor, y: Float[Tensor, " samples"]
) -> Float[Tensor, " samples"]:
    """The values ``slope y + intercept``."""
    return slope * y + intercept


def draw_sandwich(
    ax: Axes,
    activation: Activation,
    lower: float,
    upper: float,
    lines: Mapping[str, Relaxation],
    *,
    margin: float = 0.5,
) -> list[Line2D]:
    """The activation, and over ``[lower, upper]`` the lines above and below it, one style per relaxation.

    An upper line that several relaxations share is drawn once.

    Args:
        ax: Where to draw.
        activation: The curve.
        lower: Left end of the interval.
        upper: Right end.
        lines: Label to relaxation; each holds single numbers.
        margin: How far the curve goes on beyond the interval.

    Returns:
        The curve, then the lines in the order of ``lines``.
    """
    everywhere = torch.linspace(lower - margin, upper + margin, 201, dtype=torch.float64)
    artists = list(ax.plot(everywhere, activation.value(everywhere), color="black", label=_shown_name(activation)))
    inside = torch.tensor([lower, upper], dtype=torch.float64)
    drawn: dict[tuple[float, float], Line2D] = {}
    for idx, (label, four) in enumerate(lines.items()):
        upper_line = (float(four.upper_slope), float(four.upper_intercept))
        style: dict[str, Any] = {"linestyle": DASHES[idx % len(DASHES)], "color": f"C{idx}"}
        if upper_line in drawn:
            drawn[upper_line].set(label="above, shared", color="C4", linestyle=DASHES[3])  # it is no one's own
        else:
            (drawn[upper_line],) = ax.plot(inside, line_values(*upper_line, inside), **style, label=f"{label}, above")
            artists.append(drawn[upper_line])
        below = line_values(four.lower_slope, four.lower_intercept, inside)
        artists += ax.plot(inside, below, **style, label=f"{label}, below", marker="o", markersize=3)
    for end in (lower, upper):
        ax.axvline(end, color="0.7", linewidth=0.8, zorder=0)
    ax.set_xlabel("pre-activation $y$")
    ax.legend()
    return artists


def _shown_name(activation: Activation) -> str:
    return activation.name.replace("relu", "ReLU")


def ball_outline(
    center: Float[np.ndarray, "2"], eps: float, p: float, samples: int = 200
) -> Float[np.ndarray, "samples 2"]:
    """Points around the boundary of the ball of the p-norm in the plane.

    Args:
        center: The middle.
        eps: The radius.
        p: 1, 2 or infinity.
        samples: Number of points, in equal steps of the angle.

    Returns:
        The points, anticlockwise; each has p-distance ``eps`` from the centre.
    """
    angle = np.linspace(0.0, 2.0 * np.pi, samples, endpoint=False)
    direction = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    points: np.ndarray = center + eps * direction / np.linalg.norm(direction, ord=p, axis=1, keepdims=True)
    return points


def draw_margin_field(
    ax: Axes,
    grid: tuple[Float[np.ndarray, " columns"], Float[np.ndarray, " rows"]],
    margin: Float[np.ndarray, "rows columns"],
    plane: Float[np.ndarray, "rows columns"],
    outline: Float[np.ndarray, "samples 2"],
) -> tuple[QuadMesh, Polygon]:
    """The margin over a plane of inputs, its zero, the zero of a linear lower bound, and the ball it holds in.

    Args:
        ax: Where to draw.
        grid: Abscissae and ordinates.
        margin: The margin at the grid's points; the decision changes where it is 0.
        plane: The linear lower bound at the same points.
        outline: The boundary of the ball.

    Returns:
        The coloured field and the ball's outline.
    """
    largest = float(np.abs(margin).max())
    field = ax.pcolormesh(*grid, margin, cmap="cividis", vmin=-largest, vmax=largest, rasterized=True)
    ax.contour(*grid, margin, levels=[0.0], colors="white", linewidths=2.0)
    ax.contour(*grid, plane, levels=[0.0], colors="white", linestyles="dashed", linewidths=1.6)
    (ball,) = ax.fill(*outline.T, fill=False, edgecolor="C1", linewidth=2.0)
    ax.set_aspect("equal")
    ax.set(xlabel="input $x_1$", ylabel="input $x_2$")
    return field, ball


def draw_radius_scatter(
    ax: Axes,
    radii: Mapping[str, tuple[Float[np.ndarray, " images"], Float[np.ndarray, " images"]]],
    names: tuple[str, str],
) -> list[PathCollection]:
    """One point per image, one marker per group, and the diagonal on which both radii agree; both axes logarithmic.

    Args:
        ax: Where to draw.
        radii: Group to abscissae and ordinates.
        names: What the abscissa and the ordinate are.

    Returns:
        The groups of points.
    """
    artists = [
        ax.scatter(x, y, s=14, marker=MARKERS[idx % len(MARKERS)], alpha=0.7, label=label)
        for idx, (label, (x, y)) in enumerate(radii.items())
    ]
    every = np.concatenate([np.concatenate(pair) for pair in radii.values()])
    ends = np.array([every.min() * 0.9, every.max() * 1.1])
    ax.plot(ends, ends, color="black", linestyle="--", linewidth=1.2, zorder=0)
    ax.set(xscale="log", yscale="log", xlabel=names[0], ylabel=names[1])
    ax.legend()
    return artists


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


class MovingSandwich(NamedTuple):
    """A figure in Plotly's terms, and one frame per interval: new coordinates for each of its traces."""

    figure: dict[str, Any]
    frames: list[list[dict[str, list[float]]]]


def moving_sandwich(lefts: Sequence[float], rights: Sequence[float], shown: tuple[int, int]) -> MovingSandwich:
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
    curves = [_trace(axis, RELU.value(axis)), _trace(axis, TANH.value(axis))]
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
    return MovingSandwich({"data": data, "layout": layout}, frames)


def _sandwich_traces(lower: float, upper: float) -> list[dict[str, list[float]]]:
    """The traces that move: four of the ReLU, two of tanh."""
    ends, inside = (
        torch.tensor([lower, upper], dtype=torch.float64),
        torch.linspace(lower, upper, 25, dtype=torch.float64),
    )
    parallel = relaxation_of(RELU, ends[0], ends[1], LowerSlope.PARALLEL)
    adaptive, smooth = (relaxation_of(activation, ends[0], ends[1]) for activation in (RELU, TANH))
    pairs = [(adaptive[0], adaptive[1]), parallel[2:], adaptive[2:], smooth[:2], smooth[2:]]
    traces = [_trace(ends, line_values(*pair, ends)) for pair in pairs]
    traces.insert(3, _trace(inside, inside * (inside - lower) / (upper - lower)))
    return traces


def _trace(x: Tensor, y: Tensor) -> dict[str, list[float]]:
    """Coordinates with four digits."""
    return {"x": [round(value, 4) for value in x.tolist()], "y": [round(value, 4) for value in y.tolist()]}
