import numpy as np
import pytest

from rectified.reference.local_bounds import composed_region_bound, spectral_region_bound

BOUNDS = [spectral_region_bound, composed_region_bound]
IDENTITY = (np.eye(2), np.zeros(2))
OUTPUT = (np.ones((1, 2)), np.zeros(1))


@pytest.mark.parametrize("bound", BOUNDS)
@pytest.mark.parametrize(("radius", "count"), [(0.4, 1), (0.5, 1), (0.6, 2), (1.1, 4)])
def test_two_axes_by_hand(bound, radius, count):
    assert bound([IDENTITY, OUTPUT], np.array([1.0, 0.5]), radius) == count


def test_the_second_layer_by_hand():
    """Behind a stable identity a unit x + y - 1 at 0.5: its row has length sqrt 2, so that it crosses from 0.354 on."""
    layers = [IDENTITY, (np.ones((1, 2)), -np.ones(1)), (np.ones((1, 1)), np.zeros(1))]
    center = np.array([0.75, 0.75])
    for bound in BOUNDS:
        assert bound(layers, center, 0.35) == 1
        assert bound(layers, center, 0.36) == 2


def test_only_the_composed_bound_knows_that_a_dead_direction_is_gone():
    """The first layer keeps x and drops y; behind it only x moves, but its spectral norm is that of y's weight."""
    layers = [
        (np.diag([1.0, 10.0]), np.array([0.0, -50.0])),
        (np.ones((1, 2)), np.array([-3.0])),
        (np.ones((1, 1)), np.zeros(1)),
    ]
    center = np.array([1.0, 0.0])
    assert composed_region_bound(layers, center, 0.5) == 1
    assert spectral_region_bound(layers, center, 0.5) == 2
