from fractions import Fraction

import pytest
import torch

from rectified.networks import forward
from rectified.reference.rationals import exact_outputs
from rectified.residual.recession import EscapePath, escape_path, point_at_radius, recession_layers
from tests.cases import random_network


def along(path: EscapePath, layers, time: int) -> Fraction:
    point = [a + time * v for a, v in zip(path.points[-1], path.direction, strict=True)]
    return exact_outputs(layers, point)[0]


@pytest.mark.parametrize(
    "widths", [[2, 2, 1], [2, 1, 1], [2, *[2] * 8, 1], [3, 3, 2, 3, 1], [3, *[3] * 5, 1], [1, 1, 1]]
)
@pytest.mark.parametrize("seed", range(5))
def test_the_network_does_not_fall_on_the_path(widths: list[int], seed: int, rng) -> None:
    layers = random_network(widths, seed)
    for _ in range(20):
        start = torch.from_numpy(rng.uniform(-3, 3, widths[0]))
        path = escape_path(layers, start)
        value = exact_outputs(layers, start.tolist())[0]
        assert len(path.points) <= len(layers)
        assert any(path.direction)
        assert all(exact_outputs(layers, corner)[0] >= value for corner in path.points)
        assert all(along(path, layers, time) >= value for time in (1, 10**3, 10**9))


def test_a_wide_network_with_a_bounded_positive_set_is_refused() -> None:
    square = [
        (torch.tensor([[1.0, 0], [-1, 0], [0, 1], [0, -1]]).double(), torch.zeros(4).double()),
        (-torch.ones(1, 4).double(), torch.ones(1).double()),
    ]
    assert forward(square, torch.zeros(2).double()).item() == 1.0
    with pytest.raises(ValueError, match="expected no hidden layer wider than the input, 2"):
        escape_path(square, torch.zeros(2).double())


def test_a_strip_is_left_along_its_direction() -> None:
    strip = [
        (torch.tensor([[1.0, 0], [-1, 0]]).double(), torch.zeros(2).double()),
        (-torch.ones(1, 2).double(), torch.ones(1).double()),
    ]
    path = escape_path(strip, torch.tensor([0.5, 0.25]).double())
    assert path.points == [[Fraction(1, 2), Fraction(1, 4)]]
    assert path.direction[0] == 0


def test_the_circle_is_met_on_the_path() -> None:
    corner = EscapePath([[Fraction(0), Fraction(0)], [Fraction(3), Fraction(0)]], [Fraction(0), Fraction(10**30)])
    assert point_at_radius(corner, 2.0) == [Fraction(2), Fraction(0)]
    x, y = point_at_radius(corner, 5.0)
    assert x == 3
    assert float(y) == pytest.approx(4.0)
    with pytest.raises(ValueError, match="starts outside"):
        point_at_radius(EscapePath([[Fraction(9)]], [Fraction(1)]), 2.0)


def test_the_recession_function_is_the_limit() -> None:
    layers = random_network([2, 2, 2, 1], 3)
    v = torch.tensor([0.6, -0.8]).double()
    limit = forward(recession_layers(layers), v)
    assert torch.allclose(forward(layers, 1e9 * v) / 1e9, limit, atol=1e-8)


def test_what_does_not_fit_is_refused(unchecked) -> None:
    refuse = unchecked(escape_path)
    with pytest.raises(ValueError, match=r"start has shape \(3,\); expected \(2,\)"):
        refuse(random_network([2, 2, 1], 0), torch.zeros(3).double())
    with pytest.raises(ValueError, match="layers has 2 outputs; expected 1"):
        refuse(random_network([2, 2, 2], 0), torch.zeros(2).double())
    with pytest.raises(ValueError, match="layers is empty"):
        unchecked(recession_layers)([])
