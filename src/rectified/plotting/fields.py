"""Fields on the plane: regions and cells in the shade of a number, boundaries, and what else lies in the plane."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from jaxtyping import Bool, Float, Int
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection, PolyCollection, QuadMesh
from matplotlib.figure import Figure
from matplotlib.patches import Circle, Polygon

from rectified.plotting.style import MARKERS, Size, new_figure
from rectified.regions.planar import PlanarPartition

Polygons = Sequence[Float[np.ndarray, "_corners 2"]]


def draw_faces(
    ax: Axes,
    polygons: Polygons,
    values: Float[np.ndarray, " faces"] | Int[np.ndarray, " faces"],
    *,
    colours: str = "cividis",
    names: tuple[str, str] = ("input $x_1$", "input $x_2$"),
) -> PolyCollection:
    """Polygons of the plane, each in the shade of its number, with thin edges in the colour of the page.

    Args:
        ax: Where to draw; its limits become those of the polygons.
        polygons: Corners of each, in order.
        values: One number for each.
        colours: Matplotlib's name of a colour map.
        names: Of the two axes.

    Returns:
        The polygons, for a colour bar.

    Raises:
        ValueError: If there is not one value per polygon.
    """
    if len(polygons) != len(values):
        raise ValueError(f"values has length {len(values)}; expected one per polygon, {len(polygons)}")
    width = 0.6 if len(polygons) < 500 else 0.15
    faces = PolyCollection(
        list(polygons), array=np.asarray(values, float), cmap=colours, edgecolors="white", linewidths=width
    )
    ax.add_collection(faces)
    corners = np.concatenate(list(polygons))
    ax.set(xlim=(corners[:, 0].min(), corners[:, 0].max()), ylim=(corners[:, 1].min(), corners[:, 1].max()))
    ax.set(aspect="equal", xlabel=names[0], ylabel=names[1])
    ax.grid(visible=False)
    return faces


def square_panels(rows: int, columns: int) -> tuple[Figure, Any]:
    """A figure as wide as a page whose panels are squares without ticks.

    Args:
        rows: Number of rows of panels.
        columns: Number of panels in a row.

    Returns:
        The figure and its axes.
    """
    fig, axes = new_figure(rows, columns, Size.WIDE, subplot_kw={"xticks": [], "yticks": []})
    width, _ = Size.WIDE.value
    fig.set_size_inches(width, width * rows / columns)
    return fig, axes


def draw_disc(ax: Axes, center: tuple[float, float], radius: float) -> Circle:
    """The outline of a disc, above all else."""
    disc = Circle(center, radius, fill=False, edgecolor="C6", linewidth=2.4, zorder=6)
    ax.add_patch(disc)
    return disc


def plane_through(
    three: Float[np.ndarray, "3 d_in"], count: int
) -> tuple[Float[np.ndarray, " points"], Float[np.ndarray, "samples d_in"], list[tuple[float, float]]]:
    """A square grid on the plane through three points, in coordinates that keep distances.

    Args:
        three: The points, not on one line.
        count: Points along one side, at least 2.

    Returns:
        The coordinates along one side, symmetric about the middle of the three points; the points of the grid, row by
        row along the second coordinate; and the coordinates of the three points.

    Raises:
        ValueError: If the points lie on one line, or ``count`` is too small.
    """
    if count < 2:
        raise ValueError(f"count is {count}; expected at least 2")
    basis, corner = np.linalg.qr((three[1:] - three[0]).T)
    if abs(corner[1, 1]) <= 1e-9 * np.abs(corner).max():
        raise ValueError("three has its points on one line; expected three points that span a plane")
    middle = three.mean(axis=0)
    corners = (three - middle) @ basis
    side = 1.5 * np.abs(corners).max() * np.linspace(-1.0, 1.0, count)
    first, second = np.meshgrid(side, side)
    grid = middle + np.stack([first.ravel(), second.ravel()], axis=1) @ basis.T
    return side, grid, [(float(x), float(y)) for x, y in corners]


def draw_plane(
    ax: Axes,
    side: Float[np.ndarray, " points"],
    values: Float[np.ndarray, "points points"],
    corners: Mapping[str, tuple[float, float]],
    limits: tuple[float, float],
) -> QuadMesh:
    """A quantity on a plane of inputs, with a few marked points.

    Args:
        ax: Where to draw.
        side: Coordinates of the grid along both axes.
        values: At the grid's points; row by row along the second axis.
        corners: Name of a point to its coordinates.
        limits: The values with the darkest and the lightest colour.

    Returns:
        The coloured field.
    """
    field = ax.pcolormesh(side, side, values, cmap="cividis", vmin=limits[0], vmax=limits[1], rasterized=True)
    for idx, (label, place) in enumerate(corners.items()):
        ax.plot(*place, MARKERS[idx % len(MARKERS)], color="white", markeredgecolor="black", markersize=8)
        ax.annotate(label, place, xytext=(8, 6), textcoords="offset points", color="white", weight="bold")
    ax.set_aspect("equal")
    ax.grid(visible=False)
    ax.set(xlabel="first coordinate in the plane", ylabel="second coordinate")
    return field


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


def draw_decision(
    ax: Axes,
    grid: tuple[Float[np.ndarray, " columns"], Float[np.ndarray, " rows"]],
    values: Float[np.ndarray, "rows columns"],
    points: Float[np.ndarray, "samples 2"],
    is_inside: Bool[np.ndarray, " samples"],
) -> list[Artist]:
    """Where the output is positive, and the points to be separated.

    Args:
        ax: Where to draw.
        grid: Abscissae and ordinates.
        values: Outputs there, one row per ordinate.
        points: Points of both classes.
        is_inside: Which belong to the class that should be positive.

    Returns:
        The two groups of points.
    """
    ax.contourf(*grid, (values > 0).astype(float), levels=[0.5, 1.5], colors=["C0"], alpha=0.35)
    if (values > 0).any() and (values < 0).any():
        ax.contour(*grid, values, levels=[0.0], colors="black", linewidths=1.2)
    groups: list[Artist] = [
        ax.plot(*points[is_inside].T, "o", color="C2", markersize=2)[0],
        ax.plot(*points[~is_inside].T, "x", color="0.35", markersize=3, markeredgewidth=0.6)[0],
    ]
    ax.set(xlim=grid[0][[0, -1]], ylim=grid[1][[0, -1]], xticks=[], yticks=[], aspect="equal")
    ax.grid(visible=False)
    return groups


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


ARC = 9  # points on the outer edge of a sector


def sector(rays: Float[np.ndarray, "2 2"], radius: float) -> Float[np.ndarray, "samples 2"]:
    """The part of a plane cone that lies within ``radius`` of the origin, as a polygon.

    Args:
        rays: Two generators of the cone, less than a half turn apart.
        radius: Where to cut it.

    Returns:
        The corners, the origin first.
    """
    unit = rays / np.linalg.norm(rays, axis=1, keepdims=True)
    share = np.linspace(0.0, 1.0, ARC)[:, None]
    arc = (1.0 - share) * unit[0] + share * unit[1]
    return np.concatenate([np.zeros((1, 2)), radius * arc / np.linalg.norm(arc, axis=1, keepdims=True)])
