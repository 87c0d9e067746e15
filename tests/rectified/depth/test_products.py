import itertools

import numpy as np
import pytest
import torch

from rectified.depth.chains import gaussian_layers
from rectified.depth.products import coin_masks, masked_products


def test_products_are_those_of_numpy():
    generator = torch.Generator().manual_seed(1)
    W = torch.randn(9, 2, 4, 4, generator=generator, dtype=torch.float64)
    masks = torch.rand(9, 2, 4, generator=generator) < 0.7
    found = masked_products(W, masks, [1, 5, 9])
    assert list(found) == [1, 5, 9]
    for seed in range(2):
        M = np.eye(4)
        for factor, mask in zip(W[:, seed].numpy(), masks[:, seed].numpy(), strict=True):
            M = np.diag(mask.astype(float)) @ factor @ M
        assert np.allclose(found[9].product[seed].numpy(), M)
        off = [1 + max(np.flatnonzero(~masks[:, seed, row].numpy()), default=-1) for row in range(4)]
        assert found[9].last_off[seed].tolist() == off


def test_rows_that_are_off_are_zero():
    masks = itertools.cycle(torch.tensor([[True, False], [True, True]]))
    weights = itertools.repeat(torch.full((2, 2), 0.5, dtype=torch.float64))
    found = masked_products(weights, masks, [3, 4])
    assert found[3].product[1].tolist() == [0.0, 0.0]
    assert found[4].last_off.tolist() == [0, 3]


def test_coins_are_fair_and_some_rows_always_on():
    masks = torch.stack(
        list(itertools.islice(coin_masks(3, torch.Generator().manual_seed(1), batch=(5,), always_on=1), 2_000))
    )
    assert bool(masks[..., 0].all())
    assert masks[..., 1:].double().mean().item() == pytest.approx(0.5, abs=0.02)


def test_refusals(unchecked):
    generator = torch.Generator().manual_seed(1)
    weights = [W for W, _ in gaussian_layers(2, 4, generator)]
    with pytest.raises(ValueError, match="ended after 3; expected at least 7"):
        masked_products(weights, coin_masks(2, generator), [7])
    square, wide = torch.ones(2, 2), torch.ones(2, 3)
    with pytest.raises(ValueError, match=r"factor 1 has shape \(2, 3\)"):
        unchecked(masked_products)([wide], coin_masks(2, generator), [1])
    with pytest.raises(ValueError, match=r"factor 2 has shape .* 2 as for the first factor"):
        unchecked(masked_products)([square, torch.ones(3, 3)], coin_masks(2, generator), [2])
    with pytest.raises(ValueError, match="a mask of 3 rows"):
        unchecked(masked_products)([square], coin_masks(3, generator), [1])
    with pytest.raises(ValueError, match=r"lengths is \[0\]"):
        masked_products(weights, coin_masks(2, generator), [0])
    with pytest.raises(ValueError, match="width is 2 and always_on 3"):
        coin_masks(2, generator, always_on=3)
