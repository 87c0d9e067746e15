"""The exact partition of a rectangle into the activation regions of a ReLU network with two inputs."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import torch
from jaxtyping import Bool, Float, Int64
from numpy.typing import NDArray
from torch import Tensor

from rectified.networks import Layers, check_float64
from rectified.regions.patterns import activation_pattern
from rectified.regions.signs import behind, signed_layer, signed_layers
from rectified.regions.subdivision import OUTSIDE, PlanarMap

Array = NDArray[np.float64]
MOST_FACES = 2_000_000


@dataclass(frozen=True)
class PlanarPartition:
    """Convex polygons that cover a rectangle, one for each activation region.

    Attributes:
        vertices: Points, (vertices, 2).
        ends: The two vertices of each edge, (2, edges).
        sides: The two faces beside each edge, (2, edges); -1 is the outside.
        patterns: The activation pattern of each face, (faces, neurons).
        centres: A point inside each face, the mean of its vertices: (faces, 2).
    """

    vertices: Float[np.ndarray, "vertices 2"]
    ends: Int64[np.ndarray, "2 edges"]
    sides: Int64[np.ndarray, "2 edges"]
    patterns: Bool[Tensor, "faces neurons"]
    centres: Float[Tensor, "faces 2"]

    def __len__(self) -> int:
        return len(self.patterns)

    def polygons(self) -> list[Float[np.ndarray, "corners 2"]]:
        """The corners of each face, anticlockwise."""
        loop, starts = self._loops
        return np.split(self.vertices[loop], starts[1:-1])

    def areas(self) -> Float[np.ndarray, " faces"]:
        """The area of each face; they add up to that of the rectangle."""
        loop, starts = self._loops
        following = np.arange(1, len(loop) + 1)
        following[starts[1:] - 1] = starts[:-1]
        x, y = self.vertices[loop].T
        areas: Array = 0.5 * np.add.reduceat(x * y[following] - x[following] * y, starts[:-1])
        return areas

    @cached_property
    def _loops(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """The vertices of all faces, anticlockwise, face after face; and where each face begins.

        Every vertex of a face ends two of its edges, so each pair of face and vertex is found twice.
        """
        inside = self.sides != OUTSIDE
        faces = np.tile(np.concatenate([side[kept] for side, kept in zip(self.sides, inside, strict=True)]), 2)
        vertices = np.concatenate([end[kept] for end in self.ends for kept in inside])
        offsets = self.vertices[vertices] - self.centres.numpy()[faces]
        order = np.lexsort((np.arctan2(offsets[:, 1], offsets[:, 0]), faces))[::2]
        return vertices[order], np.searchsorted(faces[order], np.arange(len(self) + 1))


def planar_partition(
    layers: Layers,
    low: tuple[float, float],
    high: tuple[float, float],
    *,
    tolerance: float = 1e-12,
    most_faces: int = MOST_FACES,
) -> PlanarPartition:
    """The activation regions of a ReLU network in a rectangle.

    Args:
        layers: Pairs (weight, bias) of a ReLU network with two inputs, first to last, in float64.
        low: Lower left corner of the rectangle.
        high: Upper right corner.
        tolerance: A pre-activation counts as 0 at a vertex where it is at most this times the neuron's largest size
            (see ``rectified.regions.signs``). So no sliver is cut off where rounding moved a vertex past a line, and a
            neuron that is zero all over a face cuts it nowhere.
        most_faces: Refuse networks with more regions than this.

    Returns:
        The partition. Regions of positive area only: one that is a line or a point has no face.

    Raises:
        ValueError: If the network has not two inputs, is not float64, the rectangle is empty, or there are more than
            ``most_faces`` regions.

    Example:
        >>> layers = [(torch.eye(2), torch.zeros(2)), (torch.ones(1, 2), torch.zeros(1))]
        >>> layers = [(W.double(), b.double()) for W, b in layers]
        >>> len(planar_partition(layers, (-1.0, -1.0), (1.0, 1.0)))
        4

    Source:
        [berzins2023polyhedral], edge subdivision; the planar map is ours.
    """
    if check_float64(layers)[0] != 2:
        raise ValueError(f"layers has {layers[0][0].shape[1]} inputs; expected 2: this partition is of the plane")
    plane, extent = PlanarMap(low, high), torch.tensor([low, high], dtype=torch.float64).abs().amax(0)
    h, squares, longest = torch.empty(0, 2, dtype=torch.float64), torch.empty(0, 2, dtype=torch.float64), 0
    for depth in range(1, len(layers)):
        longest = max(longest, layers[depth - 1][0].shape[1])
        if len(h) < plane.num_points:
            fresh = _entering(layers[: depth - 1], torch.from_numpy(plane.points[len(h) :]), extent)
            h, squares = torch.cat([h, fresh[0]]), torch.cat([squares, fresh[1]])
        last = signed_layer(layers[depth - 1], h, squares, longest)
        h, squares = behind(last)
        plane.cut(last.values.T.contiguous().numpy(), tolerance * last.sizes.amax(0).numpy())
        if plane.num_faces > most_faces:
            raise ValueError(
                f"layers has {plane.num_faces} regions in the rectangle up to layer {depth}; at most {most_faces} "
                "(most_faces) are allowed"
            )
    points, ends, sides = plane.points, plane.ends, plane.sides
    centres = torch.from_numpy(_centres(points, ends, sides, plane.num_faces))
    return PlanarPartition(points, ends, sides, activation_pattern(layers, centres), centres)


def _entering(
    layers: Layers, points: Float[Tensor, "points 2"], extent: Float[Tensor, "2"]
) -> tuple[Float[Tensor, "points width"], Float[Tensor, "points width"]]:
    """What enters the layer after these at new vertices, and the squares of its sizes."""
    found = signed_layers(layers, points, extent.expand_as(points))
    return behind(found[-1]) if found else (points, (extent**2).expand_as(points))


def faces_in_disc(partition: PlanarPartition, center: tuple[float, float], radius: float) -> Bool[np.ndarray, " faces"]:
    """Which regions meet an open disc.

    Args:
        partition: Of a rectangle that holds the disc.
        center: The middle of the disc.
        radius: Positive.

    Returns:
        One truth value per face: whether its distance from the centre is less than the radius.

    Raises:
        ValueError: If the radius is not positive or the disc leaves the rectangle.

    Source:
        own; the distance from a point to a convex polygon is 0 inside and otherwise that to the nearest edge.
    """
    c = np.asarray(center, dtype=float)
    low, high = partition.vertices.min(0), partition.vertices.max(0)
    if not radius > 0:
        raise ValueError(f"radius is {radius}; expected a positive number")
    if np.any(c - radius < low) or np.any(c + radius > high):
        raise ValueError(f"center is {tuple(center)}, and a disc of radius {radius} around it leaves the rectangle")
    a, b = partition.vertices[partition.ends]
    share = ((c - a) * (b - a)).sum(1) / ((b - a) ** 2).sum(1)
    nearest = a + np.clip(share, 0.0, 1.0)[:, None] * (b - a)
    near = ((nearest - c) ** 2).sum(1) < radius**2
    met = np.append(_holding(partition, c), False)  # the last entry is the outside, -1
    met[partition.sides[:, near]] = True
    return met[:-1]


def _centres(points: Array, ends: NDArray[np.int64], sides: NDArray[np.int64], num_faces: int) -> Array:
    """The mean of each face's vertices, which is the mean of its edges' ends."""
    middles, faces = 0.5 * (points[ends[0]] + points[ends[1]]), sides.ravel() + 1
    weights = (np.tile(middle, 2) for middle in middles.T)
    sums = np.stack([np.bincount(faces, weight, num_faces + 1) for weight in weights], axis=1)
    centres: Array = sums[1:] / np.bincount(faces, minlength=num_faces + 1)[1:, None]
    return centres


def _holding(partition: PlanarPartition, point: Array) -> NDArray[np.bool_]:
    """Which faces hold the point: those that have it and their centre on one side of every edge."""
    a, b = partition.vertices[partition.ends]
    holds = np.ones(len(partition), dtype=bool)
    for faces in partition.sides:
        inside = faces != OUTSIDE
        here, normal = a[inside], (b - a)[inside][:, ::-1] * (1.0, -1.0)
        middle = partition.centres.numpy()[faces[inside]]
        apart = ((point - here) * normal).sum(1) * ((middle - here) * normal).sum(1) < 0
        holds[faces[inside][apart]] = False
    return holds
