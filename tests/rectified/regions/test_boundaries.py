import math

import pytest
import torch

from rectified.networks import forward, random_layers
from rectified.regions import boundaries
from rectified.regions.boundaries import boundary_distance
from rectified.regions.patterns import pre_activations


@pytest.mark.parametrize(("p", "distance"), [(1.0, 1.0 / 4.0), (2.0, 1.0 / 5.0), (math.inf, 1.0 / 7.0)])
def test_one_hyperplane_has_the_distance_of_the_dual_norm(p: float, distance: float) -> None:
    layers = [(torch.tensor([[3.0, -4.0]]), torch.tensor([1.0])), (torch.tensor([[1.0]]), torch.tensor([0.0]))]
    assert boundary_distance(layers, torch.zeros(2), p).item() == pytest.approx(distance)


def test_a_network_without_hidden_layer_has_no_boundary() -> None:
    assert boundary_distance([(torch.ones(1, 2), torch.zeros(1))], torch.ones(2), 2.0).item() == math.inf


@pytest.mark.parametrize("p", [1.0, 2.0, math.inf])
def test_no_sign_changes_before_the_distance_and_one_changes_at_it(p: float, generator) -> None:
    layers = random_layers([3, 8, 8, 1], generator)
    x = torch.randn(3, generator=generator, dtype=torch.float64)
    distance = boundary_distance(layers, x, p)
    signs = pre_activations(layers, x) > 0
    directions = torch.randn(20_000, 3, generator=generator, dtype=torch.float64)
    directions = directions / torch.linalg.vector_norm(directions, ord=p, dim=1, keepdim=True)
    inside = pre_activations(layers, x + 0.999 * distance * directions) > 0
    outside = pre_activations(layers, x + 1.1 * distance * directions) > 0
    assert (inside == signs).all()
    assert not (outside == signs).all()


def test_the_network_is_linear_up_to_the_distance(generator) -> None:
    layers = random_layers([3, 8, 8, 1], generator)
    x = torch.randn(3, generator=generator, dtype=torch.float64)
    step = torch.randn(3, generator=generator, dtype=torch.float64)
    step = 0.99 * boundary_distance(layers, x, 2.0) * step / step.norm()
    ends = forward(layers, torch.stack([x - step, x, x + step]))
    assert (ends[0] + ends[2] - 2.0 * ends[1]).abs().item() < 1e-12


def test_many_points_are_measured_as_each_alone(generator, monkeypatch) -> None:
    layers = random_layers([3, 8, 8, 1], generator)
    points = torch.randn(2, 5, 3, generator=generator, dtype=torch.float64)
    together = boundary_distance(layers, points, 2.0)
    alone = torch.stack([boundary_distance(layers, x, 2.0) for x in points.reshape(10, 3)]).reshape(2, 5)
    torch.testing.assert_close(together, alone, rtol=1e-13, atol=0.0)
    monkeypatch.setattr(boundaries, "MOST_NUMBERS", 1)
    torch.testing.assert_close(boundary_distance(layers, points, 2.0), alone, rtol=1e-13, atol=0.0)


def test_dead_neurons_have_no_boundary(generator) -> None:
    layers = [
        (torch.tensor([[1.0, 0.0]]).double(), torch.tensor([-5.0]).double()),
        (torch.tensor([[2.0]]).double(), torch.tensor([-1.0]).double()),  # constant while the first is off
        (torch.ones(1, 1).double(), torch.zeros(1).double()),
    ]
    assert boundary_distance(layers, torch.zeros(2).double(), 2.0).item() == pytest.approx(5.0)


def test_points_of_another_length_are_refused(generator) -> None:
    with pytest.raises(ValueError, match=r"x has shape \(1, 2\); expected \(..., 3\)"):
        boundary_distance(random_layers([3, 4, 1], generator), torch.zeros(2).double(), 2.0)
