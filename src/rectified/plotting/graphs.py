"""Graphs of functions of one variable: activations between their lines, states of a network, risks along a line."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import torch
from jaxtyping import Float
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from torch import Tensor

from rectified.activations.elementwise import Activation
from rectified.bounds.relaxations import Relaxation
from rectified.plotting.style import DASHES, theory_line
from rectified.residual.polylines import Polyline

LINES = ("--", "-.", ":", (0, (5, 1)))


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
        style: dict[str, Any] = {"linestyle": LINES[idx % len(LINES)], "color": f"C{idx}"}
        if upper_line in drawn:
            drawn[upper_line].set(label="above, shared", color="C4", linestyle=LINES[3])  # it is no one's own
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
    """
    artists = []
    for idx, (label, (position, risks)) in enumerate(slices.items()):
        artists += ax.plot(position, risks, linestyle=DASHES[idx % len(DASHES)], label=label)
    ends = [min(x.min() for x, _ in slices.values()), max(x.max() for x, _ in slices.values())]
    theory_line(ax, ends, [level, level], "best affine map")
    ax.set_ylabel("risk $R$")
    ax.locator_params(axis="x", nbins=5)  # more numbers would touch each other
    ax.legend()
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
    """
    artists = []
    for idx, (label, values) in enumerate(risks.items()):
        artists += ax.plot(outer_weights, values, linestyle=DASHES[idx % len(DASHES)], label=label)
    ends = [outer_weights[0], outer_weights[-1]]
    theory_line(ax, ends, [wall, wall], "least risk at $v_1 = 0$")
    theory_line(ax, ends, [bottom, bottom], None)
    ax.set(xlabel="outer weight $v_1$ of the first unit", ylabel="least risk", ylim=(0.0, None))
    ax.locator_params(axis="x", nbins=5)
    ax.legend(loc="upper left", bbox_to_anchor=(1.0, 1.0))
    return artists


def plot_hermite_bars(coefficients: Float[np.ndarray, " terms"], ax: Axes) -> list[Artist]:
    r"""Draw how the second moment of an activation is shared by Hermite degrees; degree 1 is hatched.

    Args:
        coefficients: c_0, c_1, ... in the orthonormal basis.
        ax: Where to draw.

    Returns:
        The bars.
    """
    shares = coefficients**2 / np.sum(coefficients**2)
    bars = ax.bar(np.arange(len(shares)), shares, color=["C1" if k == 1 else "C0" for k in range(len(shares))])
    if len(bars) > 1:
        bars[1].set_hatch("///")
    ax.set(xlabel=r"Hermite degree $k$", ylabel=r"share $c_k^2/\eta$", ylim=(0, 1.05))
    return list(bars)
