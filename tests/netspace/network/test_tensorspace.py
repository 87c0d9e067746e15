import pytest
import torch

from netspace.network.tensorspace import Aggregation, aggregated, drawn_brightness, peak_ratio


def test_one_map_by_hand():
    drawn = drawn_brightness(torch.tensor([[[0.0, 1.0], [2.0, 4.0]]]))
    assert drawn.tolist() == [[[102, 140], [178, 255]]]  # 0.4, 0.55, 0.7, 1 of 255, rounded down


def test_the_size_of_a_map_does_not_show(generator):
    maps = torch.rand(3, 5, 5, generator=generator, dtype=torch.float64)
    assert torch.equal(drawn_brightness(maps), drawn_brightness(8.0 * maps - 2.0))


def test_a_constant_map_is_not_bounded():
    maps = torch.tensor([0.0, 0.5, 1.0, 2.0]).reshape(4, 1, 1)
    assert drawn_brightness(maps).flatten().tolist() == [102, 178, 255, 408 - 256]


def test_the_two_aggregations_are_exchanged():
    maps = torch.tensor([0.0, 0.0, 9.0]).reshape(3, 1, 1)
    assert aggregated(maps, Aggregation.AVERAGE).item() == 9.0
    assert aggregated(maps, Aggregation.MAX).item() == 3.0


def test_peaks_of_maps_that_look_alike():
    maps = torch.tensor([[0.0, 8.0], [0.0, 2.0], [0.0, 4.0], [0.0, 0.0], [100.0, 100.0]]).reshape(5, 1, 2)
    assert peak_ratio(maps) == 4.0  # constant maps are drawn otherwise
    assert peak_ratio(maps[3:4]) == 1.0


def test_refusal():
    with pytest.raises(ValueError, match=r"least is 1\.0"):
        drawn_brightness(torch.ones(1, 1, 1), 1.0)
