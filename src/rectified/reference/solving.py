"""Linear and mixed-integer programs on boxes, whose answers are checked: each minimum comes with a bound from below.

The solver is HiGHS through SciPy, which leaves much to its defaults. Here every tolerance has a name and a reason, and
nothing that the solver says of its own answer is believed but its tree of integer nodes. Variables are scaled by their
bounds, so that a matrix entry of at most 1e-9, which HiGHS leaves out, says no more than FEASIBILITY does.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import OptimizeResult, linprog

Array = NDArray[np.float64]

FEASIBILITY = 1e-9  # of scaled constraints and of reduced costs; HiGHS' default is 1e-7, the least it takes is 1e-10
RELATIVE_GAP = 0.0  # at which the search among integers may stop; HiGHS' default is 1e-4
STEEPNESS = 2.0**12  # of scaled costs: HiGHS also stops at an absolute gap of 1e-6, which SciPy cannot set
INTEGRALITY = 1e-6  # HiGHS' default, which SciPy cannot set: the integers are rounded, and the rest is solved again
LARGEST_WHOLE_GAP = 1e-6  # the same with integers: the search's bound may use fractions within INTEGRALITY
LARGEST_GAP = 1e-8  # between the minimum and its bound, relative to the sizes of cost and box: beyond, no answer


class ProgramFailed(RuntimeError):
    """The solver ended without an optimum, or with one that does not stand up to its check; the message says how."""


class NothingFeasible(ProgramFailed):
    """No point satisfies the constraints."""


class Program(NamedTuple):
    """Minimise cost @ x subject to low <= matrix @ x <= high in a finite box; some variables are whole numbers."""

    cost: Array
    matrix: Array
    low: Array
    high: Array
    lower: Array
    upper: Array
    integer: NDArray[np.bool_]


class Minimum(NamedTuple):
    """A point that satisfies the constraints up to FEASIBILITY, its value, and a number that no point is below."""

    point: Array
    value: float
    bound: float


def checked_minimum(program: Program) -> Minimum:
    """The minimum, with the constraints recomputed at its point, and a bound from below that closes the gap.

    A linear program's bound is that of its multipliers, by weak duality, computed here from the matrix as it was given.
    A mixed-integer one's is the bound of the search, and its integers are rounded and held while the rest is solved.

    Args:
        program: What to minimise.

    Returns:
        The minimum and its bound.

    Raises:
        NothingFeasible: If the solver finds that no point satisfies the constraints.
        ProgramFailed: If it ends otherwise, or its answer violates a constraint or leaves a gap.
        ValueError: If the box is not finite.
    """
    if not (np.isfinite(program.lower).all() and np.isfinite(program.upper).all()):
        raise ValueError("lower or upper is not finite; expected a box, since the variables are scaled by it")
    scale = np.where(program.integer, 1.0, np.maximum(np.abs(program.lower), np.abs(program.upper)))
    scaled = _scaled(program, scale)
    found = _solved(scaled)
    if program.integer.any():
        point = np.asarray(_solved(_held(scaled, np.asarray(found.x))).x)
        bound = float(_solved(_beside_a_one(scaled)).mip_dual_bound) if not np.any(found.x) else found.mip_dual_bound
    else:
        bound, point = _weak_bound(scaled, found), np.asarray(found.x)
    _check(scaled, point, bound, LARGEST_WHOLE_GAP if program.integer.any() else LARGEST_GAP)
    unit = np.abs(program.cost * scale).max(initial=0.0) / STEEPNESS
    return Minimum(point * scale, float(program.cost @ (point * scale)), bound * unit)


def _scaled(program: Program, scale: Array) -> Program:
    """The same program in variables of size at most one, with known rows and costs; what is held at 0 is out."""
    matrix, cost = program.matrix * scale, program.cost * scale
    lengths, steepness = np.abs(matrix).max(axis=1, initial=0.0), np.abs(cost).max(initial=0.0)
    lengths[lengths == 0.0] = 1.0
    units = np.where(scale > 0.0, scale, 1.0)
    return Program(
        cost * (STEEPNESS / steepness if steepness > 0.0 else 0.0),
        matrix / lengths[:, None],
        program.low / lengths,
        program.high / lengths,
        program.lower / units,
        program.upper / units,
        program.integer,
    )


def _solved(program: Program) -> OptimizeResult:
    """What HiGHS says, with all its tolerances stated.

    Raises:
        NothingFeasible: If no point satisfies the constraints.
        ProgramFailed: If there is no optimum for another reason.
    """
    equal, above, below = _kinds(program)
    result = linprog(
        program.cost,
        A_ub=np.concatenate([program.matrix[below], -program.matrix[above]]),
        b_ub=np.concatenate([program.high[below], -program.low[above]]),
        A_eq=program.matrix[equal],
        b_eq=program.low[equal],
        bounds=np.column_stack([program.lower, program.upper]),
        integrality=program.integer.astype(int) if program.integer.any() else None,
        method="highs",
        options={
            "primal_feasibility_tolerance": FEASIBILITY,
            "dual_feasibility_tolerance": FEASIBILITY,
            "mip_rel_gap": RELATIVE_GAP,
        },
    )
    if result.status == 2:
        raise NothingFeasible(f"no point satisfies the constraints: {result.message}")
    if not result.success:
        raise ProgramFailed(f"the solver ended without an optimum: {result.message}")
    return result


def _beside_a_one(program: Program) -> Program:
    """The same with a variable held at one: SciPy tells no bound of the search where the minimiser is the origin."""
    return Program(
        np.append(program.cost, 0.0),
        np.hstack([program.matrix, np.zeros((len(program.matrix), 1))]),
        program.low,
        program.high,
        np.append(program.lower, 1.0),
        np.append(program.upper, 1.0),
        np.append(program.integer, False),
    )


def _kinds(program: Program) -> tuple[NDArray[np.bool_], NDArray[np.bool_], NDArray[np.bool_]]:
    """Which rows are equations, which are bounded from below only or too, and which from above."""
    equal = program.low == program.high
    return equal, ~equal & np.isfinite(program.low), ~equal & np.isfinite(program.high)


def _weak_bound(program: Program, result: OptimizeResult) -> float:
    """What the multipliers prove: with prices y of the rows, cost @ x >= y @ b + the least of (cost - y A) @ x."""
    equal, above, below = _kinds(program)
    sides = np.minimum(np.asarray(result.ineqlin.marginals), 0.0)
    prices = np.zeros(len(program.low))
    prices[equal] = result.eqlin.marginals
    prices[below] += sides[: below.sum()]
    prices[above] -= sides[below.sum() :]
    rest = program.cost - prices @ program.matrix
    held = np.where(prices > 0.0, program.low, program.high)
    least = np.minimum(rest * program.lower, rest * program.upper).sum()
    return float(prices[prices != 0.0] @ held[prices != 0.0] + least)


def _held(program: Program, point: Array) -> Program:
    """The linear program that is left when the integers are rounded and held.

    Raises:
        ProgramFailed: If an integer is none.
    """
    whole = np.round(point)
    if np.abs(whole - point)[program.integer].max() > INTEGRALITY:
        raise ProgramFailed("the solver's whole numbers are none")
    lower, upper = (np.where(program.integer, whole, side) for side in (program.lower, program.upper))
    return program._replace(lower=lower, upper=upper, integer=np.zeros_like(program.integer))


def _check(program: Program, point: Array, bound: float, gap: float) -> None:
    """Recompute what the solver promised.

    Raises:
        ProgramFailed: If a constraint is violated, or value and bound are apart.
    """
    rows, room = program.matrix @ point, (1 + len(point)) * FEASIBILITY  # an entry that was left out moves a row, too
    excess = max(np.max(rows - program.high, initial=0.0), np.max(program.low - rows, initial=0.0))
    outside = max(np.max(point - program.upper, initial=0.0), np.max(program.lower - point, initial=0.0))
    if max(excess, outside) > room:
        raise ProgramFailed(f"the solver's answer violates a constraint by {max(excess, outside):.3g}, scaled")
    if not abs(program.cost @ point - bound) <= gap * STEEPNESS:
        found = f"{program.cost @ point / STEEPNESS:.9g} and its bound {bound / STEEPNESS:.9g}"
        raise ProgramFailed(f"the solver's answer is {found}, scaled")
