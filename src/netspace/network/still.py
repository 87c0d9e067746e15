"""A still picture of a scene: for paper, and for browsers without 3D."""

from collections.abc import Mapping
from typing import Any

from markupsafe import Markup

from netspace.network.colours import coloured, png
from netspace.network.planes import ACROSS, DOWN, MOST_LABELS, TEXT, Plane, planes_of

MARGIN = 16.0
_PICTURE = Markup(
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="{view}" color="#767676" font-family="system-ui, sans-serif" '
    'font-size="{size}" fill="currentColor">{parts}</svg>'
)
_PLANE = Markup(
    '<image width="{columns}" height="{rows}" preserveAspectRatio="none" style="image-rendering:pixelated" '
    'transform="matrix({matrix})" href="{address}"/>'
    '<polygon points="{outline}" fill="none" stroke="currentColor" stroke-width="0.8"/>'
)
_BEAM = Markup('<path d="{}" stroke="currentColor" stroke-width="0.6" stroke-dasharray="2 3" fill="none"/>')
_CAPTION = Markup(
    '<text text-anchor="middle" x="{x}" y="{y}"><tspan font-weight="600">{name}</tspan>'
    '<tspan x="{x}" dy="1.25em" font-size="{small}">{size}</tspan></text>'
)
_LABEL = Markup('<text x="{x}" y="{y}" font-size="{size}" font-weight="{weight}">{said}</text>')


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
    view = " ".join(f"{side:.0f}" for side in box)
    return str(_PICTURE.format(view=view, size=f"{TEXT:.0f}", parts=Markup("").join(parts)))


def _drawn(plane: Plane) -> Markup:
    layer, (rows, columns) = plane.layer, plane.picture.shape
    address = png(coloured(plane.picture, layer["high"]))
    across, down = plane.wide / columns, plane.tall / rows
    matrix = f"{ACROSS * across:.4f} {DOWN * across:.4f} 0 {down:.4f} {plane.x:.2f} {plane.top:.2f}"
    outline = " ".join(f"{x:.1f},{y:.1f}" for x, y in plane.corners())
    return _PLANE.format(columns=columns, rows=rows, matrix=matrix, address=address, outline=outline)


def _beam(source: Plane, target: Plane) -> Markup:
    """Faint lines from the right side of a plane to the left side of one that reads it."""
    _, upper, lower, _ = source.corners()
    end_upper, _, _, end_lower = target.corners()
    path = " ".join(
        f"M{a[0]:.1f} {a[1]:.1f} L{b[0]:.1f} {b[1]:.1f}" for a, b in ((upper, end_upper), (lower, end_lower))
    )
    return _BEAM.format(path)


def _caption(plane: Plane, half: float) -> Markup:
    shape = plane.layer["shape"]
    size = (
        str(shape[0])
        if len(shape) == 1
        else f"{shape[0]} \N{MULTIPLICATION SIGN} {shape[1]} \N{MULTIPLICATION SIGN} {shape[2]}"
    )
    middle = plane.x + ACROSS * plane.wide / 2
    return _CAPTION.format(
        x=f"{middle:.1f}", y=f"{half + MARGIN + TEXT:.1f}", name=plane.layer["name"], small=f"{TEXT - 2:.0f}", size=size
    )


def _labels(plane: Plane, labels: list[str]) -> Markup:
    """The names of the output neurons beside them, the largest in bold with its value."""
    best = int(plane.picture.flatten().argmax())
    x, cell = plane.x + ACROSS * plane.wide + 6.0, plane.tall / len(labels)
    texts = []
    for number, label in enumerate(labels):
        y = plane.top + DOWN * plane.wide + cell * (number + 0.5) + 0.35 * TEXT
        said = f"{label}: {plane.picture.flatten()[best]:.2f}" if number == best else label
        weight = 700 if number == best else 400
        texts.append(_LABEL.format(x=f"{x:.1f}", y=f"{y:.1f}", size=f"{min(TEXT, cell):.1f}", weight=weight, said=said))
    return Markup("").join(texts)
