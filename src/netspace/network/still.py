"""A still picture of a scene: for paper, and for browsers without 3D."""

from collections.abc import Mapping
from html import escape
from typing import Any

from netspace.network.colours import coloured, png
from netspace.network.planes import ACROSS, DOWN, MOST_LABELS, TEXT, Plane, planes_of

MARGIN = 16.0


def still_picture(scene: Mapping[str, Any]) -> str:
    """The layers of a scene as slanted planes from left to right, for its first input and its last checkpoint.

    Args:
        scene: What ``network_scene`` makes, complete but for this picture.

    Returns:
        One ``<svg>`` element without scripts, ids or addresses of other files.
    """
    planes = planes_of(scene["layers"])
    half = max(plane.tall + DOWN * plane.wide for plane in planes) / 2
    lines = [_beam(planes[source], plane) for plane in planes for source in plane.layer["reads"]]
    parts = [*lines, *map(_drawn, planes), *(_caption(plane, half) for plane in planes)]
    right = planes[-1].x + ACROSS * planes[-1].wide
    if scene["labels"] is not None and len(scene["labels"]) <= MOST_LABELS:
        parts.append(_labels(planes[-1], scene["labels"]))
        right += 46.0
    box = (-MARGIN, -half - MARGIN, right + 2 * MARGIN, 2 * half + 2 * MARGIN + 3 * TEXT)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{" ".join(f"{side:.0f}" for side in box)}" color="#767676" '
        f'font-family="system-ui, sans-serif" font-size="{TEXT:.0f}" fill="currentColor">{"".join(parts)}</svg>'
    )


def _drawn(plane: Plane) -> str:
    layer, (rows, columns) = plane.layer, plane.picture.shape
    address = png(coloured(plane.picture, layer["high"]))
    across, down = plane.wide / columns, plane.tall / rows
    matrix = f"{ACROSS * across:.4f} {DOWN * across:.4f} 0 {down:.4f} {plane.x:.2f} {plane.top:.2f}"
    outline = " ".join(f"{x:.1f},{y:.1f}" for x, y in plane.corners())
    return (
        f'<image width="{columns}" height="{rows}" preserveAspectRatio="none" style="image-rendering:pixelated" '
        f'transform="matrix({matrix})" href="{address}"/>'
        f'<polygon points="{outline}" fill="none" stroke="currentColor" stroke-width="0.8"/>'
    )


def _beam(source: Plane, target: Plane) -> str:
    """Faint lines from the right side of a plane to the left side of one that reads it."""
    _, upper, lower, _ = source.corners()
    end_upper, _, _, end_lower = target.corners()
    path = " ".join(
        f"M{a[0]:.1f} {a[1]:.1f} L{b[0]:.1f} {b[1]:.1f}" for a, b in ((upper, end_upper), (lower, end_lower))
    )
    return f'<path d="{path}" stroke="currentColor" stroke-width="0.6" stroke-dasharray="2 3" fill="none"/>'


def _caption(plane: Plane, half: float) -> str:
    shape = plane.layer["shape"]
    size = (
        str(shape[0])
        if len(shape) == 1
        else f"{shape[0]} \N{MULTIPLICATION SIGN} {shape[1]} \N{MULTIPLICATION SIGN} {shape[2]}"
    )
    middle = plane.x + ACROSS * plane.wide / 2
    return (
        f'<text text-anchor="middle" x="{middle:.1f}" y="{half + MARGIN + TEXT:.1f}">'
        f'<tspan font-weight="600">{escape(plane.layer["name"])}</tspan>'
        f'<tspan x="{middle:.1f}" dy="1.25em" font-size="{TEXT - 2:.0f}">{size}</tspan></text>'
    )


def _labels(plane: Plane, labels: list[str]) -> str:
    """The names of the output neurons beside them, the largest in bold with its value."""
    best = int(plane.picture.flatten().argmax())
    x, cell = plane.x + ACROSS * plane.wide + 6.0, plane.tall / len(labels)
    texts = []
    for number, label in enumerate(labels):
        y = plane.top + DOWN * plane.wide + cell * (number + 0.5) + 0.35 * TEXT
        bold = ' font-weight="700"' if number == best else ""
        said = f"{label}: {plane.picture.flatten()[best]:.2f}" if number == best else label
        texts.append(f'<text x="{x:.1f}" y="{y:.1f}" font-size="{min(TEXT, cell):.1f}"{bold}>{escape(said)}</text>')
    return "".join(texts)
