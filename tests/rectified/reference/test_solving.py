"""Programs whose answers are checked: against closed forms, enumeration, and a solver that errs."""

import itertools

import numpy as np
import pytest
from scipy.optimize import OptimizeResult

from rectified.reference import solving
from rectified.reference.solving import NothingFeasible, Program, ProgramFailed, checked_minimum


def program(cost, matrix, high, *, upper=1.0, integer=False):
    cost, matrix = np.array(cost, dtype=float), np.array(matrix, dtype=float).reshape(-1, len(cost))
    free = np.full(len(matrix), -np.inf)
    box = np.zeros(len(cost)), np.full(len(cost), upper)
    return Program(cost, matrix, free, np.array(high, dtype=float), *box, np.full(len(cost), integer))


def test_a_linear_program_and_what_its_multipliers_prove():
    found = checked_minimum(program([-1.0, -2.0], [[1.0, 1.0]], [1.5]))
    assert found.point == pytest.approx([0.5, 1.0])
    assert found.value == pytest.approx(-2.5, abs=1e-12)
    assert found.bound == pytest.approx(-2.5, abs=1e-9)


def test_whole_numbers_against_enumeration(rng):
    """Values that differ by less than HiGHS' relative gap of 1e-4."""
    for _ in range(5):
        values = 1.0 + 1e-5 * rng.random(8)
        points = np.array(list(itertools.product((0.0, 1.0), repeat=8)))
        expected = (points[points.sum(1) <= 4] @ -values).min()
        found = checked_minimum(program(-values, [np.ones(8)], [4.0], integer=True))
        assert found.value == pytest.approx(expected, abs=1e-9)
        assert found.bound <= found.value + 1e-9


def test_entries_that_the_solver_leaves_out():
    """HiGHS drops entries of at most 1e-9; in units of the box they are as large as any."""
    wide = program([0.0, -1.0], [[-1e-12, 1.0]], [0.0])._replace(upper=np.array([1e12, 10.0]))
    assert checked_minimum(wide).value == pytest.approx(-1.0)


def test_no_point_and_no_box():
    with pytest.raises(NothingFeasible, match="no point satisfies"):
        checked_minimum(program([1.0], [[1.0]], [-0.5]))
    with pytest.raises(ValueError, match="expected a box"):
        checked_minimum(program([1.0], [[1.0]], [1.0], upper=np.inf))


def answer(monkeypatch, x, price):
    sides = OptimizeResult(marginals=np.array([price]))
    result = OptimizeResult(status=0, success=True, x=np.array(x), ineqlin=sides, eqlin=OptimizeResult(marginals=[]))
    monkeypatch.setattr(solving, "linprog", lambda *a, **k: result)


def test_an_answer_outside_is_refused(monkeypatch):
    answer(monkeypatch, [1.0], -solving.STEEPNESS)
    with pytest.raises(ProgramFailed, match=r"violates a constraint by 0\.5"):
        checked_minimum(program([-1.0], [[1.0]], [0.5]))


def test_an_answer_that_could_be_lower_is_refused(monkeypatch):
    answer(monkeypatch, [0.25], -solving.STEEPNESS)
    with pytest.raises(ProgramFailed, match=r"its bound -0\.5"):
        checked_minimum(program([-1.0], [[1.0]], [0.5]))


def test_a_minimum_among_whole_numbers_may_be_the_origin():
    """There SciPy tells no bound of the search."""
    found = checked_minimum(program([1.0, 1.0], [[1.0, 2.0]], [4.0], integer=True))
    assert found.point.tolist() == [0.0, 0.0]
    assert (found.value, found.bound) == (0.0, 0.0)
