import numpy as np
import pytest
import torch

from rectified.networks import forward, random_layers
from rectified.reference.breakpoints import segment_breakpoints, segment_path

# |x| - 1 behind a ReLU: zero on [-1, 1]
HAT = [([[1.0], [-1.0]], [0.0, 0.0]), ([[1.0, 1.0]], [-1.0]), ([[1.0]], [0.0])]


def network(generator: torch.Generator, widths=(5, 9, 8, 7, 2)):
    layers = [(W, 0.5 * torch.randn(len(b), generator=generator).double()) for W, b in random_layers(widths, generator)]
    ends = 3.0 * torch.randn(2, widths[0], generator=generator).double()
    return layers, ends


def test_a_hat_by_hand() -> None:
    found = segment_breakpoints(HAT, [-2.0], [2.0])
    assert found.positions == pytest.approx([0.25, 0.5, 0.5, 0.75])
    assert (found.layer[0], found.neuron[0]) == (1, 0)
    assert sorted(zip(found.layer[1:3], found.neuron[1:3], strict=True)) == [(0, 0), (0, 1)]
    assert found.jump == pytest.approx([4.0, 0.0, 0.0, 4.0])  # per unit of t, and the segment has length 4


@pytest.mark.parametrize("number", range(5))
def test_every_sign_change_on_a_fine_grid_is_found(generator, number: int) -> None:
    generator.manual_seed(number)
    layers, (start, end) = network(generator)
    found = segment_breakpoints(layers, start, end)
    t = torch.linspace(0.0, 1.0, 200_001).double()
    x, expected = start + t[:, None] * (end - start), []
    for layer, (W, b) in enumerate(layers[:-1]):
        pre = x @ W.T + b
        for place, neuron in torch.nonzero((pre[1:] > 0) != (pre[:-1] > 0)).tolist():
            expected.append((t[place].item(), layer, neuron))
        x = pre.clamp(min=0.0)
    expected.sort()
    assert len(expected) == len(found.positions)
    assert [e[1:] for e in expected] == list(zip(found.layer, found.neuron, strict=True))
    assert np.abs(found.positions - [e[0] for e in expected]).max() <= 1.01 / 200_000


@pytest.mark.parametrize("number", range(5))
def test_outputs_are_linear_between_the_knots(generator, number: int) -> None:
    generator.manual_seed(number)
    layers, (start, end) = network(generator)
    path = segment_path(layers, start, end)
    t = torch.rand(1_000, generator=generator).double()
    outputs = forward(layers, start + t[:, None] * (end - start)).numpy()
    for column in range(2):
        assert np.interp(t, path.knots, path.outputs[:, column]) == pytest.approx(outputs[:, column], abs=1e-12)
    assert np.all(np.diff(path.knots) > 0)


def test_jumps_are_those_of_autograd(generator) -> None:
    layers, (start, end) = network(generator)
    found = segment_breakpoints(layers, start, end)
    gaps = np.diff(np.r_[0.0, found.positions, 1.0])
    for idx in np.flatnonzero(np.minimum(gaps[1:], gaps[:-1]) > 1e-6):
        slopes = [
            torch.autograd.functional.jacobian(lambda s: forward(layers, start + s * (end - start)), torch.tensor(t))
            for t in (found.positions[idx] - 1e-7, found.positions[idx] + 1e-7)
        ]
        assert found.jump[idx] == pytest.approx((slopes[1] - slopes[0]).abs().max().item(), abs=1e-9)


def test_a_segment_without_breakpoints() -> None:
    found = segment_breakpoints(HAT, [1.5], [2.0])
    assert found.positions.shape == found.jump.shape == (0,)


def test_ends_where_a_neuron_is_zero_are_no_breakpoints_twice() -> None:
    one = [([[1.0]], [0.0]), ([[1.0]], [0.0])]
    positions = [segment_breakpoints(one, [a], [b]).positions.tolist() for a, b in ((-1.0, 0.0), (0.0, 1.0))]
    assert positions == [[], [0.0]]  # sign changes from "not positive" to "positive" at one place alone


@pytest.mark.parametrize(
    ("layers", "start", "end", "message"),
    [
        ([], [0.0], [1.0], "layers is empty"),
        (HAT, [0.0, 1.0], [1.0], r"start has shape \(2,\); expected \(1,\)"),
        (HAT, [0.0], [[1.0]], "end has shape"),
        ([HAT[0], HAT[0]], [0.0], [1.0], r"layers\[1\] has shapes \(2, 1\) and \(2,\); expected \(d_out, 2\)"),
    ],
)
def test_what_does_not_fit_is_refused(unchecked, layers, start, end, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        unchecked(segment_breakpoints)(layers, start, end)
