"""Paths through the plane and through space: walks, searches, training runs, curves."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from jaxtyping import Float
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.collections import PathCollection
from matplotlib.lines import Line2D
from matplotlib.patches import Circle
from matplotlib.patheffects import Normal, Stroke
from numpy.typing import NDArray

from rectified.plotting.style import DASHES, MARKERS


def draw_walk(
    ax: Axes,
    ends: Float[np.ndarray, "2 2"],
    points: Float[np.ndarray, "kinks 2"],
    circles: Sequence[tuple[Float[np.ndarray, "2"], float, str]],
) -> tuple[Line2D, PathCollection]:
    """A segment, points on it, and circles, over a partition.

    Args:
        ax: Where to draw.
        ends: Both ends of the segment.
        points: Where something happens on it.
        circles: Centre, radius and line style of each.

    Returns:
        The segment and the points.
    """
    (line,) = ax.plot(*ends.T, color="C1", linewidth=2.0, zorder=3)
    dots = ax.scatter(points[:, 0], points[:, 1], s=30, color="C1", edgecolor="black", zorder=4)
    for center, radius, style in circles:
        ax.add_patch(
            Circle((float(center[0]), float(center[1])), radius, fill=False, linestyle=style, color="white", lw=1.8)
        )
    return line, dots


def draw_along(
    ax: Axes,
    positions: Float[np.ndarray, " samples"],
    values: Float[np.ndarray, " samples"],
    kinks: Float[np.ndarray, " kinks"],
) -> tuple[Line2D, PathCollection]:
    """A function along a segment, with a dot at each kink.

    Args:
        ax: Where to draw.
        positions: Increasing distances from the segment's start.
        values: The function there.
        kinks: Positions of the kinks.

    Returns:
        The curve and the dots.
    """
    (line,) = ax.plot(positions, values, color="C0")
    dots = ax.scatter(kinks, np.interp(kinks, positions, values), s=30, color="C1", edgecolor="black", zorder=4)
    ax.set(xlabel="distance along the segment", ylabel="output of the network")
    return line, dots


def draw_trajectories(ax: Axes, paths: Mapping[str, Float[np.ndarray, "steps units 2"]], radius: float) -> list[Line2D]:
    """The way of hidden units through their plane, one marker and dash per run; the marker is where a unit ends.

    Args:
        ax: Where to draw.
        paths: Name of a run to the weights and biases of its units.
        radius: What lies beyond is cut off.

    Returns:
        One line per run and unit.
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


def draw_planar_curve(
    ax: Axes, vertices: Float[np.ndarray, "points 2"], met: Float[np.ndarray, "meetings 2"]
) -> tuple[Line2D, Line2D]:
    """A polygonal curve in the plane, with rings where it crosses itself.

    Args:
        ax: Where to draw.
        vertices: The curve.
        met: The crossings.

    Returns:
        The curve and the rings.
    """
    (curve,) = ax.plot(*vertices.T, marker=".", label="curve")
    (rings,) = ax.plot(*met.T, linestyle="", marker="o", markersize=13, fillstyle="none", color="C2", label="crossing")
    ax.set(xlabel="first coordinate", ylabel="second coordinate")
    ax.legend()
    return curve, rings


def draw_space_curve(ax: Any, vertices: Float[np.ndarray, "points 3"], floor: float) -> list[Any]:
    """A polygonal curve in space, with its shadow on the floor and threads between both.

    Args:
        ax: Axes with the projection "3d".
        vertices: The curve.
        floor: Height of the shadow.

    Returns:
        The curve and its shadow.
    """
    x, y, z = vertices.T
    artists = [*ax.plot(x, y, z, marker=".", color="C0"), *ax.plot(x, y, np.full_like(z, floor), color="C3", lw=1.0)]
    for point in vertices:
        ax.plot([point[0]] * 2, [point[1]] * 2, [floor, point[2]], color="0.8", linewidth=0.7, zorder=0)
    ax.tick_params(labelsize=7, pad=-2)
    return artists


def crossing_points(
    vertices: Float[np.ndarray, "points 2"], pairs: Sequence[tuple[int, int]]
) -> Float[np.ndarray, "meetings 2"]:
    """Where the given pairs of pieces of a planar curve cross.

    Args:
        vertices: The curve.
        pairs: Indices of pieces that cross in one point.

    Returns:
        One point for each pair.
    """
    found = [np.zeros(2)][:0]
    for first, second in pairs:
        u, v = vertices[first + 1] - vertices[first], vertices[second + 1] - vertices[second]
        s = np.linalg.solve(np.stack([u, -v], axis=1), vertices[second] - vertices[first])[0]
        found.append(vertices[first] + s * u)
    return np.array(found).reshape(-1, 2)


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
