import pytest
import torch

from netspace.network.examples import lenet, odd_layers, odd_networks, small_convolutional
from netspace.network.scene import network_scene


@pytest.mark.parametrize(("make", "count"), [(lenet, 44_426), (small_convolutional, 2_202)])
def test_they_take_digits_and_have_so_many_parameters(make, count):
    model = make()
    assert model(torch.zeros(2, 1, 28, 28)).shape == (2, 10)
    assert sum(parameter.numel() for parameter in model.parameters()) == count


def test_the_odd_ones_use_all_that_a_page_can_compute(largest_error):
    kinds = set()
    for name, (network, inputs) in odd_networks().items():
        assert not network.training
        scene = network_scene(network, inputs[:2])
        assert largest_error(scene, 1) < 1e-5, name
        kinds |= {step["type"] for layer in scene["layers"][1:] for step in layer["steps"]}
    assert kinds == {
        *("conv2d", "linear", "avg_pool2d", "affine", "relu", "leaky_relu", "sigmoid", "tanh", "flatten"),
        *("upsample2d", "add", "concatenate"),
    }


def test_layers_of_the_odd_ones_are_those_of_their_scenes_and_end_with_the_output():
    for name, (network, inputs) in odd_networks().items():
        layers = odd_layers(network, inputs[:2])
        shapes = [layer["shape"] for layer in network_scene(network, inputs[:2])["layers"]]
        assert [layer[0].numel() for layer in layers] == [torch.Size(shape).numel() for shape in shapes], name
        assert torch.equal(layers[-1], network(inputs[:2]))


def test_layers_of_another_network_are_refused():
    with pytest.raises(TypeError, match="network is a Linear; expected one of odd_networks"):
        odd_layers(torch.nn.Linear(2, 1), torch.zeros(1, 2))
