"""Programs on polyhedra against enumeration of active sets, closed forms and optimality conditions."""

import itertools

import numpy as np
import pytest
from scipy.optimize import OptimizeResult

from rectified import polytopes
from rectified.polytopes import (
    bounded_least_squares,
    chebyshev_centre,
    cone_least_squares,
    constrained_least_squares,
    is_feasible,
    nearest_point,
)
from rectified.programs import Infeasible, ProgramFailed, Unbounded

SQUARE = np.array([[1.0, 0], [-1, 0], [0, 1], [0, -1]]), np.array([1.0, 0, 1, 0])  # [0, 1] x [0, 1]
EMPTY = np.array([[1.0, 0], [-1, 0]]), np.array([0.0, -1])  # x <= 0 and x >= 1


def enumerated_minimum(M, y, A, b):
    """The best feasible point among the equality-constrained minimisers on all sets of active constraints."""
    best, dim = np.inf, M.shape[1]
    for size in range(min(len(b), dim) + 1):
        for active in itertools.combinations(range(len(b)), size):
            G = A[list(active)]
            system = np.block([[M.T @ M, G.T], [G, np.zeros((size, size))]])
            x = np.linalg.lstsq(system, np.r_[M.T @ y, b[list(active)]], rcond=None)[0][:dim]
            if np.all(A @ x <= b + 1e-9):
                best = min(best, float(np.sum((M @ x - y) ** 2)))
    return best


@pytest.mark.parametrize("seed", range(20))
def test_projections_and_least_squares_are_the_best_of_all_active_sets(seed):
    rng = np.random.default_rng(seed)
    dim, rows = 1 + seed % 3, 3 + seed % 4
    A, M = rng.normal(size=(rows + 3, dim)), rng.normal(size=(rows, dim))
    b, y, x0 = A @ rng.normal(size=dim) + rng.random(rows + 3), 3 * rng.normal(size=rows), 3 * rng.normal(size=dim)
    projection = nearest_point(A, b, x0)
    assert np.all(A @ projection <= b + 1e-9)
    assert np.sum((projection - x0) ** 2) == pytest.approx(enumerated_minimum(np.eye(dim), x0, A, b), abs=1e-12)
    optimum = constrained_least_squares(M, y, A, b)
    assert np.all(A @ optimum.point <= b + 1e-9)
    assert optimum.value == pytest.approx(enumerated_minimum(M, y, A, b), rel=1e-9)


@pytest.mark.parametrize("seed", range(20))
def test_cone_least_squares_satisfies_the_optimality_conditions(seed):
    rng = np.random.default_rng(seed)
    M, y, rays = rng.normal(size=(5, 8)), rng.normal(size=5), rng.normal(size=(6, 8))
    rays = np.vstack([rays, rays[0] + rays[1]])  # a generator too many, and a matrix of deficient rank
    optimum = cone_least_squares(M, y, rays)
    residual = M @ optimum.point - y
    assert optimum.value == pytest.approx(np.sum(residual**2))
    assert np.all(rays @ M.T @ residual >= -1e-9)  # no ray leads down
    assert optimum.point @ M.T @ residual == pytest.approx(0.0, abs=1e-9)  # nor does shrinking or growing the point


def test_a_quadrant_by_its_rays_and_by_its_inequalities():
    M, y = np.array([[1.0, 0], [0, 2], [1, 1]]), np.array([-1.0, 2, 3])
    by_rays = cone_least_squares(M, y, np.eye(2))
    by_inequalities = constrained_least_squares(M, y, -np.eye(2), np.zeros(2))
    assert by_rays.point == pytest.approx(by_inequalities.point)
    assert by_rays.value == pytest.approx(by_inequalities.value)


def test_a_cone_that_the_matrix_maps_to_zero():
    optimum = cone_least_squares(np.array([[1.0, 0]]), np.array([2.0]), np.array([[0.0, 1]]))
    assert (optimum.point.tolist(), optimum.value) == ([0.0, 0.0], 4.0)


def test_a_ray_that_only_rounding_keeps_from_zero_is_not_scaled_up():
    M, rays = np.array([[0.1, 0.2, -0.3], [1.0, 0, 0]]), np.array([[1.0, 1.0, 1.0], [1.0, -1.0, 0.0]])
    assert 0 < abs(M[0] @ rays[0]) < 1e-15
    M[1] = 0.0
    optimum = cone_least_squares(M, np.array([1.0, 0.0]), rays)
    assert np.abs(optimum.point).max() < 100
    assert optimum.value == pytest.approx(1.0)


def test_the_square():
    centre = chebyshev_centre(*SQUARE)
    assert centre.point == pytest.approx([0.5, 0.5])
    assert centre.radius == pytest.approx(0.5)
    assert nearest_point(*SQUARE, np.array([2.0, 0.5])) == pytest.approx([1.0, 0.5])
    assert nearest_point(*SQUARE, np.array([-1.0, 3])) == pytest.approx([0.0, 1.0])
    assert nearest_point(*SQUARE, np.array([0.3, 0.4])).tolist() == [0.3, 0.4]
    assert is_feasible(*SQUARE)
    assert is_feasible(*SQUARE, margin=0.49)
    assert not is_feasible(*SQUARE, margin=0.51)


