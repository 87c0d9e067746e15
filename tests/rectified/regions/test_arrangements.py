import itertools

import numpy as np
import pytest
import torch

from rectified.reference.arrangements import sign_patterns
from rectified.regions.arrangements import cell_rays, central_cells, null_vectors
from rectified.regions.counting import cover_count

BRAID = [[float((k == i) - (k == j)) for k in range(4)] for i, j in itertools.combinations(range(4), 2)]
REFLECTIONS = [[1, 0, 0], [0, 1, 0], [0, 0, 1], [1, 1, 0], [1, -1, 0], [0, 1, 1], [0, 1, -1], [1, 0, 1], [1, 0, -1]]


def gaussian(planes, dim, generator):
    return torch.randn(planes, dim, generator=generator, dtype=torch.float64)


@pytest.mark.parametrize(("planes", "dim"), [(1, 1), (3, 1), (1, 3), (2, 4), (5, 2), (7, 3), (6, 4), (7, 5)])
def test_cells_in_general_position_are_those_of_the_programmes(planes, dim, generator):
    rows = gaussian(planes, dim, generator)
    found = central_cells(rows)
    assert np.array_equal(found.signs.numpy(), sign_patterns(rows.numpy()))
    assert len(found.signs) == (2 if dim == 1 else cover_count(planes, dim))


@pytest.mark.parametrize(("planes", "dim"), [(14, 3), (24, 4), (70, 3), (140, 2)])
def test_many_hyperplanes_are_counted_by_the_formula(planes, dim, generator):
    assert len(central_cells(gaussian(planes, dim, generator)).signs) == cover_count(planes, dim)


@pytest.mark.parametrize(("rows", "count"), [(BRAID, 24), (REFLECTIONS, 48), ([[1, 0], [-2, 0], [3, 0]], 2)])
def test_reflection_groups_have_as_many_cells_as_elements(rows, count):
    rows = torch.tensor(rows, dtype=torch.float64)
    found = central_cells(rows)
    assert len(found.signs) == count
    assert np.array_equal(found.signs.numpy(), sign_patterns(rows.numpy()))


def test_antipodal_rows_are_one_hyperplane(generator):
    half, extra = gaussian(3, 3, generator), gaussian(2, 3, generator)
    rows = torch.cat([half, -2.0 * half, extra])
    assert np.array_equal(central_cells(rows).signs.numpy(), sign_patterns(rows.numpy()))


@pytest.mark.parametrize("trial", range(4))
def test_small_whole_numbers_meet_in_many_places(trial):
    generator = torch.Generator().manual_seed(trial)
    rows = torch.randint(-1, 2, (7, 4), generator=generator).double()
    rows = rows[rows.abs().sum(1) > 0]
    assert np.array_equal(central_cells(rows).signs.numpy(), sign_patterns(rows.numpy()))


@pytest.mark.parametrize("rows", [BRAID, REFLECTIONS])
def test_interior_points_have_the_signs(rows):
    rows = torch.tensor(rows, dtype=torch.float64)
    found = central_cells(rows)
    assert torch.equal(torch.sign(found.interior @ rows.T).to(torch.int8), found.signs)


def test_rays_generate_every_point_of_the_cell(generator):
    from scipy.optimize import nnls

    rows = gaussian(6, 3, generator)
    points = gaussian(20, 3, generator)
    for x in points:
        rays = cell_rays(rows, torch.sign(rows @ x).to(torch.int8))
        assert ((rays @ rows.T) * torch.sign(rows @ x)).min() > -1e-9
        assert nnls(rays.T.numpy(), x.numpy())[1] < 1e-9


def test_rays_of_an_orthant_are_the_axes():
    rays = cell_rays(torch.eye(3, dtype=torch.float64), torch.tensor([1, -1, 1], dtype=torch.int8))
    assert sorted(rays.tolist()) == [[0, -1, 0], [0, 0, 1], [1, 0, 0]]


def test_a_cell_with_a_line_in_it_has_the_line_twice():
    rays = cell_rays(torch.tensor([[2.0, 0.0]], dtype=torch.float64), torch.tensor([1], dtype=torch.int8))
    assert sorted(rays.tolist()) == [[0, -1], [0, 1], [1, 0]]


@pytest.mark.parametrize("dim", [2, 3, 4, 6])
def test_null_vectors_are_orthogonal_with_the_volume_as_length(dim, rng):
    matrices = rng.standard_normal((10, dim - 1, dim))
    vectors = null_vectors(matrices)
    volumes = np.sqrt(np.linalg.det(matrices @ matrices.transpose(0, 2, 1)))
    assert np.abs(np.einsum("bkd,bd->bk", matrices, vectors)).max() < 1e-12 * volumes.max() * 10
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(volumes)


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        (torch.ones(3, 2), "rows has dtype torch.float32; expected torch.float64"),
        (torch.tensor([[1.0, 0.0], [0.0, 0.0]]).double(), r"rows\[1\] is zero"),
        (torch.tensor([[1.0, torch.nan]]).double(), "not finite"),
        (torch.ones(0, 2).double(), r"rows has shape \(0, 2\)"),
    ],
)
def test_bad_rows_are_refused(rows, message, unchecked):
    with pytest.raises(ValueError, match=message):
        unchecked(central_cells)(rows)


def test_too_many_cells_are_refused(generator):
    with pytest.raises(ValueError, match=r"up to 184 cells \(14 hyperplanes in dimension 3\); most_cells is 100"):
        central_cells(gaussian(14, 3, generator), most_cells=100)


@pytest.mark.parametrize(
    ("signs", "message"), [([1, 1], "expected 3 entries"), ([1, 0, 1], "each -1 or 1"), ([1, 1, -1], "no cell")]
)
def test_signs_of_no_cell_are_refused(signs, message, unchecked):
    rows = torch.tensor([[1.0, 0.0], [0.0, 1.0], [1.0, 1.0]], dtype=torch.float64)
    with pytest.raises(ValueError, match=message):
        unchecked(cell_rays)(rows, torch.tensor(signs, dtype=torch.int8))
