import math

import pytest
import torch

from rectified.bounds.extremes import searched_extremes


@pytest.mark.parametrize(("p", "reach"), [(1.0, 4.0), (2.0, 5.0), (math.inf, 7.0)])
def test_a_linear_map_is_searched_to_its_dual_norm(p: float, reach: float, generator) -> None:
    layers = [(torch.tensor([[3.0, -4.0]], dtype=torch.float64), torch.ones(1, dtype=torch.float64))]
    center = torch.tensor([2.0, 1.0], dtype=torch.float64)
    found = searched_extremes(layers, center, 0.5, p, generator, num_samples=16)
    assert found.lowest.item() == pytest.approx(3.0 - 0.5 * reach, rel=1e-12)
    assert found.highest.item() == pytest.approx(3.0 + 0.5 * reach, rel=1e-12)


def test_a_kink_in_the_middle_is_found(generator) -> None:
    one = torch.ones(1, dtype=torch.float64)
    layers = [
        (torch.tensor([[1.0], [-1.0]], dtype=torch.float64), torch.zeros(2, dtype=torch.float64)),
        (one.expand(1, 2), 0 * one),
    ]
    found = searched_extremes(layers, 0.25 * one, 1.0, math.inf, generator)  # |x| on [-0.75, 1.25]
    assert found.highest.item() == pytest.approx(1.25, rel=1e-12)
    assert 0.0 <= found.lowest.item() < 1e-3
