import pytest
import torch
from torch import nn

from rectified.ensembles import (
    default_layers,
    stacked_forward,
    stacked_networks,
    train_stack,
    training_course,
    unstacked_networks,
)
from rectified.networks import forward, random_layers


@pytest.fixture
def networks(generator):
    return [random_layers([4, 5, 3], generator) for _ in range(3)]


@pytest.fixture
def data(generator):
    return torch.randn(50, 4, generator=generator).double(), torch.randint(0, 3, (50,), generator=generator)


def test_every_network_answers_for_itself(networks, data):
    x = data[0].expand(3, -1, -1)
    outputs = stacked_forward(stacked_networks(networks), x)
    torch.testing.assert_close(outputs, torch.stack([forward(layers, data[0]) for layers in networks]))


def test_unstacking_undoes_stacking_and_copies(networks):
    stack = stacked_networks(networks)
    again = unstacked_networks(stack)
    stack[0][0].zero_()
    for layers, copy in zip(networks, again, strict=True):
        for (W, b), (V, c) in zip(layers, copy, strict=True):
            assert torch.equal(W, V)
            assert torch.equal(b, c)


def test_the_steps_are_those_of_torch_on_each_network_alone(networks, data, generator):
    stack = stacked_networks(networks)
    state = generator.get_state()
    train_stack(stack, *data, epochs=2, batch_size=16, learning_rate=0.01, generator=generator)
    generator.set_state(state)
    orders = [[torch.randperm(50, generator=generator) for _ in networks] for _ in range(2)]
    trained = unstacked_networks(stack)
    for number, layers in enumerate(networks):
        model = nn.Sequential(nn.Linear(4, 5), nn.ReLU(), nn.Linear(5, 3)).double()
        with torch.no_grad():
            for module, (W, b) in zip(model[::2], layers, strict=True):
                module.weight.copy_(W)
                module.bias.copy_(b)
        optimiser = torch.optim.Adam(model.parameters(), lr=0.01)
        for order in orders:
            for chosen in order[number].split(16):
                optimiser.zero_grad()
                torch.autograd.backward(nn.functional.cross_entropy(model(data[0][chosen]), data[1][chosen]))
                optimiser.step()
        for module, (W, b) in zip(model[::2], trained[number], strict=True):
            torch.testing.assert_close(module.weight.detach(), W)
            torch.testing.assert_close(module.bias.detach(), b)


def test_the_course_is_told_from_before_the_first_epoch(networks, data, generator):
    epochs = []
    stack = stacked_networks(networks)
    train_stack(
        stack, *data, epochs=3, batch_size=50, learning_rate=0.01, generator=generator, after_epoch=epochs.append
    )
    assert epochs == [0, 1, 2, 3]


def test_the_default_start_has_the_range_of_torch_s_own(generator):
    (W, b), (V, c) = default_layers([100, 400, 25], generator)
    module = nn.Linear(100, 400)
    for ours, theirs in ((W, module.weight), (b, module.bias)):
        assert float(ours.abs().max()) <= 0.1
        assert float(ours.std()) == pytest.approx(float(theirs.detach().std()), rel=0.15)
    assert float(V.abs().max()) <= 0.05 * (1 + 1e-6)
    assert float(c.abs().max()) <= 0.05
    assert W.dtype == torch.float32


def test_the_course_keeps_copies_of_what_training_gives(networks, data, generator):
    settings = {"batch_size": 16, "learning_rate": 0.01, "generator": generator}
    state = generator.get_state()
    course = training_course(networks, *data, [0, 2], **settings)
    assert list(course) == [0, 2]
    for layers, start in zip(course[0], networks, strict=True):
        assert all(torch.equal(W, V) for (W, _), (V, _) in zip(layers, start, strict=True))
    generator.set_state(state)
    stack = stacked_networks(networks)
    train_stack(stack, *data, epochs=2, **settings)
    for layers, end in zip(course[2], unstacked_networks(stack), strict=True):
        assert all(torch.equal(W, V) for (W, _), (V, _) in zip(layers, end, strict=True))


def test_bad_input_is_refused(networks, data, generator, unchecked):
    stack, settings = stacked_networks(networks), {"epochs": 1, "batch_size": 5, "learning_rate": 0.1}
    with pytest.raises(ValueError, match="networks is empty"):
        stacked_networks([])
    with pytest.raises(ValueError, match=r"networks\[1\] has widths \[4, 6, 3\]; expected \[4, 5, 3\]"):
        stacked_networks([networks[0], random_layers([4, 6, 3], generator)])
    with pytest.raises(ValueError, match="labels has length 49; expected that of images, 50"):
        unchecked(train_stack)(stack, data[0], data[1][1:], generator=generator, **settings)
    with pytest.raises(ValueError, match="epochs is empty"):
        training_course(networks, *data, [], batch_size=5, learning_rate=0.1, generator=generator)
    with pytest.raises(ValueError, match="epochs is -1 and batch_size 5"):
        train_stack(stack, *data, generator=generator, **(settings | {"epochs": -1}))
