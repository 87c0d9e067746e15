import itertools

import numpy as np
import pytest
import torch
from scipy import integrate

from rectified.residual.polylines import (
    Polyline,
    cell_means,
    check_polyline,
    l1_distance,
    sup_distance,
    value_at,
)


def function(knots: list[float], values: list[float]) -> Polyline:
    return Polyline(torch.tensor(knots, dtype=torch.float64), torch.tensor(values, dtype=torch.float64))


def random_function(rng: np.random.Generator, pieces: int) -> Polyline:
    """Continuous, on [0, 1]."""
    knots = np.r_[0.0, np.sort(rng.uniform(size=pieces - 1)), 1.0]
    return Polyline(torch.from_numpy(knots), torch.from_numpy(rng.normal(size=pieces + 1)))


def test_distances_of_lines_that_cross_are_known() -> None:
    up, down = function([0, 1], [0, 1]), function([0, 1], [1, 0])
    assert sup_distance(up, down) == 1.0
    assert l1_distance(up, down) == pytest.approx(0.5)
    assert l1_distance(up, up) == 0.0


def test_jumps_count_with_both_limits() -> None:
    step, zero = function([0, 1, 1, 2], [0, 0, 3, -1]), function([0, 2], [0, 0])
    assert sup_distance(step, zero) == 3.0
    assert l1_distance(step, zero) == pytest.approx((9 + 1) / 8)
    assert value_at(step, torch.tensor([0.5, 1.0, 1.5, 9.0]).double()).tolist() == [0.0, 0.0, 1.0, -1.0]


@pytest.mark.parametrize("pieces", [(1, 1), (3, 5), (12, 7)])
def test_distances_are_those_of_quadrature_and_of_a_search(pieces, rng) -> None:
    first, second = (random_function(rng, number) for number in pieces)

    def difference(x):
        one, other = (np.interp(x, f.knots.numpy(), f.values.numpy()) for f in (first, second))
        return np.abs(one - other)

    knots = np.unique(np.r_[first.knots, second.knots])
    total = sum(integrate.quad(difference, a, b, limit=200)[0] for a, b in itertools.pairwise(knots))
    assert l1_distance(first, second) == pytest.approx(total, rel=1e-6)
    largest = difference(np.linspace(0, 1, 200_001)).max()
    assert largest <= sup_distance(first, second) <= largest + 0.01


def test_values_are_interpolated(rng) -> None:
    f, x = random_function(rng, 9), rng.uniform(-0.5, 1.5, (7, 3))
    expected = np.interp(x, f.knots.numpy(), f.values.numpy())
    assert np.allclose(value_at(f, torch.from_numpy(x)).numpy(), expected, atol=1e-14)


def test_cell_means_are_integrals(rng) -> None:
    f, edges = random_function(rng, 9), np.array([0.0, 0.1, 0.45, 0.9, 1.0])
    expected = [
        integrate.quad(lambda x: np.interp(x, f.knots.numpy(), f.values.numpy()), a, b, points=f.knots.tolist())[0]
        / (b - a)
        for a, b in itertools.pairwise(edges)
    ]
    assert cell_means(f, torch.from_numpy(edges)).tolist() == pytest.approx(expected, rel=1e-7)


def test_cell_means_see_both_sides_of_a_jump() -> None:
    means = cell_means(function([0, 1, 1, 2], [0, 0, 1, 1]), torch.tensor([0.0, 0.5, 1.5, 2.0]).double())
    assert means.tolist() == [0.0, 0.5, 1.0]


def test_what_is_no_function_is_refused(unchecked) -> None:
    with pytest.raises(ValueError, match="two vectors of one length"):
        unchecked(check_polyline)(function([0, 1], [0, 1, 2]))
    with pytest.raises(ValueError, match="numbers in order"):
        check_polyline(function([0, 2, 1], [0, 1, 2]))
    with pytest.raises(ValueError, match="expected float64"):
        check_polyline(Polyline(torch.tensor([0.0, 1.0]), torch.tensor([0.0, 1.0])))
    with pytest.raises(ValueError, match=r"live on \[0.0, 1.0\] and \[0.0, 2.0\]; expected the same"):
        sup_distance(function([0, 1], [0, 1]), function([0, 2], [0, 1]))
    with pytest.raises(ValueError, match="edges is"):
        cell_means(function([0, 1], [0, 1]), torch.tensor([0.0, 0.5, 0.5, 1.0]).double())
