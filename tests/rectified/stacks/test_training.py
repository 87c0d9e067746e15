import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn

from rectified.stacks.networks import Stack, stack_forward, stacked_networks, unstacked_networks
from rectified.stacks.starts import Start, make_stack, uniform_stack
from rectified.stacks.training import class_losses, sign_losses, stack_accuracy, train_together, training_course


def source(seed: int = 1) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def clouds(count: int, dtype: torch.dtype = torch.float32):
    """Two classes on either side of a plane, with a gap."""
    points = torch.randn(count, 4, generator=source(7), dtype=dtype)
    return points + points.sign() * torch.tensor([1.0, 0, 0, 0]), (points[:, 0] > 0).long()


def in_double(stack):
    """The stack in float64, where a training can be compared to many digits."""
    layers = tuple((W.double(), b.double()) for W, b in stack.layers)
    return Stack(layers, tuple(gate.double() for gate in stack.gates))


@given(nets=st.integers(1, 4), samples=st.integers(1, 6), classes=st.integers(1, 4), seed=st.integers(0, 99))
def test_class_losses_are_torch_s_one_network_at_a_time(nets, samples, classes, seed):
    logits = 3 * torch.randn(nets, samples, classes, generator=source(seed), dtype=torch.float64)
    labels = torch.randint(0, classes, (nets, samples), generator=source(seed))
    expected = [nn.functional.cross_entropy(one, truth) for one, truth in zip(logits, labels, strict=True)]
    torch.testing.assert_close(class_losses(logits, labels), torch.stack(expected))


@given(nets=st.integers(1, 4), samples=st.integers(1, 6), seed=st.integers(0, 99))
def test_sign_losses_are_minus_the_mean_log_likelihood(nets, samples, seed):
    logits = 3 * torch.randn(nets, samples, 1, generator=source(seed), dtype=torch.float64)
    is_positive = torch.rand(samples, generator=source(seed)) > 0.5
    signed = torch.where(is_positive, logits[..., 0], -logits[..., 0])
    torch.testing.assert_close(sign_losses(logits, is_positive), (1 + (-signed).exp()).log().mean(1))


@pytest.mark.parametrize("start", [Start.HE, Start.REZERO])
def test_the_steps_are_those_of_torch_on_each_network_alone(start, single):
    images, labels = clouds(50, torch.float64)
    stack = in_double(make_stack(start, [4, 6, 6, 2], 3, source()))
    settings = {"batch_size": 16, "learning_rate": 0.01}  # the last batch of an epoch has two images
    course = training_course(stack, images, labels, [2], generator=source(3), **settings)
    generator = source(3)
    orders = [[torch.randperm(50, generator=generator) for _ in range(3)] for _ in range(2)]
    for number in range(3):
        model, trained = single(stack, number), single(course[2], number)
        optimiser = torch.optim.Adam(model.parameters(), lr=0.01)
        for order in orders:
            for chosen in order[number].split(16):
                optimiser.zero_grad()
                torch.autograd.backward(nn.functional.cross_entropy(model(images[chosen]), labels[chosen]))
                optimiser.step()
        for ours, theirs in zip(trained.parameters(), model.parameters(), strict=True):
            torch.testing.assert_close(ours, theirs, rtol=1e-9, atol=1e-11)


def test_the_course_keeps_copies_and_leaves_the_start_alone():
    images, labels = clouds(40)
    stack = make_stack(Start.REZERO, [4, 8, 8, 2], 2, source())
    before = stack.copy()
    settings = {"batch_size": 10, "learning_rate": 0.01}
    course = training_course(stack, images, labels, [3, 0, 1], generator=source(2), **settings)
    assert list(course) == [0, 1, 3]
    for found in (stack, course[0]):
        assert all(torch.equal(a, b) for a, b in zip(found.parameters, before.parameters, strict=True))
    (end,) = training_course(stack, images, labels, [3], generator=source(2), **settings).values()
    assert all(torch.equal(a, b) for a, b in zip(end.parameters, course[3].parameters, strict=True))
    assert not any(torch.equal(a, b) for a, b in zip(course[1].parameters, course[3].parameters, strict=True))
    assert not any(parameter.requires_grad for found in course.values() for parameter in found.parameters)


def test_every_network_has_an_order_of_its_own():
    images, labels = clouds(40)
    twins = stacked_networks(2 * unstacked_networks(uniform_stack([4, 3, 2], 1, source()), torch.float32))
    settings = {"batch_size": 10, "learning_rate": 0.01, "generator": source(2)}
    first, second = unstacked_networks(training_course(twins, images, labels, [1], **settings)[1])
    assert not torch.equal(first[0][0], second[0][0])


