"""A still picture of a scene: for paper, for browsers without 3D, and for the card of a chapter."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor

from rectified.scenes.arrays import decoded
from rectified.scenes.colours import coloured, png

ACROSS, DOWN = 0.60, 0.26  # a step to the right in a plane moves so far to the right and down on paper
TALLEST, SHORTEST = 170.0, 44.0  # height of the largest and of the smallest plane
MOST_LABELS = 20  # a longer list of labels would not be legible
GAP, MARGIN, TEXT = 34.0, 16.0, 12.0


@dataclass(frozen=True)
class _Plane:
    """A layer on paper: its picture, the corner at the upper left, and the lengths of its sides."""

    layer: Mapping[str, Any]
    picture: Float[Tensor, "rows columns"]
    x: float
    wide: float
    tall: float

    @property
    def top(self) -> float:
        """How far its upper left corner is above the middle line."""
        return -(self.tall + DOWN * self.wide) / 2

    def corners(self) -> list[tuple[float, float]]:
        """Upper left, upper right, lower right, lower left."""
        right, fall = self.x + ACROSS * self.wide, DOWN * self.wide
        top, bottom = self.top, self.top + self.tall
        return [(self.x, top), (right, top + fall), (right, bottom + fall), (self.x, bottom)]


def still_picture(scene: Mapping[str, Any]) -> str:
    """The layers of a scene as slanted planes from left to right, for its first input and its last checkpoint.

    Args:
        scene: What ``network_scene`` makes, complete but for this picture.

    Returns:
        One ``<svg>`` element without scripts, ids or addresses of other files.

    Source:
        own.
    """
    planes = _planes(scene["layers"])
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


def _planes(layers: list[Mapping[str, Any]]) -> list[_Plane]:
    """The planes side by side. The height grows with the root of the size, so that small layers can be seen."""
    pictures = [_mosaic(layer, as_list=layer is layers[-1]) for layer in layers]
    largest = max(max(picture.shape) for picture in pictures)
    planes, x = [], 0.0
    for layer, picture in zip(layers, pictures, strict=True):
        longer = max(SHORTEST, TALLEST * math.sqrt(max(picture.shape) / largest))
        rows, columns = picture.shape
        if columns == 1 and rows > 1:
            longer = max(longer, min(TALLEST, 14.0 * rows))
        cell = longer / max(rows, columns)
        slot = max(ACROSS * columns * cell, 0.62 * TEXT * len(layer["name"]))
        planes.append(_Plane(layer, picture, x + (slot - ACROSS * columns * cell) / 2, columns * cell, rows * cell))
        x += slot + GAP
    return planes


def _mosaic(layer: Mapping[str, Any], as_list: bool) -> Float[Tensor, "rows columns"]:
    """The maps of a layer in a grid, or its neurons; nothing (not a number) between the maps."""
    values = decoded(layer["values"][-1][0], layer["shape"]).double()
    if layer["kind"] == "vector":
        values = values.reshape(-1, 1, 1)
    count, height, width = values.shape
    alone = layer["kind"] == "vector"
    across = 1 if alone and as_list and count <= MOST_LABELS else math.ceil(math.sqrt(count))
    if height == 1 and width > 1:
        across = 1
    down, gap = math.ceil(count / across), 0 if alone or height == 1 else max(1, width // 10)
    grid = torch.full((down * across, height + gap, width + gap), torch.nan, dtype=torch.float64)
    grid[:count, :height, :width] = values
    tiled = grid.reshape(down, across, height + gap, width + gap).transpose(1, 2).flatten(2).flatten(0, 1)
    return tiled[: tiled.shape[0] - gap, : tiled.shape[1] - gap]


def _drawn(plane: _Plane) -> str:
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


def _beam(source: _Plane, target: _Plane) -> str:
    """Faint lines from the right side of a plane to the left side of one that reads it."""
    _, upper, lower, _ = source.corners()
    end_upper, _, _, end_lower = target.corners()
    path = " ".join(
        f"M{a[0]:.1f} {a[1]:.1f} L{b[0]:.1f} {b[1]:.1f}" for a, b in ((upper, end_upper), (lower, end_lower))
    )
    return f'<path d="{path}" stroke="currentColor" stroke-width="0.6" stroke-dasharray="2 3" fill="none"/>'


def _caption(plane: _Plane, half: float) -> str:
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


def _labels(plane: _Plane, labels: list[str]) -> str:
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