def test_length_of_the_normals_does_not_matter(rng):
    A, b = SQUARE
    factor = np.array([1e-6, 1e6, 3.0, 0.1])
    assert chebyshev_centre(A * factor[:, None], b * factor).radius == pytest.approx(0.5)
    assert nearest_point(A * factor[:, None], b * factor, np.array([2.0, -4])) == pytest.approx([1.0, 0.0])


def test_a_distant_point_is_projected():
    assert nearest_point(*SQUARE, np.array([1e8, -1e8])) == pytest.approx([1.0, 0.0], abs=1e-6)


def test_a_set_without_interior_has_radius_zero():
    A, b = np.array([[1.0, 0], [-1, 0], [0, 1], [0, -1]]), np.array([0.0, 0, 1, 0])
    assert chebyshev_centre(A, b).radius == pytest.approx(0.0, abs=1e-7)


def test_the_radius_in_a_cone_needs_a_limit():
    A, b = -np.eye(2), np.zeros(2)
    with pytest.raises(Unbounded, match="no finite minimum"):
        chebyshev_centre(A, b)
    assert chebyshev_centre(A, b, largest_radius=1.0).radius == pytest.approx(1.0)


def test_an_empty_set_is_named():
    assert not is_feasible(*EMPTY)
    with pytest.raises(Infeasible, match="no point satisfies"):
        chebyshev_centre(*EMPTY)
    with pytest.raises(Infeasible, match="2 constraints have no point in common"):
        nearest_point(*EMPTY, np.zeros(2))
    with pytest.raises(Infeasible):
        constrained_least_squares(np.eye(2), np.zeros(2), *EMPTY)


def test_a_row_of_zeros_excludes_all_or_nothing():
    A = np.zeros((1, 2))
    assert is_feasible(A, np.array([0.0]))
    assert not is_feasible(A, np.array([-1.0]))
    with pytest.raises(Infeasible):
        nearest_point(A, np.array([-1.0]), np.zeros(2))


def test_refuses_what_does_not_fit(unchecked):
    A, b = SQUARE
    with pytest.raises(ValueError, match=r"A is float32 of shape \(4, 2\); expected a float64 array"):
        unchecked(is_feasible)(A.astype(np.float32), b)
    with pytest.raises(ValueError, match=r"b is float64 of shape \(3,\); expected .* \(4,\)"):
        unchecked(chebyshev_centre)(A, b[:3])
    with pytest.raises(ValueError, match=r"A has shape \(1, 1\); expected an array"):
        unchecked(is_feasible)([[1.0]], b)
    with pytest.raises(ValueError, match=r"x0 is .* shape \(3,\); expected .* \(2,\)"):
        unchecked(nearest_point)(A, b, np.zeros(3))
    with pytest.raises(ValueError, match=r"rays is .* shape \(2, 3\); expected .* \(2, 2\)"):
        unchecked(cone_least_squares)(np.eye(2), np.zeros(2), np.zeros((2, 3)))
    with pytest.raises(ValueError, match="b holds a number that is not finite"):
        is_feasible(A, np.array([np.inf, 0, 1, 0]))


def test_refuses_a_matrix_of_deficient_rank():
    with pytest.raises(ValueError, match=r"M, of shape .* has numerical rank 1; expected full column rank 2"):
        constrained_least_squares(np.ones((3, 2)), np.zeros(3), *SQUARE)


def test_least_squares_on_a_cone_is_checked(monkeypatch):
    """SciPy's NNLS takes no tolerance: where its answer is not optimal BVLS solves the problem, and is checked too."""
    monkeypatch.setattr(polytopes, "nnls", lambda columns, y: (np.zeros(columns.shape[1]), 1.0))
    assert cone_least_squares(np.eye(2), np.array([1.0, -1.0]), np.eye(2)).value == pytest.approx(
        1.0
    )  # the second label is out of reach
    monkeypatch.setattr(polytopes, "lsq_linear", lambda columns, *a, **k: OptimizeResult(x=np.zeros(columns.shape[1])))
    with pytest.raises(ProgramFailed, match="stopped at a slope of 1"):
        cone_least_squares(np.eye(2), np.array([1.0, -1.0]), np.eye(2))


def test_least_squares_in_a_box_against_enumeration(rng):
    """The best among the minimisers in which each coefficient is at zero, at its bound, or free."""
    for _ in range(10):
        columns, y, upper = rng.normal(size=(6, 4)), rng.normal(size=6), np.array([0.2, 0.5, np.inf, 1.0])
        best = np.inf
        for kinds in itertools.product((0, 1, 2), repeat=4):
            free = np.array(kinds) == 2
            held = np.where(np.array(kinds) == 1, upper, 0.0)
            if not np.isfinite(held).all():
                continue
            held[free] = np.linalg.lstsq(columns[:, free], y - columns @ held, rcond=None)[0]
            if (held >= 0).all() and (held <= upper).all():
                best = min(best, np.sum((columns @ held - y) ** 2))
        found = bounded_least_squares(columns, y, upper)
        assert found.value == pytest.approx(best, rel=1e-12)
        assert bounded_least_squares(1e-9 * columns, y, 1e9 * upper).value == pytest.approx(best, rel=1e-12)


def test_least_squares_in_a_box_is_checked(monkeypatch):
    monkeypatch.setattr(polytopes, "lsq_linear", lambda *a, **k: OptimizeResult(x=np.array([0.5])))
    with pytest.raises(ProgramFailed, match=r"stopped at a slope of 0\.5"):
        bounded_least_squares(np.ones((1, 1)), np.ones(1), np.full(1, 2.0))
