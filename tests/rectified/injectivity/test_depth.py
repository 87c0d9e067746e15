import itertools

import pytest
import torch

from rectified.injectivity.cells import smallest_active_count
from rectified.injectivity.depth import covering_subsets, halfspace_depth
from rectified.injectivity.layers import pair_weight
from rectified.reference.arrangements import sign_patterns


def gaussian(*shape, generator):
    return torch.randn(*shape, generator=generator, dtype=torch.float64)


@pytest.mark.parametrize(("planes", "dim"), [(4, 1), (5, 2), (7, 3), (7, 4), (6, 5)])
def test_the_depth_is_the_fewest_positive_signs_of_all_patterns(planes, dim, generator):
    for _ in range(3):
        rows = gaussian(planes, dim, generator=generator)
        assert int(halfspace_depth(rows)) == int((sign_patterns(rows.numpy()) > 0).sum(axis=1).min())


@pytest.mark.parametrize(("planes", "dim"), [(12, 2), (16, 3), (18, 4), (16, 5), (12, 6)])
def test_a_batch_agrees_with_the_enumeration_of_cells(planes, dim, generator):
    rows = gaussian(2, 3, planes, dim, generator=generator)
    expected = [[smallest_active_count(each) for each in half] for half in rows]
    assert halfspace_depth(rows).tolist() == expected


@pytest.mark.parametrize(("count", "dim"), [(5, 2), (6, 3), (4, 4), (5, 4), (9, 4), (5, 5), (7, 5), (11, 5), (8, 6)])
def test_every_ray_lies_in_a_chosen_plane(count, dim):
    chosen = {frozenset(subset) for subset in covering_subsets(count, dim).tolist()}
    for ray in itertools.combinations(range(count), dim - 1):
        assert any(frozenset(plane) in chosen for plane in itertools.combinations(ray, dim - 2))


def test_less_than_half_of_the_planes_are_chosen():
    assert len(covering_subsets(24, 4)) == 132
    assert len(covering_subsets(30, 5)) == 1710


def test_linear_maps_and_scales_do_not_change_it(generator):
    rows = gaussian(20, 4, generator=generator)
    scales = torch.rand(20, 1, generator=generator, dtype=torch.float64) + 0.1
    assert halfspace_depth(scales * rows @ gaussian(4, 4, generator=generator)) == halfspace_depth(rows)


def test_rows_along_the_axes_are_no_trouble():
    rows = torch.cat([torch.eye(3), torch.tensor([[-1.0, -2.0, -3.0], [-2.0, -1.0, -5.0]])]).double()
    assert int(halfspace_depth(rows)) == int((sign_patterns(rows.numpy()) > 0).sum(axis=1).min())


def test_large_batches_are_cut_into_chunks(generator):
    rows = gaussian(40, 24, 4, generator=generator)
    assert halfspace_depth(rows).tolist() == [int(halfspace_depth(each)) for each in rows]


def test_no_layer_has_no_depth():
    assert halfspace_depth(torch.zeros(0, 4, 2).double()).shape == (0,)


@pytest.mark.parametrize("dim", [2, 3, 4])
def test_opposite_rows_are_refused(dim, generator):
    rows = pair_weight(gaussian(dim, dim, generator=generator), torch.ones(dim).double())
    with pytest.raises(ValueError, match="not in general position"):
        halfspace_depth(rows)


@pytest.mark.parametrize(
    "rows", [torch.zeros(3, 1).double(), torch.tensor([[1.0, 0.0], [2.0, 0.0], [1.0, 1.0]]).double()]
)
def test_dependent_rows_are_refused(rows):
    with pytest.raises(ValueError, match="general position"):
        halfspace_depth(rows)


@pytest.mark.parametrize("rows", [torch.ones(3, 2), torch.ones(2, 3).double(), torch.ones(3).double()])
def test_other_shapes_and_dtypes_are_refused(rows, unchecked):
    with pytest.raises(ValueError, match=r"expected \(..., planes, d_in\) float64"):
        unchecked(halfspace_depth)(rows)
