import numpy as np
import pytest
import torch

from rectified.networks import forward, random_layers
from rectified.reference.jacobians import dense_affine_map
from rectified.reference.patterns import feasible_patterns
from rectified.regions.patterns import (
    activation_pattern,
    distinct_patterns,
    local_affine_map,
    neuron_affine_maps,
    num_distinct,
    pattern_affine_map,
    pre_activations,
    region_inequalities,
)
from tests.cases import as_arrays, random_network, random_points

WIDTHS = [[3, 5, 2], [2, 4, 4, 1], [4, 6, 1, 5, 3], [3, 2]]
SMALL = [
    (torch.tensor([[1.0], [-2.0]]), torch.tensor([0.5, 0.0])),
    (torch.tensor([[1.0, 1.0]]), torch.tensor([-4.0])),
    (torch.tensor([[1.0]]), torch.tensor([0.0])),
]


def test_pre_activations_of_a_small_network_by_hand():
    assert pre_activations(SMALL, torch.tensor([1.0])).tolist() == [1.5, -2.0, -2.5]


def test_zero_counts_as_off():
    assert activation_pattern(SMALL, torch.tensor([-0.5])).tolist() == [False, True, False]


@pytest.mark.parametrize("widths", WIDTHS)
def test_the_local_map_is_the_one_that_autograd_gives(widths):
    layers, points = random_network(widths, 0), random_points(7, widths[0], 1)
    found = local_affine_map(layers, points)
    for idx, x in enumerate(points):
        slope, offset = dense_affine_map(lambda x: forward(layers, x), x)
        torch.testing.assert_close(found.slope[idx], slope, rtol=0, atol=1e-12)
        torch.testing.assert_close(found.offset[idx], offset, rtol=0, atol=1e-12)
    torch.testing.assert_close(found(points), forward(layers, points), rtol=0, atol=1e-12)


@pytest.mark.parametrize("widths", WIDTHS)
def test_a_rectified_output_is_masked_too(widths):
    layers, x = random_network(widths, 2), random_points(1, widths[0], 3)[0]
    found = local_affine_map(layers, x, rectify_output=True)
    slope, offset = dense_affine_map(lambda x: forward(layers, x).relu(), x)
    torch.testing.assert_close(found.slope, slope, rtol=0, atol=1e-12)
    torch.testing.assert_close(found.offset, offset, rtol=0, atol=1e-12)


@pytest.mark.parametrize("widths", WIDTHS)
def test_the_map_of_a_point_s_pattern_is_the_map_of_the_point(widths):
    layers, points = random_network(widths, 4), random_points(5, widths[0], 5).reshape(5, 1, widths[0])
    at_points, of_patterns = (
        local_affine_map(layers, points),
        pattern_affine_map(layers, activation_pattern(layers, points)),
    )
    torch.testing.assert_close(at_points.slope, of_patterns.slope, rtol=0, atol=1e-13)
    torch.testing.assert_close(at_points.offset, of_patterns.offset, rtol=0, atol=1e-13)


@pytest.mark.parametrize("widths", WIDTHS[:-1])
def test_neuron_maps_are_the_gradients_of_the_pre_activations(widths):
    layers, points = random_network(widths, 6), random_points(4, widths[0], 7)
    found = neuron_affine_maps(layers, points)
    for idx, x in enumerate(points):
        slope, offset = dense_affine_map(lambda x: pre_activations(layers, x), x)
        torch.testing.assert_close(found.slope[idx], slope, rtol=0, atol=1e-12)
        torch.testing.assert_close(found.offset[idx], offset, rtol=0, atol=1e-12)


def test_points_satisfy_the_inequalities_of_their_own_region_and_of_no_other():
    layers, points = random_network([2, 5, 4, 1], 8), 2.0 * random_points(300, 2, 9)
    patterns = activation_pattern(layers, points)
    for pattern in distinct_patterns(patterns):
        A, b = region_inequalities(layers, pattern)
        inside = (points @ A.T <= b).all(1)
        assert torch.equal(inside, (patterns == pattern).all(1))


def test_sampled_patterns_are_among_those_of_brute_force_which_all_have_interior():
    layers, points = random_network([2, 4, 3, 1], 10), 4.0 * torch.rand(200_000, 2).double() - 2.0
    box = np.full(2, 2.0)
    feasible = {tuple(row) for row in feasible_patterns(as_arrays(layers), -box, box).tolist()}
    sampled = {tuple(row) for row in distinct_patterns(activation_pattern(layers, points)).tolist()}
    assert sampled <= feasible
    assert len(feasible) - len(sampled) <= 1  # a region too small to be met


@pytest.mark.parametrize("neurons", [1, 61, 62, 63, 130])
def test_different_rows_are_counted_once_each(neurons, rng):
    rows = torch.from_numpy(rng.random((20, neurons)) > 0.5)
    repeated = rows[torch.from_numpy(rng.integers(0, 20, 400))]
    expected = {tuple(row) for row in repeated.tolist()}
    assert num_distinct(repeated) == len(expected)
    assert {tuple(row) for row in distinct_patterns(repeated).tolist()} == expected
    assert len(distinct_patterns(repeated)) == len(expected)


def test_no_row_is_no_pattern():
    assert num_distinct(torch.zeros(0, 3).bool()) == 0
    assert distinct_patterns(torch.zeros(0, 3).bool()).shape == (0, 3)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: pre_activations(SMALL, torch.ones(3)), r"x has shape \(3,\); expected \(..., 1\)"),
        (
            lambda: local_affine_map(SMALL, torch.ones(1).double()),
            "x has dtype torch.float64; expected that of the layers",
        ),
        (
            lambda: pattern_affine_map(SMALL, torch.ones(2).bool()),
            "pattern has 2 entries; expected one per hidden neuron, 3",
        ),
        (lambda: region_inequalities(SMALL, torch.ones(4).bool()), "pattern has 4 entries"),
    ],
)
def test_what_does_not_fit_is_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def test_a_single_pattern_is_no_list_of_patterns(unchecked):
    with pytest.raises(ValueError, match=r"patterns has shape \(3,\); expected \(samples, neurons\)"):
        unchecked(num_distinct)(torch.ones(3).bool())


def test_a_deep_chain_is_composed_in_the_right_order(generator):
    layers = random_layers([2, 2, 2, 2], generator)
    point = torch.tensor([0.3, 0.7]).double()
    on = [layer.bool() for layer in activation_pattern(layers, point).long().split(2)]
    expected = layers[2][0] @ torch.diag(on[1].double()) @ layers[1][0] @ torch.diag(on[0].double()) @ layers[0][0]
    torch.testing.assert_close(local_affine_map(layers, point).slope, expected, rtol=0, atol=1e-14)


def test_a_network_without_hidden_layer_has_no_neuron(generator):
    layers = random_layers([3, 2], generator)
    found = neuron_affine_maps(layers, torch.zeros(5, 3).double())
    assert found.slope.shape == (5, 0, 3)
    assert found.offset.shape == (5, 0)
    assert local_affine_map(layers, torch.zeros(5, 3).double()).slope.shape == (5, 2, 3)
