import math

import pytest
import torch

from rectified.activations.elementwise import TANH
from rectified.bounds.attacks import attack_radius, margins_at, pgd_attack
from rectified.bounds.crown import crown_bounds
from rectified.bounds.radius import certified_radius
from rectified.bounds.specifications import margin_specification
from rectified.networks import forward
from tests.cases import NORMS, random_network, random_points

NETWORK = random_network([5, 12, 12, 3], seed=0)
CENTER = random_points(6, 5, seed=1)
ROWS = margin_specification(forward(NETWORK, CENTER).argmax(1), 3)


@pytest.mark.parametrize("p", NORMS)
def test_exact_on_a_linear_network(p):
    attack = pgd_attack(NETWORK[:1], CENTER, 0.3, torch.eye(12).double().expand(6, -1, -1), p, steps=5)
    W, b = NETWORK[0]
    reach = 0.3 * torch.linalg.vector_norm(W, ord={1: math.inf, 2: 2, math.inf: 1}[p], dim=1)
    assert torch.allclose(attack.margin, CENTER @ W.T + b - reach, atol=1e-12)


@pytest.mark.parametrize("p", NORMS)
def test_points_lie_in_the_ball_and_have_the_margins(p):
    attack = pgd_attack(NETWORK, CENTER, 0.4, ROWS, p, TANH)
    distance = torch.linalg.vector_norm(attack.point - CENTER[:, None], ord=p, dim=-1)
    assert bool((distance <= 0.4 + 1e-12).all())
    assert torch.allclose(margins_at(NETWORK, attack.point, ROWS, TANH), attack.margin, atol=1e-12)
    bound = crown_bounds(NETWORK, CENTER, 0.4, p, TANH, specification=ROWS).lower
    assert bool((bound <= attack.margin + 1e-12).all())


@pytest.mark.parametrize("p", NORMS)
def test_at_least_as_good_as_sampling(p, generator):
    from rectified.reference.sampling import sample_ball

    single = pgd_attack(NETWORK, CENTER, 0.4, ROWS, p)
    attack = pgd_attack(NETWORK, CENTER, 0.4, ROWS, p, restarts=5, generator=generator)
    assert bool((attack.margin <= single.margin).all())
    sampled = torch.stack([forward(NETWORK, sample_ball(x, 0.4, p, 4000, generator)) for x in CENTER])
    lowest = (sampled @ ROWS.transpose(1, 2)).amin(dim=1)
    assert int((attack.margin <= lowest + 1e-12).sum()) >= 11  # of 12: descents can miss a valley that sampling meets


@pytest.mark.parametrize("p", NORMS)
def test_certified_below_attacked(p):
    attacked = attack_radius(NETWORK, CENTER, ROWS, p)
    certified = certified_radius(NETWORK, CENTER, ROWS, p).radius
    assert bool((certified <= attacked).all())
    margin = pgd_attack(NETWORK, CENTER, attacked, ROWS, p).margin
    assert bool((margin <= 0).any(1).all())


def test_restarts_need_a_generator():
    with pytest.raises(ValueError, match=r"generator is None; expected a torch\.Generator for 2 random restarts"):
        pgd_attack(NETWORK, CENTER, 0.4, ROWS, 2, restarts=2)


def test_radius_of_a_linear_classifier_and_of_lost_cases():
    layers = [(torch.tensor([[1.0, 2.0], [0.0, 0.0]]).double(), torch.zeros(2).double())]
    points = torch.tensor([[3.0, 4.0], [-1.0, 0.0], [1e9, 0.0]]).double()
    radius = attack_radius(layers, points, margin_specification(torch.zeros(3, dtype=torch.long), 2), 2)
    assert radius[0].item() == pytest.approx(11 / math.sqrt(5), rel=0.011)
    assert radius[1:].tolist() == [0.0, math.inf]
