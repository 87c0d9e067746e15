import pytest
import torch

from rectified.depth.initialisations import Start, make_stack
from rectified.depth.stacks import stacked_accuracy, stacked_logits, train_stack


def source(seed: int = 1) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def clouds(count: int = 200):
    """Two classes on either side of a plane, with a gap."""
    points = torch.randn(count, 4, generator=source(7))
    return points + points.sign() * torch.tensor([1.0, 0, 0, 0]), (points[:, 0] > 0).long()


@pytest.mark.parametrize("start", Start)
def test_logits_are_those_of_a_loop(start):
    stack = make_stack(start, [4, 6, 6, 6, 3], 3, source())
    for gate in stack.gates:
        gate += 0.5
    images = torch.randn(3, 5, 4, generator=source(2))
    found = stacked_logits(stack, images)
    for seed in range(3):
        for point in range(5):
            h = images[seed, point]
            for layer, (W, b) in enumerate(zip(stack.weights[:-1], stack.biases[:-1], strict=True)):
                branch = torch.relu(W[seed] @ h + b[seed, :, 0])
                h = h + 0.5 * branch if stack.gates and layer else branch
            expected = stack.weights[-1][seed] @ h + stack.biases[-1][seed, :, 0]
            assert torch.allclose(found[seed, point], expected, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("start", Start)
def test_shallow_networks_learn(start):
    images, labels = clouds()
    stack = make_stack(start, [4, 16, 16, 2], 5, source())
    losses = train_stack(stack, images, labels, epochs=10, batch_size=20, learning_rate=1e-2, generator=source(3))
    assert len(losses) == 10
    assert bool((stacked_accuracy(stack, images, labels) > 0.95).all())


def test_one_network_trains_as_it_would_alone():
    images, labels = clouds(40)
    stack = make_stack(Start.HE, [4, 8, 8, 2], 2, source())
    model = torch.nn.Sequential(
        *[m for W in stack.weights for m in (torch.nn.Linear(*W.shape[:0:-1]), torch.nn.ReLU())][:-1]
    )
    for linear, W in zip(model[::2], stack.weights, strict=True):
        linear.weight.data, linear.bias.data = W[1].clone(), torch.zeros(W.shape[1])
    orders = torch.rand(2, 40, generator=source(3)).argsort(1)
    train_stack(stack, images, labels, epochs=1, batch_size=10, learning_rate=1e-2, generator=source(3))
    optimiser = torch.optim.Adam(model.parameters(), lr=1e-2)
    for chosen in orders[1].split(10):
        optimiser.zero_grad()
        torch.nn.functional.cross_entropy(model(images[chosen]), labels[chosen]).backward()
        optimiser.step()
    for linear, W in zip(model[::2], stack.weights, strict=True):
        assert torch.allclose(linear.weight, W[1], atol=1e-5)


def test_accuracy_counts():
    stack = make_stack(Start.HE, [4, 6, 2], 3, source())
    stack.weights[-1][:] = 0.0
    stack.biases[-1][:, 1] = 1.0  # always class 1
    assert stacked_accuracy(stack, torch.zeros(4, 4), torch.tensor([1, 1, 1, 0])).tolist() == [0.75] * 3


def test_refusals(unchecked):
    images, labels = clouds(10)
    stack = make_stack(Start.HE, [4, 6, 2], 2, source())
    settings = {"epochs": 1, "batch_size": 5, "learning_rate": 1e-3, "generator": source()}
    with pytest.raises(ValueError, match="labels has length 9"):
        unchecked(train_stack)(stack, images, labels[:9], **settings)
    with pytest.raises(ValueError, match="batch_size 0"):
        train_stack(stack, images, labels, **settings | {"batch_size": 0})
    with pytest.raises(ValueError, match=r"images has dtype torch\.float64"):
        stacked_logits(stack, torch.zeros(2, 3, 4).double())
    with pytest.raises(ValueError, match="images has shape"):
        unchecked(stacked_logits)(stack, torch.zeros(2, 3, 5))
    with pytest.raises(ValueError, match="labels has length 9"):
        unchecked(stacked_accuracy)(stack, images, labels[:9])
