"""A rectangle that is cut, again and again, along the zero sets of functions that are affine on its faces.

The rectangle is kept as a planar map: vertices, edges between two vertices, and the face on each side of an edge. A
function that is affine on every face is given by its values at the vertices. Its zero set cuts each face that has
vertices of both signs along one chord, so faces stay convex. All faces are cut at once. An edge is shared by its two
faces, so that each crossing is computed once and no gap opens.
"""

from typing import final

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
        self._points, self._values = np.empty((2, FIRST_CAPACITY)), np.empty((0, FIRST_CAPACITY))
        self._ends = np.empty((2, FIRST_CAPACITY), dtype=np.int64)
        self._sides = np.empty((2, FIRST_CAPACITY), dtype=np.int64)
        self._points[:, :4] = [(x0, x1, x1, x0), (y0, y0, y1, y1)]
        self._ends[:, :4] = [(0, 1, 2, 3), (1, 2, 3, 0)]
        self._sides[:, :4] = [[0] * 4, [OUTSIDE] * 4]
        self.num_points, self.num_edges, self.num_faces = 4, 4, 1

    @property
    def points(self) -> Float[np.ndarray, "vertices 2"]:
        """The vertices."""
        return np.ascontiguousarray(self._points[:, : self.num_points].T)

    @property
    def ends(self) -> Int64[np.ndarray, "2 edges"]:
        """The two vertices of each edge."""
        return self._ends[:, : self.num_edges].copy()

    @property
    def sides(self) -> Int64[np.ndarray, "2 edges"]:
        """The two faces beside each edge; -1 is the outside."""
        return self._sides[:, : self.num_edges].copy()

    def cut(self, values: Float[np.ndarray, "functions vertices"], tolerance: float) -> None:
        """Cut all faces along the zero sets of functions, one function after the other.

        Args:
            values: The functions' values at the vertices; each function is affine on every face.
            tolerance: Values below this times the largest count as 0, so that no sliver is cut off at a vertex.

        Raises:
            ValueError: If there is not one value per vertex.
            ArithmeticError: If a function is not affine on some face.
        """
        if values.ndim != 2 or values.shape[1] != self.num_points:
            raise ValueError(f"values has shape {values.shape}; expected (functions, {self.num_points}), the vertices")
        self._values = np.empty((len(values), self._points.shape[1]))
        self._values[:, : self.num_points] = values
        smallest = tolerance * np.abs(values).max(initial=0.0)
        _snap(self._values[:, : self.num_points], smallest)
        for function in range(len(values)):
            self._cut_along(function, smallest)

    def _cut_along(self, function: int, smallest: float) -> None:
        z = self._values[function, : self.num_points]
        at_ends = z[self._ends[:, : self.num_edges]]
        crossed = np.flatnonzero(at_ends[0] * at_ends[1] < 0)
        faces, vertices = self._touched(at_ends) if not z.all() else (_NONE, _NONE)
        if len(crossed) == 0 and len(faces) == 0:
            return
        fresh = self._split_edges(crossed, at_ends[:, crossed], function, smallest)
        beside = self._sides[:, crossed].ravel()
        twice, inside = np.concatenate([fresh, fresh]), beside != OUTSIDE
        self._split_faces(np.concatenate([beside[inside], faces]), np.concatenate([twice[inside], vertices]), function)

    def _touched(self, at_ends: Array) -> tuple[Indices, Indices]:
        """Faces cut through a vertex, and that vertex: it ends a positive edge of a face with a negative vertex."""
        has_negative = np.zeros(self.num_faces + 1, dtype=bool)
        has_negative[self._sides[:, : self.num_edges][:, (at_ends < 0).any(0)]] = True
        has_negative[OUTSIDE] = False
        found = []
        for here, there in ((0, 1), (1, 0)):
            leaving = np.flatnonzero((at_ends[here] == 0) & (at_ends[there] > 0))
            for faces in self._sides[:, leaving]:
                cut = has_negative[faces]
                found.append((faces[cut], self._ends[here, leaving[cut]]))
        return np.concatenate([f for f, _ in found]), np.concatenate([v for _, v in found])

    def _split_edges(self, crossed: Indices, at_ends: Array, function: int, smallest: float) -> Indices:
        """Put a vertex on each crossed edge where the function vanishes; the new vertices."""
        count, first, second = len(crossed), self.num_points, self.num_edges
        self._reserve(first + count, second + 2 * count)
        fresh = np.arange(first, first + count)
        a, b = self._ends[:, crossed]
        share = at_ends[0] / (at_ends[0] - at_ends[1])
        for table in (self._points, self._values):
            start = table[:, a]
            table[:, first : first + count] = start + share * (table[:, b] - start)
        _snap(self._values[:, first : first + count], smallest)
        self._values[function, first : first + count] = 0.0
        self._ends[0, second : second + count] = fresh
        self._ends[1, second : second + count] = b
        self._ends[1, crossed] = fresh
        self._sides[:, second : second + count] = self._sides[:, crossed]
        self.num_points, self.num_edges = first + count, second + count
        return fresh

    def _split_faces(self, faces: Indices, vertices: Indices, function: int) -> None:
        """Join the two vertices at which each face is cut; the face on the positive side gets a new number.

        Raises:
            ArithmeticError: If a face is not cut in exactly two points.
        """
        order = np.argsort(faces, kind="stable")
        faces, vertices = faces[order], vertices[order]
        old, opposite = faces[::2], faces[1::2]
        if len(old) != len(opposite) or np.any(old != opposite) or np.any(old[1:] == old[:-1]):
            raise ArithmeticError("a face is not cut in exactly two points: the function is not affine on it")
        count, edges = len(old), self.num_edges
        renamed = np.arange(-1, self.num_faces)
        renamed[old + 1] = np.arange(self.num_faces, self.num_faces + count)
        z = self._values[function, : self.num_points]
        ends = self._ends[:, :edges]
        positive = np.flatnonzero(z[ends[0]] + z[ends[1]] > 0)
        self._sides[:, positive] = renamed[self._sides[:, positive] + 1]
        self._reserve(self.num_points, edges + count)
        self._ends[:, edges : edges + count] = vertices[::2], vertices[1::2]
        self._sides[:, edges : edges + count] = old, renamed[old + 1]
        self.num_edges, self.num_faces = edges + count, self.num_faces + count

    def _reserve(self, points: int, edges: int) -> None:
        """Make room for this many vertices and edges."""
        if points > self._points.shape[1]:
            self._points, self._values = (_grown(table, points) for table in (self._points, self._values))
        if edges > self._ends.shape[1]:
            self._ends, self._sides = (_grown(table, edges) for table in (self._ends, self._sides))


_NONE: Indices = np.empty(0, dtype=np.int64)


def _snap(values: Array, smallest: float) -> None:
    """Set small values to 0, in place."""
    values[np.abs(values) <= smallest] = 0.0


def _grown(table: NDArray[np.generic], needed: int) -> NDArray[np.generic]:
    larger = np.empty((len(table), max(needed, 2 * table.shape[1])), dtype=table.dtype)
    larger[:, : table.shape[1]] = table
    return larger
