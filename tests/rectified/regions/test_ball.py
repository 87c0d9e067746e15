import itertools

import numpy as np
import pytest
import torch
from scipy.optimize import minimize

from rectified.networks import random_layers
from rectified.reference.counting import zaslavsky_by_recurrence
from rectified.regions.ball import regions_in_ball
from rectified.regions.patterns import activation_pattern, distinct_patterns, num_distinct, region_inequalities
from rectified.regions.planar import faces_in_disc, planar_partition
from tests.cases import random_network, random_points


def one_hidden_layer(W, b):
    """A network whose boundaries are the hyperplanes W x + b = 0."""
    return [
        (torch.tensor(W).double(), torch.tensor(b).double()),
        (torch.ones(1, len(b)).double(), torch.zeros(1).double()),
    ]


def rows(patterns):
    return {tuple(pattern) for pattern in patterns.tolist()}


def brute_force(layers, center, radius):
    """All 2^neurons patterns, each by a general solver: does its closed polytope, made a little smaller, come near?"""
    found = set()
    for signs in itertools.product((False, True), repeat=sum(len(b) for _, b in layers[:-1])):
        A, b = (part.numpy() for part in region_inequalities(layers, torch.tensor(signs)))
        inside = {"type": "ineq", "fun": lambda x, A=A, b=b: b - 1e-6 - A @ x, "jac": lambda x, A=A: -A}
        start = center.numpy() + 0.01
        result = minimize(
            lambda x: np.sum((x - center.numpy()) ** 2),
            start,
            method="SLSQP",
            constraints=inside,
            options={"maxiter": 200},
        )
        if result.success and result.fun < radius**2:
            found.add(signs)
    return found


@pytest.mark.parametrize(
    ("widths", "seed"), [([2, 5, 1], 0), ([2, 3, 3, 1], 1), ([3, 4, 3, 1], 2), ([3, 3, 2, 2, 1], 3)]
)
def test_as_all_patterns_one_by_one(widths, seed):
    layers, center = random_network(widths, seed), random_points(1, widths[0], seed)[0]
    assert rows(regions_in_ball(layers, center, 1.5, most_regions=200)) == brute_force(layers, center, 1.5)


@pytest.mark.parametrize("seed", range(12))
def test_as_the_exact_partition_of_the_plane(seed):
    layers, center = random_network([2, *[6] * (seed % 3 + 1), 1], seed), random_points(1, 2, seed)[0]
    radius = 0.1 * 1.4**seed
    corners = (tuple((center + sign * 1.01 * radius).tolist()) for sign in (-1, 1))
    partition = planar_partition(layers, *corners)
    inside = partition.patterns[torch.from_numpy(faces_in_disc(partition, tuple(center.tolist()), radius))]
    assert rows(inside) == rows(regions_in_ball(layers, center, radius, most_regions=500))


@pytest.mark.parametrize("dim", [1, 2, 3, 4])
def test_a_large_ball_meets_all_cells_of_an_arrangement(dim, rng):
    layers = one_hidden_layer(rng.normal(size=(7, dim)), 0.1 * rng.normal(size=7))
    found = regions_in_ball(layers, torch.zeros(dim).double(), 1e4, most_regions=200)
    assert len(found) == zaslavsky_by_recurrence(7, dim)


@pytest.mark.parametrize("seed", range(4))
def test_sampled_patterns_are_among_those_found(seed, generator):
    layers, center = random_network([4, 8, 8, 1], seed), random_points(1, 4, seed)[0]
    found = regions_in_ball(layers, center, 0.5, most_regions=500)
    direction = torch.randn(50_000, 4, generator=generator).double()
    length = 0.5 * torch.rand(50_000, 1, generator=generator).double()
    sampled = activation_pattern(layers, center + length * direction / direction.norm(dim=1, keepdim=True))
    assert rows(distinct_patterns(sampled)) <= rows(found)
    assert num_distinct(found) == len(found)


@pytest.mark.parametrize("seed", range(6))
def test_without_biases_several_neurons_change_at_one_facet(seed, generator):
    """Where one neuron of the first layer is on, all of the second vanish with it; the sampled patterns tell."""
    layers = random_layers([2, 3, 4, 1], generator.manual_seed(seed))
    found = regions_in_ball(layers, torch.zeros(2).double(), 1.0, most_regions=100)
    angle = torch.linspace(0, 2 * torch.pi, 100_001).double()[:-1] + 1e-5
    around = torch.stack([angle.cos(), angle.sin()], dim=1)
    assert rows(found) == rows(distinct_patterns(activation_pattern(layers, 0.5 * around)))


def test_equal_hyperplanes_are_crossed_together():
    layers = one_hidden_layer([[1.0, 0.0], [-2.0, 0.0], [1.0, 1.0]], [0.0, 0.0, 0.1])
    found = regions_in_ball(layers, torch.tensor([0.5, 0.0]).double(), 1.0, most_regions=10)
    assert rows(found) == {(True, False, True), (True, False, False), (False, True, True), (False, True, False)}


def test_a_ball_that_only_touches_a_boundary_meets_one_region():
    layers = one_hidden_layer([[1.0, 0.0]], [0.0])
    center = torch.tensor([1.0, 3.0]).double()
    assert len(regions_in_ball(layers, center, 1.0, most_regions=10)) == 1
    assert len(regions_in_ball(layers, center, 1.0 + 1e-6, most_regions=10)) == 2


def test_the_first_pattern_is_that_of_the_centre():
    layers, center = random_network([3, 6, 4, 1], 5), random_points(1, 3, 5)[0]
    assert torch.equal(regions_in_ball(layers, center, 2.0, most_regions=500)[0], activation_pattern(layers, center))


def test_too_many_regions_are_refused():
    layers, center = random_network([2, 8, 1], 0), torch.zeros(2).double()
    with pytest.raises(ValueError, match=r"the ball of radius 5\.0 meets more than most_regions = 3 regions"):
        regions_in_ball(layers, center, 5.0, most_regions=3)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"center": torch.zeros(3).double()}, r"center is torch.float64 of shape \(3,\); expected float64 \(2,\)"),
        ({"center": torch.zeros(2)}, r"center is torch.float32 of shape \(2,\)"),
        ({"radius": 0.0}, r"radius is 0\.0; expected a positive number"),
        ({"radius": float("nan")}, r"radius is nan"),
        ({"most_regions": 0}, r"most_regions is 0; expected at least 1"),
        ({"layers": random_network([2, 1], 0)}, r"layers has no hidden layer"),
        ({"layers": [(torch.ones(1, 2), torch.zeros(1))] * 2}, r"layers"),
    ],
)
def test_bad_input_is_refused(change, message, unchecked):
    arguments = {"layers": random_network([2, 3, 1], 0), "center": torch.zeros(2).double(), "radius": 1.0}
    with pytest.raises(ValueError, match=message):
        unchecked(regions_in_ball)(**({"most_regions": 10} | arguments | change))
