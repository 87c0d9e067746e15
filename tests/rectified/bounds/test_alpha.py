import math

import pytest
import torch

from rectified.bounds.alpha import optimised_slopes_bound
from rectified.bounds.crown import crown_bounds, margin_specification
from rectified.networks import forward
from rectified.reference.programs import triangle_lp_bound
from tests.cases import NORMS, as_arrays, random_network, random_points

NETWORK = random_network([6, 12, 12, 3], seed=0)
CENTER = random_points(4, 6, seed=1)
ROWS = margin_specification(forward(NETWORK, CENTER).argmax(1), 3)


@pytest.mark.parametrize("p", NORMS)
def test_no_steps_is_crown_and_steps_never_hurt(p):
    crown = crown_bounds(NETWORK, CENTER, 0.3, p, specification=ROWS, lower_only=True).lower
    assert torch.equal(optimised_slopes_bound(NETWORK, CENTER, 0.3, p, ROWS, steps=0), crown)
    optimised = optimised_slopes_bound(NETWORK, CENTER, 0.3, p, ROWS)
    assert bool((optimised >= crown).all())
    assert bool((optimised > crown + 1e-3).any())


@pytest.mark.parametrize("p", [1, math.inf])
def test_approaches_the_triangle_relaxation_from_below(p):
    """With fixed hidden bounds, the best slopes reach the linear program's value (Salman et al. 2019)."""
    crown = crown_bounds(NETWORK, CENTER, 0.3, p, specification=ROWS, skip_decided=False)
    bound = optimised_slopes_bound(NETWORK, CENTER, 0.3, p, ROWS, steps=300, learning_rate=0.05)
    for image in range(4):
        hidden = [(box.lower[image].numpy(), box.upper[image].numpy()) for box in crown.hidden]
        row = ROWS[image, 0].numpy()
        ceiling = triangle_lp_bound(as_arrays(NETWORK), CENTER[image].numpy(), 0.3, p, hidden, row)
        assert bound[image, 0].item() <= ceiling + 1e-6
        assert ceiling - bound[image, 0].item() <= 0.2 * (ceiling - crown.lower[image, 0].item()) + 1e-6


def test_needs_a_hidden_layer():
    with pytest.raises(ValueError, match="layers has length 1; expected a hidden layer"):
        optimised_slopes_bound(NETWORK[:1], CENTER, 0.1, 2, ROWS)