@pytest.mark.parametrize("start", Start)
def test_shallow_networks_learn(start):
    images, labels = clouds(200)
    stack = make_stack(start, [4, 16, 16, 2], 5, source())
    settings = {"batch_size": 20, "learning_rate": 1e-2, "generator": source(3)}
    trained = training_course(stack, images, labels, [10], **settings)[10]
    assert bool((stack_accuracy(trained, images, labels) > 0.95).all())


def test_networks_of_any_kind_take_the_steps_of_torch_s_adam():
    start = torch.randn(5, 3, generator=source(), dtype=torch.float64)
    powers = torch.tensor([2.0, 4.0, 2.0, 4.0, 6.0]).double()[:, None]
    ours = start.clone()
    train_together([ours], lambda: ours.abs().pow(powers).sum(1), steps=20, learning_rate=0.1)
    for number in range(5):
        theirs = start[number].clone().requires_grad_()
        adam = torch.optim.Adam([theirs], lr=0.1)
        for _ in range(20):
            adam.zero_grad()
            torch.autograd.backward(theirs.abs().pow(powers[number]).sum())
            adam.step()
        torch.testing.assert_close(ours[number], theirs.detach(), rtol=1e-11, atol=1e-13)
    assert not ours.requires_grad


def test_signs_are_learnt_by_a_stack():
    stack = uniform_stack([2, 8, 1], 3, source())
    points = torch.randn(100, 2, generator=source(2), dtype=torch.float64)
    is_positive = points[:, 0] > 0.2
    train_together(
        stack.parameters, lambda: sign_losses(stack_forward(stack, points), is_positive), steps=200, learning_rate=0.01
    )
    logits = stack_forward(stack, points)[..., 0]
    assert ((logits > 0) == is_positive).double().mean(1).min() > 0.95


def test_no_steps_change_nothing():
    parameter = torch.ones(2)
    train_together([parameter], lambda: parameter.square(), steps=0, learning_rate=0.1)
    assert torch.equal(parameter, torch.ones(2))


def test_accuracy_counts_for_each_network():
    stack = uniform_stack([4, 6, 2], 3, source())
    W, b = stack.layers[-1]
    W.zero_()
    b[:, 0, 0], b[:, 1, 0] = 0.0, torch.tensor([1.0, -1.0, 0.0])  # always class 1, always class 0, a tie
    found = stack_accuracy(stack, torch.zeros(4, 4).double(), torch.tensor([1, 1, 1, 0]))
    assert found.tolist() == [0.75, 0.25, 0.25]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"epochs": []}, r"epochs is \[\]"),
        ({"epochs": [2, -1]}, r"epochs is \[2, -1\] and batch_size 5; expected at least one epoch, none below 0"),
        ({"batch_size": 0}, "batch_size 0; expected"),
        ({"learning_rate": 0.0}, "learning_rate is 0.0; expected a positive number"),
        ({"images": torch.zeros(0, 4), "labels": torch.zeros(0).long()}, r"images has shape \(0, 4\)"),
        ({"images": torch.zeros(10, 3)}, r"images has shape \(10, 3\); expected \(samples, 4\)"),
        ({"images": torch.zeros(10, 4).double()}, "x has dtype torch.float64; expected torch.float32"),
        ({"labels": torch.zeros(9).long()}, r"labels has shape \(9,\); expected \(10,\), one for each image"),
        ({"labels": torch.full((10,), 2)}, "labels reach from 2 to 2; expected 0 to 1, the classes of the stack"),
        ({"labels": torch.full((10,), -1)}, "labels reach from -1 to -1; expected 0 to 1"),
    ],
)
def test_what_cannot_be_trained_on_is_refused(changes, message, unchecked):
    images, labels = clouds(10)
    settings = {"images": images, "labels": labels, "epochs": [1], "batch_size": 5, "learning_rate": 1e-3}
    stack = make_stack(Start.HE, [4, 6, 2], 2, source())
    with pytest.raises(ValueError, match=message):
        unchecked(training_course)(stack, generator=source(), **(settings | changes))


def test_accuracy_on_data_that_do_not_fit_is_refused(unchecked):
    images, labels = clouds(10)
    stack = make_stack(Start.HE, [4, 6, 2], 2, source())
    with pytest.raises(ValueError, match=r"labels has shape \(9,\)"):
        unchecked(stack_accuracy)(stack, images, labels[:9])


def test_a_training_that_diverges_says_which_network():
    parameter = torch.ones(3)
    scales = torch.tensor([1.0, 1.0, torch.inf])
    with pytest.raises(ValueError, match="the loss of network 2 is nan at the last step; expected a finite number"):
        train_together([parameter], lambda: parameter * scales, steps=3, learning_rate=0.1)
    with pytest.raises(ValueError, match="steps is -1; expected at least 0"):
        train_together([parameter], lambda: parameter, steps=-1, learning_rate=0.1)
