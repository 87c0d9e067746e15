import numpy as np
import pytest
import torch

from rectified.depth.affine_form import explicit_affine
from rectified.depth.chains import perturbed_identities
from rectified.reference.products import affine_by_products
from rectified.regions.patterns import local_affine_map
from tests.cases import as_arrays, random_network, random_points


@pytest.mark.parametrize("widths", [[3, 5], [2, 4, 4, 4], [4, 8, 8, 8, 8, 8, 8]])
def test_equals_the_printed_formula_and_the_gradient(widths):
    layers = random_network(widths, 1)
    for x in random_points(5, widths[0], 2):
        found = explicit_affine(x, layers)
        slope, offset = affine_by_products(as_arrays(layers), x.numpy())
        assert np.allclose(found.slope.numpy(), slope, rtol=1e-12, atol=1e-12)
        assert np.allclose(found.offset.numpy(), offset, rtol=1e-12, atol=1e-12)
        jacobian = torch.autograd.functional.jacobian(lambda y: run(layers, y), x)
        assert torch.allclose(found.slope, jacobian, rtol=1e-12, atol=1e-12)


def run(layers, x):
    for W, b in layers:
        x = torch.relu(W @ x + b)
    return x


def test_equals_the_map_that_begins_at_the_output():
    layers, x = random_network([6, 9, 9, 9], 3), random_points(7, 6, 4)
    found, expected = explicit_affine(x, iter(layers)), local_affine_map(layers, x, rectify_output=True)
    assert torch.allclose(found.slope, expected.slope, rtol=1e-12, atol=1e-12)
    assert torch.allclose(found.offset, expected.offset, rtol=1e-12, atol=1e-12)


def test_many_layers_pass_by():
    x = torch.rand(3, dtype=torch.float64)
    chain = lambda: perturbed_identities(3, 2_000, 1.5, torch.Generator().manual_seed(1), bias_scale=0.1)  # noqa: E731
    found = explicit_affine(x, chain())
    assert torch.allclose(found(x), run(chain(), x), rtol=1e-12)


def test_exactly_zero_counts_as_off():
    one, zero = torch.ones(1, 1, dtype=torch.float64), torch.zeros(1, dtype=torch.float64)
    found = explicit_affine(zero, [(one, zero)])
    assert found.slope.item() == 0.0


def test_refusals(unchecked):
    x = torch.zeros(2, dtype=torch.float64)
    with pytest.raises(ValueError, match="layers is empty"):
        explicit_affine(x, [])
    with pytest.raises(ValueError, match="layer 2 takes 2 numbers; expected 3"):
        unchecked(explicit_affine)(x, [*random_network([2, 3], 0), *random_network([2, 2], 0)])
    with pytest.raises(ValueError, match=r"layer 1 has dtype torch\.float64; expected torch\.float32"):
        unchecked(explicit_affine)(x.float(), random_network([2, 3], 0))
