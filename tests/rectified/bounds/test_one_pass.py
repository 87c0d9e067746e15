"""One backward pass through parallel lines against two, which know nothing of their being parallel."""

import pytest
import torch

from rectified.bounds.crown import crown_bounds, fast_lin_bounds, multiply_adds
from rectified.bounds.relaxations import LowerSlope
from rectified.bounds.specifications import margin_specification
from rectified.networks import forward
from tests.cases import NORMS, random_network, random_points

ROUNDING = 1e-11  # sums of a few hundred products of numbers of size 1 to 10, in float64
NETWORK = random_network([6, 12, 10, 3], seed=1)


def margins(center, layers):
    logits = forward(layers, center)
    return margin_specification(logits.argmax(1), logits.shape[1])


WIDE = random_network([20, 60, 60, 60, 5], seed=4)


@pytest.mark.parametrize("p", NORMS)
@pytest.mark.parametrize("eps", [0.001, 0.01, 0.1, 1.0])
@pytest.mark.parametrize("skip", [True, False])
@pytest.mark.parametrize("layers", [NETWORK, WIDE, NETWORK[:1]], ids=["small", "wide", "one"])
def test_one_pass_through_parallel_lines_is_two(p, eps, skip, layers):
    """Fast-Lin's bounds are those of CROWN with the same lines, and so are its linear functions."""
    center = random_points(7, layers[0][0].shape[1], seed=5)
    options = {"specification": margins(center, layers), "skip_decided": skip}
    for lower_only in (False, True):
        found = fast_lin_bounds(layers, center, eps, p, lower_only=lower_only, **options)
        expected = crown_bounds(layers, center, eps, p, slope=LowerSlope.PARALLEL, lower_only=lower_only, **options)
        pairs = [(found.lower, expected.lower), *zip(found.lower_function, expected.lower_function, strict=True)]
        if not lower_only:
            pairs += [(found.upper, expected.upper), *zip(found.upper_function, expected.upper_function, strict=True)]
        else:
            assert found.upper is None
        for ours, theirs in pairs:
            torch.testing.assert_close(ours, theirs, rtol=1e-10, atol=ROUNDING)
        if not skip:
            for ours, theirs in zip(found.hidden, expected.hidden, strict=True):
                torch.testing.assert_close(ours.lower, theirs.lower, rtol=1e-10, atol=ROUNDING)
                torch.testing.assert_close(ours.upper, theirs.upper, rtol=1e-10, atol=ROUNDING)


@pytest.mark.parametrize("layers", [NETWORK, WIDE], ids=["small", "wide"])
def test_one_pass_costs_less_than_two(layers):
    center = random_points(7, layers[0][0].shape[1], seed=5)
    cost = {
        "one": multiply_adds(lambda: fast_lin_bounds(layers, center, 0.1, 2)),
        "two": multiply_adds(lambda: crown_bounds(layers, center, 0.1, 2, slope=LowerSlope.PARALLEL)),
    }
    assert 1.2 * cost["one"] <= cost["two"] <= 2.0 * cost["one"]
