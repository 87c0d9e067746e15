import math

import numpy as np
import pytest

from rectified.reference.linear_bounds import adaptive_relu, linear_bounds, parallel_relu
from tests.cases import FIXED_BOUNDS, FIXED_CENTER, FIXED_EPS, as_arrays, fixed_network


@pytest.mark.parametrize("expected", FIXED_BOUNDS, ids=lambda e: f"{e.p}-{'ada' if e.adaptive else 'fast'}")
def test_fixed_network(expected):
    rule = adaptive_relu if expected.adaptive else parallel_relu
    bounds = linear_bounds(as_arrays(fixed_network()), FIXED_CENTER[0].numpy(), FIXED_EPS, expected.p, rule)
    for (lower, upper), low, high in zip(bounds, expected.lower, expected.upper, strict=True):
        assert lower == pytest.approx(low, abs=6e-7)
        assert upper == pytest.approx(high, abs=6e-7)


def test_lines_by_hand():
    assert adaptive_relu(-1.0, 3.0) == (0.75, 0.75, 1.0, 0.0)
    assert adaptive_relu(-3.0, 1.0) == (0.25, 0.75, 0.0, 0.0)
    assert parallel_relu(-1.0, 3.0) == (0.75, 0.75, 0.75, 0.0)
    for rule in (adaptive_relu, parallel_relu):
        assert rule(0.0, 1.0) == (1.0, 0.0, 1.0, 0.0)
        assert rule(-1.0, 0.0) == (0.0, 0.0, 0.0, 0.0)


def test_absolute_value_by_hand():
    """|x| on [-0.5, 1.5] as ReLU(x) + ReLU(-x): lower x + 0 >= -0.5; upper lines end in 1.5 at x = 1.5."""
    layers = [(np.array([[1.0], [-1.0]]), np.zeros(2)), (np.ones((1, 2)), np.zeros(1))]
    bounds = linear_bounds(layers, np.array([0.5]), 1.0, math.inf, adaptive_relu)
    assert bounds[-1] == (pytest.approx([-0.5]), pytest.approx([1.5]))
