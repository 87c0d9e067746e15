"""A network as a plain function that counts, for tests of the attacks: to see them work needs no second process."""

from collections.abc import Callable, Sequence

import numpy as np
import pytest

from rectified.identification.targets import normal_layers
from rectified.oracles.serving import relu_outputs, rounded


class Counted:
    """Answers for given layers, and how many were given."""

    def __init__(self, layers, rounding: float = 0.0) -> None:
        self.layers, self.rounding, self.queries = layers, rounding, 0

    def __call__(self, points: np.ndarray) -> np.ndarray:
        self.queries += len(points)
        return rounded(relu_outputs(self.layers, points), self.rounding)


@pytest.fixture(scope="session")
def counted() -> type[Counted]:
    """Layers to a function."""
    return Counted


@pytest.fixture(scope="session")
def random_network() -> Callable[..., Counted]:
    """Widths, a seed and perhaps a rounding to a random network as a function."""

    def network(widths: Sequence[int], seed: int, rounding: float = 0.0) -> Counted:
        return Counted(normal_layers(widths, np.random.default_rng(seed)), rounding)

    return network


@pytest.fixture(scope="session")
def toy() -> list[tuple[np.ndarray, np.ndarray]]:
    """z1 = x1, z2 = x2; z = ReLU(x1) + 2 ReLU(x2) - 1; f = ReLU(z): boundaries that can be drawn by hand."""
    return [(np.eye(2), np.zeros(2)), (np.array([[1.0, 2.0]]), np.array([-1.0])), (np.ones((1, 1)), np.zeros(1))]
