"""Signs of pre-activations that are zero all over a region, against rational arithmetic."""

import itertools
from fractions import Fraction

import numpy as np
import pytest
import torch

from rectified.reference.patterns import feasible_patterns
from rectified.reference.rationals import exact_outputs
from rectified.regions.ball import regions_in_ball
from rectified.regions.boundaries import boundary_distance
from rectified.regions.disc import num_regions_in_disc
from rectified.regions.local_bound import local_region_bound
from rectified.regions.patterns import (
    activation_pattern,
    local_affine_map,
    neuron_affine_maps,
    num_distinct,
    region_inequalities,
)
from rectified.regions.planar import planar_partition
from rectified.regions.sampling import sampled_region_counts
from rectified.regions.signs import layers_on, rounding, signed_layers
from tests.cases import as_arrays, random_network

SEEDS = range(6)
LOW, HIGH = (-1.0, -1.0), (1.0, 1.0)


def layer(rows, bias=None):
    weight = torch.tensor(rows, dtype=torch.float64)
    return weight, torch.zeros(len(weight)).double() if bias is None else torch.tensor(bias, dtype=torch.float64)


def degenerate(seed, scale=1.0):
    """Copies of two neurons and sums of them that vanish: exactly in rational arithmetic, hardly ever in floats."""
    rng = np.random.default_rng(seed)
    u, v = rng.normal(size=(2, 2))  # times 3, 5 and 7, floats are rounded; so they are cut to 40 bits
    u, v = (np.round(part * 2**40) / 2**40 for part in (u, v))
    first = layer(np.stack([scale * u, 3 * u / scale, 5 * u, v, 7 * v]).tolist())
    # -15 + 15, 2 + 3 - 5, 7 - 7, and a neuron like any other
    second_rows = [[-15 / scale, 0, 3, 0, 0], [2 / scale, scale, -1, 0, 0], [0, 0, 0, 7, -1], [0.5, 0, 0, 1, 0]]
    second = layer(second_rows, [0.0, 0.0, 0.0, -0.25])
    third = layer([[1.0, 1.0, 1.0, 1.0], [-1.0, 2.0, 1.0, 0.0]])
    return [first, second, third, layer([[1.0, 1.0]])]


def exact_pattern(layers, x):
    arrays, found = as_arrays(layers), []
    for depth in range(1, len(arrays)):
        found += [value > 0 for value in exact_outputs(arrays[:depth], [Fraction(entry) for entry in x])]
    return found


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("scale", [1.0, 2.0**40])
def test_patterns_are_those_of_rational_arithmetic(seed, scale):
    layers = degenerate(seed, scale)
    x = torch.from_numpy(np.random.default_rng(seed).uniform(-1.0, 1.0, size=(30, 2)))
    expected = [exact_pattern(layers, point) for point in x.tolist()]
    assert activation_pattern(layers, x).tolist() == expected
    assert [activation_pattern(layers, point).tolist() for point in x] == expected


@pytest.mark.parametrize("seed", range(2))
def test_every_count_is_that_of_rational_arithmetic(seed):
    layers = degenerate(seed)
    exact = {tuple(row) for row in feasible_patterns(as_arrays(layers), np.array(LOW), np.array(HIGH)).tolist()}
    partition = planar_partition(layers, LOW, HIGH)
    assert {tuple(row) for row in partition.patterns.tolist()} == exact
    assert len(partition) == len(exact)
    center, generator = torch.tensor([[0.1, 0.2]], dtype=torch.float64), torch.Generator().manual_seed(seed)
    found = regions_in_ball(layers, center[0], 0.75, most_regions=100)
    assert {tuple(row) for row in found.tolist()} <= exact
    assert len(found) == num_regions_in_disc(layers, center[0], 0.75)
    assert int(sampled_region_counts(layers, center, 0.75, 5_000, generator)) <= len(found)
    counts = [local_region_bound(layers, center, 0.75, level=level).counts()[0] for level in (1, 2, 3)]
    assert min(counts) >= len(found)


def test_six_regions_of_which_two_were_rounding():
    layers = [layer([[1, 0], [2, 0], [3, 0], [0, 1]]), layer([[-1, -1, 1, 0]]), layer([[1]])]
    center = torch.tensor([[0.1, 0.2]], dtype=torch.float64)
    assert int(sampled_region_counts(layers, center, 0.9, 20_000, torch.Generator().manual_seed(0))) == 4
    assert len(regions_in_ball(layers, center[0], 0.9, most_regions=10)) == 4
    assert num_regions_in_disc(layers, center[0], 0.9) == 4
    points = torch.rand(5_000, 2, generator=torch.Generator().manual_seed(1)).double() * 2 - 1
    assert num_distinct(activation_pattern(layers, points)) == 4


