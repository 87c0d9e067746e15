"""Pictures of loss surfaces: cells of one unit's plane, slices through a minimum, final risks, a double well."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from jaxtyping import Float
from matplotlib.axes import Axes
from matplotlib.collections import PolyCollection
from matplotlib.lines import Line2D
from matplotlib.patheffects import Normal, Stroke

from rectified.plotting.style import MARKERS, theory_line

FIELD = "viridis"
DASHES = ("-", "--", "-.", ":")
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


def draw_cells(
    ax: Axes,
    sectors: Sequence[Float[np.ndarray, "_samples 2"]],
    risks: Float[np.ndarray, " cells"],
) -> PolyCollection:
    """The cells of one unit in the plane of its weight and bias, coloured by a risk, with the lines between them.

    Args:
        ax: Where to draw.
        sectors: One polygon per cell.
        risks: One number per cell.

    Returns:
        The polygons, for a colour bar.
    """
    cells = PolyCollection(list(sectors), array=risks, cmap=FIELD, edgecolors="white", linewidths=1.2)
    ax.add_collection(cells)
    ax.set_aspect("equal")
    ax.autoscale_view()
    ax.grid(visible=False)
    ax.set(xlabel="weight $w$", ylabel="bias $b$")
    return cells


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


def draw_final_risks(
    ax: Axes,
    risks: Mapping[str, Float[np.ndarray, " runs"]],
    levels: Float[np.ndarray, " levels"],
    *,
    bins: int = 120,
) -> list[Any]:
    """Where runs end: a histogram for each kind of network, over dashed lines at the exact minima of the cells.

    Args:
        ax: Where to draw.
        risks: Kind of network to final risks.
        levels: The exact minima.
        bins: Of the histogram, from zero to the largest risk.

    Returns:
        The histograms' patches.
    """
    edges = np.linspace(0.0, 1.02 * max(values.max() for values in risks.values()), bins + 1).tolist()
    artists = []
    for idx, (label, values) in enumerate(risks.items()):
        hatch = ("", "///", "...")[idx % 3]
        _, _, patches = ax.hist(values, edges, label=label, hatch=hatch, alpha=0.8, edgecolor="white", linewidth=0.3)
        artists.append(patches)
    shown = levels[levels < edges[-1]]
    lines = ax.vlines(shown, 0, 1, transform=ax.get_xaxis_transform(), color="black", linestyles="--", linewidth=0.6)
    lines.set(zorder=0, label="exact minima of cells")
    ax.set(xlabel="final risk $R$", ylabel="runs", xlim=(0.0, edges[-1]), yscale="log", ylim=(0.7, None))
    ax.legend(loc="upper left")
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
