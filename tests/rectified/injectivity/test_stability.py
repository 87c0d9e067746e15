import math

import pytest
import torch

from rectified.injectivity.cells import is_injective
from rectified.injectivity.layers import pair_weight
from rectified.injectivity.spanning import active_rows, smallest_active_singular_value
from rectified.injectivity.stability import collapsing_pair, inverse_lipschitz, smallest_stretch, stretch


def gaussian(*shape, generator):
    return torch.randn(*shape, generator=generator, dtype=torch.float64)


@pytest.mark.parametrize(("rows", "dim"), [(3, 2), (5, 3), (7, 4), (1, 2)])
def test_a_collapsing_pair_has_one_output(rows, dim, generator):
    for _ in range(5):
        weight = gaussian(rows, dim, generator=generator)
        first, second = collapsing_pair(weight)
        assert (torch.relu(weight @ first) - torch.relu(weight @ second)).abs().max() < 1e-12
        assert torch.linalg.vector_norm(first - second) > 0.01
        assert max(torch.linalg.vector_norm(first), torch.linalg.vector_norm(second)) == pytest.approx(1.0)


def test_a_bounded_dead_piece_has_a_pair_too():
    weight, bias = torch.tensor([[1.0], [-1.0]]).double(), torch.tensor([-1.0, -1.0]).double()
    first, second = collapsing_pair(weight, bias)
    assert sorted([first.item(), second.item()]) == pytest.approx([-1.0, 1.0])


def test_an_injective_layer_has_no_pair():
    with pytest.raises(ValueError, match="the layer is injective"):
        collapsing_pair(torch.tensor([[1.0], [-1.0]]).double())


def test_the_constant_is_the_smallest_over_many_inputs(generator):
    weight = gaussian(12, 2, generator=generator)
    x = gaussian(20_000, 2, generator=generator)
    sampled = smallest_active_singular_value(weight, active_rows(weight, x)).min()
    assert inverse_lipschitz(weight) == pytest.approx(float(sampled), abs=1e-9)


def test_opposite_rows_reach_one_over_root_two(generator):
    weight = pair_weight(gaussian(3, 3, generator=generator), torch.ones(3).double())
    found = smallest_stretch(weight, generator, starts=20, steps=10)
    assert found / inverse_lipschitz(weight) == pytest.approx(1.0 / math.sqrt(2.0))


def test_the_search_stays_between_both_bounds(generator):
    tried = 0
    while tried < 5:
        weight = gaussian(12, 2, generator=generator)
        if is_injective(weight):
            ratio = smallest_stretch(weight, generator) / inverse_lipschitz(weight)
            assert 1.0 / math.sqrt(2.0) - 1e-9 <= ratio <= 1.0 + 1e-6
            tried += 1


def test_stretch_by_hand():
    ends = torch.tensor([[1.0], [-1.0]], dtype=torch.float64)
    weight = torch.tensor([[1.0], [-1.0]], dtype=torch.float64)
    assert stretch(weight, ends[:1], ends[1:]).item() == pytest.approx(math.sqrt(2.0) / 2.0)


def test_a_search_without_starts_is_refused(generator):
    with pytest.raises(ValueError, match="starts is 0"):
        smallest_stretch(torch.eye(2).double(), generator, starts=0)
