import torch
from torch import nn
from torch.nn import functional

from netspace.network.tracing import traced_layers


def layers_of(forward, x, **modules):
    """The layers of a network whose forward pass is ``forward(self, x)``."""

    class Network(nn.Module):
        def __init__(self):
            super().__init__()
            for name, module in modules.items():
                self.add_module(name, module)

    Network.forward = forward
    return traced_layers([Network()], x)


def test_what_continues_and_what_prepares():
    model = nn.Sequential(
        nn.Conv2d(1, 2, 3), nn.BatchNorm2d(2), nn.ReLU(), nn.ZeroPad2d(1), nn.Flatten(), nn.Linear(50, 1)
    )
    found = traced_layers([model], torch.zeros(1, 1, 5, 5))
    assert [layer.words for layer in found] == [
        "the input",
        "Conv2d 3x3, 1 to 2, then batch norm, then ReLU",
        "zeros around, then flatten, then Linear 50 to 1",
    ]
    assert [step["type"] for step in found[2].steps] == ["pad2d", "flatten", "linear"]


def test_an_activation_of_the_input_is_a_layer():
    found = traced_layers([nn.Sequential(nn.ReLU(), nn.Linear(2, 1))], torch.ones(1, 2))
    assert [layer.name for layer in found] == ["input", "activation1", "output"]


def test_what_two_layers_read_stays_as_it_is():
    found = layers_of(lambda self, x: functional.relu(y := self.a(x)) + y, torch.ones(1, 2), a=nn.Linear(2, 2))
    assert [layer.name for layer in found] == ["input", "a", "activation1", "output"]
    assert found[3].reads == (2, 1)


def test_dropout_hides_nobody_who_reads():
    drop = nn.Dropout()
    found = layers_of(
        lambda self, x: self.drop(y := self.a(x)).relu() + y, torch.ones(1, 2), a=nn.Linear(2, 2), drop=drop
    )
    assert found[1].words == "Linear 2 to 2"  # not "then ReLU": the sum reads it, too
    assert found[3].reads == (2, 1)


def test_what_is_pending_at_the_end_or_at_a_merge_becomes_a_layer():
    found = traced_layers([nn.Sequential(nn.Conv2d(1, 2, 3), nn.Flatten())], torch.zeros(1, 1, 4, 4))
    assert [layer.name for layer in found] == ["input", "conv1", "output"]
    assert found[2].values[0].shape == (1, 8)
    found = layers_of(
        lambda self, x: torch.cat([x.flatten(1), self.a(x).flatten(1)], 1),
        torch.zeros(1, 1, 2, 2),
        a=nn.Conv2d(1, 1, 1),
    )
    assert found[-1].words == "concatenate reshape1, reshape2"


def test_a_module_used_twice_is_named_twice():
    found = layers_of(lambda self, x: self.a(self.a(x)), torch.ones(1, 2), a=nn.Linear(2, 2))
    assert [layer.name for layer in found] == ["input", "a", "output"]


def test_a_sum_that_broadcasts_and_a_constant_are_drawn_only():
    broadcast = layers_of(lambda self, x: x + self.a(x), torch.ones(1, 2), a=nn.Linear(2, 1))
    assert broadcast[-1].steps is None
    shifted = layers_of(lambda self, x: x + 1.0, torch.ones(1, 2))
    assert shifted[-1].steps is None
    assert shifted[-1].values[0].tolist() == [[2.0, 2.0]]


def test_scales():
    model = nn.Sequential(nn.Linear(2, 3), nn.ReLU(), nn.Linear(3, 2), nn.Softmax(1))
    assert [layer.scale for layer in traced_layers([model], torch.tensor([[-1.0, 1.0]]))] == [
        "signed",
        "positive",
        "probability",
    ]
