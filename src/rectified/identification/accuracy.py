"""How exact the answers of a function are, and the finite steps that follow from it."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

Query = Callable[[np.ndarray], np.ndarray]

EPS = 2.0**-52
SAFETY = 8.0  # tolerances are this many times the error that the noise can cause


@dataclass(frozen=True)
class Accuracy:
    """How exact answers are, and the finite steps that follow from it.

    Attributes:
        noise: Largest absolute error of an answer beyond that of float64, such as half a unit of rounding.
    """

    noise: float = 0.0

    def __post_init__(self) -> None:
        if not 0.0 <= self.noise < np.inf:
            raise ValueError(f"noise is {self.noise}; expected 0 or a positive number")

    def error(self, values: Float[np.ndarray, "..."]) -> float:
        """Absolute error of answers as large as ``values``."""
        return self.noise + 4.0 * EPS * float(np.abs(values).max(initial=1.0))

    @property
    def step(self) -> float:
        """Step of one-sided differences: errors of slopes and the chance to step over a kink in balance."""
        return float(max(1e-5, np.cbrt(self.noise)))

    @property
    def gap(self) -> float:
        """An interval that is still unexplained when it is shorter than this is looked at again, by smaller steps."""
        return 10.0 * self.step

    @property
    def finest_step(self) -> float:
        """The smallest of these steps: with it half of the digits of a slope are left."""
        return float(np.sqrt(self.noise + 4.0 * EPS))

    @property
    def resolution(self) -> float:
        """Kinks nearer to each other than this are not told apart."""
        return 8.0 * self.finest_step
