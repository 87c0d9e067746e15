"""Pictures of a layer with two inputs: its wedges, the rows that are active on each, and the inputs that collapse."""

import math
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import torch
from jaxtyping import Float
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection, PatchCollection
from matplotlib.patches import Polygon
from torch import Tensor

from rectified.injectivity.spanning import active_rows, smallest_active_singular_value
from rectified.plotting.moving_figures import MovingFigure, with_gaps

ARC = 7  # points on the arc of one wedge
NAMES = ("3 or more rows active", "exactly 2 rows active", "fewer than 2: inputs collapse")


class Wedge(NamedTuple):
    """One cell of a layer with two inputs, cut off by the unit circle."""

    outline: Float[np.ndarray, "corners 2"]
    num_active: int
    singular_value: float


def wedges(weight: Float[Tensor, "d_out 2"]) -> list[Wedge]:
    """The cells of a layer without bias in the plane, around the origin.

    Args:
        weight: The layer's rows.

    Returns:
        One wedge for each cell, anticlockwise.

    Raises:
        ValueError: If the layer has not two inputs.
    """
    if weight.shape[1:] != (2,):
        raise ValueError(f"weight has shape {tuple(weight.shape)}; expected (d_out, 2)")
    normals = torch.atan2(weight[:, 1], weight[:, 0])
    borders = torch.cat([normals + math.pi / 2, normals - math.pi / 2]).remainder(2 * math.pi).sort().values
    borders = borders[torch.cat([borders.new_ones(1), borders.diff()]) > 1e-9]
    if borders[-1] - borders[0] > 2 * math.pi - 1e-9:
        borders = borders[:-1]
    found = []
    for low, high in zip(borders, torch.cat([borders[1:], borders[:1] + 2 * math.pi]), strict=True):
        active = active_rows(weight, _on_circle(((low + high) / 2)[None]))[0]
        arc = _on_circle(torch.linspace(float(low), float(high), ARC, dtype=torch.float64))
        outline = torch.cat([torch.zeros(1, 2, dtype=torch.float64), arc]).numpy()
        found.append(Wedge(outline, int(active.sum()), float(smallest_active_singular_value(weight, active))))
    return found


def _on_circle(angles: Tensor) -> Tensor:
    return torch.stack([angles.cos(), angles.sin()], dim=-1)


