import pytest
import torch

from rectified.depth.domains import affine_residual, pattern_groups


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


def test_refusals(unchecked):
    with pytest.raises(ValueError, match="patterns has shape"):
        pattern_groups(torch.zeros(0, 3, dtype=torch.bool))
    with pytest.raises(ValueError, match="values has length 2"):
        unchecked(affine_residual)(torch.zeros(3, 1), torch.zeros(2, 1))
