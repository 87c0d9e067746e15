import pytest
import torch

from netspace.network.channels_last import channels_last_weight


def test_two_cells_of_two_channels_by_hand():
    weight = torch.tensor([[1.0, 2.0, 3.0, 4.0]])  # channel 0: cells 1, 2; channel 1: cells 3, 4
    assert channels_last_weight(weight, (2, 1, 2)).tolist() == [[1.0, 3.0, 2.0, 4.0]]


def test_the_layer_gives_the_same_for_channels_last_inputs(generator):
    weight = torch.randn(7, 3 * 4 * 5, generator=generator, dtype=torch.float64)
    maps = torch.randn(3, 4, 5, generator=generator, dtype=torch.float64)
    moved = channels_last_weight(weight, (3, 4, 5)) @ maps.permute(1, 2, 0).flatten()
    assert torch.allclose(moved, weight @ maps.flatten(), rtol=0, atol=1e-12)
    assert not torch.allclose(weight @ maps.permute(1, 2, 0).flatten(), weight @ maps.flatten())


def test_refusals(unchecked):
    with pytest.raises(ValueError, match="expected \\(channels, height, width\\)"):
        channels_last_weight(torch.ones(1, 4), (4,))
    with pytest.raises(ValueError, match="weight has 4 columns; maps of shape"):
        channels_last_weight(torch.ones(1, 4), (2, 2, 2))
