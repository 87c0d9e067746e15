"""Linear and mixed-integer programs on SciPy's HiGHS, with every tolerance stated, and answers that are recomputed.

Every program ends with an optimum or with an error that says why there is none: ``Infeasible``, ``Unbounded``, or
``ProgramFailed``, which is above both.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from jaxtyping import Bool, Float
from scipy.optimize import Bounds, LinearConstraint, OptimizeResult, linprog

FEASIBILITY = 1e-9  # of rows, scaled, and of reduced costs; HiGHS' default is 1e-7, the least it takes is 1e-10
RELATIVE_GAP = 0.0  # at which the search among integers may stop; HiGHS' default is 1e-4
STEEPNESS = 2.0**12  # of scaled costs: HiGHS also stops at an absolute gap of 1e-6, which SciPy cannot set
INTEGRALITY = 1e-6  # HiGHS' default, which SciPy cannot set: the integers are rounded, and the rest is solved again
DROPPED = 1e-9  # HiGHS leaves out matrix entries up to this size
LARGEST_EXCESS = 1e-8  # of a recomputed row, relative to its terms: ten times what the solver is asked for
LARGEST_GAP = 1e-6  # between an optimum and the bound of the search, which may use fractions within INTEGRALITY
ROUNDING = 1e-15  # an entry this small beside others of its row and of its column is rounding
SWEEPS = 8  # of scaling rows and columns where some entry would be dropped


class ProgramFailed(RuntimeError):
    """The solver ended without an optimum, or with one that its check refutes; the message says how."""


class Infeasible(ProgramFailed):
    """No point satisfies the constraints."""


class Unbounded(ProgramFailed):
    """The objective has no finite optimum on the set."""


class Optimum(NamedTuple):
    """Where an optimum is taken, and its value."""

    point: np.ndarray
    value: float


class _Program(NamedTuple):
    """Minimise cost @ x subject to low <= matrix @ x <= high and lower <= x <= upper; some of x are whole."""

    cost: np.ndarray
    matrix: np.ndarray
    low: np.ndarray
    high: np.ndarray
    lower: np.ndarray
    upper: np.ndarray
    whole: np.ndarray


def solved_milp(
    cost: Float[np.ndarray, " dim"],
    constraints: LinearConstraint | Sequence[LinearConstraint] = (),
    *,
    integrality: Bool[np.ndarray, " dim"] | None = None,
    bounds: Bounds | None = None,
    seconds: float | None = None,
) -> Optimum:
    """The minimum of ``cost @ x`` under linear constraints, some variables being whole numbers.

    Rows are scaled by powers of two, columns too where the solver would leave an entry out. Whole numbers are rounded
    and held, and the rest is solved again; then all rows are recomputed with the matrix as it was given.

    Args:
        cost: Coefficients, (dim,).
        constraints: SciPy's linear constraints.
        integrality: Which variables are whole; None for a linear program.
        bounds: Of each variable; None leaves all of them free.
        seconds: Time limit.

    Returns:
        A minimiser and the minimum.

    Raises:
        Infeasible: If no point satisfies the constraints.
        Unbounded: If the minimum is minus infinity.
        ProgramFailed: If the time runs out, or the solver's answer does not satisfy the constraints.
    Source:
        own, on HiGHS.
    """
    whole = np.zeros(len(cost), dtype=bool) if integrality is None else integrality
    program = _collected(cost, constraints, Bounds(-np.inf, np.inf) if bounds is None else bounds, whole)
    scaled, columns = _scaled(program)
    found = _solved(scaled, seconds)
    point = found.x
    if whole.any():
        point = _solved(_held(scaled, found.x), seconds).x
        _check_gap(float(scaled.cost @ point), float(found.mip_dual_bound))
    point = np.asarray(point * columns)
    _check_rows(program, point)
    return Optimum(point, float(cost @ point))


def _collected(
    cost: np.ndarray, constraints: LinearConstraint | Sequence[LinearConstraint], bounds: Bounds, whole: np.ndarray
) -> _Program:
    given = [constraints] if isinstance(constraints, LinearConstraint) else list(constraints)
    blocks = [np.atleast_2d(np.asarray(block.A, dtype=float)) for block in given]
    sides = [
        [np.broadcast_to(np.asarray(side, dtype=float), (len(rows),)) for side in (block.lb, block.ub)]
        for block, rows in zip(given, blocks, strict=True)
    ]
    matrix = np.concatenate([np.zeros((0, len(cost))), *blocks])
    low, high = (np.concatenate([np.zeros(0), *(pair[k] for pair in sides)]) for k in (0, 1))
    lower, upper = (np.broadcast_to(np.asarray(side, dtype=float), cost.shape) for side in (bounds.lb, bounds.ub))
    return _Program(np.asarray(cost, dtype=float), matrix, low, high, lower, upper, whole)


def _scaled(program: _Program) -> tuple[_Program, np.ndarray]:
    """Rows whose largest entries are about one, costs of a known size; and the units of the variables.

    Raises:
        ProgramFailed: If no scaling keeps all entries.
    """
    rows, columns = _powers(np.abs(program.matrix).max(axis=1, initial=0.0)), np.ones(len(program.cost))
    matrix = program.matrix * rows[:, None]
    matrix = np.where(np.abs(matrix) <= ROUNDING * np.abs(matrix).max(axis=0, initial=0.0), 0.0, matrix)
    sweep = 0
    while _loses_entries(matrix) and sweep < SWEEPS:
        moved = np.where(program.whole, 1.0, _powers(_middle(matrix, 0)))
        columns, matrix, sweep = columns * moved, matrix * moved, sweep + 1
        moved = _powers(_middle(matrix, 1))
        rows, matrix = rows * moved, matrix * moved[:, None]
    if _loses_entries(matrix):
        raise ProgramFailed(f"entries of the matrix are too far apart: the solver leaves out those up to {DROPPED}")
    cost = program.cost * columns
    steepness = STEEPNESS * _powers(np.abs(cost).max(initial=0.0)[None])[0]
    bounds = program.lower / columns, program.upper / columns
    return _Program(cost * steepness, matrix, program.low * rows, program.high * rows, *bounds, program.whole), columns


def _powers(sizes: np.ndarray) -> np.ndarray:
    """The powers of two that bring sizes near one; one for a size of zero."""
    sizes = np.where(sizes > 0.0, sizes, 1.0)
    powers: np.ndarray = np.exp2(-np.round(np.log2(sizes)))
    return powers


def _middle(matrix: np.ndarray, axis: int) -> np.ndarray:
    """The geometric mean of the largest and the smallest entry of each column or row that are not zero."""
    sizes = np.abs(matrix)
    largest = sizes.max(axis=axis, initial=0.0)
    smallest = np.where(sizes > 0.0, sizes, np.inf).min(axis=axis, initial=np.inf)
    return np.sqrt(np.where(largest > 0.0, largest * smallest, 0.0))


def _loses_entries(matrix: np.ndarray) -> bool:
    """Whether the solver would leave an entry out."""
    return bool(np.any((matrix != 0.0) & (np.abs(matrix) <= DROPPED)))


def _solved(program: _Program, seconds: float | None) -> OptimizeResult:
    """What HiGHS says.

    Raises:
        Infeasible: If no point satisfies the constraints.
        Unbounded: If the minimum is minus infinity.
        ProgramFailed: If there is no optimum for another reason.
    """
    result = _highs(program, program.cost, seconds)
    status = result.status
    if status == 4:  # HiGHS may not tell infeasible from unbounded; without a cost only the first is left
        status = 2 if _highs(program, np.zeros_like(program.cost), seconds).status == 2 else 3
    if status == 2:
        size = len(program.cost)
        raise Infeasible(f"no point satisfies the {size}-variable program's constraints ({result.message})")
    if status == 3:
        raise Unbounded(f"the program's objective has no finite minimum ({result.message})")
    if not result.success:
        raise ProgramFailed(f"the solver ended without an optimum: {result.message}")
    return result


def _highs(program: _Program, cost: np.ndarray, seconds: float | None) -> OptimizeResult:
    """SciPy's result; among whole numbers one more variable is held at one.

    Without it SciPy leaves out the bound of the search where the minimiser is the origin.
    """
    if not program.whole.any():
        return _called(program, cost, seconds)
    one, none = np.ones(1), np.zeros((len(program.matrix), 1))
    program = program._replace(
        matrix=np.hstack([program.matrix, none]),
        lower=np.append(program.lower, one),
        upper=np.append(program.upper, one),
        whole=np.append(program.whole, False),
    )
    result = _called(program, np.append(cost, 0.0), seconds)
    result.x = None if result.x is None else result.x[:-1]
    return result


def _called(program: _Program, cost: np.ndarray, seconds: float | None) -> OptimizeResult:
    equal = program.low == program.high
    above, below = ~equal & (program.low > -np.inf), ~equal & (program.high < np.inf)
    tolerances = {"primal_feasibility_tolerance": FEASIBILITY, "dual_feasibility_tolerance": FEASIBILITY}
    return linprog(
        cost,
        A_ub=np.concatenate([program.matrix[below], -program.matrix[above]]),
        b_ub=np.concatenate([program.high[below], -program.low[above]]),
        A_eq=program.matrix[equal],
        b_eq=program.low[equal],
        bounds=np.column_stack([program.lower, program.upper]),
        integrality=program.whole.astype(int) if program.whole.any() else None,
        method="highs",
        options={**tolerances, "mip_rel_gap": RELATIVE_GAP, "time_limit": seconds},
    )


def _held(program: _Program, point: np.ndarray) -> _Program:
    """The linear program that is left when the whole numbers are rounded and held.

    Raises:
        ProgramFailed: If one of them is none.
    """
    rounded = np.round(point)
    if np.abs(rounded - point)[program.whole].max() > INTEGRALITY:
        raise ProgramFailed("the solver ended with whole numbers that are none")
    lower, upper = (np.where(program.whole, rounded, side) for side in (program.lower, program.upper))
    return program._replace(lower=lower, upper=upper, whole=np.zeros_like(program.whole))


def _check_gap(value: float, bound: float) -> None:
    """Refuse an optimum that the search's own bound does not confirm.

    Raises:
        ProgramFailed: If they are apart.
    """
    if not value - bound <= LARGEST_GAP * max(STEEPNESS, abs(value)):
        raise ProgramFailed(f"with whole numbers rounded the value is {value:.9g}, the search's bound {bound:.9g}")


def _check_rows(program: _Program, point: np.ndarray) -> None:
    """Recompute the constraints with the matrix as it was given.

    Raises:
        ProgramFailed: If one is violated.
    """
    values, sizes = program.matrix @ point, np.abs(program.matrix) @ np.abs(point)
    sizes = sizes + np.abs(program.matrix).max(axis=1, initial=0.0)
    excess = np.maximum(values - program.high, program.low - values) - LARGEST_EXCESS * sizes
    if np.max(excess, initial=-np.inf) > 0.0:
        row = int(excess.argmax())
        ends = f"between {program.low[row]:.9g} and {program.high[row]:.9g}"
        raise ProgramFailed(f"the solver's answer makes row {row} {values[row]:.9g}; expected {ends}")
