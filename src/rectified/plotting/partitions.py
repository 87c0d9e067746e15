"""Pictures of exact planar partitions, and of walks through them."""

from collections.abc import Sequence

import numpy as np
from jaxtyping import Float
from matplotlib.axes import Axes
from matplotlib.collections import PathCollection, PolyCollection
from matplotlib.lines import Line2D
from matplotlib.patches import Circle


def draw_partition(
    ax: Axes, polygons: Sequence[Float[np.ndarray, "_corners 2"]], values: Float[np.ndarray, " faces"]
) -> PolyCollection:
    """Polygons filled by a number each, with thin edges in the colour of the page.

    Args:
        ax: Where to draw.
        polygons: Corners of each face, in order.
        values: What the colour says.

    Returns:
        The filled polygons, for a colour bar.

    Raises:
        ValueError: If there is not one value per polygon.
    """
    if len(polygons) != len(values):
        raise ValueError(f"values has length {len(values)}; expected one per polygon, {len(polygons)}")
    faces = PolyCollection(polygons, array=np.asarray(values), cmap="cividis", edgecolor="white", linewidth=0.6)
    ax.add_collection(faces)
    corners = np.concatenate(list(polygons))
    ax.set(xlim=(corners[:, 0].min(), corners[:, 0].max()), ylim=(corners[:, 1].min(), corners[:, 1].max()))
    ax.set(aspect="equal", xlabel="input $x_1$", ylabel="input $x_2$")
    ax.grid(visible=False)
    return faces


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
