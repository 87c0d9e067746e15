"""A rectangle that is cut, again and again, along the zero sets of functions that are affine on its faces.

The rectangle is kept as a planar map: vertices, edges between two vertices, and the face on each side of an edge. A
function that is affine on every face is given by its values at the vertices. Its zero set cuts each face that has
vertices of both signs along one chord, so faces stay convex. All faces are cut at once. An edge is shared by its two
faces, so that each crossing is computed once and no gap opens.
"""

from typing import Any, final

import numpy as np
from jaxtyping import Float, Int64
from numpy.typing import NDArray

Array = NDArray[np.float64]
Indices = NDArray[np.int64]
FIRST_CAPACITY = 256
OUTSIDE = -1


@final
class PlanarMap:
    """Vertices, edges and faces of a rectangle under subdivision.

    Args:
        low: Lower left corner.
        high: Upper right corner.

    Raises:
        ValueError: If the rectangle is empty.

    Source:
        [berzins2023polyhedral], edge subdivision; the faces beside the edges and the batching are ours.
    """

    def __init__(self, low: tuple[float, float], high: tuple[float, float]) -> None:
        (x0, y0), (x1, y1) = low, high
        if not (x0 < x1 and y0 < y1):
            raise ValueError(f"low is {low} and high is {high}; expected low below high in both coordinates")
        # a vertex is a column (x, y, values of functions), an edge one (end, end, face, face); face 0 is the outside
        self._vertices = np.empty((2, FIRST_CAPACITY))
        self._edges = np.empty((4, FIRST_CAPACITY), dtype=np.int64)
        self._vertices[:, :4] = [(x0, x1, x1, x0), (y0, y0, y1, y1)]
        self._edges[:, :4] = [(0, 1, 2, 3), (1, 2, 3, 0), (1, 1, 1, 1), (0, 0, 0, 0)]
        self.num_points, self.num_edges, self.num_faces = 4, 4, 1

    @property
    def points(self) -> Float[np.ndarray, "vertices 2"]:
        """The vertices."""
        return np.ascontiguousarray(self._vertices[:2, : self.num_points].T)

    @property
    def ends(self) -> Int64[np.ndarray, "2 edges"]:
        """The two vertices of each edge."""
        return self._edges[:2, : self.num_edges].copy()

    @property
    def sides(self) -> Int64[np.ndarray, "2 edges"]:
        """The two faces beside each edge; -1 is the outside."""
        return self._edges[2:, : self.num_edges] - 1

    def cut(self, values: Float[np.ndarray, "functions vertices"], smallest: Float[np.ndarray, " functions"]) -> None:
        """Cut all faces along the zero sets of functions, one function after the other.

        Args:
            values: The functions' values at the vertices; each function is affine on every face.
            smallest: Values of each function up to this count as 0: no sliver is cut off at a vertex, and a function
                that is zero on a face but for rounding does not cut it.

        Raises:
            ValueError: If there is not one value per vertex, and one smallest value per function.
            ArithmeticError: If a function is not affine on some face.
        """
        if values.ndim != 2 or values.shape[1] != self.num_points:
            raise ValueError(f"values has shape {values.shape}; expected (functions, {self.num_points}), the vertices")
        if smallest.shape != (len(values),):
            raise ValueError(f"smallest has shape {smallest.shape}; expected ({len(values)},), one per function")
        table = np.empty((2 + len(values), self._vertices.shape[1]))
        table[:2], table[2:, : self.num_points] = self._vertices[:2], values
        self._vertices = table
        for row, least in enumerate(smallest.tolist(), start=2):
            self._cut_along(row, least)

    def _cut_along(self, row: int, smallest: float) -> None:
        """Cut along the zero set of the function in this row of the vertices' table."""
        z = self._vertices[row, : self.num_points]
        z[np.abs(z) <= smallest] = 0.0
        at_ends = z[self._edges[:2, : self.num_edges]]
        crossed = (at_ends[0] * at_ends[1] < 0).nonzero()[0]
        faces, vertices = (_NONE, _NONE) if z.all() else self._touched(at_ends)
        if len(crossed) == 0 and len(faces) == 0:
            return
        beside = self._edges[2:, crossed].ravel()
        fresh = self._split_edges(crossed, at_ends[:, crossed], row)
        if len(faces) == 0:
            self._split_faces(beside, np.concatenate([fresh, fresh]), row)
        else:
            self._split_faces(np.concatenate([beside, faces]), np.concatenate([fresh, fresh, vertices]), row)

    def _touched(self, at_ends: Array) -> tuple[Indices, Indices]:
        """Faces cut through a vertex, and that vertex: it ends a positive edge of a face with a negative vertex."""
        ends, sides = self._edges[:2, : self.num_edges], self._edges[2:, : self.num_edges]
        has_negative = np.zeros(self.num_faces + 1, dtype=bool)
        has_negative[sides[:, (at_ends < 0).any(0)]] = True
        faces, vertices = [_NONE], [_NONE]
        for here, there in ((0, 1), (1, 0)):
            leaving = ((at_ends[here] == 0) & (at_ends[there] > 0)).nonzero()[0]
            for side in sides[:, leaving]:
                cut = has_negative[side] & (side > 0)
                faces.append(side[cut])
                vertices.append(ends[here, leaving[cut]])
        return np.concatenate(faces), np.concatenate(vertices)

    def _split_edges(self, crossed: Indices, at_ends: Array, row: int) -> Indices:
        """Put a vertex on each crossed edge where the function vanishes; the new vertices."""
        count, first, second = len(crossed), self.num_points, self.num_edges
        self._reserve(first + count, second + 2 * count)
        old, new = self._edges[:, crossed], slice(second, second + count)
        fresh = np.arange(first, first + count)
        share = at_ends[0] / (at_ends[0] - at_ends[1])
        start = self._vertices[:, old[0]]
        self._vertices[:, first : first + count] = start + share * (self._vertices[:, old[1]] - start)
        self._vertices[row, first : first + count] = 0.0
        self._edges[:, new] = old
        self._edges[0, new] = fresh
        self._edges[1, crossed] = fresh
        self.num_points, self.num_edges = first + count, second + count
        return fresh

    def _split_faces(self, faces: Indices, vertices: Indices, row: int) -> None:
        """Join the two vertices at which each face is cut; the face on the positive side gets a new number.

        Raises:
            ArithmeticError: If a face is not cut in exactly two points.
        """
        order = faces.argsort(kind="stable")[len(faces) - np.count_nonzero(faces) :]  # without the outside, 0
        faces, vertices = faces[order], vertices[order]
        old, edges = faces[::2], self.num_edges
        count = len(old)
        if len(faces) != 2 * count or (old != faces[1::2]).any() or (old[1:] == old[:-1]).any():
            raise ArithmeticError("a face is not cut in exactly two points: the function is not affine on it")
        self._reserve(self.num_points, edges + count)  # cuts through vertices alone add chords, but split no edge
        renamed = np.arange(self.num_faces + 1)
        renamed[old] = fresh = np.arange(self.num_faces + 1, self.num_faces + 1 + count)
        table = self._edges[:, :edges]
        z = self._vertices[row, : self.num_points]
        positive = (z[table[0]] + z[table[1]] > 0).nonzero()[0]
        table[2:, positive] = renamed[table[2:, positive]]
        self._edges[:, edges : edges + count] = vertices[::2], vertices[1::2], old, fresh
        self.num_edges, self.num_faces = edges + count, self.num_faces + count

    def _reserve(self, points: int, edges: int) -> None:
        """Make room for this many vertices and edges."""
        if points > self._vertices.shape[1]:
            self._vertices = _grown(self._vertices, points)
        if edges > self._edges.shape[1]:
            self._edges = _grown(self._edges, edges)


_NONE: Indices = np.empty(0, dtype=np.int64)


def _grown(table: NDArray[Any], needed: int) -> NDArray[Any]:
    larger = np.empty((len(table), max(needed, 2 * table.shape[1])), dtype=table.dtype)
    larger[:, : table.shape[1]] = table
    return larger
