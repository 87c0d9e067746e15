import json
from base64 import b64decode

import pytest
import torch
from torch import nn
from torch.nn import functional

from netspace.network.scene import network_scene, neuron_counts


def lenet():
    return nn.Sequential(
        *(nn.Conv2d(1, 6, 5), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(6, 16, 5), nn.ReLU(), nn.MaxPool2d(2)),
        *(
            nn.Flatten(),
            nn.Linear(256, 120),
            nn.ReLU(),
            nn.Linear(120, 84),
            nn.ReLU(),
            nn.Linear(84, 10),
            nn.Softmax(1),
        ),
    )


class Residual(nn.Module):
    """Sums, concatenation, batch norm, functions and methods, and a layer that two others read."""

    def __init__(self):
        super().__init__()
        self.first = nn.Conv2d(1, 4, 3, padding=1)
        self.norm = nn.BatchNorm2d(4)
        self.second = nn.Conv2d(4, 4, 3, padding="same", groups=2, bias=False)
        self.drop = nn.Dropout(0.5)
        self.head = nn.Linear(8, 3)

    def forward(self, x):
        y = functional.relu(self.norm(self.first(x)))
        z = self.drop(self.second(functional.pad(y, (1, 1, 0, 2)))[:, :, :8, 1:-1]) + y
        both = torch.cat([z, functional.avg_pool2d(y, 3, 1, 1)], 1).relu()
        return self.head(torch.flatten(functional.adaptive_avg_pool2d(both, 1), 1)).tanh()


class Means(nn.Module):
    """A mean over both axes, a reshape, and a sum of a layer with itself."""

    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(2, 3, 3)
        self.up = nn.Upsample(scale_factor=2)
        self.dense = nn.Linear(3 * 64 + 3, 5)

    def forward(self, x):
        y = functional.leaky_relu(self.conv(x), 0.2)
        flat = self.up(y).view(x.size(0), -1)
        return torch.sigmoid(self.dense(torch.cat([flat, y.mean((2, 3))], dim=1)))


def signal():
    return nn.Sequential(
        *(nn.Conv1d(1, 3, 5, padding=2, stride=2), nn.BatchNorm1d(3), nn.Tanh(), nn.AvgPool1d(2), nn.Conv1d(3, 2, 3)),
        *(nn.ReLU(inplace=True), nn.MaxPool1d(2, stride=1), nn.Flatten(), nn.LazyLinear(4), nn.Sigmoid()),
    )


def shaken(model, generator):
    """Weights and running statistics that are not those of a new module."""
    for tensor in model.state_dict().values():
        if tensor.is_floating_point():
            tensor.add_(0.3 * torch.rand(tensor.shape, generator=generator))
    return model


def test_lenet_layer_by_layer(generator, largest_error):
    model, digits = lenet(), torch.rand(2, 1, 28, 28, generator=generator)
    scene = network_scene(model, digits, input_names=["a", "b"], labels=list("0123456789"))
    layers = scene["layers"]
    names = ["input", "conv1", "pool1", "conv2", "pool2", "dense1", "dense2", "output"]
    assert [layer["name"] for layer in layers] == names
    shapes = [[1, 28, 28], [6, 24, 24], [6, 12, 12], [16, 8, 8], [16, 4, 4], [120], [84], [10]]
    assert [layer["shape"] for layer in layers] == shapes
    assert sum(neuron_counts(scene)) == 6_598
    assert [layer["reads"] for layer in layers] == [[], [0], [1], [2], [3], [4], [5], [6]]
    assert [layer["scale"] for layer in layers] == ["positive"] * 7 + ["probability"]
    assert layers[1]["operation"] == "Conv2d 5x5, 1 to 6, then ReLU"
    assert scene["draw"]
    assert scene["inputs"] == [{"name": "a"}, {"name": "b"}]
    assert max(largest_error(scene, number) for number in range(2)) < 1e-5


def test_the_stored_values_are_those_of_the_network(generator):
    model, digits = lenet(), torch.rand(2, 1, 28, 28, generator=generator)
    scene = network_scene(model, digits)
    expected = model[:2](digits)[1].flatten()
    stored = torch.frombuffer(bytearray(b64decode(scene["layers"][1]["values"][0][1])), dtype=torch.float32)
    assert torch.allclose(stored, expected, atol=1e-6)
    assert model.training  # it was copied, not changed


@pytest.mark.parametrize(("make", "shape"), [(Means, (2, 6, 6)), (signal, (1, 20))], ids=["means", "signal"])
def test_other_networks_are_computed_from_their_steps(make, shape, generator, largest_error):
    model = make()
    model(torch.zeros(2, *shape))
    scene = network_scene(shaken(model, generator), torch.randn(2, *shape, generator=generator))
    assert largest_error(scene, 1) < 1e-5


