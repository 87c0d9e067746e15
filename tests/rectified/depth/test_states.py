import itertools

import numpy as np
import pytest
import torch

from rectified.depth.chains import gaussian_layers, perturbed_identities, scaled_identities
from rectified.depth.states import (
    direction_change,
    distances_to_deepest,
    hidden_states,
    relative_change,
    residual_states,
)


def source(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def test_states_are_those_of_a_loop_over_seeds_and_inputs():
    first = (torch.randn(2, 4, 3, generator=source(1), dtype=torch.float64), torch.ones(2, 4, dtype=torch.float64))
    x = torch.rand(5, 3, generator=source(2), dtype=torch.float64)
    chain = [first, *gaussian_layers(4, 6, source(3), batch=(2,), bias_scale=0.5)]
    found = hidden_states(x, chain, [1, 6])
    assert list(found) == [1, 6]
    for seed, point in itertools.product(range(2), range(5)):
        h = x[point].numpy()
        for W, b in chain:
            h = np.maximum(W[seed].numpy() @ h + b[seed].numpy(), 0.0)
        assert found[6][seed, point].tolist() == pytest.approx(h.tolist(), rel=1e-12, abs=1e-12)


def test_telescoping_product():
    one = torch.ones(1, 2, dtype=torch.float64)
    found = hidden_states(one, scaled_identities(2, (1 + 1 / n for n in itertools.count(2))), [999])
    assert found[999].tolist() == [pytest.approx([500.5, 500.5])]  # n runs from 2 to 1000: (1000 + 1) / 2


def test_the_iterable_is_read_as_far_as_needed():
    layers = scaled_identities(1, itertools.count(1))
    hidden_states(torch.ones(1, 1, dtype=torch.float64), layers, [0, 3])
    assert next(layers)[0].item() == 4


def test_ten_thousand_layers_keep_their_tail_short():
    x = torch.rand(4, 5, generator=source(1), dtype=torch.float64)
    found = hidden_states(x, perturbed_identities(5, 10_001, 2.0, source(2)), [5_000, 10_000])
    assert (found[5_000] - found[10_000]).abs().max() < 1e-3


def test_direction_does_not_see_lengths(unchecked):
    h = torch.tensor([[[3.0, 4.0], [1.0, 0.0]], [[1.0, 1.0], [0.0, 0.0]]]).double()
    turned = torch.tensor([[[4.0, -3.0], [2.0, 0.0]], [[5.0, 5.0], [1.0, 0.0]]]).double()
    assert direction_change(h, 1e-250 * h).abs().max() < 1e-15  # squares of such states are zero
    # by hand: the first chain turns one of two states by a right angle; the zero state of the second does not count
    assert direction_change(h, turned).tolist() == pytest.approx([1.0, 0.0], abs=1e-15)
    with pytest.raises(ValueError, match=r"later has shape \(1, 2\); expected that of earlier"):
        unchecked(direction_change)(h, h[0, :1])


def test_residual_states_are_those_of_a_loop():
    U = torch.randn(7, 6, 3, generator=source(1), dtype=torch.float64)
    V = torch.randn(7, 3, 6, generator=source(2), dtype=torch.float64)
    x = torch.randn(2, 3, generator=source(3), dtype=torch.float64)
    h, g = x.numpy(), x.numpy()
    for inner, outer in zip(U.numpy(), V.numpy(), strict=True):
        h = h + np.maximum(h @ inner.T, 0.0) @ outer.T
        g = g @ (np.eye(3) + outer @ inner).T
    branches = list(zip(U, V, strict=True))
    assert np.allclose(residual_states(x, branches, [7])[7].numpy(), h)
    assert np.allclose(residual_states(x, branches, [7], linear=True)[7].numpy(), g)


def test_relative_change():
    earlier = torch.tensor([[[3.0, 4.0]], [[0.0, 0.0]], [[0.0, 0.0]]])
    later = torch.tensor([[[3.0, 9.0]], [[0.0, 0.0]], [[1.0, 0.0]]])
    assert relative_change(earlier, later).tolist() == [1.0, 0.0, float("inf")]


def test_distances_of_a_known_product():
    x = torch.tensor([[1.0, 2.0], [3.0, 1.0]], dtype=torch.float64)  # after n doublings 2^n times as much
    found = distances_to_deepest(x, scaled_identities(2, itertools.repeat(2.0)), [0, 2], 3)
    assert found.tolist() == [3.0 * 7.0, 3.0 * 4.0]


def test_refusals(unchecked):
    one = torch.ones(1, 2, dtype=torch.float64)
    with pytest.raises(ValueError, match="layers ended after 3; expected at least 5"):
        hidden_states(one, scaled_identities(2, [1.0] * 3), [5])
    with pytest.raises(ValueError, match=r"depths is \[-1\]"):
        hidden_states(one, scaled_identities(2, [1.0] * 3), [-1])
    with pytest.raises(ValueError, match=r"depths is \[\]"):
        hidden_states(one, scaled_identities(2, [1.0] * 3), [])
    with pytest.raises(ValueError, match=r"layer 1 does not fit a state of shape \(1, 2\)"):
        unchecked(hidden_states)(one, scaled_identities(3, [1.0]), [1])
    with pytest.raises(ValueError, match="layer 1 does not fit"):
        unchecked(hidden_states)(one.float(), scaled_identities(2, [1.0]), [1])
    with pytest.raises(ValueError, match="later has shape"):
        unchecked(relative_change)(one, one[:, :1])
    with pytest.raises(ValueError, match="all of them below deepest, 3"):
        distances_to_deepest(one, scaled_identities(2, [1.0] * 3), [3], 3)
