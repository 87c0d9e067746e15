import math

import numpy as np
import pytest
import torch

from rectified.residual.blocks import unit_vector
from rectified.residual.networks import residual_forward
from rectified.residual.staircase import (
    num_step_blocks,
    one_pass_network,
    sampled_step_network,
    step_network,
    trapezoid_blocks,
    value_blocks,
)


def random_grid(dim: int, cells: int, rng: np.random.Generator) -> tuple[torch.Tensor, torch.Tensor]:
    edges = np.cumsum(rng.uniform(0.5, 1.5, cells + 1)) - cells / 2
    return torch.from_numpy(edges), torch.from_numpy(rng.normal(size=(cells,) * dim))


def looked_up(edges: np.ndarray, values: np.ndarray, x: np.ndarray) -> np.ndarray:
    """The step function by numpy alone."""
    cell = np.digitize(x, edges) - 1
    inside = ((cell >= 0) & (cell < len(edges) - 1)).all(axis=1)
    result = np.zeros(len(x))
    result[inside] = values[tuple(cell[inside].T)]
    return result


@pytest.mark.parametrize(("dim", "cells"), [(1, 1), (1, 2), (1, 13), (2, 1), (2, 3), (2, 6), (3, 2), (3, 3), (4, 2)])
def test_the_step_function_is_met_away_from_the_edges(dim: int, cells: int, rng) -> None:
    edges, values = random_grid(dim, cells, rng)
    width = 1e-3 * edges.diff().min().item()
    network = step_network(edges, values, width)
    x = torch.from_numpy(rng.uniform(edges[0] - 1, edges[-1] + 1, (4_000, dim)))
    x = torch.cat([x, 1e4 * torch.from_numpy(rng.normal(size=(100, dim)))])
    x = x[(x[..., None] - edges).abs().amin((1, 2)) > width]
    expected = looked_up(edges.numpy(), values.numpy(), x.numpy())
    assert np.abs(residual_forward(network, x)[:, 0].numpy() - expected).max() < 1e-9
    assert len(network.offsets) == num_step_blocks(cells, dim)


def test_the_numbers_of_blocks_are_those_counted_by_hand() -> None:
    assert [num_step_blocks(cells, 1) for cells in (4, 8, 16, 32)] == [23, 39, 71, 135]
    assert [num_step_blocks(cells, 2) for cells in (4, 8, 16)] == [51, 123, 363]


@pytest.mark.parametrize("cells", [1, 2, 7, 40])
def test_one_pass_meets_the_same_step_function(cells: int, rng) -> None:
    edges, values = random_grid(1, cells, rng)
    width = 1e-3 * edges.diff().min().item()
    network = one_pass_network(edges, values, width)
    x = torch.from_numpy(rng.uniform(edges[0] - 5, edges[-1] + 5, (4_000, 1)))
    x = x[(x - edges).abs().amin(1) > width]
    expected = looked_up(edges.numpy(), values.numpy(), x.numpy())
    assert np.abs(residual_forward(network, x)[:, 0].numpy() - expected).max() < 1e-10
    assert len(network.offsets) == 4 * cells + 6


@pytest.mark.parametrize("make", [step_network, one_pass_network])
def test_zero_values_give_the_zero_function_outside_the_strips(make) -> None:
    edges = torch.tensor([-1.0, 0.0, 2.0], dtype=torch.float64)
    network = make(edges, torch.zeros(2, dtype=torch.float64), 0.1)
    x = torch.tensor([[-9.0], [-0.5], [1.0], [9.0]], dtype=torch.float64)
    assert residual_forward(network, x).abs().max() < 1e-14


def test_in_the_strips_values_stay_bounded(rng) -> None:
    edges, values = random_grid(2, 4, rng)
    width = 1e-4 * edges.diff().min().item()
    network = step_network(edges, values, width)
    near = edges[torch.from_numpy(rng.integers(5, size=(20_000, 2)))]
    x = near + width * torch.from_numpy(rng.uniform(-1, 1, (20_000, 2)))
    assert residual_forward(network, x).abs().max() <= 5 * values.abs().max() + 4


@pytest.mark.parametrize("make", [step_network, one_pass_network])
def test_what_does_not_fit_is_refused(make, unchecked) -> None:
    make = unchecked(make)
    edges, values = torch.linspace(0.0, 1.0, 3).double(), torch.zeros(2).double()
    with pytest.raises(ValueError, match=r"transition is 0.25; expected more than 0 and less than half a cell"):
        make(edges, values, 0.25)
    with pytest.raises(ValueError, match=r"values has shape \(3,\); expected \(2,\) \* d"):
        make(edges, torch.zeros(3).double(), 0.1)
    with pytest.raises(ValueError, match="at least two increasing numbers"):
        make(edges.flip(0), values, 0.1)
    with pytest.raises(ValueError, match="expected float64: slopes are steep"):
        make(edges.float(), values, 0.1)


def test_one_pass_is_for_one_variable(unchecked) -> None:
    with pytest.raises(ValueError, match="values has 2 axes; expected 1"):
        unchecked(one_pass_network)(torch.linspace(0.0, 1.0, 3).double(), torch.zeros(2, 2).double(), 0.1)


def test_heights_must_increase() -> None:
    with pytest.raises(ValueError, match="positive, increasing numbers"):
        trapezoid_blocks(unit_vector(1, 0), [0.0, 1.0, 2.0], [1.0, 1.0], 0.1)
    with pytest.raises(ValueError, match="expected 2 positive"):
        trapezoid_blocks(unit_vector(1, 0), [0.0, 1.0, 2.0], [1.0], 0.1)


def test_numbers_are_sent_to_their_values() -> None:
    from rectified.residual.blocks import apply_block

    state = torch.tensor([[0.0], [0.5], [1.0], [1.5]], dtype=torch.float64)
    values = [2.0, -3.0, math.pi]
    for block in value_blocks(unit_vector(1, 0), values, 0.5):
        state = apply_block(block, state)
    assert state[:, 0].tolist() == pytest.approx([0.0, *values], abs=1e-12)


@pytest.mark.parametrize(("cells", "dim"), [(0, 1), (2, 0)])
def test_counts_need_positive_numbers(cells: int, dim: int) -> None:
    with pytest.raises(ValueError, match=f"cells and dim are {cells} and {dim}"):
        num_step_blocks(cells, dim)


def test_a_sampled_network_takes_the_values_at_the_centres() -> None:
    edges = torch.tensor([0.0, 1.0, 3.0], dtype=torch.float64)
    network = sampled_step_network(lambda x: x[:, 0] - 10.0 * x[:, 1], edges, 2, 1e-3)
    x = torch.tensor([[0.9, 0.1], [0.1, 2.9], [2.5, 0.5]], dtype=torch.float64)
    assert residual_forward(network, x)[:, 0].tolist() == pytest.approx([-4.5, -19.5, -3.0], abs=1e-9)
    with pytest.raises(ValueError, match="dim is 0; expected at least 1"):
        sampled_step_network(lambda x: x[:, 0], edges, 0, 1e-3)
