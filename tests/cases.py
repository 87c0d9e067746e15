"""Networks and data that several tests share."""

import itertools
import math
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

NORMS = [1.0, 2.0, math.inf]

Layers = list[tuple[Tensor, Tensor]]


def fixed_network() -> Layers:
    """A 2-3-2-1 ReLU network whose bounds were computed independently (see ``FIXED_BOUNDS``)."""
    weights = [[[1, -1], [2, 1], [-1, 0.5]], [[1, -2, 1], [-1, 1, 1]], [[1, -1]]]
    biases = [[0, -1, 0.5], [0.5, 0], [0.25]]
    return [
        (torch.tensor(W, dtype=torch.float64), torch.tensor(b, dtype=torch.float64))
        for W, b in zip(weights, biases, strict=True)
    ]


FIXED_CENTER = torch.tensor([[0.5, -0.5]], dtype=torch.float64)
FIXED_EPS = 0.4


class FixedBounds(NamedTuple):
    """Bounds of each layer of ``fixed_network`` over the ball, rounded to six digits."""

    p: float
    adaptive: bool
    lower: list[list[float]]
    upper: list[list[float]]


# Independent computation, "A fixed ReLU net" of the test vectors for Zhang et al. 2018; equal to auto_LiRPA's to 5e-16.
FIXED_BOUNDS = [
    FixedBounds(
        math.inf,
        True,
        [[0.2, -1.7, -0.85], [0.1, -1.8], [0.086641]],
        [[1.8, 0.7, 0.35], [2.3, 0.383333], [2.55]],
    ),
    FixedBounds(
        math.inf,
        False,
        [[0.2, -1.7, -0.85], [-0.03125, -2.077083], [-0.037317]],
        [[1.8, 0.7, 0.35], [2.725, 0.383333], [3.171698]],
    ),
    FixedBounds(
        2.0,
        True,
        [[0.434315, -1.394427, -0.697214], [0.527249, -1.565685], [0.777249]],
        [[1.565685, 0.394427, 0.197214], [2.071774, -0.087285], [2.321774]],
    ),
    FixedBounds(
        2.0,
        False,
        [[0.434315, -1.394427, -0.697214], [0.51658, -1.782263], [0.76658]],
        [[1.565685, 0.394427, 0.197214], [2.352969, -0.087285], [2.602969]],
    ),
    FixedBounds(1.0, True, [[0.6, -1.3, -0.65], [0.65, -1.4], [0.9]], [[1.4, 0.3, 0.15], [1.9375, -0.2625], [2.1875]]),
    FixedBounds(
        1.0,
        False,
        [[0.6, -1.3, -0.65], [0.640625, -1.653125], [0.890625]],
        [[1.4, 0.3, 0.15], [2.275, -0.2625], [2.525]],
    ),
]


def random_network(widths: list[int], seed: int) -> Layers:
    """Gaussian weights of He's variance and Gaussian biases, so that no neuron is special."""
    rng = np.random.default_rng(seed)
    return [
        (
            torch.from_numpy(rng.normal(size=(d_out, d_in)) * math.sqrt(2 / d_in)),
            torch.from_numpy(rng.normal(size=d_out) * 0.3),
        )
        for d_in, d_out in itertools.pairwise(widths)
    ]


def random_points(count: int, dim: int, seed: int) -> Tensor:
    """Standard Gaussian points."""
    return torch.from_numpy(np.random.default_rng(seed).normal(size=(count, dim)))


def as_arrays(layers: Layers) -> list[tuple[np.ndarray, np.ndarray]]:
    """The layers as numpy arrays, which the reference functions take."""
    return [(W.numpy(), b.numpy()) for W, b in layers]