def draw_wedges(ax: Axes, weight: Float[Tensor, "d_out 2"]) -> list[Polygon]:
    """The rows as arrows, and each cell with the number of its active rows; cells with fewer than two are hatched red.

    Args:
        ax: Where to draw.
        weight: The layer's rows.

    Returns:
        One patch for each cell.
    """
    patches = []
    for outline, count, _ in wedges(weight):
        colour, hatch = ("C0", None) if count > 2 else ("C1", None) if count == 2 else ("C2", "///")
        patches.append(Polygon(outline, facecolor=colour, alpha=0.45, edgecolor="white", hatch=hatch))
        ax.add_patch(patches[-1])
        x, y = 0.72 * outline[1 + ARC // 2]
        ax.text(x, y, str(count), ha="center", va="center", bbox={"facecolor": "white", "lw": 0}, zorder=4)
    for x, y in weight.numpy():
        ax.annotate("", (x, y), (0.0, 0.0), arrowprops={"arrowstyle": "-|>", "color": "black", "lw": 1.4})
    _square(ax, 1.15 * max(1.0, float(weight.abs().max())))
    return patches


def _square(ax: Axes, reach: float) -> None:
    ax.set(xlim=(-reach, reach), ylim=(-reach, reach), xlabel="input $x_1$", ylabel="input $x_2$")
    ax.set_aspect("equal")


def draw_collapse(
    ax: Axes, weight: Float[Tensor, "d_out 2"], largest: float, *, spacing: float = 0.12
) -> tuple[PatchCollection, LineCollection]:
    """The smallest singular value on each cell, and in cells where it is zero the sets of inputs with one output.

    Args:
        ax: Where to draw.
        weight: The layer's rows.
        largest: Singular value at the bright end of the colours.
        spacing: Distance of the sets that are drawn.

    Returns:
        The coloured cells and the lines.
    """
    cells = wedges(weight)
    patches = PatchCollection([Polygon(cell.outline) for cell in cells], cmap="cividis", edgecolor="white")
    patches.set_array(np.array([cell.singular_value for cell in cells]))
    patches.set_clim(0.0, largest)
    ax.add_collection(patches)
    segments = [line for cell in cells if cell.singular_value < 1e-9 for line in _level_sets(weight, cell, spacing)]
    lines = LineCollection(segments, colors="white", linewidths=1.3)
    ax.add_collection(lines)
    _square(ax, 1.08)
    return patches, lines


def _level_sets(weight: Tensor, cell: Wedge, spacing: float) -> list[Float[np.ndarray, "points 2"]]:
    """Chords of a wedge along the direction that its active rows do not see; arcs where no row is active."""
    inside = torch.from_numpy(cell.outline[1 + ARC // 2])
    active = active_rows(weight, inside)
    if not bool(active.any()):
        return [level * cell.outline[1:] for level in np.arange(spacing, 1.0, spacing)]
    direction = torch.linalg.svd(active[:, None] * weight)[2][-1].numpy()
    across = np.array([-direction[1], direction[0]])
    across = across * np.sign(across @ inside.numpy() or 1.0)
    chords = []
    for level in np.arange(spacing, 1.0, spacing):
        points = level * across + np.linspace(-1.0, 1.0, 401)[:, None] * direction
        signs = active_rows(weight, torch.from_numpy(points))
        kept = (signs == active).all(dim=1).numpy() & (np.linalg.norm(points, axis=1) < 1.0)
        if kept.sum() > 1:
            chords.append(points[kept][[0, -1]])
    return chords


def moving_wedges(counts: Sequence[int], degrees: Sequence[float], shown: tuple[int, int]) -> MovingFigure:
    """Wedges of a layer in the plane: all rows but one stand in a regular fan, and the reader turns the last one.

    Args:
        counts: Numbers of rows; the outer loop of the frames.
        degrees: Angles of the last row.
        shown: Indices of the frame that is shown first.

    Returns:
        The figure and its frames. Traces: three kinds of wedges, fixed rows, the moving row, counts, the verdict.
    """
    frames = [_wedge_frame(count, angle) for count in counts for angle in degrees]
    first = frames[shown[0] * len(degrees) + shown[1]]
    axis = {"range": [-1.35, 1.35], "zeroline": False}
    layout = {
        "xaxis": axis | {"title": {"text": "input x1"}},
        "yaxis": axis | {"title": {"text": "input x2"}, "scaleanchor": "x", "range": [-1.45, 1.35]},
        "height": 560,
    }
    data = [kind | trace for kind, trace in zip(_trace_kinds(), first, strict=True)]
    return MovingFigure({"data": data, "layout": layout}, frames)


def _trace_kinds() -> list[dict[str, Any]]:
    texts: dict[str, Any] = {"mode": "text", "showlegend": False, "hoverinfo": "skip"}
    rows: dict[str, Any] = {"mode": "lines+markers", "hoverinfo": "skip"}
    return [
        *({"name": name, "mode": "lines", "fill": "toself", "hoverinfo": "skip"} for name in NAMES),
        rows | {"name": "fixed rows", "line": {"color": "black"}},
        rows | {"name": "the row you turn", "line": {"color": "black", "dash": "dot", "width": 4}},
        texts,
        texts | {"textfont": {"size": 18}},
    ]


def _wedge_frame(count: int, degrees: float) -> list[dict[str, Any]]:
    angles = torch.arange(count, dtype=torch.float64) * 2.0 * math.pi / count
    angles[-1] = math.radians(degrees)
    weight = _on_circle(angles)
    cells = wedges(weight)
    groups: list[list[Wedge]] = [[], [], []]
    for cell in cells:
        groups[0 if cell.num_active > 2 else 1 if cell.num_active == 2 else 2].append(cell)
    labels = [0.8 * cell.outline[1 + ARC // 4] for cell in cells]  # not in the middle, where a row may lie
    injective = min(cell.singular_value for cell in cells) > 1e-9
    return [
        *(with_gaps([cell.outline for cell in group]) for group in groups),
        with_gaps([np.array([[0.0, 0.0], row]) for row in 1.15 * weight[:-1].numpy()]),
        with_gaps([np.array([[0.0, 0.0], row]) for row in 1.15 * weight[-1:].numpy()]),
        {**_points(np.array(labels)), "text": [str(cell.num_active) for cell in cells]},
        {"x": [0.0], "y": [-1.3], "text": ["injective" if injective else "not injective"]},
    ]


def _points(points: np.ndarray) -> dict[str, list[float]]:
    return {"x": np.round(points[:, 0], 3).tolist(), "y": np.round(points[:, 1], 3).tolist()}
