import math

import pytest
import torch

from rectified.injectivity.cells import (
    bad_cells,
    gram_singular_values,
    is_injective,
    layer_cells,
    smallest_active_count,
    weakest_cell,
)
from rectified.injectivity.layers import pair_weight
from rectified.injectivity.spanning import active_rows, smallest_active_singular_value


def gaussian(*shape, generator):
    return torch.randn(*shape, generator=generator, dtype=torch.float64)


def fan(count):
    angles = torch.arange(count, dtype=torch.float64) * 2.0 * math.pi / count
    return torch.stack([angles.cos(), angles.sin()], dim=1)


@pytest.mark.parametrize(
    ("weight", "answer"),
    [
        (torch.eye(2).double(), False),
        (fan(3), False),
        (fan(4), True),
        (fan(5), True),
        (torch.tensor([[1.0], [-2.0]]).double(), True),
        (torch.tensor([[1.0], [2.0]]).double(), False),
        (torch.tensor([[1.0, 0.0], [-1.0, 0.0], [0.0, 0.0]]).double(), False),
    ],
)
def test_smallest_examples(weight, answer):
    assert is_injective(weight) is answer


@pytest.mark.parametrize(
    ("bias", "answer"), [([-1.0, 1.0], True), ([-1.0, -1.0], False), ([1.0, 1.0], True), ([-1.0, 0.999], False)]
)
def test_two_opposite_rows_with_bias_must_cover_the_line(bias, answer):
    weight = torch.tensor([[1.0], [-1.0]], dtype=torch.float64)
    assert is_injective(weight, torch.tensor(bias, dtype=torch.float64)) is answer


def test_a_dead_triangle_is_found_though_no_direction_shows_it():
    """Six rows, each facing outwards from a triangle, twice: far away all is fine, inside the triangle all are off."""
    weight = torch.cat([fan(3), -fan(3), fan(3)])
    far = torch.cat([torch.full((3,), -1.0), torch.full((3,), 5.0), torch.full((3,), -1.0)]).double()
    assert is_injective(torch.cat([fan(3), -fan(3)]))
    assert is_injective(weight, far)
    assert not is_injective(weight, torch.full((9,), -1.0).double())


def test_five_rows_have_the_weakest_cell_known_by_hand():
    cell = weakest_cell(fan(5))
    assert float(cell.singular_value) == pytest.approx(math.sqrt(1.0 - math.cos(2.0 * math.pi / 5.0)))
    active = active_rows(fan(5), cell.point)
    assert active.sum() == 2
    assert torch.linalg.vector_norm(fan(5)[active] @ cell.direction) == pytest.approx(float(cell.singular_value))


@pytest.mark.parametrize("trial", range(5))
def test_no_sampled_input_is_weaker_than_the_weakest_cell(trial):
    generator = torch.Generator().manual_seed(trial)
    weight, bias = gaussian(8, 2, generator=generator), gaussian(8, generator=generator)
    x = 5.0 * gaussian(20_000, 2, generator=generator)
    for offset in (None, bias):
        sampled = smallest_active_singular_value(weight, active_rows(weight, x, offset))
        assert sampled.min() == pytest.approx(float(weakest_cell(weight, offset).singular_value), abs=1e-9)


def test_pieces_with_bias_are_those_of_a_fine_grid(generator):
    weight, bias = gaussian(5, 2, generator=generator), gaussian(5, generator=generator)
    axis = torch.linspace(-30.0, 30.0, 401, dtype=torch.float64)
    grid = torch.cartesian_prod(axis, axis)
    seen = {tuple(mask) for mask in active_rows(weight, grid, bias).unique(dim=0).tolist()}
    cells = layer_cells(weight, bias)
    assert seen <= {tuple(mask) for mask in cells.active.tolist()}
    assert len(cells.active) == 1 + 5 + 10
    assert torch.equal(active_rows(weight, cells.point, bias), cells.active)


def test_rows_without_weight_are_as_active_as_their_bias():
    weight = torch.tensor([[1.0], [0.0], [0.0], [0.0]], dtype=torch.float64)
    cells = layer_cells(weight, torch.tensor([0.0, 1.0, -1.0, 0.0], dtype=torch.float64))
    assert sorted(cells.active.tolist()) == [[False, True, False, True], [True, True, False, True]]


def test_gram_values_are_singular_values(generator):
    weight = gaussian(7, 3, generator=generator)
    active = torch.rand(20, 7, generator=generator) < 0.7
    assert gram_singular_values(weight, active).tolist() == pytest.approx(
        smallest_active_singular_value(weight, active).tolist(), abs=1e-6
    )


def test_bad_cells_are_those_with_too_few_rows_in_general_position(generator):
    weight = gaussian(7, 3, generator=generator)
    few = layer_cells(weight).active.sum(dim=1) < 3
    assert few.sum() > 0
    assert {tuple(mask) for mask in bad_cells(weight).active.tolist()} == {
        tuple(mask) for mask in layer_cells(weight).active[few].tolist()
    }


def test_the_smallest_count_misleads_for_opposite_rows(generator):
    weight = pair_weight(
        gaussian(3, 3, generator=generator), torch.ones(3).double(), gaussian(1, 3, generator=generator)
    )
    assert is_injective(weight)
    assert smallest_active_count(weight) == 3
    lame = torch.cat([weight[:5], gaussian(2, 3, generator=generator)])
    assert is_injective(lame) is (smallest_active_count(lame) >= 3)


def test_too_many_pieces_are_refused(generator):
    with pytest.raises(ValueError, match="most_cells is 10"):
        is_injective(gaussian(8, 3, generator=generator), most_cells=10)
