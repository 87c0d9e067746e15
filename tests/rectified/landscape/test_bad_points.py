"""Bad points hold together what the other modules compute."""

import pytest

from rectified.landscape.bad_points import bad_points
from rectified.landscape.losses import SQUARED
from rectified.landscape.piecewise import IDENTITY, RELU
from tests.cases import random_points

X, Y = random_points(15, 3, 0), random_points(15, 2, 1)


def test_each_point_has_its_depth_and_its_better_network():
    points = bad_points(X, Y, SQUARED, RELU, [[3], [3, 4]])
    assert [len(point.network) for point in points] == [2, 3]
    for point in points:
        assert point.risk(point.network).item() == pytest.approx(point.fit.risk)
        assert point.risk(point.improved).item() == pytest.approx(point.fit.risk - point.kink.decrease)


def test_a_linear_activation_has_no_bad_points():
    with pytest.raises(ValueError, match="'identity' is linear"):
        bad_points(X, Y, SQUARED, IDENTITY, [[3]])
