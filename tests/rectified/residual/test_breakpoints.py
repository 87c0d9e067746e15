import numpy as np
import pytest
import torch

from rectified.reference.breakpoints import segment_path
from rectified.reference.rationals import exact_scalar_pieces
from rectified.residual.breakpoints import residual_function, states_of_scalar
from rectified.residual.conversion import relu_layers_of_residual
from rectified.residual.networks import random_residual_network, residual_forward, residual_states
from rectified.residual.polylines import value_at
from rectified.residual.staircase import one_pass_network, step_network


@pytest.mark.parametrize("blocks", [1, 3, 6, 9])
@pytest.mark.parametrize("strength", [1.0, 4.0])
def test_knots_are_those_of_all_patterns_in_rational_arithmetic(blocks: int, strength: float, generator) -> None:
    network = random_residual_network(1, blocks, generator, strength=strength)
    found = residual_function(network, -3.0, 3.0)
    pieces = exact_scalar_pieces(network.outgoing, network.incoming, network.offsets, -3.0, 3.0)
    expected = [float(left) for left, *_ in pieces] + [3.0]
    assert found.knots.tolist() == pytest.approx(expected, abs=1e-12)
    weight, bias = network.readout_weight.item(), network.readout_bias.item()
    values = [weight * float(slope * left + offset) + bias for left, _, slope, offset in pieces]
    assert found.values[:-1].tolist() == pytest.approx(values, abs=1e-10)


def test_values_are_those_of_the_network(generator) -> None:
    network = random_residual_network(1, 20, generator, strength=3.0)
    x = torch.linspace(-3.0, 3.0, 2_001).double()
    functions = states_of_scalar(network, -3.0, 3.0)
    assert len(functions) == 22
    for function, state in zip(functions, residual_states(network, x[:, None]), strict=False):
        assert torch.allclose(value_at(function, x), state[:, 0], atol=1e-11)
    assert torch.allclose(value_at(functions[-1], x), residual_forward(network, x[:, None])[:, 0], atol=1e-11)


def test_a_fully_connected_copy_has_the_same_breakpoints(generator) -> None:
    network = random_residual_network(1, 12, generator, strength=3.0)
    found = residual_function(network, -2.0, 2.0)
    box = torch.tensor([-2.0]).double(), torch.tensor([2.0]).double()
    path = segment_path(relu_layers_of_residual(network, box), [-2.0], [2.0])
    assert np.allclose(-2.0 + 4.0 * path.knots, found.knots, atol=1e-11)
    assert np.allclose(path.outputs[:, 0], found.values, atol=1e-11)


def test_pieces_double_in_one_construction_and_stay_few_in_the_other(rng) -> None:
    def pieces(make, cells: int) -> int:
        edges = torch.linspace(0.0, 1.0, cells + 1).double()
        values = torch.from_numpy(rng.normal(size=cells))
        return len(residual_function(make(edges, values, 0.1 / cells), 0.0, 1.0).knots) - 1

    assert pieces(step_network, 9) > 1.9 * pieces(step_network, 8) > 1.9**2 * pieces(step_network, 7)
    assert pieces(one_pass_network, 50) <= 12 * 50


def test_what_is_no_function_of_one_variable_is_refused(unchecked, generator) -> None:
    network = random_residual_network(1, 3, generator)
    with pytest.raises(ValueError, match=r"low and high are 1.0 and 1.0; expected low < high"):
        residual_function(network, 1.0, 1.0)
    with pytest.raises(ValueError, match="expected one network with d_in = 1"):
        residual_function(random_residual_network(2, 3, generator), 0.0, 1.0)
    with pytest.raises(ValueError, match="expected one network"):
        residual_function(random_residual_network(1, 3, generator, nets=2), 0.0, 1.0)
    with pytest.raises(ValueError, match=r"dtype torch.float32; expected float64"):
        residual_function(random_residual_network(1, 3, generator, dtype=torch.float32), 0.0, 1.0)


def test_too_many_knots_are_refused() -> None:
    edges = torch.linspace(0.0, 1.0, 17).double()
    network = step_network(edges, torch.ones(16).double(), 0.01)
    with pytest.raises(ValueError, match=r"most_knots is 1000; block .* needs"):
        residual_function(network, 0.0, 1.0, most_knots=1_000)
