import pytest
import torch

from rectified.networks import check_layers, forward
from rectified.regions.patterns import activation_pattern
from rectified.residual.conversion import relu_layers_of_residual, state_ranges
from rectified.residual.networks import random_residual_network, residual_forward, residual_states
from rectified.residual.staircase import one_pass_network


@pytest.mark.parametrize("dim", [1, 2, 5])
@pytest.mark.parametrize("blocks", [1, 2, 15])
def test_the_layers_have_the_same_outputs(dim: int, blocks: int, generator) -> None:
    network = random_residual_network(dim, blocks, generator, strength=2.0)
    low = -1.0 - torch.rand(dim, generator=generator).double()
    high = low + 3.0
    x = low + (high - low) * torch.rand(500, dim, generator=generator).double()
    expected = residual_forward(network, x)
    everywhere, on_box = relu_layers_of_residual(network), relu_layers_of_residual(network, (low, high))
    assert check_layers(everywhere) == [dim, *[2 * dim + 1] * blocks, 1]
    assert check_layers(on_box) == [dim, *[dim + 1] * blocks, 1]
    size = expected.abs().max().item()
    assert torch.allclose(forward(on_box, x), expected, atol=1e-11 * size)
    assert torch.allclose(forward(everywhere, 100.0 * x), residual_forward(network, 100.0 * x), atol=1e-11 * size)


def test_on_the_box_only_the_blocks_own_neurons_change_their_sign(generator) -> None:
    network = random_residual_network(2, 6, generator, strength=2.0)
    box = -torch.ones(2).double(), torch.ones(2).double()
    x = 2.0 * torch.rand(2_000, 2, generator=generator).double() - 1.0
    patterns = activation_pattern(relu_layers_of_residual(network, box), x).reshape(len(x), 6, 3)
    assert bool(patterns[..., :2].all())
    assert bool(patterns[..., 2].any())


@pytest.mark.parametrize("dim", [1, 3])
def test_ranges_contain_the_states(dim: int, generator) -> None:
    network = random_residual_network(dim, 8, generator, strength=2.0)
    box = -torch.ones(dim).double(), torch.ones(dim).double()
    states = residual_states(network, 2.0 * torch.rand(5_000, dim, generator=generator).double() - 1.0)
    for state, (low, high) in zip(states, state_ranges(network, box), strict=False):
        assert bool((state >= low - 1e-12).all())
        assert bool((state <= high + 1e-12).all())


def test_a_scalar_state_has_exact_ranges_however_many_blocks() -> None:
    edges = torch.linspace(0.0, 1.0, 21).double()
    network = one_pass_network(edges, torch.linspace(-1.0, 1.0, 20).double(), 1e-3)
    ranges = state_ranges(network, (torch.tensor([-1.0]).double(), torch.tensor([2.0]).double()))
    assert max(high.item() for _, high in ranges) < 1e5
    layers = relu_layers_of_residual(network, (torch.tensor([-1.0]).double(), torch.tensor([2.0]).double()))
    x = torch.linspace(-1.0, 2.0, 1_000).double()[:, None]
    assert torch.allclose(forward(layers, x), residual_forward(network, x), atol=1e-8)


def test_what_does_not_fit_is_refused(unchecked, generator) -> None:
    convert = unchecked(relu_layers_of_residual)
    network = random_residual_network(2, 3, generator)
    with pytest.raises(ValueError, match="expected one network with a block"):
        convert(random_residual_network(2, 3, generator, nets=2))
    with pytest.raises(ValueError, match="the first the lower one"):
        convert(network, (torch.ones(2).double(), torch.zeros(2).double()))
    with pytest.raises(ValueError, match="expected two corners of shape"):
        unchecked(state_ranges)(network, (torch.ones(1).double(), torch.ones(1).double()))
