import pytest
import torch
from torch import nn

from netspace.network.contributions import contributions


def test_a_dense_neuron_by_hand():
    layer = nn.Linear(2, 1)
    layer.load_state_dict({"weight": torch.tensor([[2.0, -1.0]]), "bias": torch.tensor([0.5])})
    found = contributions(layer, torch.tensor([3.0, 4.0]), 0)
    assert found.terms.tolist() == [6.0, -4.0]
    assert (found.bias, found.total) == (0.5, 2.5)
    assert found.share(1) == pytest.approx(0.6)
    assert found.share(5) == 1.0


def test_a_convolution_reads_its_window(generator):
    layer = nn.Conv2d(2, 3, 3, padding=1).double()
    maps = torch.randn(2, 5, 5, generator=generator, dtype=torch.float64)
    found = contributions(layer, maps, (1 * 5 + 0) * 5 + 4)  # channel 1, upper right corner: four cells are inside
    expected = torch.zeros(2, 5, 5, dtype=torch.float64)
    expected[:, 0:2, 3:5] = layer.weight.detach()[1, :, 1:3, 0:2] * maps[:, 0:2, 3:5]
    assert torch.allclose(found.terms, expected)
    assert found.total == pytest.approx(layer(maps[None])[0, 1, 0, 4].item())
    assert found.terms.sum().item() + found.bias == pytest.approx(found.total)


def test_of_nothing_nothing_is_left_out():
    found = contributions(nn.Linear(3, 1), torch.zeros(3), 0)
    assert found.total == pytest.approx(found.bias)
    assert found.share(2) == 1.0


def test_refusal():
    with pytest.raises(ValueError, match="neuron is 2; the layer has 2"):
        contributions(nn.Linear(3, 2), torch.ones(3), 2)
