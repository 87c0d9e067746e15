import itertools

import numpy as np
import pytest

from rectified.reference.counting import cover_by_recurrence, zaslavsky_by_recurrence


def num_cells_on_a_line(num_points: int) -> int:
    return num_points + 1


def test_the_first_values_by_hand():
    assert [zaslavsky_by_recurrence(k, 1) for k in range(5)] == [num_cells_on_a_line(k) for k in range(5)]
    assert [zaslavsky_by_recurrence(k, 2) for k in range(5)] == [1, 2, 4, 7, 11]
    assert [zaslavsky_by_recurrence(k, 0) for k in range(3)] == [1, 1, 1]
    assert [cover_by_recurrence(n, 1) for n in range(4)] == [1, 2, 2, 2]
    assert [cover_by_recurrence(n, 2) for n in range(5)] == [1, 2, 4, 6, 8]
    assert [cover_by_recurrence(n, 3) for n in range(5)] == [1, 2, 4, 8, 14]


@pytest.mark.parametrize(("count", "dim"), list(itertools.product((1, 2, 4, 5), (2, 3))))
def test_sampled_sign_vectors_of_random_hyperplanes(count, dim, rng):
    normals, points = rng.normal(size=(count, dim)), rng.normal(size=(400_000, dim))
    offsets = 0.1 * rng.normal(size=count)
    codes = 2 ** np.arange(count)
    central = np.unique((points @ normals.T > 0) @ codes)
    affine = np.unique((points @ normals.T > offsets) @ codes)
    assert len(central) == cover_by_recurrence(count, dim)
    assert len(affine) <= zaslavsky_by_recurrence(count, dim)