@pytest.mark.parametrize("seed", SEEDS)
def test_a_neuron_that_is_zero_on_a_region_has_no_boundary_in_it(seed):
    layers = degenerate(seed)
    x = torch.from_numpy(np.random.default_rng(seed).uniform(-1.0, 1.0, size=(20, 2)))
    maps = neuron_affine_maps(layers, x)
    for k, point in enumerate(x):
        vanishes = ~maps.slope[k].any(-1)
        assert not (maps.offset[k][vanishes] != 0).logical_and(maps.offset[k][vanishes].abs() < 1e-9).any()
        A, b = region_inequalities(layers, activation_pattern(layers, point))
        lengths = A.norm(dim=1)
        expected = ((b - A @ point)[lengths > 0] / lengths[lengths > 0]).min()
        assert (lengths > 1e-6).sum() == (lengths > 0).sum()
        assert boundary_distance(layers, point, 2.0).item() == pytest.approx(float(expected))


@pytest.mark.parametrize("level", [2, 3])
@pytest.mark.parametrize("seed", SEEDS)
def test_a_neuron_that_is_zero_on_a_ball_is_stable_there(seed, level):
    layers = degenerate(seed)
    x = torch.from_numpy(np.random.default_rng(seed).uniform(-1.0, 1.0, size=(200, 2)))
    x = x[boundary_distance(layers, x, 2.0) > 1e-2]
    assert len(x) > 100
    assert not local_region_bound(layers, x, 1e-3, level=level).unstable.any()


@pytest.mark.parametrize("seed", SEEDS)
def test_a_neuron_that_vanishes_with_wide_and_deep_inputs(seed):
    """The sum of the copies of every neuron, weighted so that it vanishes, behind layers of 64."""
    hidden = random_network([20, 64, 64, 64, 1], seed)[:-1]
    (W, b), k = hidden[-1], torch.tensor([[1.0], [2.0], [-3.0]], dtype=torch.float64)
    copies = torch.cat([W, 2 * W, 3 * W]), torch.cat([b, 2 * b, 3 * b])
    weights = torch.rand(64, generator=torch.Generator().manual_seed(seed)).double()
    vanishing = (k * weights).reshape(1, -1), torch.zeros(1).double()
    layers = [*hidden[:-1], copies, vanishing, layer([[1.0]])]
    x = torch.randn(200, 20, generator=torch.Generator().manual_seed(seed)).double()
    assert not activation_pattern(layers, x)[:, -1].any()
    assert not any(activation_pattern(layers, point)[-1] for point in x[:20])
    assert not local_affine_map(layers, x).slope.any()
    assert not any(local_affine_map(layers, point).slope.any() for point in x[:20])


def test_signs_of_ordinary_networks_are_the_plain_ones():
    """Only what is zero up to rounding changes: in a network of random weights nothing is, at any depth."""
    layers = random_network([10, *[40] * 30, 1], 3)
    x = torch.randn(500, 10, generator=torch.Generator().manual_seed(0)).double()
    h, found = x, signed_layers(layers[:-1], x)
    for (W, b), step in zip(layers[:-1], found, strict=True):
        z = torch.nn.functional.linear(h, W, b)
        assert torch.equal(step.on, z > 0)
        assert not step.undecided.any()
        h = z.relu()


def test_sizes_follow_the_scale_of_each_neuron():
    (W, b), last = random_network([3, 5, 1], 0)
    scale = torch.tensor([1e-150, 1e-20, 1.0, 1e20, 1e100], dtype=torch.float64)
    x = torch.randn(50, 3, generator=torch.Generator().manual_seed(1)).double()
    scaled = [(scale[:, None] * W, scale * b), last]
    assert torch.equal(activation_pattern(scaled, x), activation_pattern([(W, b), last], x))


def test_the_unit_grows_with_the_root_of_the_terms():
    assert rounding(99, 1e-16) == pytest.approx(1.6e-14)


@pytest.mark.parametrize("rank", [1, 2, 6])
@pytest.mark.parametrize("widths", [[2, 5], [3, 6, 6, 4], [2, 3, 8]])
def test_which_neurons_are_on_is_the_same_with_sizes_and_without(widths, rank, generator):
    """Layers of low rank have pre-activations that are zero but for rounding; those of full rank have none."""
    layers = []
    for d_in, d_out in itertools.pairwise(widths):
        left, right = (torch.randn(n, rank, generator=generator, dtype=torch.float64) for n in (d_out, d_in))
        layers.append((left @ right.T, torch.zeros(d_out, dtype=torch.float64)))
    x = torch.randn(50, widths[0], generator=generator, dtype=torch.float64)
    x[:5] *= 1e-9
    for sizes in (None, x.abs(), x.abs() + 1e12):
        plain = [layer.on for layer in signed_layers(layers, x, sizes)]
        assert all(torch.equal(*pair) for pair in zip(layers_on(layers, x, sizes), plain, strict=True))
    most = torch.tensor(1e12, dtype=torch.float64)
    plain = [layer.on for layer in signed_layers(layers, x, most.expand_as(x))]
    assert all(torch.equal(*pair) for pair in zip(layers_on(layers, x, most), plain, strict=True))
