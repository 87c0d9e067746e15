import itertools

import pytest
import torch
from torch import nn

from netspace.network.planes import SHORTEST, SLIMMEST, TALLEST, planes_of
from netspace.network.scene import network_scene


@pytest.fixture
def planes(generator):
    model = nn.Sequential(nn.Conv2d(1, 5, 3), nn.ReLU(), nn.Flatten(), nn.Linear(5 * 36, 3))
    return planes_of(network_scene(model, torch.rand(1, 1, 8, 8, generator=generator))["layers"])


def test_maps_stand_in_a_grid_with_gaps(planes):
    picture = planes[1].picture
    assert picture.shape == (2 * 6 + 1, 3 * 6 + 2)
    assert int(picture.isfinite().sum()) == 5 * 36
    assert bool(picture[6].isnan().all())  # the gap between the rows of maps
    assert bool(picture[7:, 14:].isnan().all())  # the sixth place is empty


def test_outputs_stand_in_a_list(planes):
    assert planes[2].picture.shape == (3, 1)
    assert planes[2].wide == SLIMMEST  # wide enough to be seen


def test_planes_do_not_overlap_and_are_neither_too_large_nor_too_small(planes):
    for left, right in itertools.pairwise(planes):
        assert left.corners()[1][0] < right.corners()[0][0]
    for plane in planes:
        assert SHORTEST - 1e-9 <= max(plane.tall, plane.wide) <= TALLEST + 1e-9
        (x0, y0), (x1, y1), (x2, y2), (x3, y3) = plane.corners()
        assert (x1 - x0, y1 - y0) == pytest.approx((x2 - x3, y2 - y3))
        assert (x0, x1) == (x3, x2)
