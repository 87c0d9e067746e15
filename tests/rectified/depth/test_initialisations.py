import pytest
import torch

from rectified.depth.initialisations import Start, make_stack

WIDTHS = [20, 32, 32, 32, 10]


def stack(start: Start, seeds: int = 50, **options):
    return make_stack(start, WIDTHS, seeds, torch.Generator().manual_seed(1), **options)


@pytest.mark.parametrize("start", Start)
def test_shapes_and_zero_biases(start):
    found = stack(start, seeds=2)
    assert [tuple(W.shape) for W in found.weights] == [(2, 32, 20), (2, 32, 32), (2, 32, 32), (2, 10, 32)]
    assert all(bool((b == 0).all()) for b in found.biases)
    assert len(found.gates) == (2 if start is Start.REZERO else 0)
    assert len(found.parameters) == 8 + len(found.gates)


@pytest.mark.parametrize("start", Start)
def test_first_and_last_layer_do_not_depend_on_the_start(start):
    found = stack(start)
    assert found.weights[0].var().item() == pytest.approx(2 / 20, rel=0.03)
    assert found.weights[-1].var().item() == pytest.approx(1 / 32, rel=0.05)


def test_he_and_rezero_have_the_variance_of_he():
    for start in (Start.HE, Start.REZERO):
        assert stack(start).weights[1].var().item() == pytest.approx(2 / 32, rel=0.03)


def test_orthogonal_matrices_are_orthogonal_and_uniform():
    W = stack(Start.ORTHOGONAL, seeds=200).weights[1]
    assert torch.allclose(W @ W.mT, 2 * torch.eye(32).expand(200, 32, 32), atol=1e-4)
    # a uniform orthogonal matrix has trace of mean 0 and variance 1; without the sign correction the mean is not 0
    traces = W.diagonal(dim1=-2, dim2=-1).sum(-1) / 2**0.5
    assert traces.mean().abs().item() < 4 / 200**0.5


def test_perturbations_shrink_with_the_number_of_the_layer():
    found = stack(Start.IDENTITY_PLUS, exponent=2.0, scale=3.0)
    for number in (2, 3):
        P = found.weights[number - 1] - torch.eye(32)
        assert P.std().item() == pytest.approx(3.0 * number**-2 / 32**0.5, rel=0.02)


def test_refusals():
    generator = torch.Generator()
    with pytest.raises(ValueError, match="expected equal hidden widths"):
        make_stack(Start.HE, [2, 3, 4, 2], 1, generator)
    with pytest.raises(ValueError, match="at least three positive numbers"):
        make_stack(Start.HE, [2, 2], 1, generator)
    with pytest.raises(ValueError, match="seeds is 0"):
        make_stack(Start.HE, [2, 3, 2], 0, generator)
