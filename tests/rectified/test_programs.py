"""Linear and mixed-integer programs against closed forms, enumeration, and matrices the solver mistreats."""

import ast
import itertools
from pathlib import Path

import numpy as np
import pytest
from scipy.optimize import Bounds, LinearConstraint, OptimizeResult

from rectified import programs
from rectified.polytopes import chebyshev_centre, is_feasible
from rectified.programs import Infeasible, ProgramFailed, Unbounded, solved_milp

SOURCE = Path(programs.__file__).parent
PROGRAMS = {"linprog", "milp"}
LEAST_SQUARES = {"nnls", "lsq_linear", "least_squares"}
OPTIMISERS = {"minimize", "minimize_scalar", "root", "fsolve", "curve_fit", "differential_evolution", "dual_annealing"}


def test_whole_numbers():
    row = LinearConstraint(np.array([[2.0, 1.0]]), ub=4.5)
    box = Bounds(0.0, 10.0)
    cost = np.array([-3.0, -1.0])
    assert solved_milp(cost, row, bounds=box).value == pytest.approx(-6.75)
    best = solved_milp(cost, row, bounds=box, integrality=np.array([True, True]))
    assert best.value == pytest.approx(-6.0)
    assert solved_milp(cost, row, bounds=box, integrality=np.array([True, False])).value == pytest.approx(-6.5)


def test_failures_of_programs_are_named():
    with pytest.raises(Unbounded):
        solved_milp(np.array([1.0]))
    with pytest.raises(Infeasible):
        solved_milp(np.array([1.0]), LinearConstraint(np.array([[1.0], [1.0]]), lb=[1, -np.inf], ub=[np.inf, 0]))
    slow = np.random.default_rng(0).integers(1, 10_000, size=(20, 60)).astype(float)
    row, whole = LinearConstraint(slow, ub=slow.sum(1) / 2), np.ones(60, dtype=bool)
    with pytest.raises(ProgramFailed, match="without an optimum"):
        solved_milp(-slow.sum(0), row, bounds=Bounds(0, 1), integrality=whole, seconds=1e-3)


def knapsack(rng):
    """Equal weights, and values that differ by less than HiGHS' relative gap of 1e-4."""
    values = 1.0 + 1e-5 * rng.random(12)
    return values, LinearConstraint(np.ones((1, 12)), ub=6.0)


def test_the_gap_is_closed(rng):
    for _ in range(5):
        values, row = knapsack(rng)
        best = solved_milp(-values, row, integrality=np.ones(12, dtype=bool), bounds=Bounds(0, 1))
        assert -best.value == pytest.approx(np.sort(values)[6:].sum(), abs=1e-9)


def test_small_costs_are_costs(rng):
    """HiGHS stops at an absolute gap of 1e-6: costs below that would be no costs."""
    cost = -1e-9 * rng.random(10)
    found = solved_milp(cost, LinearConstraint(np.ones((1, 10)), ub=3.5), integrality=cost < 0, bounds=Bounds(0, 1))
    assert found.value == pytest.approx(np.sort(cost)[:3].sum(), rel=1e-9)


def test_whole_numbers_against_enumeration(rng):
    for _ in range(10):
        A, b, cost = rng.normal(size=(4, 5)), rng.random(4) + 0.5, rng.normal(size=5)
        points = np.array(list(itertools.product((0.0, 1.0, 2.0), repeat=5)))
        inside = (points @ A.T <= b).all(1)
        found = solved_milp(cost, LinearConstraint(A, ub=b), integrality=np.ones(5, dtype=bool), bounds=Bounds(0, 2))
        assert found.value == pytest.approx((points[inside] @ cost).min(), abs=1e-9)


