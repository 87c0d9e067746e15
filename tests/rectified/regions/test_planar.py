import numpy as np
import pytest
import torch

from rectified.networks import forward, random_layers
from rectified.reference.patterns import feasible_patterns
from rectified.regions.patterns import activation_pattern, local_affine_map, num_distinct
from rectified.regions.planar import faces_in_disc, planar_partition
from tests.cases import as_arrays, random_network

LOW, HIGH = (-2.0, -2.0), (2.0, 2.0)
SMALL = [[2, 1, 1], [2, 5, 1], [2, 4, 4, 1], [2, 3, 3, 3, 2], [2, 10]]


def rows(patterns):
    return sorted(map(tuple, np.asarray(patterns).tolist()))


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("widths", SMALL)
def test_the_regions_are_those_of_brute_force(widths, seed):
    layers = random_network(widths, seed)
    expected = feasible_patterns(as_arrays(layers), np.array(LOW), np.array(HIGH))
    found = planar_partition(layers, LOW, HIGH)
    assert rows(found.patterns) == rows(expected)


@pytest.mark.parametrize("seed", range(3))
def test_faces_tile_the_rectangle_with_one_pattern_each(seed):
    layers = random_network([2, 12, 12, 1], seed)
    found = planar_partition(layers, LOW, HIGH)
    assert found.areas().sum() == pytest.approx(16.0, rel=1e-12)
    assert found.areas().min() > 0
    assert num_distinct(found.patterns) == len(found)
    for polygon, pattern in zip(found.polygons(), found.patterns, strict=True):
        inside = torch.from_numpy(0.999 * polygon + 0.001 * polygon.mean(0))
        assert (activation_pattern(layers, inside) == pattern).all()


def test_sampled_points_have_the_patterns_of_their_faces(generator):
    layers = random_network([2, 16, 16, 2], 7)
    found = {tuple(row) for row in planar_partition(layers, LOW, HIGH).patterns.tolist()}
    points = 4.0 * torch.rand(20_000, 2, generator=generator, dtype=torch.float64) - 2.0
    assert {tuple(row) for row in activation_pattern(layers, points).tolist()} <= found


def test_networks_without_biases_are_cut_into_cones(generator):
    # All lines of the first layer meet at the origin; the second layer's boundaries are rays from there.
    layers = random_layers([2, 6, 4, 1], generator)
    found = planar_partition(layers, LOW, HIGH)
    angles = torch.linspace(0, 2 * torch.pi, 200_001, dtype=torch.float64)
    around = activation_pattern(layers, torch.stack([angles.cos(), angles.sin()], dim=1))
    assert len(found) == num_distinct(around)
    assert all(np.linalg.norm(polygon, axis=1).min() < 1e-12 for polygon in found.polygons())


def test_a_disc_meets_the_faces_that_a_fine_sample_of_it_meets(generator):
    layers = random_network([2, 8, 8, 1], 3)
    found = planar_partition(layers, LOW, HIGH)
    for _ in range(20):
        x, y, u = torch.rand(3, generator=generator).tolist()
        center, radius = (2 * x - 1, 2 * y - 1), 0.05 + 0.9 * u
        met = faces_in_disc(found, center, radius)
        step = torch.randn(40_000, 2, generator=generator, dtype=torch.float64)
        shrink = torch.rand(40_000, 1, generator=generator, dtype=torch.float64).sqrt()
        points = torch.tensor(center).double() + radius * shrink * step / step.norm(dim=1, keepdim=True)
        sampled = set(rows(activation_pattern(layers, points)))
        counted = set(rows(found.patterns[torch.from_numpy(met)]))
        assert sampled <= counted
        corners = [
            np.linalg.norm(p - center, axis=1).min() for p, m in zip(found.polygons(), met, strict=True) if not m
        ]
        assert min(corners, default=radius) >= radius


def test_a_disc_inside_one_face_meets_it_alone():
    cross = [(torch.eye(2).double(), torch.zeros(2).double()), (torch.ones(1, 2).double(), torch.zeros(1).double())]
    found = planar_partition(cross, LOW, HIGH)
    assert faces_in_disc(found, (1.0, 1.0), 0.5).sum() == 1
    assert faces_in_disc(found, (1.0, 0.4), 0.5).sum() == 2
    assert faces_in_disc(found, (0.4, 0.4), 0.5).sum() == 3  # the corner is 0.57 away
    assert faces_in_disc(found, (0.3, 0.3), 0.5).sum() == 4


def test_on_every_face_the_network_is_the_affine_map_of_its_centre():
    layers = random_network([2, 8, 8, 2], 8)
    found = planar_partition(layers, LOW, HIGH)
    maps = local_affine_map(layers, found.centres)
    for idx, polygon in enumerate(found.polygons()):
        corners = torch.from_numpy(polygon)
        values = corners @ maps.slope[idx].T + maps.offset[idx]
        torch.testing.assert_close(values, forward(layers, corners), rtol=0, atol=1e-10)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: planar_partition(random_network([3, 2, 1], 0), LOW, HIGH), "layers has 3 inputs; expected 2"),
        (lambda: planar_partition(random_network([2, 2, 1], 0), HIGH, LOW), "expected low below high"),
        (
            lambda: planar_partition([(torch.eye(2), torch.zeros(2)), (torch.eye(2), torch.zeros(2))], LOW, HIGH),
            r"layers has dtype torch.float32; expected torch.float64",
        ),
        (
            lambda: planar_partition(random_network([2, 9, 1], 0), LOW, HIGH, most_faces=5),
            r"layers has \d+ regions in the rectangle up to layer 1; at most 5 \(most_faces\) are allowed",
        ),
        (
            lambda: faces_in_disc(planar_partition(random_network([2, 9, 1], 0), LOW, HIGH), (0.0, 0.0), 0.0),
            "radius is 0",
        ),
        (
            lambda: faces_in_disc(planar_partition(random_network([2, 9, 1], 0), LOW, HIGH), (1.5, 0.0), 1.0),
            r"center is \(1.5, 0.0\), and a disc of radius 1.0 around it leaves the rectangle",
        ),
    ],
)
def test_what_cannot_be_done_is_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()
