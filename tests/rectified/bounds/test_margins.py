import pytest
import torch

from rectified.activations.elementwise import TANH
from rectified.bounds.crown import margin_specification
from rectified.bounds.margins import crown_margins, fast_lin_margins, interval_margins
from rectified.networks import forward
from rectified.reference.sampling import sample_ball
from tests.cases import NORMS, random_network, random_points

METHODS = [crown_margins, fast_lin_margins, interval_margins]


@pytest.mark.parametrize("p", NORMS)
@pytest.mark.parametrize("method", METHODS, ids=lambda m: m.__name__)
def test_below_every_sampled_margin(method, p, generator):
    layers, center = random_network([5, 9, 9, 3], seed=0), random_points(3, 5, seed=1)
    rows = margin_specification(forward(layers, center).argmax(1), 3)
    lower = method(layers, center, 0.2, p, specification=rows)
    for image, x in enumerate(center):
        sampled = forward(layers, sample_ball(x, 0.2, p, 2000, generator)) @ rows[image].T
        assert bool((lower[image] <= sampled.amin(0) + 1e-12).all())


def test_other_activations():
    layers, center = random_network([5, 9, 3], seed=2), random_points(2, 5, seed=3)
    rows = margin_specification(torch.tensor([0, 1]), 3)
    tight, loose = (m(layers, center, 0.1, 2, TANH, specification=rows) for m in (crown_margins, interval_margins))
    assert bool((tight.mean() > loose.mean()).all())
    with pytest.raises(ValueError, match="activation is tanh; expected relu"):
        fast_lin_margins(layers, center, 0.1, 2, TANH, specification=rows)
