"""Pictures of activation regions: polygons of the plane, counts and bounds, distances while training, planes."""

from collections.abc import Mapping, Sequence

import numpy as np
from jaxtyping import Float, Int
from matplotlib.axes import Axes
from matplotlib.collections import PathCollection, PolyCollection, QuadMesh
from matplotlib.lines import Line2D
from matplotlib.patches import Circle

from rectified.plotting.style import MARKERS, plain_numbers, theory_line

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
    """The outline of a disc, above all else."""
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
    """
    artists = []
    for idx, (label, values) in enumerate(log10_counts.items()):
        artists += ax.plot(radii, values, marker=MARKERS[idx % len(MARKERS)], label=label)
    artists.append(theory_line(ax, radii, np.full(len(radii), log10_whole), "bound for the whole space"))
    ax.set(xscale="log", xlabel="radius $r$ of the ball", ylabel="$\\log_{10}$ of the number of regions")
    ax.legend(loc="lower left", bbox_to_anchor=(0.0, 1.0), ncols=2)  # above: the curves go through every corner
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
    """
    artists = []
    for idx, (label, values) in enumerate(distances.items()):
        low, middle, high = np.quantile(values, [0.25, 0.5, 0.75], axis=1)
        artists += ax.plot(epochs, middle, marker=MARKERS[idx % len(MARKERS)], label=label)
        if idx == 0:
            ax.fill_between(epochs, low, high, alpha=0.2, color="C0", linewidth=0)
    ax.set_xscale("symlog", linthresh=1.0)
    ax.set_yscale("log")
    plain_numbers(ax.yaxis)
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


def _check_values(polygons: Polygons, values: np.ndarray) -> None:
    """Refuse values that do not belong to the polygons.

    Raises:
        ValueError: If there are not as many.
    """
    if len(values) != len(polygons):
        raise ValueError(f"there are {len(values)} values; expected {len(polygons)}, one per polygon")
