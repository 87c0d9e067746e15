import pytest
import torch

from rectified.depth.chains import perturbed_identities
from rectified.depth.recovery import recovered_along, recovered_layer


@pytest.fixture
def positive():
    """States of six inputs, and a layer that leaves all neurons on."""
    generator = torch.Generator().manual_seed(1)
    before = 1.0 + torch.rand(3, 6, 5, generator=generator, dtype=torch.float64)
    W = torch.eye(5, dtype=torch.float64) + 0.05 * torch.randn(3, 5, 5, generator=generator, dtype=torch.float64)
    b = 0.1 * torch.rand(3, 5, generator=generator, dtype=torch.float64)
    return before, W, b


def test_the_layer_comes_back(positive):
    before, W, b = positive
    found = recovered_layer(before, before @ W.mT + b[:, None])
    assert torch.allclose(found.weight, W, rtol=0, atol=1e-11)
    assert torch.allclose(found.bias, b, rtol=0, atol=1e-11)


def test_condition_is_that_of_the_singular_values(positive):
    before, W, b = positive
    found = recovered_layer(before, before @ W.mT + b[:, None])
    values = torch.linalg.svdvals(torch.cat([before, torch.ones(3, 6, 1)], dim=-1))
    assert torch.allclose(found.condition, values[:, 0] / values[:, -1])


def test_rank_deficient_states_are_refused(positive):
    before, W, b = positive
    before[1, 5] = before[1, 4]  # two inputs with the same state
    with pytest.raises(ValueError, match="rank-deficient"):
        recovered_layer(before, before @ W.mT + b[:, None])
    middle = before[:, :5].mean(1, keepdim=True)  # affinely dependent, though linearly independent of each other
    with pytest.raises(ValueError, match="rank-deficient"):
        recovered_layer(torch.cat([before[:, :5], middle], dim=1), before + 1.0)


def test_neurons_that_are_off_are_refused(positive):
    before, W, b = positive
    after = (before @ W.mT + b[:, None] - 1.5).relu()
    with pytest.raises(ValueError, match="expected positive numbers only"):
        recovered_layer(before, after)


def test_layers_of_a_chain_come_back(positive):
    def chain():
        return perturbed_identities(5, 40, 1.5, torch.Generator().manual_seed(2), batch=(3,), scale=0.2, bias_scale=0.1)

    true = dict(enumerate(chain(), start=2))
    for number, (found, (W, b)) in recovered_along(positive[0], chain(), [2, 7, 40]).items():
        assert torch.equal(W, true[number][0])
        assert torch.allclose(found.weight, W, rtol=0, atol=1e-10)
        assert torch.allclose(found.bias, b, rtol=0, atol=1e-10)


def test_chains_that_cannot_be_followed(positive):
    layers = list(perturbed_identities(5, 9, 1.5, torch.Generator().manual_seed(2), scale=0.2))
    with pytest.raises(ValueError, match="layers ended with number 9; expected to reach 12"):
        recovered_along(positive[0], layers, [3, 12])
    with pytest.raises(ValueError, match="none below first, 2"):
        recovered_along(positive[0], layers, [1])


def test_other_refusals(positive, unchecked):
    before, _, _ = positive
    with pytest.raises(ValueError, match="width \\+ 1, width"):
        unchecked(recovered_layer)(before[:, :5], before[:, :5])
    with pytest.raises(ValueError, match="after has shape"):
        unchecked(recovered_layer)(before, before[:2])
    with pytest.raises(ValueError, match="expected float64"):
        unchecked(recovered_layer)(before.float(), before.float())
