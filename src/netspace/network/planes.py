"""The layers of a scene on flat paper: slanted planes from left to right, each with the maps of its layer."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor

from netspace.network.arrays import decoded

ACROSS, DOWN = 0.60, 0.26  # a step to the right in a plane moves so far to the right and down on paper
TALLEST, SHORTEST = 170.0, 44.0  # height of the largest and of the smallest plane
MOST_LABELS = 20  # a longer list of labels would not be legible
SLIMMEST = 26.0  # width of a list of neurons, before it is slanted: a thinner one looks like an edge
MOST_CELLS = 40_000  # of all planes together: the picture stays below 80 kB, and finer cells could not be seen
WHOLE = 1000  # a layer of at most so many neurons is never thinned
GAP, TEXT = 34.0, 12.0


@dataclass(frozen=True)
class Plane:
    """A layer on paper.

    Attributes:
        layer: The layer of the scene.
        picture: The cells to draw, not a number where there is none.
        x: How far to the right its upper left corner is.
        wide: Length of the slanted sides, before they are slanted.
        tall: Length of the upright sides.
    """

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


def planes_of(layers: Sequence[Mapping[str, Any]]) -> list[Plane]:
    """The planes side by side, for the first input and the last checkpoint.

    The height grows with the root of the number of cells in it, so that small layers can be seen. Of networks with more
    than ``MOST_CELLS`` neurons, layers with more than ``WHOLE`` show only every k-th row and column of a map, or every
    k^2-th neuron of a list.

    Args:
        layers: Those of a scene.

    Returns:
        One plane for each layer, in units of a picture about 1000 wide.
    """
    step = math.ceil(math.sqrt(sum(math.prod(layer["shape"]) for layer in layers) / MOST_CELLS))
    pictures = [_mosaic(layer, as_list=layer is layers[-1], step=step) for layer in layers]
    largest = max(max(picture.shape) for picture in pictures)
    planes, x = [], 0.0
    for layer, picture in zip(layers, pictures, strict=True):
        longer = max(SHORTEST, TALLEST * math.sqrt(max(picture.shape) / largest))
        rows, columns = picture.shape
        if columns == 1 and rows > 1:
            longer = max(longer, min(TALLEST, 14.0 * rows))
        cell = longer / max(rows, columns)
        wide = max(columns * cell, SLIMMEST)
        slot = max(ACROSS * wide, 0.62 * TEXT * len(layer["name"]))
        planes.append(Plane(layer, picture, x + (slot - ACROSS * wide) / 2, wide, rows * cell))
        x += slot + GAP
    return planes


def _mosaic(layer: Mapping[str, Any], as_list: bool, step: int) -> Float[Tensor, "rows columns"]:
    """The maps of a layer in a grid, or its neurons, thinned; nothing (not a number) between the maps."""
    values = _thinned(decoded(layer["values"][-1][0], layer["shape"]).double(), step)
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


def _thinned(values: Tensor, step: int) -> Float[Tensor, "maps rows columns"]:
    """Every ``step``-th row and column of the maps; of what has one dimension, every ``step``^2-th entry."""
    if values.numel() <= WHOLE:
        step = 1
    if values.dim() == 1:
        return values[:: step * step].reshape(-1, 1, 1)
    if values.shape[1] == 1:
        return values[..., :: step * step]
    return values[:, ::step, ::step]
