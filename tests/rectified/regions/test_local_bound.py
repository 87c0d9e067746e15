import math

import pytest
import torch

from rectified.networks import random_layers
from rectified.reference.local_bounds import composed_region_bound, spectral_region_bound
from rectified.regions.ball import regions_in_ball
from rectified.regions.counting import layered_count, zaslavsky_count
from rectified.regions.local_bound import Level, local_region_bound
from rectified.regions.patterns import activation_pattern
from tests.cases import as_arrays, random_network, random_points

SHAPES = [[2, 5, 5, 1], [3, 40, 20, 10, 2], [50, 20, 33, 20, 4], [30, 40, 17, 1], [2, 1, 1]]


def balls(dim, count, seed):
    """Centres, and radii from a hundredth to about three."""
    return random_points(count, dim, seed), 10.0 ** torch.linspace(-2.0, 0.5, count).double()


@pytest.mark.parametrize("widths", SHAPES)
def test_as_one_ball_at_a_time(widths):
    layers, (center, radius) = random_network(widths, 1), balls(widths[0], 30, 2)
    for level, slow in ((1, spectral_region_bound), (2, composed_region_bound)):
        expected = [slow(as_arrays(layers), x, r) for x, r in zip(center.numpy(), radius.tolist(), strict=True)]
        bound = local_region_bound(layers, center, radius, level=level)
        assert bound.counts() == expected
        logarithms = torch.tensor([math.log10(count) for count in expected], dtype=torch.float64)
        torch.testing.assert_close(bound.log10, logarithms, rtol=0.0, atol=1e-12)


@pytest.mark.parametrize("widths", [[2, 6, 1], [2, 5, 5, 1], [3, 4, 4, 4, 1], [4, 6, 3, 1]])
@pytest.mark.parametrize("seed", range(3))
def test_never_below_the_exact_count(widths, seed):
    layers, (center, radius) = random_network(widths, seed), balls(widths[0], 6, seed)
    exact = [
        len(regions_in_ball(layers, x, r, most_regions=3000)) for x, r in zip(center, radius.tolist(), strict=True)
    ]
    for level in Level:
        bounds = local_region_bound(layers, center, radius, level=level).counts()
        assert all(bound >= count for bound, count in zip(bounds, exact, strict=True))


@pytest.mark.parametrize("widths", SHAPES)
@pytest.mark.parametrize("seed", range(3))
def test_a_higher_level_is_never_larger_nor_any_level_than_the_whole_space(widths, seed):
    layers, (center, radius) = random_network(widths, seed), balls(widths[0], 40, seed)
    one, two, three = (local_region_bound(layers, center, radius, level=level).log10 for level in Level)
    assert bool((three <= two).all())
    assert bool((two <= one).all())
    assert float(one.max()) <= math.log10(layered_count(widths[:-1])) + 1e-9


def test_patterns_without_an_interior_are_not_counted():
    # near 0 the unit of the second layer takes in |x| = relu(x + 1) + 2 relu(-x) - 1; it is stable, and off at 0 alone
    layers = [
        (torch.tensor([[1.0], [-1.0]]).double(), torch.tensor([1.0, 0.0]).double()),
        (torch.tensor([[1.0, 2.0]]).double(), torch.tensor([-1.0]).double()),
        (torch.ones(1, 1).double(), torch.zeros(1).double()),
    ]
    seen = activation_pattern(layers, torch.tensor([[-0.25], [0.0], [0.25]]).double())
    assert len(seen.unique(dim=0)) == 3
    assert zaslavsky_count(1, 1) * zaslavsky_count(0, 1) == 2  # the theorem's bound, with one unstable unit
    assert len(regions_in_ball(layers, torch.tensor([0.1]).double(), 0.5, most_regions=10)) == 2
    for level in Level:
        assert local_region_bound(layers, torch.zeros(1, 1).double(), 0.5, level=level).counts()[0] >= 2
    assert "with an interior" in local_region_bound.__doc__


def test_crown_helps_somewhere():
    layers, (center, radius) = random_network([10, 30, 30, 1], 0), balls(10, 40, 0)
    two, three = (local_region_bound(layers, center, radius, level=level).log10 for level in (2, 3))
    assert float((two - three).max()) > 0.3


def test_a_huge_ball_has_the_bound_of_the_whole_space():
    layers = random_network([3, 6, 5, 1], 0)
    assert local_region_bound(layers, torch.zeros(1, 3).double(), 1e6).counts() == [layered_count([3, 6, 5])]


def test_a_ball_of_radius_zero_meets_one_region():
    layers = random_network([3, 6, 5, 1], 0)
    for level in Level:
        assert local_region_bound(layers, random_points(4, 3, 0), 0.0, level=level).counts() == [1] * 4


def test_many_balls_in_chunks_as_one_by_one(generator):
    layers, (center, radius) = random_layers([100, 90, 80, 70, 3], generator), balls(100, 200, 3)
    together = local_region_bound(layers, center, radius)
    single = [local_region_bound(layers, x[None], r[None]).counts()[0] for x, r in zip(center, radius, strict=True)]
    assert together.counts() == single
    assert together.unstable.shape == together.dims.shape == (200, 3)


def test_a_dead_layer_stops_everything():
    """All units of the first layer are off on the ball, so that nothing moves behind them."""
    layers = random_network([2, 4, 4, 1], 0)
    layers[0] = (layers[0][0], layers[0][1] - 100.0)
    bound = local_region_bound(layers, torch.zeros(1, 2).double(), 1.0)
    assert bound.counts() == [1]
    assert bound.dims.tolist() == [[2, 0]]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"level": 4}, r"level is 4; expected 1, 2 or 3"),
        ({"radius": -1.0}, r"eps is -1\.0; expected finite numbers, not negative"),
        (
            {"center": torch.zeros(1, 3).double()},
            r"center is torch.float64 of shape \(1, 3\); expected float64 \(balls, 2\)",
        ),
        ({"center": torch.zeros(1, 2)}, r"center is torch.float32"),
        ({"center": torch.zeros(2).double()}, r"center is torch.float64 of shape \(2,\)"),
        ({"layers": random_network([2, 1], 0)}, r"layers has no hidden layer"),
        (
            {"layers": [(torch.ones(1, 2), torch.zeros(1)), (torch.ones(1, 1), torch.zeros(1))]},
            r"layers has dtype torch.float32",
        ),
    ],
)
def test_bad_input_is_refused(change, message, unchecked):
    arguments = {"layers": random_network([2, 3, 1], 0), "center": torch.zeros(1, 2).double(), "radius": 1.0}
    with pytest.raises(ValueError, match=message):
        unchecked(local_region_bound)(**(arguments | change))
