import itertools
import math

import numpy as np
import pytest
import torch

from rectified.networks import random_layers
from rectified.reference.linear_bounds import adaptive_relu, linear_bounds
from rectified.reference.programs import check_norm, exact_minimum, triangle_lp_bound
from rectified.reference.solving import ProgramFailed
from tests.cases import as_arrays, random_network, random_points

ROW = np.array([1.0, -1.0, 0.0])


def setting(seed, p, eps=0.15):
    layers, center = as_arrays(random_network([6, 12, 12, 3], seed)), random_points(1, 6, seed + 100)[0].numpy()
    hidden = linear_bounds(layers, center, eps, p, adaptive_relu, ROW)
    return layers, center, eps, p, hidden


@pytest.mark.parametrize("p", [1, math.inf])
@pytest.mark.parametrize("seed", range(4))
def test_order_of_the_bounds(p, seed):
    """CROWN <= triangle relaxation <= exact minimum <= value at every sampled point."""
    layers, center, eps, p, bounds = setting(seed, p)
    relaxed = triangle_lp_bound(layers, center, eps, p, bounds[:-1], ROW)
    exact = exact_minimum(layers, center, eps, p, bounds[:-1], ROW)
    assert bounds[-1][0][0] <= relaxed + 1e-8  # to which the answers are checked
    assert relaxed <= exact + 1e-8
    steps = np.random.default_rng(seed).uniform(-eps, eps, size=(5000, 6))
    if p == 1:
        steps *= (eps / np.abs(steps).sum(1, keepdims=True)).clip(max=1)
    values = center + steps
    assert exact <= outputs(layers, values).min() + 1e-8


def test_exact_minimum_against_a_grid():
    """One input, two hidden units: the minimum of a piecewise linear function lies at a kink or an end."""
    rng = np.random.default_rng(0)
    for _ in range(5):
        layers = [(rng.normal(size=(2, 1)), rng.normal(size=2)), (rng.normal(size=(1, 2)), rng.normal(size=1))]
        (W, b), (v, c) = layers
        box = (W[:, 0] * 0 + b - 2 * np.abs(W[:, 0]), b + 2 * np.abs(W[:, 0]))
        kinks = [-b[i] / W[i, 0] for i in range(2) if abs(b[i] / W[i, 0]) <= 2]
        candidates = np.array([-2.0, 2.0, *kinks])
        expected = (np.maximum(candidates[:, None] * W[:, 0] + b, 0) @ v[0] + c).min()
        found = exact_minimum(layers, np.zeros(1), 2.0, math.inf, [box], np.ones(1))
        assert found == pytest.approx(expected, abs=1e-6)


def test_triangle_by_hand():
    """-ReLU(x) on [-1, 3]: the triangle's top edge is 3/4 x + 3/4, so the minimum is -3; for ReLU(x) it is 0."""
    layers = [(np.ones((1, 1)), np.zeros(1)), (np.ones((1, 1)), np.zeros(1))]
    box = [(np.array([-1.0]), np.array([3.0]))]
    for row, expected in ((-1.0, -3.0), (1.0, 0.0)):
        assert triangle_lp_bound(layers, np.ones(1), 2.0, math.inf, box, np.array([row])) == pytest.approx(expected)


def test_exact_where_nothing_can_switch():
    layers, center, eps, p, bounds = setting(0, math.inf, eps=1e-4)
    minimum = exact_minimum(layers, center, eps, p, bounds[:-1], ROW)
    assert minimum == pytest.approx(bounds[-1][0][0], abs=1e-7)
    corners = center + eps * np.array(list(itertools.product([-1, 1], repeat=6)))
    for W, b in layers[:-1]:
        corners = np.maximum(corners @ W.T + b, 0)
    assert minimum == pytest.approx(((corners @ layers[-1][0].T + layers[-1][1]) @ ROW).min(), abs=1e-7)


