import pytest
import torch
from torch import nn

from netspace.network.tracing import traced_layers


def test_values_are_those_of_every_state_and_input(generator):
    models = [nn.Sequential(nn.Linear(3, 4), nn.Tanh(), nn.Linear(4, 2)) for _ in range(2)]
    points = torch.randn(5, 3, generator=generator)
    layers = traced_layers(models, points)
    assert [layer.name for layer in layers] == ["input", "dense1", "output"]
    for k, model in enumerate(models):
        assert torch.equal(layers[0].values[k], points)
        assert torch.allclose(layers[1].values[k], model[:2](points))
        assert torch.allclose(layers[2].values[k], model(points))


def test_an_activation_in_place_does_not_change_what_others_read(generator):
    class Reused(nn.Module):
        def forward(self, x):
            y = x * 2.0
            return torch.cat([y, y.clone().relu_()], 1)

    points = torch.randn(2, 3, generator=generator)
    layers = traced_layers([Reused()], points)
    assert torch.equal(layers[1].values[0], 2.0 * points)


def test_networks_are_evaluated_as_after_training_and_not_changed(generator):
    model = nn.Sequential(nn.Linear(3, 50), nn.Dropout(0.9)).train()
    points = torch.ones(1, 3)
    (_, output) = traced_layers([model], points)
    assert torch.allclose(output.values[0], model[0](points))
    assert model.training


def test_a_layer_that_is_the_whole_network():
    layer = nn.Linear(3, 2)
    names = [(found.name, found.words) for found in traced_layers([layer], torch.ones(1, 3))]
    assert names == [("input", "the input"), ("output", "Linear 3 to 2")]


def test_a_network_that_branches_is_named():
    class Branch(nn.Module):
        def forward(self, x):
            return x if x.sum() > 0 else -x

    with pytest.raises(ValueError, match="cannot follow Branch"):
        traced_layers([Branch()], torch.ones(1, 3))
