import itertools
import math

import pytest
import torch

from rectified.depth.chains import perturbed_identities, scaled_identities
from rectified.depth.products import masked_products
from rectified.depth.states import hidden_states
from rectified.depth.tails import perturbation_norms, row_change_bound, tail_bound


def test_norms_are_powers():
    assert perturbation_norms(4, 2.0, 3.0).tolist() == pytest.approx([3 / 4, 3 / 9, 3 / 16])
    assert perturbation_norms(2, 1.0, 1.0, first=1).tolist() == pytest.approx([1.0, 0.5])


def test_tail_bound_by_hand():
    found = tail_bound(
        torch.tensor(2.0).double(), torch.tensor([0.5, 0.25]).double(), torch.tensor([1.0, 0.5]).double()
    )
    largest = math.exp(0.75) * 3.5
    assert found.tolist() == pytest.approx([0.75 * largest + 1.5, 0.25 * largest + 0.5, 0.0])


def test_tail_bound_is_nearly_attained_by_growing_states():
    # (1 + p_n) with small p_n: the state grows by the sum of p_n, and exp of the sum is near 1
    p = perturbation_norms(5_000, 2.0, 1e-3)
    states = hidden_states(torch.ones(1, 1).double(), scaled_identities(1, (1 + q for q in p.tolist())), range(5_000))
    final = states[4_999].item()
    distances = torch.tensor([final - h.item() for h in states.values()])
    bounds = tail_bound(torch.tensor(1.0).double(), p, torch.zeros_like(p))
    assert bool((distances <= bounds + 1e-12).all())
    assert float(distances[0] / bounds[0]) == pytest.approx(1.0, abs=2e-3)


@pytest.mark.parametrize("exponent", [1.25, 2.0])
def test_tail_bound_holds_along_random_chains(exponent):
    x = torch.rand(20, 5, generator=torch.Generator().manual_seed(1), dtype=torch.float64)
    layers = perturbed_identities(5, 2_000, exponent, torch.Generator().manual_seed(2), batch=(4,), bias_scale=0.5)
    states = hidden_states(x, layers, range(2_000))
    norms = perturbation_norms(2_000, exponent, 0.5)
    bound = tail_bound(x.abs().max(), norms, norms)
    for depth in (0, 1, 10, 100, 1_000):
        assert (states[depth] - states[1_999]).abs().amax() <= bound[depth]


def test_row_bound_by_hand():
    norms = torch.tensor([1.0, 0.5, 0.25, 0.125]).double()
    offs = torch.tensor([0, 2, 0]), torch.tensor([0, 2, 3])
    found = row_change_bound(norms, (2, 4), offs)
    largest = math.exp(1.875)
    # never off; off before n only; off in between, and before never
    assert found.tolist() == pytest.approx([0.375 * largest, 0.375 * largest, (0.125 + 1.0) * largest])


def test_row_bound_holds_along_random_products():
    generator = torch.Generator().manual_seed(3)
    masks = itertools.cycle(torch.tensor([[True, True, False], [True, False, True], [True, True, True]]))
    weights = (W for W, _ in perturbed_identities(3, 600, 1.5, generator, batch=(10,), scale=1.0, first=1))
    found = masked_products(weights, masks, [100, 301])
    bound = row_change_bound(
        perturbation_norms(600, 1.5, 1.0, first=1), (100, 301), (found[100].last_off, found[301].last_off)
    )
    change = (found[301].product - found[100].product).abs().sum(-1)
    assert bool((change <= bound).all())


def test_refusals(unchecked):
    two, three = torch.ones(2).double(), torch.ones(3).double()
    with pytest.raises(ValueError, match="biases has shape"):
        unchecked(tail_bound)(torch.tensor(1.0), two, three)
    with pytest.raises(ValueError, match="no negative number"):
        tail_bound(torch.tensor(1.0).double(), -two, two)
    with pytest.raises(ValueError, match=r"lengths is \(2, 9\); expected 0 < n < N <= 3"):
        row_change_bound(three, (2, 9), (torch.tensor([0]), torch.tensor([0])))
    with pytest.raises(ValueError, match="first is 3 and depth 2"):
        perturbation_norms(2, 1.0, 1.0, first=3)
