import itertools

import pytest
import torch

from rectified.depth.chains import (
    NUMBERS_AT_ONCE,
    constant_layers,
    gaussian_layers,
    perturbed_identities,
    scaled_identities,
)


def source(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def test_perturbations_have_the_norms_of_their_numbers():
    layers = list(perturbed_identities(4, 9, 1.5, source(), batch=(3,), scale=0.5, bias_scale=0.25))
    assert len(layers) == 8
    for number, (W, b) in enumerate(layers, start=2):
        rows = (W - torch.eye(4)).abs().sum(-1).amax(-1)
        assert rows.tolist() == pytest.approx([0.5 * number**-1.5] * 3, rel=1e-12)
        assert b.abs().amax(-1).tolist() == pytest.approx([0.25 * number**-1.5] * 3, rel=1e-12)


def test_each_chain_may_have_its_own_decay():
    decays = torch.tensor([[1.0], [2.0]], dtype=torch.float64)
    W, _ = next(iter(perturbed_identities(3, 5, decays, source(), batch=(2, 4), scale=1.0)))
    rows = (W - torch.eye(3)).abs().sum(-1).amax(-1)
    assert rows[0].tolist() == pytest.approx([0.5] * 4)
    assert rows[1].tolist() == pytest.approx([0.25] * 4)


def test_a_shorter_chain_begins_a_longer_one():
    count = NUMBERS_AT_ONCE // (5 * 6) + 10  # so that the longer one is drawn in two parts
    short = list(perturbed_identities(5, 50, 1.5, source(3), bias_scale=1.0))
    long = list(perturbed_identities(5, count, 1.5, source(3), bias_scale=1.0))
    for (W, b), (V, c) in zip(short, long, strict=False):
        assert torch.equal(W, V)
        assert torch.equal(b, c)
    assert len(long) == count - 1


def test_a_long_chain_is_not_kept():
    layers = perturbed_identities(50, 10**7, 1.5, source())  # 200 GB, were it kept
    assert len(list(itertools.islice(layers, 3))) == 3


def test_gaussian_layers_have_the_variance_of_he():
    entries = torch.stack([W for W, _ in gaussian_layers(40, 101, source())])
    assert entries.var().item() == pytest.approx(2 / 40, rel=0.02)
    assert all(bool((b == 0).all()) for _, b in gaussian_layers(3, 4, source(), batch=(2,)))


def test_gaussian_layers_take_another_variance_and_biases():
    layers = list(gaussian_layers(40, 101, source(), variance=1.0, bias_scale=3.0, first=2))
    assert torch.stack([W for W, _ in layers]).std().item() == pytest.approx(1.0, rel=0.02)
    assert torch.stack([b for _, b in layers]).std().item() == pytest.approx(3.0, rel=0.05)


def test_scaled_identities_may_be_endless():
    layers = scaled_identities(2, (1 + 1 / n for n in itertools.count(2)))
    W, b = next(layers)
    assert W.tolist() == [[1.5, 0.0], [0.0, 1.5]]
    assert b.tolist() == [0.0, 0.0]


def test_constant_layers_forget():
    layers = list(constant_layers(torch.tensor([1.0, 2.0]), 3))
    assert len(layers) == 3
    assert layers[2][0].abs().sum() == 0
    assert layers[2][1].tolist() == [1.0, 2.0]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((0, 5, 1.0), "width is 0"),
        ((2, 1, 1.0), "depth is 1; expected at least 2"),
        ((2, 5, -1.0), "exponent is -1.0"),
    ],
)
def test_perturbed_identities_refuse(arguments, message):
    with pytest.raises(ValueError, match=message):
        perturbed_identities(*arguments, source())


def test_other_refusals():
    with pytest.raises(ValueError, match="scale and bias_scale are -1"):
        perturbed_identities(2, 5, 1.0, source(), scale=-1.0)
    with pytest.raises(ValueError, match="first is 0"):
        gaussian_layers(2, 5, source(), first=0)
    with pytest.raises(ValueError, match=r"variance is 0\.0"):
        gaussian_layers(2, 5, source(), variance=0.0)
    with pytest.raises(ValueError, match="width is 0"):
        scaled_identities(0, [1.0])
    with pytest.raises(ValueError, match="count is -1"):
        constant_layers(torch.ones(2), -1)
