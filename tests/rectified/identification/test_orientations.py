import itertools

import numpy as np
import pytest

from rectified.identification.orientations import orientations_by_sums, orientations_by_votes


def test_zero_coefficients_vote(rng) -> None:
    signs = np.array([1.0, -1.0, 1.0])
    distances = rng.standard_normal((30, 3))
    coefficients = np.where(distances * signs > 0, rng.uniform(0.5, 1.0, (30, 3)), 1e-9)
    found = orientations_by_votes(coefficients, distances)
    assert found.signs.tolist() == signs.tolist()
    assert found.certainty.min() > 0.8  # where all three are off the rounding votes


def test_without_points_nothing_is_certain() -> None:
    found = orientations_by_votes(np.zeros((0, 2)), np.zeros((0, 2)))
    assert found.certainty.tolist() == [0.0, 0.0]


@pytest.mark.parametrize(("neurons", "equations"), [(4, 6), (6, 2), (8, 1), (3, 3)])
def test_the_subset_is_that_of_brute_force(rng, neurons: int, equations: int) -> None:
    parts = rng.standard_normal((neurons, equations))
    chosen = rng.random(neurons) < 0.5
    total = chosen @ parts
    found = orientations_by_sums(parts, total)
    assert found is not None
    best = min(itertools.product([0, 1], repeat=neurons), key=lambda s: np.abs(np.array(s) @ parts - total).max())
    assert found.is_flipped.tolist() == [bool(bit) for bit in best] == chosen.tolist()


@pytest.mark.parametrize(("neurons", "equations"), [(4, 6), (6, 2)])
def test_a_sum_of_no_subset_is_no_answer(rng, neurons: int, equations: int) -> None:
    parts = rng.standard_normal((neurons, equations))
    assert orientations_by_sums(parts, 0.37 * parts[0] + 0.21 * parts[1] + 10.0) is None


def test_nothing_to_choose() -> None:
    assert orientations_by_sums(np.zeros((0, 3)), np.zeros(3)).is_flipped.shape == (0,)
    assert orientations_by_sums(np.zeros((0, 3)), np.ones(3)) is None


def test_sizes_must_fit(unchecked) -> None:
    with pytest.raises(ValueError, match="total has 2 entries; expected 3"):
        unchecked(orientations_by_sums)(np.ones((2, 3)), np.ones(2))
