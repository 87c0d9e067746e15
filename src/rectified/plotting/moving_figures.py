"""What all moving figures are made of."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from jaxtyping import Float

Frame = list[dict[str, Any]]  # new values for each of a figure's traces


class MovingFigure(NamedTuple):
    """A figure in Plotly's terms, and one frame for each combination of its controls."""

    figure: dict[str, Any]
    frames: list[Frame]


def trace(x: Float[np.ndarray, " points"], y: Float[np.ndarray, " points"]) -> dict[str, list[float]]:
    """Coordinates with four digits after the point, as Plotly takes them.

    Args:
        x: Abscissae.
        y: Ordinates.

    Returns:
        The two lists.
    """
    return {"x": [round(value, 4) for value in x.tolist()], "y": [round(value, 4) for value in y.tolist()]}


def with_gaps(pieces: Sequence[Float[np.ndarray, "_points 2"]]) -> dict[str, list[float | None]]:
    """Several lines as one trace: after each a gap, which Plotly does not bridge.

    Args:
        pieces: The corners of each line.

    Returns:
        Coordinates with three digits after the point, None for gaps.
    """
    x, y = ([entry for piece in pieces for entry in (*np.round(piece[:, axis], 3).tolist(), None)] for axis in (0, 1))
    return {"x": x, "y": y}
