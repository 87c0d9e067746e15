"""Sign patterns of hyperplanes through the origin, by one linear programme per candidate."""

import numpy as np
from numpy.typing import NDArray

from rectified.reference.solving import Program, checked_minimum

SMALLEST_WIDTH = 1e-8  # of a cell in the unit cube: the solver's answers are checked to that


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
    lengths = np.linalg.norm(rows, axis=1)
    if (lengths == 0.0).any():
        return 0.0
    normals, dim = np.array(signs)[:, None] * rows / lengths[:, None], rows.shape[1]
    program = Program(
        np.append(np.zeros(dim), -1.0),
        np.hstack([normals, np.full((len(rows), 1), -1.0)]),
        np.zeros(len(rows)),
        np.full(len(rows), np.inf),
        np.append(np.full(dim, -1.0), 0.0),
        np.ones(dim + 1),
        np.zeros(dim + 1, dtype=bool),
    )
    width = -checked_minimum(program).value
    return width if width > SMALLEST_WIDTH else 0.0
