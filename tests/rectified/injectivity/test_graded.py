"""Singular values of matrices with rows of very different length, against mpmath's in hundreds of digits."""

import mpmath
import numpy as np
import pytest
import torch

from rectified.injectivity.graded import least_stretch, unseen_direction

DIGITS = 400  # rows of 1e150 beside rows of 1e-150 leave a hundred of them


def exact_least(rows: torch.Tensor) -> mpmath.mpf:
    with mpmath.workdps(DIGITS):
        return min(mpmath.svd_r(mpmath.matrix(rows.tolist()), compute_uv=False))


@pytest.mark.parametrize("spread", [0, 8, 60, 150])
@pytest.mark.parametrize("shape", [(3, 3), (5, 3), (4, 2), (6, 1)])
def test_the_least_singular_value_has_its_digits_whatever_the_rows(
    shape: tuple[int, int], spread: int, rng: np.random.Generator
) -> None:
    lengths = 10.0 ** rng.uniform(-spread, spread, size=(shape[0], 1))
    rows = torch.from_numpy(lengths * rng.standard_normal(shape))
    found = least_stretch(rows)
    exact = exact_least(rows)
    assert abs(found.singular_value / exact - 1) < 1e-10
    with mpmath.workdps(DIGITS):
        image = mpmath.matrix(rows.tolist()) * mpmath.matrix(found.direction.tolist())
        stretch = mpmath.norm(image)
    assert abs(mpmath.norm(mpmath.matrix(found.direction.tolist())) - 1) < 1e-12
    assert stretch >= exact * (1 - 1e-10)


def test_a_decomposition_of_the_whole_loses_what_short_rows_say(rng: np.random.Generator) -> None:
    rows = torch.from_numpy(rng.standard_normal((3, 3)) * np.array([[1.0], [1e20], [1e40]]))
    exact = exact_least(rows)
    assert abs(least_stretch(rows).singular_value / exact - 1) < 1e-10
    assert abs(float(torch.linalg.svdvals(rows)[-1]) / exact - 1) > 1e-3


@pytest.mark.parametrize("rows", [[[1.0, 2.0]], [[1.0, 0.0], [2.0, 0.0]], [[0.0, 0.0], [0.0, 1.0]]])
def test_dependent_columns_are_refused(rows: list[list[float]]) -> None:
    with pytest.raises(ValueError, match="expected independent columns"):
        least_stretch(torch.tensor(rows, dtype=torch.float64))


@pytest.mark.parametrize("length", [1e-150, 1.0, 1e150])
def test_what_rows_do_not_see_is_orthogonal_to_each_of_them(length: float, rng: np.random.Generator) -> None:
    rows = torch.from_numpy(rng.standard_normal((2, 3)) * np.array([[length], [1.0]]))
    direction = unseen_direction(rows)
    assert abs(float(direction.norm()) - 1.0) < 1e-12
    for row in rows:
        assert abs(float(row / row.norm() @ direction)) < 1e-12


def test_no_rows_leave_any_direction_unseen() -> None:
    assert unseen_direction(torch.zeros(0, 3, dtype=torch.float64)).tolist() == [0.0, 0.0, 1.0]
