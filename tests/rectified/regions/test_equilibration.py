import numpy as np
import pytest
import torch

from rectified.regions.arrangements import cell_rays, central_cells
from rectified.regions.equilibration import equilibrated, in_old_coordinates, unit_rows
from rectified.regions.row_subsets import row_subset_norms, row_subset_norms_below

POWERS = np.array([-900, 0, 700, 3, -1])


def test_powers_of_two_are_undone_and_nothing_is_rounded(rng):
    rows = rng.standard_normal((5, 3))
    assert np.array_equal(equilibrated(np.ldexp(rows, POWERS[:, None])).rows, equilibrated(rows).rows)
    scaled = np.ldexp(np.ldexp(rows, POWERS[:, None]), np.array([0, -60, 40]))
    found = equilibrated(scaled)
    total = found.row_exponents[:, None] + found.column_exponents
    assert np.array_equal(np.ldexp(found.rows, -total), scaled)


def test_largest_entries_have_a_size_of_one(rng):
    found = equilibrated(rng.standard_normal((4, 6, 3)) * 10.0 ** rng.integers(-99, 99, (4, 6, 1)))
    assert ((np.abs(found.rows).max(axis=2) >= 0.5) & (np.abs(found.rows).max(axis=2) < 1.0)).all()
    assert (np.abs(found.rows).max(axis=1) >= 0.5).all()


def test_rows_and_columns_of_zeros_stay():
    rows = np.array([[0.0, 3.0], [0.0, 0.0]])
    assert unit_rows(rows).tolist() == [[0.0, 1.0], [0.0, 0.0]]
    assert equilibrated(rows).row_exponents[1] == equilibrated(rows).column_exponents[0] == 0


def test_signs_survive_the_way_back(rng):
    rows = rng.standard_normal((5, 3)) * np.array([1.0, 1e-30, 1e30])
    found = equilibrated(rows)
    points = rng.standard_normal((20, 3))
    back = in_old_coordinates(points, found.column_exponents)
    assert np.array_equal(np.sign(back @ rows.T), np.sign(points @ found.rows.T))


@pytest.mark.parametrize("trial", range(3))
def test_cells_and_rays_do_not_depend_on_lengths_and_units(trial):
    generator = torch.Generator().manual_seed(trial)
    rows = torch.randn(5, 3, generator=generator, dtype=torch.float64)
    units = torch.tensor([1.0, 1e-12, 1e12], dtype=torch.float64)
    scaled = torch.from_numpy(np.ldexp(rows.numpy(), POWERS[:, None])) * units
    found = central_cells(scaled)
    assert torch.equal(found.signs, central_cells(rows).signs)
    assert torch.equal(torch.sign(found.interior @ scaled.T).to(torch.int8), found.signs)
    rays = cell_rays(scaled, found.signs[0])
    assert len(rays) == len(cell_rays(rows, found.signs[0]))
    terms = rays.abs() @ scaled.abs().T
    assert (found.signs[0] * (rays @ scaled.T) >= -1e-12 * terms).all()


@pytest.mark.parametrize("size", [1e-200, 1e200])
def test_norms_of_row_subsets_neither_overflow_nor_vanish(size):
    matrix = torch.tensor([[3.0, 4.0], [0.0, 1.0]], dtype=torch.float64)
    kept = torch.tensor([[True, False], [False, False]])
    assert row_subset_norms(size * matrix, kept).tolist() == pytest.approx([5.0 * size, 0.0])
    assert row_subset_norms_below(size * matrix, kept).tolist() == pytest.approx([5.0 * size, 0.0])
