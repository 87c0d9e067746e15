import pytest
import torch

from rectified.depth.domains import affine_residual, broken_midpoints, misplaced_points, pattern_groups
from rectified.regions.patterns import activation_pattern
from tests.cases import random_network, random_points


def test_groups_are_those_of_a_dictionary():
    patterns = torch.rand(500, 11, generator=torch.Generator().manual_seed(1)) < 0.15
    expected = {}
    for row, pattern in enumerate(patterns.tolist()):
        expected.setdefault(tuple(pattern), []).append(row)
    assert sorted(rows.tolist() for rows in pattern_groups(patterns)) == sorted(expected.values())


def test_affine_values_have_no_residual():
    points = torch.rand(30, 2, generator=torch.Generator().manual_seed(1), dtype=torch.float64)
    values = points @ torch.tensor([[1.0, -3.0], [2.0, 0.5]]).double() + 7.0
    assert affine_residual(points, values) < 1e-13
    assert affine_residual(points[:1], values[:1]) < 1e-13  # one point, or a line, fits as well
    assert affine_residual(points[:, :1].repeat(1, 2), points[:, :1]) < 1e-13


def test_a_kink_is_seen():
    points = torch.linspace(-1, 1, 3, dtype=torch.float64)[:, None]
    # |x| at -1, 0, 1: the best line is 2/3, and misses 0 by 2/3
    assert affine_residual(points, points.abs()) == pytest.approx(2 / 3)


def test_domains_are_convex_polytopes():
    layers, points = random_network([2, 6, 6, 1], 1), random_points(3_000, 2, 2)
    groups = pattern_groups(activation_pattern(layers, points))
    assert len(groups) > 10
    assert misplaced_points(layers, points) == 0
    assert broken_midpoints(layers, points, groups, 10, torch.Generator().manual_seed(1)) == 0


def test_groups_that_are_no_domains_are_noticed():
    one = torch.ones(1, 1, dtype=torch.float64)
    layers = [(one, torch.zeros(1).double()), (one, torch.zeros(1).double())]
    points = torch.tensor([[-1.0], [2.0]]).double()  # on both sides of the kink, with a midpoint on the right
    found = broken_midpoints(layers, points, [torch.tensor([0, 1])], 1_000, torch.Generator().manual_seed(1))
    assert found == pytest.approx(250, abs=60)  # left end at -1, right end at 2


def test_refusals(unchecked):
    with pytest.raises(ValueError, match="pairs is 0"):
        broken_midpoints(random_network([2, 3, 1], 1), random_points(5, 2, 2), [torch.arange(5)], 0, torch.Generator())
    with pytest.raises(ValueError, match="patterns has shape"):
        pattern_groups(torch.zeros(0, 3, dtype=torch.bool))
    with pytest.raises(ValueError, match="values has length 2"):
        unchecked(affine_residual)(torch.zeros(3, 1), torch.zeros(2, 1))


@pytest.mark.parametrize("unit", [1e-18, 1e18])
def test_an_affine_function_is_one_in_every_unit(unit):
    points = torch.linspace(-1.0, 1.0, 7, dtype=torch.float64)[:, None]
    assert affine_residual(unit * points, 3.0 * points - 1.0) < 1e-14
    assert affine_residual(unit * points, points.abs()) > 0.1
