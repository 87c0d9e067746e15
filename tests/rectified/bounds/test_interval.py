import itertools
import math

import pytest
import torch

from rectified.activations.elementwise import RELU, SIGMOID, TANH
from rectified.bounds.interval import Interval, affine_image, first_interval, interval_bounds, merged
from rectified.networks import forward
from rectified.reference.sampling import sample_ball
from tests.cases import NORMS, random_network, random_points


def test_affine_image_is_attained_at_corners():
    W, b = random_network([3, 2], seed=0)[0]
    box = Interval(torch.tensor([[-1.0, 0.0, 2.0]]).double(), torch.tensor([[1.0, 0.5, 3.0]]).double())
    corners = torch.tensor(list(itertools.product(*zip(box.lower[0].tolist(), box.upper[0].tolist(), strict=True))))
    values = corners.double() @ W.T + b
    image = affine_image(W, b, box)
    assert torch.allclose(image.lower[0], values.amin(0), atol=1e-12)
    assert torch.allclose(image.upper[0], values.amax(0), atol=1e-12)
    per_image = affine_image(W[None], b[None], box)
    assert torch.allclose(per_image.lower, image.lower)


@pytest.mark.parametrize("p", NORMS)
@pytest.mark.parametrize("activation", [RELU, TANH, SIGMOID], ids=lambda a: a.name)
def test_sound(p, activation, generator):
    layers, center = random_network([5, 8, 8, 3], seed=1), random_points(2, 5, seed=2)
    outputs = interval_bounds(layers, center, 0.3, p, activation)[-1]
    for image, x in enumerate(center):
        y = forward(layers, sample_ball(x, 0.3, p, 2000, generator), activation)
        assert bool((y >= outputs.lower[image] - 1e-12).all())
        assert bool((y <= outputs.upper[image] + 1e-12).all())


def test_by_hand():
    """x in [-1, 1]: ReLU(x) and ReLU(-x) lie in [0, 1]; their sum in [0, 2], though |x| never exceeds 1."""
    layers = [(torch.tensor([[1.0], [-1.0]]), torch.zeros(2)), (torch.ones(1, 2), torch.zeros(1))]
    hidden, output = interval_bounds(layers, torch.zeros(1, 1), 1.0, math.inf)
    assert hidden.upper.tolist() == [[1.0, 1.0]]
    assert (output.lower.item(), output.upper.item()) == (0.0, 2.0)


def test_merging_the_specification_is_tighter_than_subtracting():
    layers, center = random_network([4, 6, 3], seed=3), random_points(5, 4, seed=4)
    row = torch.tensor([[1.0, -1.0, 0.0]]).double()
    together = interval_bounds(layers, center, 0.2, 2, specification=row)[-1].lower[:, 0]
    logits = interval_bounds(layers, center, 0.2, 2)[-1]
    assert bool((together >= logits.lower[:, 0] - logits.upper[:, 1] - 1e-12).all())


def test_first_interval_per_image_equals_shared():
    (W, b), center = random_network([4, 3], seed=5)[0], random_points(2, 4, seed=6)
    eps = torch.tensor([0.1, 0.2]).double()
    shared = first_interval(W, b, center, eps, 1)
    each = first_interval(W.expand(2, -1, -1), b.expand(2, -1), center, eps, 1)
    assert torch.allclose(shared.lower, each.lower, atol=1e-12)
    assert torch.allclose(shared.upper, each.upper, atol=1e-12)


def test_specification_is_checked():
    with pytest.raises(ValueError, match=r"specification has shape \(1, 2\); expected \(specs, 3\)"):
        merged((torch.zeros(3, 4), torch.zeros(3)), torch.zeros(1, 2))
