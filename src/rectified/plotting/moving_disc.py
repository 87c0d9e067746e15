"""Activation regions of the plane under a disc that the reader drags, with its numbers above."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from jaxtyping import Float, Int

SHADES = 5  # in which the polygons are drawn
OUTLINE = 25  # points of the disc

Polygons = Sequence[Float[np.ndarray, "_corners 2"]]


class MovingDisc(NamedTuple):
    """A figure in Plotly's terms, and one frame per position and radius: new values for each of its traces."""

    figure: dict[str, Any]
    frames: list[list[dict[str, Any]]]


def moving_disc(
    polygons: Polygons,
    shades: Int[np.ndarray, " faces"],
    positions: tuple[Sequence[float], Sequence[float], Sequence[float]],
    counts: Mapping[str, Sequence[int]],
    shown: tuple[int, int, int],
) -> MovingDisc:
    """Regions of the plane under a disc that the reader moves, with its numbers above.

    Args:
        polygons: Corners of each region, drawn once.
        shades: A whole number for each region, for example how many units are active; drawn in five shades.
        positions: Abscissae of the centre, its ordinates, and radii; the frames go through them in this order, the
            radius fastest.
        counts: Name to one number per frame.
        shown: Indices of the position that is shown first.

    Returns:
        The figure and its frames. The traces of the polygons do not move.

    Raises:
        ValueError: If there are not as many shades as polygons, or not as many numbers as frames.
    """
    if len(shades) != len(polygons):
        raise ValueError(f"there are {len(shades)} shades; expected {len(polygons)}, one per polygon")
    places = [(x, y, r) for x in positions[0] for y in positions[1] for r in positions[2]]
    for name, numbers in counts.items():
        if len(numbers) != len(places):
            raise ValueError(f"counts[{name!r}] has {len(numbers)} numbers; expected {len(places)}, one per frame")
    corners = np.concatenate(list(polygons))
    (left, bottom), (right, top) = corners.min(0), corners.max(0)
    ground = _shaded_traces(polygons, shades)
    band = top + 0.12 * (top - bottom)
    columns = [left + (right - left) * (k + 0.5) / len(counts) for k in range(len(counts))]
    frames = [[*({} for _ in ground), _outline(*place), {"text": _texts(counts, k)}] for k, place in enumerate(places)]
    first = frames[(shown[0] * len(positions[1]) + shown[1]) * len(positions[2]) + shown[2]]
    disc = {"mode": "lines", "line": {"color": "#e76300", "width": 3}, **first[-2]}
    labels = {"mode": "text", "x": columns, "y": [band] * len(columns), **first[-1]}
    data = [{**trace, "showlegend": False, "hoverinfo": "skip"} for trace in [*ground, disc, labels]]
    layout = _plane_layout((left, right), (bottom, 2 * band - top))
    return MovingDisc({"data": data, "layout": layout}, frames)


def _plane_layout(x: tuple[float, float], y: tuple[float, float]) -> dict[str, Any]:
    """Two axes of one scale, without a grid."""
    plain = {"showgrid": False, "zeroline": False}
    return {
        "xaxis": {"range": list(x), "title": {"text": "input x1"}, **plain},
        "yaxis": {"range": list(y), "title": {"text": "input x2"}, "scaleanchor": "x", **plain},
    }


def _shaded_traces(polygons: Polygons, shades: Int[np.ndarray, " faces"]) -> list[dict[str, Any]]:
    """One trace for each shade; gaps separate its polygons."""
    ranks = np.unique(shades, return_inverse=True)[1]
    levels = (ranks * SHADES) // (ranks.max() + 1)
    traces = []
    for level in np.unique(levels):
        x: list[float | None] = []
        y: list[float | None] = []
        for polygon in (polygons[k] for k in np.flatnonzero(levels == level).tolist()):
            x += [*polygon[:, 0].round(3).tolist(), round(float(polygon[0, 0]), 3), None]
            y += [*polygon[:, 1].round(3).tolist(), round(float(polygon[0, 1]), 3), None]
        colour = f"rgba(63,144,218,{0.08 + 0.62 * level / (SHADES - 1):.2f})"
        line = {"color": "black", "width": 0.6}
        traces.append({"x": x, "y": y, "mode": "lines", "fill": "toself", "fillcolor": colour, "line": line})
    return traces


def _outline(x: float, y: float, radius: float) -> dict[str, Any]:
    angle = np.linspace(0.0, 2.0 * np.pi, OUTLINE)
    return {
        "x": (x + radius * np.cos(angle)).round(3).tolist(),
        "y": (y + radius * np.sin(angle)).round(3).tolist(),
    }


def _texts(counts: Mapping[str, Sequence[int]], frame: int) -> list[str]:
    return [f"{name}<br><b>{_short(numbers[frame])}</b>" for name, numbers in counts.items()]


def _short(number: int) -> str:
    return str(number) if number < 100_000 else f"{number:.1e}"