def test_a_slice_is_drawn_but_not_computed(generator):
    scene = network_scene(shaken(Residual(), generator), torch.rand(1, 1, 8, 8, generator=generator))
    unknown = [layer["name"] for layer in scene["layers"][1:] if layer["steps"] is None]
    assert unknown == ["getitem1"]
    assert not scene["draw"]
    by_name = {layer["name"]: layer for layer in scene["layers"]}
    assert by_name["first"]["operation"] == "Conv2d 3x3, 1 to 4, then batch norm, then ReLU"
    assert by_name["second"]["operation"] == "zeros around, then Conv2d 3x3, 4 to 4, 2 groups"
    assert by_name["concatenate1"]["operation"].startswith("concatenate add1, pool1")
    json.dumps(scene)


def test_checkpoints_are_states_of_the_network(generator, largest_error):
    model, points = nn.Sequential(nn.Linear(3, 4), nn.ReLU(), nn.Linear(4, 2)), torch.randn(2, 3, generator=generator)
    states = {}
    for name in ("start", "end"):
        shaken(model, generator)
        states[name] = {key: value.clone() for key, value in model.state_dict().items()}
    scene = network_scene(model, points, checkpoints=states)
    assert scene["checkpoints"] == [{"name": "start"}, {"name": "end"}]
    assert largest_error(scene, 1, 0) < 1e-5
    assert largest_error(scene, 1, 1) < 1e-5
    assert scene["layers"][1]["values"][0] != scene["layers"][1]["values"][1]
    high = max(model[0](points).relu().max().item(), 0.0)
    assert scene["layers"][1]["high"] >= high


def test_a_layer_that_something_else_reads_keeps_its_values(generator, largest_error):
    class Skip(nn.Module):
        def __init__(self):
            super().__init__()
            self.a = nn.Linear(3, 3)

        def forward(self, x):
            y = self.a(x)
            return functional.relu(y) + y

    scene = network_scene(Skip(), torch.randn(1, 3, generator=generator))
    assert [layer["name"] for layer in scene["layers"]] == ["input", "a", "activation1", "output"]
    assert scene["layers"][3]["reads"] == [2, 1]
    assert largest_error(scene) < 1e-6


def test_without_weights_a_scene_is_small_and_cannot_be_drawn_into(generator):
    digits = torch.rand(1, 1, 28, 28, generator=generator)
    with_weights, without = network_scene(lenet(), digits), network_scene(lenet(), digits, weights=False)
    assert len(json.dumps(without)) < 0.3 * len(json.dumps(with_weights))
    assert not without["draw"]


def test_a_network_that_is_silent_has_a_scale():
    model = nn.Sequential(nn.Linear(2, 2), nn.ReLU())
    model.load_state_dict({"0.weight": torch.zeros(2, 2), "0.bias": torch.zeros(2)})
    assert network_scene(model, torch.ones(1, 2))["layers"][1]["high"] == 1.0


def test_refusals(generator):
    class Branch(nn.Module):
        def forward(self, x):
            return x if x.sum() > 0 else -x

    class Pair(nn.Module):
        def forward(self, x):
            return x, x

    class Two(nn.Module):
        def forward(self, x, y):
            return x + y

    points = torch.ones(1, 3)
    with pytest.raises(ValueError, match="cannot follow Branch"):
        network_scene(Branch(), points)
    with pytest.raises(ValueError, match="does not return exactly one tensor"):
        network_scene(Pair(), points)
    with pytest.raises(ValueError, match="not take exactly one input"):
        network_scene(Two(), points)
    with pytest.raises(ValueError, match="does not take these inputs"):
        network_scene(nn.Linear(4, 1), points)
    with pytest.raises(ValueError, match="input_names has 2 entries; expected a list of 1"):
        network_scene(nn.Linear(3, 1), points, input_names=["a", "b"])
    with pytest.raises(ValueError, match="labels has 3 entries; expected a list of 2"):
        network_scene(nn.Linear(3, 2), points, labels=["a", "b", "c"])
    with pytest.raises(ValueError, match="checkpoints is empty"):
        network_scene(nn.Linear(3, 2), points, checkpoints={})
    with pytest.raises(ValueError, match="checkpoint 'end' is not a state of this network"):
        network_scene(nn.Linear(3, 2), points, checkpoints={"end": {}})
    with pytest.raises(ValueError, match=r"layer 'input' has shape \(1, 2, 2, 2\)"):
        network_scene(nn.Identity(), torch.ones(1, 1, 2, 2, 2))
    with pytest.raises(ValueError, match="draw is True, but the page cannot compute the layers output"):
        network_scene(nn.Sequential(nn.GELU()), torch.ones(1, 1, 4, 4), draw=True)
    with pytest.raises(ValueError, match="draw is True, but the input is no grey image"):
        network_scene(nn.Linear(3, 1), points, draw=True)
