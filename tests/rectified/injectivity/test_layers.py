import pytest
import torch

from rectified.injectivity.cells import is_injective
from rectified.injectivity.layers import InjectiveLinear, pair_weight


def gaussian(*shape, generator):
    return torch.randn(*shape, generator=generator, dtype=torch.float64)


@pytest.mark.parametrize("extra", [0, 2])
def test_pairs_are_injective_whatever_is_added(extra, generator):
    for dim in (1, 2, 3):
        weight = pair_weight(
            gaussian(dim, dim, generator=generator),
            gaussian(dim, generator=generator).exp(),
            gaussian(extra, dim, generator=generator) if extra else None,
        )
        assert weight.shape == (2 * dim + extra, dim)
        assert is_injective(weight)


@pytest.mark.parametrize(
    ("basis", "scales", "extra", "message"),
    [
        (torch.eye(2), torch.ones(3), None, "expected one d_in"),
        (torch.eye(2), torch.ones(2), torch.ones(1, 3), "expected one d_in"),
        (torch.eye(2), torch.tensor([1.0, 0.0]), None, "smallest entry 0"),
        (torch.ones(2, 2), torch.ones(2), None, "basis is singular"),
    ],
)
def test_bad_pairs_are_refused(basis, scales, extra, message, unchecked):
    with pytest.raises(ValueError, match=message):
        unchecked(pair_weight)(basis.double(), scales.double(), None if extra is None else extra.double())


@pytest.mark.parametrize("size", [0.0, 1.0, 3.0])
def test_the_module_stays_injective_for_any_parameters(size, generator):
    layer = InjectiveLinear(2, 1, generator)
    with torch.no_grad():
        for parameter in layer.parameters():
            parameter += size * torch.randn(parameter.shape, generator=generator, dtype=torch.float64)
    assert is_injective(*(part.detach() for part in layer.affine()))


def test_the_module_is_affine_and_trains(generator):
    layer, x = InjectiveLinear(3, 2, generator), gaussian(4, 3, generator=generator)
    weight, bias = layer.affine()
    assert torch.allclose(layer(x), x @ weight.T + bias)
    assert all(
        gradient.abs().max() > 0 for gradient in torch.autograd.grad(layer(x).square().sum(), layer.parameters())
    )


def test_bad_sizes_are_refused(generator):
    with pytest.raises(ValueError, match="extra is -1"):
        InjectiveLinear(2, -1, generator)


def test_a_basis_is_singular_where_its_pairs_are_not_injective():
    for gap in (1e-7, 1e-11):
        basis = torch.tensor([[1.0, 1.0], [1.0, 1.0 + gap]], dtype=torch.float64)
        if is_injective(torch.cat([basis, -basis])):
            pair_weight(basis, torch.ones(2).double())
        else:
            with pytest.raises(ValueError, match="its scaled rows have the singular value"):
                pair_weight(basis, torch.ones(2).double())
