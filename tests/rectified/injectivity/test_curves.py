import math

import numpy as np
import pytest
import torch

from rectified.injectivity.curves import (
    curve_vertices,
    interpolating_layers,
    polyline_separation,
    segment_distance,
    summed_layers,
)
from rectified.networks import forward, random_layers
from rectified.reference.segments import crossings


def test_vertices_are_ends_and_kinks():
    weight, bias = torch.tensor([[2.0], [-1.0]]).double(), torch.tensor([-1.0, 5.0]).double()
    inputs, vertices = curve_vertices([(weight, bias)], -2.0, 2.0)
    assert inputs.tolist() == [-2.0, 0.5, 2.0]
    assert vertices.tolist() == [[0.0, 7.0], [0.0, 4.5], [3.0, 3.0]]


@pytest.mark.parametrize("widths", [[1, 8], [1, 8, 5], [1, 6, 6, 4]])
def test_a_chain_is_linear_between_its_vertices(widths, generator):
    layers = [(W, torch.randn(len(b), generator=generator).double()) for W, b in random_layers(widths, generator)]
    inputs, vertices = curve_vertices(layers, -5.0, 5.0)
    assert (inputs.diff() >= 0).all()
    t = torch.linspace(-5.0, 5.0, 1001, dtype=torch.float64)
    outputs = torch.relu(forward(layers, t[:, None]))
    for column in range(widths[-1]):
        expected = np.interp(t.numpy(), inputs.numpy(), vertices[:, column].numpy())
        assert outputs[:, column].numpy() == pytest.approx(expected, abs=1e-10)


def test_other_layers_and_intervals_are_refused(generator):
    with pytest.raises(ValueError, match="layers has 2 inputs"):
        curve_vertices(random_layers([2, 3], generator), 0.0, 1.0)
    with pytest.raises(ValueError, match=r"the interval is \[1.0, 0.0\]"):
        curve_vertices(random_layers([1, 3], generator), 1.0, 0.0)


def test_distances_are_those_of_a_fine_search(generator):
    a, b, c, d = torch.randn(4, 10, 3, generator=generator, dtype=torch.float64)
    s = torch.linspace(0.0, 1.0, 201, dtype=torch.float64)
    first, second = a[:, None] + s[:, None] * (b - a)[:, None], c[:, None] + s[:, None] * (d - c)[:, None]
    searched = torch.cdist(first, second).amin(dim=(1, 2))
    found = segment_distance(a, b, c, d)
    assert (found <= searched + 1e-12).all()
    assert (searched - found).max() < 0.05


def test_distances_of_parallel_segments_and_points():
    def points(*rows):
        return torch.tensor(rows, dtype=torch.float64)

    a, b = points([0, 0], [0, 0], [0, 0]), points([1, 0], [1, 0], [0, 0])
    c, d = points([0.5, 2], [3, 0], [3, 4]), points([5, 2], [4, 0], [3, 4])
    assert segment_distance(a, b, c, d).tolist() == [2.0, 2.0, 5.0]


def test_separation_is_zero_exactly_where_the_curve_crosses(generator):
    for _ in range(20):
        vertices = torch.randn(6, 2, generator=generator, dtype=torch.float64)
        crosses = len(crossings(vertices.numpy())) > 0
        assert (polyline_separation(vertices) < 1e-9) is crosses


def test_short_curves_are_refused():
    with pytest.raises(ValueError, match="vertices has 3 points"):
        polyline_separation(torch.zeros(3, 2).double())


def test_the_interpolant_goes_through_its_points():
    knots = torch.linspace(0.0, 1.0, 9, dtype=torch.float64)
    values = torch.stack([(2.0 * math.pi * knots).sin(), knots**2], dim=1)
    layers = interpolating_layers(knots, values)
    assert torch.allclose(forward(layers, knots[:, None]), values)
    t = torch.linspace(0.0, 1.0, 101, dtype=torch.float64)
    expected = np.stack([np.interp(t.numpy(), knots.numpy(), column) for column in values.T.numpy()], axis=1)
    assert forward(layers, t[:, None]).numpy() == pytest.approx(expected, abs=1e-12)


def test_knots_out_of_order_are_refused(unchecked):
    with pytest.raises(ValueError, match="knots must increase"):
        interpolating_layers(torch.tensor([0.0, 0.0]).double(), torch.zeros(2, 1).double())
    with pytest.raises(ValueError, match="knots has shape"):
        unchecked(interpolating_layers)(torch.zeros(3).double(), torch.zeros(2, 1).double())


def test_sums_take_one_input_each(generator):
    first, second = random_layers([1, 4, 3], generator), random_layers([1, 5, 3], generator)
    x = torch.randn(20, 2, generator=generator, dtype=torch.float64)
    assert torch.allclose(
        forward(summed_layers(first, second), x), forward(first, x[:, :1]) + forward(second, x[:, 1:])
    )
    with pytest.raises(ValueError, match=r"widths \[1, 4, 3\] and \[1, 5, 2\]"):
        summed_layers(first, random_layers([1, 5, 2], generator))
