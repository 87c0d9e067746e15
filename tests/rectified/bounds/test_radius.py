import math

import pytest
import torch

from rectified.bounds.crown import crown_bounds
from rectified.bounds.radius import Outcome, bisect, bracket, certified_radius
from rectified.bounds.specifications import margin_specification
from rectified.networks import forward
from tests.cases import NORMS, random_network, random_points

LINEAR = [(torch.tensor([[1.0, 2.0], [0.0, 0.0]]).double(), torch.zeros(2).double())]
POINTS = torch.tensor([[3.0, 4.0], [1e-9, 0.0], [-1.0, 0.0], [1e9, 0.0], [0.3, 0.0]]).double()
ROWS = margin_specification(torch.zeros(5, dtype=torch.long), 2)


@pytest.mark.parametrize("p", NORMS)
def test_linear_classifier_has_a_closed_form(p):
    """The distance to the line x1 + 2 x2 = 0 is the margin over the dual norm of (1, 2)."""
    result = certified_radius(LINEAR, POINTS, ROWS, p, relative_tolerance=1e-6)
    dual = {1.0: 2.0, 2.0: math.sqrt(5), math.inf: 3.0}[p]
    assert result.outcome == (Outcome.FOUND, Outcome.NOWHERE, Outcome.NOWHERE, Outcome.EVERYWHERE, Outcome.FOUND)
    assert result.radius[0].item() == pytest.approx(11 / dual, rel=2e-6)
    assert result.radius[4].item() == pytest.approx(0.3 / dual, rel=2e-6)
    assert result.radius[0].item() < 11 / dual
    assert result.radius[[1, 2]].tolist() == [0.0, 0.0]
    assert result.radius[3].item() == pytest.approx(0.05 * 10**6)


@pytest.mark.parametrize("p", NORMS)
def test_certificate_holds_at_the_radius(p):
    layers, center = random_network([5, 10, 10, 3], seed=0), random_points(12, 5, seed=1)
    rows = margin_specification(forward(layers, center).argmax(1), 3)
    radius, outcome = certified_radius(layers, center, rows, p)
    assert set(outcome) == {Outcome.FOUND}
    assert bool((crown_bounds(layers, center, radius, p, specification=rows).lower > 0).all())
    above = crown_bounds(layers, center, radius / (1 - 1.01e-3), p, specification=rows).lower
    assert bool((above <= 0).any(1).float().mean() > 0.9)  # not all: the bound need not be monotone in the radius


def test_each_image_has_its_own_search():
    layers, center = random_network([5, 10, 3], seed=2), random_points(6, 5, seed=3)
    rows = margin_specification(forward(layers, center).argmax(1), 3)
    whole = certified_radius(layers, center, rows, 2).radius
    alone = [certified_radius(layers, center[i : i + 1], rows[i : i + 1], 2).radius[0] for i in range(6)]
    assert torch.equal(whole, torch.stack(alone))


def test_bracket_and_bisection_find_a_threshold():
    thresholds = torch.tensor([0.037, 5.0, 0.0, math.inf]).double()

    def holds(eps, which):
        return eps[which] < thresholds[which]

    low, high = bracket(holds, torch.full((4,), 0.1).double(), 3)
    assert low.tolist() == pytest.approx([0.01, 1.0, 0.0, 100.0])
    assert high.tolist() == pytest.approx([0.1, 10.0, 1e-4, math.inf])
    low, high = bisect(holds, low, high, 1e-6)
    assert low[:2].tolist() == pytest.approx([0.037, 5.0], rel=1e-6)
    assert bool((low[:2] < thresholds[:2]).all() and (high[:2] >= thresholds[:2]).all())


def test_bad_input_is_named():
    with pytest.raises(ValueError, match=r"relative_tolerance are 0\.0, 6, 0\.001; expected positive"):
        certified_radius(LINEAR, POINTS, ROWS, 2, start=0.0)
