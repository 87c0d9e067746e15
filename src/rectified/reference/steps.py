"""Step functions on a grid, by looking each point up."""

from typing import NamedTuple

import numpy as np
from jaxtyping import Bool, Float
from numpy.typing import ArrayLike


class StepValues(NamedTuple):
    """A step function at some points.

    Attributes:
        values: The value of the cell; 0 outside the grid.
        is_inside: Whether the point lies in the grid.
        distances: Smallest distance of any coordinate from any edge, along that coordinate.
    """

    values: Float[np.ndarray, " samples"]
    is_inside: Bool[np.ndarray, " samples"]
    distances: Float[np.ndarray, " samples"]


def step_values(edges: ArrayLike, values: ArrayLike, points: ArrayLike) -> StepValues:
    """The step function with the given value on each cell, zero outside the grid.

    Args:
        edges: M + 1 increasing numbers, the same for each coordinate.
        values: One value for each cell, (M,) * d.
        points: Points, (samples, d).

    Returns:
        Values, whether points are inside, and how far from the nearest edge.

    Raises:
        ValueError: If the edges do not increase, or shapes do not fit.

    Example:
        >>> step_values([0.0, 1.0, 2.0], [5.0, 7.0], [[0.5], [1.5], [9.0]]).values
        array([5., 7., 0.])
    """
    ends, table, x = (np.asarray(given, dtype=float) for given in (edges, values, points))
    cells = len(ends) - 1
    if not (np.diff(ends) > 0).all():
        raise ValueError(f"edges is {ends.tolist()[:10]}; expected increasing numbers")
    if table.shape != (cells,) * table.ndim or x.ndim != 2 or x.shape[1] != table.ndim:
        raise ValueError(f"values {table.shape} and points {x.shape} do not fit {cells} cells along each coordinate")
    cell = np.digitize(x, ends) - 1
    is_inside = ((cell >= 0) & (cell < cells)).all(axis=1)
    found = np.zeros(len(x))
    found[is_inside] = table[tuple(cell[is_inside].T)]
    return StepValues(found, is_inside, np.abs(x[..., None] - ends).min(axis=(1, 2)))
