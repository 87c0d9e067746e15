import pytest
import torch

from rectified.residual import blocks
from rectified.residual.networks import residual_forward

R = torch.linspace(-5.0, 5.0, 101, dtype=torch.float64)


def on_second(block: blocks.Block) -> torch.Tensor:
    """The second of three coordinates after the block; the others must be as before."""
    x = torch.stack([R.flip(0), R, torch.ones_like(R)], dim=1)
    after = blocks.apply_block(block, x)
    assert torch.equal(after[:, [0, 2]], x[:, [0, 2]])
    return after[:, 1]


E = blocks.unit_vector(3, 1)


@pytest.mark.parametrize("level", [-1.5, 0.0, 2.5])
@pytest.mark.parametrize("slope", [-2.0, 0.0, 0.5, 3.0])
def test_each_operation_has_its_closed_form(level: float, slope: float) -> None:
    assert torch.allclose(on_second(blocks.shift(E, level)), R + level)
    assert torch.allclose(on_second(blocks.maximum(E, level)), R.clamp(min=level))
    assert torch.allclose(on_second(blocks.minimum(E, level)), R.clamp(max=level))
    assert torch.allclose(on_second(blocks.maximum(E, level, slope)), torch.maximum(R, slope * R + level))
    assert torch.allclose(on_second(blocks.minimum(E, level, slope)), torch.minimum(R, slope * R + level))
    folded = torch.where(level < R, level - slope * (R - level), R)
    assert torch.allclose(on_second(blocks.fold(E, level, slope)), folded)


def test_the_negative_ray_is_flipped() -> None:
    assert torch.allclose(on_second(blocks.flip(E, 0.5)), torch.maximum(R, -0.5 * R))


def test_coordinates_are_gathered_where_their_sum_is_not_negative() -> None:
    x = torch.tensor([[1.0, 2.0, 3.0], [1.0, -2.0, 1.0]], dtype=torch.float64)
    assert blocks.apply_block(blocks.gather(3), x)[:, 0].tolist() == [6.0, 1.0]
    assert blocks.apply_block(blocks.gather(3, 2), x)[:, 2].tolist() == [6.0, 1.0]


def test_a_constant_neuron_is_allowed() -> None:
    block = blocks.shift(E, -2.0)
    assert block.incoming.tolist() == [0.0, 0.0, 0.0]
    assert block.outgoing.tolist() == [0.0, -1.0, 0.0]


def test_stacked_blocks_act_one_after_the_other() -> None:
    e = blocks.unit_vector(1, 0)
    hat = [blocks.flip(e, 1.0), blocks.Block(-2.0 * e, e, 0.0), blocks.shift(e, 1.0), blocks.maximum(e, 0.0)]
    network = blocks.stacked(hat, 2.0 * e, bias=0.5)
    expected = 2.0 * (1.0 - R.abs()).clamp(min=0.0) + 0.5
    assert torch.allclose(residual_forward(network, R[:, None])[:, 0], expected)


def test_what_makes_no_sense_is_refused(unchecked) -> None:
    with pytest.raises(ValueError, match="coordinate is 3; expected one of the 3"):
        blocks.unit_vector(3, 3)
    with pytest.raises(ValueError, match=r"slope is 0.0; expected a positive number"):
        blocks.flip(E, 0.0)
    with pytest.raises(ValueError, match="dim is 1; expected at least 2"):
        blocks.gather(1)
    with pytest.raises(ValueError, match="blocks is empty"):
        blocks.stacked([], E)
    with pytest.raises(ValueError, match=r"blocks\[1\] has vectors of shape \(2,\)"):
        unchecked(blocks.stacked)([blocks.shift(E, 1.0), blocks.shift(blocks.unit_vector(2, 0), 1.0)], E)


def test_the_update_of_a_block_has_rank_one_or_none() -> None:
    x = torch.stack([R, R, R], dim=1)
    assert blocks.update_rank(blocks.gather(3), x) == 1
    assert blocks.update_rank(blocks.shift(E, 1.0), x) == 0


@pytest.mark.parametrize("size", [1e-12, 1e-6, 1.0, 1e6])
def test_a_small_update_has_rank_one_too(size: float) -> None:
    """Beside the identity its Jacobian has rounding of 1e-16, which is no second direction."""
    outgoing, incoming = torch.tensor([[0.3, -0.7, 1.1], [0.9, 0.2, -0.4]], dtype=torch.float64)
    x = torch.stack([R, R, R], dim=1)
    assert blocks.update_rank(blocks.Block(size * outgoing, incoming, 1.0), x) == 1
