import pytest
import torch

from rectified.injectivity.cells import is_injective
from rectified.injectivity.inverses import descended_preimages, layerwise_preimage, pair_preimage, preimage
from rectified.injectivity.layers import InjectiveLinear, pair_weight
from rectified.networks import forward


def gaussian(*shape, generator):
    return torch.randn(*shape, generator=generator, dtype=torch.float64)


def injective(rows, dim, generator):
    weight = gaussian(rows, dim, generator=generator)
    while not is_injective(weight):
        weight = gaussian(rows, dim, generator=generator)
    return weight


def test_pairs_are_inverted(generator):
    basis, scales = gaussian(4, 4, generator=generator), gaussian(4, generator=generator).exp()
    x = gaussian(10, 4, generator=generator)
    outputs = torch.relu(x @ pair_weight(basis, scales).T)
    assert (pair_preimage(basis, scales, outputs) - x).abs().max() < 1e-10


def test_pairs_of_another_form_are_refused(unchecked):
    with pytest.raises(ValueError, match="have shapes"):
        unchecked(pair_preimage)(torch.eye(2).double(), torch.ones(2).double(), torch.ones(3).double())
    with pytest.raises(ValueError, match="smallest entry -1"):
        pair_preimage(torch.eye(1).double(), -torch.ones(1).double(), torch.ones(2).double())


def test_a_generic_input_is_recovered(generator):
    weight = injective(16, 3, generator)
    for x in gaussian(20, 3, generator=generator):
        assert (preimage(weight, torch.relu(weight @ x)) - x).abs().max() < 1e-10


def test_with_bias_too(generator):
    weight, bias = injective(16, 3, generator), gaussian(16, generator=generator).abs()
    for x in gaussian(20, 3, generator=generator):
        assert (preimage(weight, torch.relu(weight @ x + bias), bias) - x).abs().max() < 1e-10


def test_an_input_on_the_border_of_pieces_is_recovered_by_the_inactive_rows():
    """Opposite rows: at (1, 0) only one row is positive, and two zeros pin the other coordinate."""
    weight = torch.tensor([[1.0, 0.0], [-1.0, 0.0], [0.0, 1.0], [0.0, -1.0]], dtype=torch.float64)
    for x in torch.tensor([[1.0, 0.0], [0.0, 0.0], [0.0, -2.0]], dtype=torch.float64):
        assert (preimage(weight, torch.relu(weight @ x)) - x).abs().max() < 1e-9


def test_outputs_that_the_layer_never_has_are_refused(generator):
    weight = injective(16, 3, generator)
    with pytest.raises(ValueError, match="output is no output of the layer"):
        preimage(weight, torch.ones(16).double())
    with pytest.raises(ValueError, match="output is no output of the layer"):
        preimage(torch.tensor([[1.0], [2.0], [-1.0]]).double(), torch.tensor([0.0, 1.0, 1.0]).double())


def test_impossible_sides_are_refused():
    weight, bias = torch.tensor([[1.0], [-1.0]]).double(), torch.tensor([1.0, 1.0]).double()
    with pytest.raises(ValueError, match="output is no output"):
        preimage(weight, torch.zeros(2).double(), bias)


def test_an_output_of_another_length_is_refused(unchecked):
    with pytest.raises(ValueError, match=r"output has shape \(3,\)"):
        unchecked(preimage)(torch.eye(2).double(), torch.ones(3).double())


def injective_network(generator):
    first, second = (InjectiveLinear(*sizes, generator) for sizes in ((2, 1), (5, 2)))
    last = gaussian(20, 12, generator=generator), gaussian(20, generator=generator)
    return [*(tuple(part.detach() for part in layer.affine()) for layer in (first, second)), last]


def test_layer_by_layer_every_input_is_recovered(generator):
    layers = injective_network(generator)
    for x in gaussian(20, 2, generator=generator):
        assert (layerwise_preimage(layers, forward(layers, x)) - x).abs().max() < 1e-8


def test_layer_by_layer_refuses_other_shapes(generator, unchecked):
    layers = injective_network(generator)
    with pytest.raises(ValueError, match=r"output has shape \(3,\)"):
        unchecked(layerwise_preimage)(layers, torch.zeros(3).double())
    with pytest.raises(ValueError, match="two layers"):
        layerwise_preimage(layers[:1], torch.zeros(5).double())


def test_descent_inverts_an_injective_network(generator):
    layers = injective_network(generator)
    x, starts = gaussian(2, 30, 2, generator=generator)
    found = descended_preimages(layers, forward(layers, x), starts)
    assert ((found - x).abs().amax(dim=1) < 1e-8).double().mean() > 0.8


def test_descent_refuses_other_shapes(unchecked):
    layers = [(torch.eye(2).double(), torch.zeros(2).double())]
    with pytest.raises(ValueError, match=r"outputs has shape \(3, 1\) and starts \(3, 2\)"):
        unchecked(descended_preimages)(layers, torch.zeros(3, 1).double(), torch.zeros(3, 2).double())


def test_units_of_the_inputs_cut_no_equation_off():
    rows = torch.tensor([[1.0, 1e-20], [1.0, -1e-20]], dtype=torch.float64)
    x = torch.tensor([1.0, 5e19], dtype=torch.float64)
    weight = torch.cat([rows, -rows])
    found = preimage(weight, torch.relu(weight @ x))
    assert found.tolist() == pytest.approx(x.tolist(), rel=1e-12)


def test_the_last_layer_must_span_and_have_the_output(generator):
    hidden, _, (weight, bias) = injective_network(generator)
    weight = weight[:, :5]
    output = forward([hidden, (weight, bias)], torch.ones(1, 2).double())[0]
    with pytest.raises(ValueError, match="no output of the last layer: the best input misses it by"):
        layerwise_preimage([hidden, (weight, bias)], output + torch.arange(20.0).double())
    with pytest.raises(ValueError, match=r"weight of shape \(20, 5\) without full column rank"):
        layerwise_preimage([hidden, (weight[:, :1].expand(-1, 5), bias)], output)
