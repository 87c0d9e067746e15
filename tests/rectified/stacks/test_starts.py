import pytest
import torch
from torch import nn

from rectified.stacks.starts import Start, make_stack, uniform_stack

WIDTHS = [20, 32, 32, 32, 10]


def stack(start: Start, nets: int = 50, **options):
    return make_stack(start, WIDTHS, nets, torch.Generator().manual_seed(1), **options)


def test_uniform_weights_and_biases_have_the_law_of_torch_s_linear_layers(generator):
    for W, b in uniform_stack([100, 400, 300], 3, generator, torch.float32).layers:
        with torch.random.fork_rng():
            torch.manual_seed(0)
            module = nn.Linear(W.shape[2], W.shape[1])
        for values in (W, b, module.weight.detach(), module.bias.detach()):
            scaled = values * W.shape[2] ** 0.5
            assert 0.95 < scaled.abs().max() <= 1 + 1e-6
            assert scaled.mean().abs() < 0.1
            assert scaled.square().mean() == pytest.approx(1 / 3, rel=0.15)
            assert values.dtype == torch.float32


@pytest.mark.parametrize("start", Start)
def test_shapes_and_zero_biases(start):
    found = stack(start, nets=2)
    assert [tuple(W.shape) for W, _ in found.layers] == [(2, 32, 20), (2, 32, 32), (2, 32, 32), (2, 10, 32)]
    assert all(bool((b == 0).all()) for _, b in found.layers)
    assert len(found.gates) == (2 if start is Start.REZERO else 0)
    assert len(found.parameters) == 8 + len(found.gates)


@pytest.mark.parametrize("start", Start)
def test_first_and_last_layer_do_not_depend_on_the_start(start):
    found = stack(start)
    assert found.layers[0][0].var().item() == pytest.approx(2 / 20, rel=0.03)
    assert found.layers[-1][0].var().item() == pytest.approx(1 / 32, rel=0.05)


def test_he_and_rezero_have_the_variance_of_he():
    for start in (Start.HE, Start.REZERO):
        assert stack(start).layers[1][0].var().item() == pytest.approx(2 / 32, rel=0.03)


def test_orthogonal_matrices_are_orthogonal_and_uniform():
    W = stack(Start.ORTHOGONAL, nets=200).layers[1][0]
    assert torch.allclose(W @ W.mT, 2 * torch.eye(32).expand(200, 32, 32), atol=1e-4)
    # a uniform orthogonal matrix has trace of mean 0 and variance 1; without the sign correction the mean is not 0
    traces = W.diagonal(dim1=-2, dim2=-1).sum(-1) / 2**0.5
    assert traces.mean().abs().item() < 4 / 200**0.5


def test_perturbations_shrink_with_the_number_of_the_layer():
    found = stack(Start.IDENTITY_PLUS, exponent=2.0, scale=3.0)
    for number in (2, 3):
        P = found.layers[number - 1][0] - torch.eye(32)
        assert P.std().item() == pytest.approx(3.0 * number**-2 / 32**0.5, rel=0.02)


def test_refusals(generator):
    with pytest.raises(ValueError, match="expected equal hidden widths"):
        make_stack(Start.HE, [2, 3, 4, 2], 1, generator)
    with pytest.raises(ValueError, match="at least three positive numbers"):
        make_stack(Start.HE, [2, 2], 1, generator)
    with pytest.raises(ValueError, match="nets is 0"):
        make_stack(Start.HE, [2, 3, 2], 0, generator)
    with pytest.raises(ValueError, match=r"widths and nets are \[2\] and 3"):
        uniform_stack([2], 3, generator)
    with pytest.raises(ValueError, match=r"widths and nets are \[2, 1\] and 0"):
        uniform_stack([2, 1], 0, generator)
