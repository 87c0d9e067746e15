import math

import pytest
import torch

from rectified.activations.elementwise import RELU
from rectified.bounds.backward import Stage
from rectified.bounds.interval import interval_bounds
from rectified.bounds.layerwise import Balls, Intermediate, Setting, add_stages, hidden_bounds, output_bounds
from rectified.bounds.relaxations import LowerSlope, relu_relaxation
from rectified.networks import forward
from tests.cases import random_network, random_points

NETWORK = random_network([4, 9, 9, 2], seed=0)
CENTER = random_points(3, 4, seed=1)
BALLS = Balls(CENTER, torch.full((3,), 0.2, dtype=torch.float64), math.inf, [slice(0, 2), slice(2, 3)])


@pytest.mark.parametrize("skip", [True, False])
def test_interval_intermediates_are_interval_bounds(skip):
    setting = Setting(RELU, Intermediate.INTERVAL, skip)
    boxes, stages = hidden_bounds(NETWORK[:-1], BALLS, [LowerSlope.ADAPTIVE] * 2, setting)
    for box, expected in zip(boxes, interval_bounds(NETWORK, CENTER, 0.2, math.inf), strict=False):
        assert torch.allclose(box.lower, expected.lower, atol=1e-12)
    assert [len(path) for path in stages] == [2, 2]


def test_output_bounds_from_any_sound_boxes(generator):
    """Lines from boxes much too wide still give functions below the outputs."""
    stages: list[list[Stage]] = [[], []]
    for idx, (W, b) in enumerate(NETWORK[:-1]):
        wide = torch.full((3, 9), 50.0, dtype=torch.float64)
        add_stages(stages, W, b if idx else CENTER @ W.T + b, relu_relaxation(-wide, wide), BALLS.groups)
    rows = output_bounds(NETWORK[-1], BALLS, stages)
    for image in range(3):
        x = CENTER[image] + 0.2 * (2 * torch.rand(500, 4, generator=generator, dtype=torch.float64) - 1)
        below = x @ rows.function.slope[image].T + rows.function.offset[image]
        assert bool((below <= forward(NETWORK, x) + 1e-10).all())
        assert bool((rows.lowest[image] <= below.amin(0) + 1e-10).all())
