"""Sign patterns of hyperplanes through the origin, by one linear programme per candidate."""

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linprog

from rectified.reference.programs import ProgramFailed

SMALLEST_WIDTH = 1e-9  # of a cell in the unit cube: the solver is exact to about 1e-10 on problems of this size


def sign_patterns(rows: NDArray[np.float64]) -> NDArray[np.int8]:
    """All sign vectors of ``rows @ x`` without a zero, one hyperplane after another.

    A pattern of the first hyperplanes is kept with a side of the next one if a linear programme finds a point of the
    unit cube strictly on all these sides.

    Args:
        rows: Normals of the hyperplanes, (planes, d_in).

    Returns:
        The patterns, (cells, planes) with entries -1 and 1, in lexicographic order.

    Raises:
        ProgramFailed: If the solver ends without an optimum.

    Source:
        own.
    """
    patterns: list[tuple[int, ...]] = [()]
    for count in range(1, len(rows) + 1):
        patterns = [(*old, side) for old in patterns for side in (-1, 1) if _width(rows[:count], (*old, side)) > 0]
    return np.array(sorted(patterns), dtype=np.int8).reshape(len(patterns), len(rows))


def _width(rows: NDArray[np.float64], signs: tuple[int, ...]) -> float:
    """How far a point of the unit cube can be inside all half-spaces, or 0 where that is below the tolerance.

    Raises:
        ProgramFailed: If the solver ends without an optimum.
    """
    normals = np.array(signs)[:, None] * rows / np.linalg.norm(rows, axis=1, keepdims=True)
    constraints = np.hstack([-normals, np.ones((len(rows), 1))])
    cost = np.append(np.zeros(rows.shape[1]), -1.0)
    box = [(-1.0, 1.0)] * rows.shape[1] + [(None, 1.0)]
    result = linprog(cost, A_ub=constraints, b_ub=np.zeros(len(rows)), bounds=box)
    if not result.success:
        raise ProgramFailed(result.message)
    return float(-result.fun) if -result.fun > SMALLEST_WIDTH else 0.0