def test_entries_that_the_solver_leaves_out():
    """HiGHS drops entries of at most 1e-9; here 1e-10 x + y <= 0 with x = -1e10 allows y = 1."""
    row = LinearConstraint(np.array([[1e-10, 1.0]]), ub=0.0)
    found = solved_milp(np.array([0.0, -1.0]), row, bounds=Bounds([-1e10, -np.inf], [1e10, np.inf]))
    assert found.value == pytest.approx(-1.0)
    tight = LinearConstraint(np.array([[1e-10, 1.0], [0.0, 1.0]]), lb=[-np.inf, 0.5], ub=[0.0, np.inf])
    assert solved_milp(np.zeros(2), tight, bounds=Bounds([-1e10, -np.inf], [1e10, np.inf])).point[0] <= -4.9e9
    assert is_feasible(np.array([[1e-10, 1.0], [0.0, -1.0]]), np.array([0.0, -0.5]))
    with pytest.raises(Unbounded):
        chebyshev_centre(np.array([[1e-10, 1.0], [0.0, -1.0]]), np.array([0.0, -0.5]))


def test_entries_beside_whole_numbers_which_have_no_scale(monkeypatch):
    row = LinearConstraint(np.array([[1e-10, 1.0], [1.0, 0.0]]), ub=[0.0, np.inf])
    options = {"integrality": np.array([True, True]), "bounds": Bounds(-1e12, 1e12)}
    assert solved_milp(np.array([0.0, -1.0]), row, **options).value == pytest.approx(-100.0)
    monkeypatch.setattr(programs, "SWEEPS", 0)
    with pytest.raises(ProgramFailed, match="too far apart"):
        solved_milp(np.array([0.0, -1.0]), row, **options)


def test_answers_are_recomputed(monkeypatch):
    wrong = OptimizeResult(success=True, status=0, message="optimal", x=np.array([2.0]))
    monkeypatch.setattr(programs, "linprog", lambda *a, **k: wrong)
    with pytest.raises(ProgramFailed, match="makes row 0 2; expected between -inf and 1"):
        solved_milp(np.array([-1.0]), LinearConstraint(np.eye(1), ub=1.0))


def test_a_bound_that_does_not_confirm_is_refused(monkeypatch):
    def apart(cost, **_):
        return OptimizeResult(success=True, status=0, message="optimal", x=np.ones(len(cost)), mip_dual_bound=-1e6)

    monkeypatch.setattr(programs, "linprog", apart)
    with pytest.raises(ProgramFailed, match="search's bound"):
        solved_milp(np.array([-1.0]), integrality=np.array([True]), bounds=Bounds(0, 1))


def imported(path):
    """What a file takes from scipy.optimize, by name or by attribute."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module == "scipy.optimize":
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.Attribute) and ast.unparse(node.value).split(".")[-1] == "optimize":
            yield node.attr


@pytest.mark.parametrize(
    ("solvers", "modules"),
    [
        (PROGRAMS, {"src/rectified/programs.py", "src/rectified/reference/solving.py"}),
        (LEAST_SQUARES, {"src/rectified/polytopes.py"}),
        (OPTIMISERS, set()),
    ],
)
def test_solvers_are_called_where_their_tolerances_are_stated(solvers, modules):
    """A call elsewhere would have the solver's defaults, such as a gap of 1e-4 and rows to 1e-7."""
    places = [*SOURCE.rglob("*.py"), *(SOURCE.parents[1] / "notebooks").glob("*.py")]
    found = {path.relative_to(SOURCE.parents[1]).as_posix() for path in places if solvers & set(imported(path))}
    assert found == modules


@pytest.mark.parametrize("module", ["programs.py", "reference/solving.py"])
def test_every_tolerance_is_stated(module):
    """Both modules pass each tolerance that SciPy lets one set, by a named constant."""
    text = (SOURCE / module).read_text(encoding="utf-8")
    for option in ("primal_feasibility_tolerance", "dual_feasibility_tolerance", "mip_rel_gap"):
        assert f'"{option}": ' in text
    assert text.count("linprog(") == 1


def test_a_minimum_among_whole_numbers_may_be_the_origin() -> None:
    """There SciPy tells no bound of the search."""
    rows = LinearConstraint(np.array([[1.0, 2.0]]), -np.inf, 4.0)
    whole = np.array([True, False])
    found = solved_milp(np.array([1.0, 1.0]), rows, integrality=whole, bounds=Bounds(np.zeros(2), np.ones(2)))
    assert found.point.tolist() == [0.0, 0.0]
    assert found.value == 0.0
