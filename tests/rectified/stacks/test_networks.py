import itertools

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from rectified.networks import forward, random_layers
from rectified.stacks.networks import Stack, stack_forward, stacked_networks, unstacked_networks


def random_stack(widths, nets: int, *, gated: bool = False, seed: int = 1) -> Stack:
    """Gaussian weights, biases and gates in float64."""
    generator = torch.Generator().manual_seed(seed)

    def normal(*shape: int) -> torch.Tensor:
        return torch.randn(*shape, generator=generator, dtype=torch.float64)

    layers = tuple((normal(nets, d_out, d_in), normal(nets, d_out, 1)) for d_in, d_out in itertools.pairwise(widths))
    return Stack(layers, tuple(normal(nets, 1, 1) for _ in widths[2:-1]) if gated else ())


def points(*shape: int, seed: int = 2) -> torch.Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


@given(
    widths=st.lists(st.integers(1, 5), min_size=2, max_size=5),
    nets=st.integers(1, 4),
    samples=st.integers(0, 6),
)
def test_plain_networks_of_any_shape_answer_as_alone(widths, nets, samples):
    stack, x = random_stack(widths, nets), points(nets, samples, widths[0])
    networks = unstacked_networks(stack)
    own, together = stack_forward(stack, x), stack_forward(stack, x[0])
    assert own.shape == together.shape == (nets, samples, widths[-1])
    for number, layers in enumerate(networks):
        torch.testing.assert_close(own[number], forward(layers, x[number]))
        torch.testing.assert_close(together[number], forward(layers, x[0]))


@pytest.mark.parametrize("gated", [False, True])
def test_outputs_and_gradients_are_those_of_torch_s_modules(gated, single):
    stack, x = random_stack([3, 4, 4, 4, 2], 3, gated=gated), points(3, 7, 3)
    for parameter in stack.parameters:
        parameter.requires_grad_()
    outputs = stack_forward(stack, x)
    gradients = torch.autograd.grad(outputs.sin().sum(), stack.parameters)
    assert len(stack.gates) == (2 if gated else 0)
    for number in range(stack.nets):
        model = single(stack, number)
        expected = model(x[number])
        torch.testing.assert_close(outputs[number], expected)
        torch.autograd.backward(expected.sin().sum())
        linears = model.linears if gated else model[::2]
        theirs = [p.grad for linear in linears for p in (linear.weight, linear.bias)]
        theirs += [gate.grad for gate in model.gates] if gated else []
        for ours, alone in zip(gradients, theirs, strict=True):
            torch.testing.assert_close(ours[number].reshape(alone.shape), alone)


def test_stacking_and_unstacking_undo_each_other_and_copy():
    networks = [random_layers([4, 5, 3], torch.Generator().manual_seed(k)) for k in range(3)]
    stack = stacked_networks(networks)
    again = unstacked_networks(stack)
    expected = [[(W.clone(), b.clone()) for W, b in layers] for layers in networks]
    for tensor in stack.parameters:
        tensor.zero_()
    for found in (networks, again):
        for layers, those in zip(found, expected, strict=True):
            for (W, b), (V, c) in zip(layers, those, strict=True):
                assert torch.equal(W, V)
                assert torch.equal(b, c)


def test_networks_come_back_detached_and_in_the_precision_that_is_asked_for():
    stack = random_stack([2, 3, 1], 2)
    for parameter in stack.parameters:
        parameter.requires_grad_()
    for dtype in (torch.float32, torch.float64):
        for layers in unstacked_networks(stack, dtype):
            assert all(part.dtype == dtype and not part.requires_grad for pair in layers for part in pair)


def test_a_copy_does_not_move_with_the_original():
    stack = random_stack([2, 3, 3, 1], 2, gated=True)
    x = points(5, 2)
    copy, before = stack.copy(), stack_forward(stack, x)
    for parameter in stack.parameters:
        parameter.mul_(2.0)
    assert torch.equal(stack_forward(copy, x), before)
    assert len(copy.parameters) == len(stack.parameters) == 7


@pytest.mark.parametrize(
    ("shapes", "message"),
    [
        ([], "layers is empty; expected at least one pair"),
        (
            [((2, 3, 4), (2, 3, 1)), ((2, 1, 4), (2, 1, 1))],
            r"layers\[1\] has shapes \(2, 1, 4\).*expected \(2, d_out, 3\)",
        ),
        ([((2, 3, 4), (2, 3, 1)), ((3, 1, 3), (3, 1, 1))], r"layers\[1\] has shapes \(3, 1, 3\)"),
        ([((2, 3, 4), (2, 3))], r"layers\[0\] has shapes .*; expected \(2, d_out, 4\) and \(2, d_out, 1\)"),
        ([((3, 4), (3,))], r"layers\[0\] has shapes \(3, 4\) and \(3,\)"),
    ],
)
def test_layers_that_do_not_fit_are_refused(shapes, message):
    with pytest.raises(ValueError, match=message):
        Stack(tuple((torch.zeros(W), torch.zeros(b)) for W, b in shapes))


def test_gates_that_do_not_fit_are_refused():
    square, other = random_stack([2, 3, 3, 1], 2), random_stack([2, 3, 4, 1], 2)
    with pytest.raises(ValueError, match="gates has 2 entries"):
        Stack(square.layers, (torch.zeros(2, 1, 1).double(),) * 2)
    with pytest.raises(ValueError, match=r"hidden weights of shapes \[\(4, 3\)\] after the first"):
        Stack(other.layers, (torch.zeros(2, 1, 1).double(),))
    with pytest.raises(ValueError, match=r"gates\[0\] has shape \(2,\) and dtype torch.float64; expected \(2, 1, 1\)"):
        Stack(square.layers, (torch.zeros(2).double(),))
    with pytest.raises(ValueError, match=r"gates\[0\] has shape \(2, 1, 1\) and dtype torch.float32"):
        Stack(square.layers, (torch.zeros(2, 1, 1),))


def test_mixed_precision_is_refused():
    with pytest.raises(ValueError, match=r"layers\[0\] has dtypes torch.float32 and torch.float64"):
        Stack(((torch.zeros(2, 3, 4), torch.zeros(2, 3, 1).double()),))
    with pytest.raises(ValueError, match=r"x has dtype torch.float32; expected torch.float64"):
        stack_forward(random_stack([2, 1], 2), torch.zeros(3, 2))


@pytest.mark.parametrize("shape", [(4, 3), (3, 4, 2), (2,), (1, 2, 4, 2)])
def test_inputs_of_another_shape_are_refused(shape, unchecked):
    with pytest.raises(ValueError, match=r"x has shape .*expected \(samples, 2\) or \(2, samples, 2\)"):
        unchecked(stack_forward)(random_stack([2, 1], 2), torch.zeros(shape).double())


def test_networks_that_are_no_stack_are_refused(generator):
    first = random_layers([4, 5, 3], generator)
    with pytest.raises(ValueError, match="networks is empty"):
        stacked_networks([])
    with pytest.raises(ValueError, match=r"networks\[1\] has widths \[4, 6, 3\].*expected \[4, 5, 3\]"):
        stacked_networks([first, random_layers([4, 6, 3], generator)])
    with pytest.raises(ValueError, match=r"networks\[1\] has .* dtype torch.float32; expected .* torch.float64"):
        stacked_networks([first, random_layers([4, 5, 3], generator, torch.float32)])
    with pytest.raises(ValueError, match="stack has 1 gates; expected none"):
        unstacked_networks(random_stack([2, 3, 3, 1], 2, gated=True))
