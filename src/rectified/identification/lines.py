"""Random segments on which a function is asked, and what was found on them."""

from typing import NamedTuple

import numpy as np
from jaxtyping import Float

from rectified.identification.kinks import SegmentKinks

SPREADS = 1.0, 4.0, 16.0  # scales of the middles of the lines, in units of the reach
HALF_LENGTH = 5.0  # of a line, in units of its spread


class Lines(NamedTuple):
    """Random segments and what was found on them.

    Attributes:
        starts: One end of each.
        ends: The other.
        kinks: Kinks and pieces.
    """

    starts: Float[np.ndarray, "lines d_in"]
    ends: Float[np.ndarray, "lines d_in"]
    kinks: SegmentKinks

    @property
    def directions(self) -> Float[np.ndarray, "lines d_in"]:
        """Unit vectors from start to end."""
        return np.asarray((self.ends - self.starts) / np.linalg.norm(self.ends - self.starts, axis=1, keepdims=True))

    @property
    def kink_points(self) -> Float[np.ndarray, "kinks d_in"]:
        """Where the kinks are."""
        line = self.kinks.line
        return np.asarray(self.starts[line] + self.kinks.position[:, None] * self.directions[line])

    @property
    def anchor_points(self) -> Float[np.ndarray, "pieces d_in"]:
        """A point inside each linear piece, at which the outputs are known."""
        line = self.kinks.piece_line
        return np.asarray(self.starts[line] + self.kinks.anchor[:, None] * self.directions[line])


def random_lines(
    count: int, d_in: int, reach: float, rng: np.random.Generator
) -> tuple[Float[np.ndarray, "lines d_in"], Float[np.ndarray, "lines d_in"]]:
    """Both ends of random segments: normal middles on three scales, uniform directions.

    A neuron may be on nearly everywhere near the origin and off far away, so that one scale would not show it.

    Args:
        count: How many.
        d_in: Dimension.
        reach: Scale of the inputs.
        rng: Source of all.

    Returns:
        Starts and ends.
    """
    spread = reach * rng.choice(SPREADS, size=(count, 1))
    middles = spread * rng.standard_normal((count, d_in))
    directions = rng.standard_normal((count, d_in))
    directions *= HALF_LENGTH * spread / np.linalg.norm(directions, axis=1, keepdims=True)
    return middles - directions, middles + directions
