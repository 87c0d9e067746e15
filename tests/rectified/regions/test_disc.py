import pytest
import torch

from rectified.regions.ball import regions_in_ball
from rectified.regions.disc import num_regions_in_disc
from tests.cases import random_network, random_points


@pytest.mark.parametrize("seed", range(8))
def test_as_the_search_across_facets(seed):
    layers, center = random_network([2, *[5] * (seed % 3 + 1), 1], seed), random_points(1, 2, seed)[0]
    radius = 0.05 * 1.8**seed
    assert num_regions_in_disc(layers, center, radius) == len(regions_in_ball(layers, center, radius, most_regions=500))


@pytest.mark.parametrize("radius", [0.0, -1.0, float("nan"), float("inf")])
def test_a_disc_has_a_radius(radius):
    with pytest.raises(ValueError, match=r"radius is .*; expected a positive number"):
        num_regions_in_disc(random_network([2, 3, 1], 0), torch.zeros(2).double(), radius)


def test_a_disc_lies_in_the_plane():
    with pytest.raises(ValueError, match="layers has 3 inputs; expected 2"):
        num_regions_in_disc(random_network([3, 3, 1], 0), torch.zeros(2).double(), 1.0)