def drawn(seed):
    """A network and an input, drawn as the chapter draws them."""
    generator = torch.Generator().manual_seed(seed)
    layers = [
        (W, 0.3 * torch.randn(len(b), generator=generator).double())
        for W, b in random_layers([6, 12, 12, 3], generator)
    ]
    center = torch.randn(1, 6, generator=generator).double()[0].numpy()
    return as_arrays(layers), center


@pytest.mark.parametrize("seed", [17_000 + number for number in range(20)])
def test_a_bound_that_uses_fractions_is_no_failure(seed):
    """HiGHS takes a binary for whole within 1e-6: its bound may be lower than any output, by so much."""
    arrays, center = drawn(seed)
    bounds = linear_bounds(arrays, center, 0.15, math.inf, adaptive_relu, ROW)
    found = exact_minimum(arrays, center, 0.15, math.inf, bounds[:-1], ROW)
    assert found <= descended(arrays, center, 0.15) + 1e-9


def test_the_gap_is_closed():
    """With HiGHS' relative gap of 1e-4 this network's minimum is reported 1.3e-5 too high."""
    arrays, center = drawn(13_015)
    bounds = linear_bounds(arrays, center, 0.15, math.inf, adaptive_relu, ROW)
    found = exact_minimum(arrays, center, 0.15, math.inf, bounds[:-1], ROW)
    assert found == pytest.approx(-1.3826435541408644, abs=1e-9)
    assert found <= descended(arrays, center, 0.15) + 1e-9


def descended(layers, center, eps):
    """The lowest output that projected coordinate steps reach from many points: no solver."""
    points = center + eps * np.random.default_rng(0).uniform(-1.0, 1.0, size=(400, len(center)))
    for step in eps * np.repeat(0.7 ** np.arange(20), 2):
        for column in range(len(center)):
            tries = np.repeat(points[None], 3, axis=0)
            tries[1:, :, column] += np.array([[step], [-step]])
            tries = tries.clip(center - eps, center + eps)
            points = tries[np.argmin(outputs(layers, tries), axis=0), np.arange(len(points))]
    return outputs(layers, points).min()


def outputs(layers, points):
    for W, b in layers[:-1]:
        points = np.maximum(points @ W.T + b, 0)
    return (points @ layers[-1][0].T + layers[-1][1]) @ ROW


def test_weights_of_very_different_size():
    """HiGHS drops entries of at most 1e-9; rescaled neurons are the same network."""
    layers, center, eps, p, bounds = setting(3, math.inf)
    expected = (
        exact_minimum(layers, center, eps, p, bounds[:-1], ROW),
        triangle_lp_bound(layers, center, eps, p, bounds[:-1], ROW),
    )
    sizes = 10.0 ** np.linspace(-12, 12, 12)
    (W, b), (V, c), last = layers
    scaled = [(sizes[:, None] * W, sizes * b), (V / sizes, c), last]
    boxes = [(sizes * bounds[0][0], sizes * bounds[0][1]), bounds[1]]
    found = [solve(scaled, center, eps, p, boxes, ROW) for solve in (exact_minimum, triangle_lp_bound)]
    assert found == pytest.approx(expected, abs=1e-8)


def test_a_network_without_hidden_layer():
    layers = [(np.array([[1.0, -2.0]]), np.array([0.5]))]
    assert exact_minimum(layers, np.ones(2), 0.1, math.inf, [], np.ones(1)) == pytest.approx(-0.5 - 0.3)
    assert triangle_lp_bound(layers, np.ones(2), 0.1, 1, [], np.ones(1)) == pytest.approx(-0.5 - 0.2)


def test_impossible_bounds_fail_loudly():
    layers = [(np.ones((1, 1)), np.zeros(1)), (np.ones((1, 1)), np.zeros(1))]
    with pytest.raises(ProgramFailed, match="no point satisfies"):
        exact_minimum(layers, np.zeros(1), 0.1, math.inf, [(np.array([5.0]), np.array([6.0]))], np.ones(1))


def test_only_polytopes():
    with pytest.raises(ValueError, match="p is 2; expected infinity or 1"):
        check_norm(2)
