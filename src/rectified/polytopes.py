r"""Linear and quadratic programs on polyhedra :math:`\{x : A x \le b\}`, on SciPy's HiGHS and NNLS.

Every program ends with an optimum or with an error that says why there is none: ``Infeasible``, ``Unbounded``, or
``ProgramFailed``, which is above both. Linear programs are those of ``rectified.programs``, with their tolerances. The
quadratic programs stop at no tolerance: an active set is found, its equations are solved, the answer is checked.
"""

from contextlib import suppress
from typing import Any, NamedTuple

import numpy as np
from jaxtyping import Float
from scipy.optimize import Bounds, LinearConstraint, lsq_linear, nnls

from rectified.programs import Infeasible, Optimum, ProgramFailed, solved_milp

ROUNDING = 1e-9  # of a point's constraints, relative to its distance; of slopes at a minimum, relative to the target
SMALLEST_RESIDUAL = 1e-7  # of the least-distance form, which is zero for an empty set: below, a linear program decides
VANISHING = 1e-13  # of a ray's image, relative to matrix and ray: below, it is rounding, and must not be scaled up
SMALLEST_GAIN = 1e-15  # of a step of BVLS, relative: below it stops; SciPy's default is 1e-10
MOST_STEPS = 10  # of BVLS for each coefficient; SciPy's default is one
DEPENDENT = 1e-14  # singular values of active constraints, relative: below, they are rounding; the point is checked
LARGEST_CONDITION = 1e10  # of a least-squares matrix: beyond, the minimiser has fewer than six correct digits


class InscribedBall(NamedTuple):
    """A largest ball inside a polyhedron."""

    point: np.ndarray
    radius: float


def is_feasible(
    A: Float[np.ndarray, "constraints dim"], b: Float[np.ndarray, " constraints"], *, margin: float = 0.0
) -> bool:
    r"""Whether some point keeps the distance ``margin`` from every boundary of :math:`\{x : A x \le b\}`.

    Args:
        A: Normals of the constraints.
        b: Their right-hand sides.
        margin: Distance that is asked for, at least 0.

    Returns:
        The answer, up to the solver's tolerance of 1e-9, a distance.

    Raises:
        ValueError: If shapes or dtypes do not fit.
        ProgramFailed: If the solver gives no answer.
    """
    normals, offsets, _ = _normalised(A, b)
    with suppress(Infeasible):
        solved_milp(np.zeros(A.shape[1]), LinearConstraint(normals, ub=offsets - margin))
        return True
    return False


def chebyshev_centre(
    A: Float[np.ndarray, "constraints dim"], b: Float[np.ndarray, " constraints"], *, largest_radius: float = np.inf
) -> InscribedBall:
    r"""Centre and radius of a largest ball inside :math:`\{x : A x \le b\}`.

    Args:
        A: Normals of the constraints.
        b: Their right-hand sides.
        largest_radius: Where to stop; needed for sets that hold balls of every radius, such as cones.

    Returns:
        Centre and radius; the radius is 0 when the set has no interior.

    Raises:
        ValueError: If shapes or dtypes do not fit.
        Infeasible: If the set is empty.
        Unbounded: If there are balls of every radius and ``largest_radius`` is infinite.
        ProgramFailed: If the solver gives no answer.
    """
    normals, offsets, lengths = _normalised(A, b)
    rows = np.column_stack([normals, lengths > 0])
    limits = Bounds(np.r_[np.full(A.shape[1], -np.inf), 0.0], np.r_[np.full(A.shape[1], np.inf), largest_radius])
    optimum = solved_milp(-np.eye(A.shape[1] + 1)[-1], LinearConstraint(rows, ub=offsets), bounds=limits)
    return InscribedBall(optimum.point[:-1], max(-optimum.value, 0.0))


def nearest_point(
    A: Float[np.ndarray, "constraints dim"], b: Float[np.ndarray, " constraints"], x0: Float[np.ndarray, " dim"]
) -> Float[np.ndarray, " dim"]:
    r"""The point of :math:`\{x : A x \le b\}` closest to ``x0`` in the Euclidean norm.

    The shortest :math:`z = x - x_0` with :math:`G z \ge h` follows from the residual :math:`r` of
    :math:`\min_{u \ge 0} \|(G, h)^\top u - e_{n+1}\|`: :math:`z = -r_{1..n} / r_{n+1}`; no residual, no point.

    Args:
        A: Normals of the constraints.
        b: Their right-hand sides.
        x0: The point to project.

    Returns:
        The projection; ``x0`` itself (a copy) where it satisfies the constraints.

    Raises:
        ValueError: If shapes or dtypes do not fit.
        Infeasible: If the set is empty.
        ProgramFailed: If the constraints are too badly conditioned for a projection that satisfies them.
    Source:
        [lawson1974solving], Chapter 23, problem LDP.
    """
    normals, offsets, _ = _normalised(A, b)
    _check_array("x0", x0, (A.shape[1],))
    excess = normals @ x0 - offsets
    scale = float(excess.max(initial=0.0))
    if scale <= 0.0:
        return x0.copy()
    z = _least_distance(-normals, excess / scale)
    if z is None:
        if is_feasible(A, b):
            raise ProgramFailed(
                "the constraints are too badly conditioned: no projection that satisfies them was found"
            )
        raise Infeasible(f"the {len(b)} constraints have no point in common")
    return np.asarray(x0 + scale * z)


def constrained_least_squares(
    M: Float[np.ndarray, "rows dim"],
    y: Float[np.ndarray, " rows"],
    A: Float[np.ndarray, "constraints dim"],
    b: Float[np.ndarray, " constraints"],
) -> Optimum:
    r"""The minimum of :math:`\|M x - y\|^2` subject to :math:`A x \le b`, for ``M`` of full column rank.

    With :math:`M = Q R`, the vector :math:`R x` is the projection of :math:`Q^\top y`.

    Args:
        M: The matrix.
        y: What to fit.
        A: Normals of the constraints.
        b: Their right-hand sides.

    Returns:
        The minimiser, which is unique, and the squared residual.

    Raises:
        ValueError: If shapes or dtypes do not fit, or M has not full column rank.
        Infeasible: If the set is empty.
        ProgramFailed: If the constraints are too badly conditioned.
    Source:
        [lawson1974solving], Chapter 23, problem LSI.
    """
    _check_constraints(A, b)
    _check_array("M", M, (len(y), A.shape[1]))
    _check_array("y", y, (len(y),))
    rank = np.linalg.matrix_rank(M, rtol=1 / LARGEST_CONDITION)
    if rank < M.shape[1]:
        raise ValueError(
            f"M, of shape {M.shape}, has numerical rank {rank}; expected full column rank {M.shape[1]}. "
            "On a cone, give its generators to cone_least_squares"
        )
    Q, R = np.linalg.qr(M)
    t = nearest_point(np.linalg.solve(R.T, A.T).T, b, Q.T @ y)
    x = np.linalg.solve(R, t)
    return Optimum(x, float(np.sum((M @ x - y) ** 2)))


def cone_least_squares(
    M: Float[np.ndarray, "rows dim"], y: Float[np.ndarray, " rows"], rays: Float[np.ndarray, "rays dim"]
) -> Optimum:
    r"""The minimum of :math:`\|M x - y\|^2` over the cone generated by ``rays``; ``M`` may have any rank.

    Args:
        M: The matrix.
        y: What to fit.
        rays: Generators, one a row: the cone holds their sums with non-negative coefficients.

    Returns:
        A minimiser, and the squared residual, which is unique.

    Raises:
        ValueError: If shapes or dtypes do not fit.
        ProgramFailed: If the active set does not settle, or not where the conditions of optimality hold.
    Source:
        [lawson1974solving], Chapter 23, algorithm NNLS.
    """
    _check_array("M", M, (len(y), M.shape[1]))
    _check_array("y", y, (len(y),))
    _check_array("rays", rays, (len(rays), M.shape[1]))
    lengths = np.linalg.norm(columns := M @ rays.T, axis=0)
    sizes = np.linalg.norm(M) * np.linalg.norm(rays, axis=1)
    columns[:, lengths <= VANISHING * sizes], lengths[lengths <= VANISHING * sizes] = 0.0, 1.0
    coefficients = _cone_coefficients(columns / lengths, y) / lengths
    return Optimum(coefficients @ rays, float(np.sum((columns @ coefficients - y) ** 2)))


def bounded_least_squares(
    columns: Float[np.ndarray, "rows dim"], y: Float[np.ndarray, " rows"], upper: Float[np.ndarray, " dim"]
) -> Optimum:
    r"""The minimum of :math:`\|C u - y\|^2` over :math:`0 \le u \le` ``upper``.

    Args:
        columns: The matrix C; it may have any rank.
        y: What to fit.
        upper: Largest coefficients, positive; infinity for none.

    Returns:
        A minimiser, and the squared residual, which is unique.

    Raises:
        ValueError: If shapes or dtypes do not fit.
        ProgramFailed: If the solver stops where the conditions of optimality do not hold.
    Source:
        own, on the active-set algorithm BVLS; the check is ours.
    """
    _check_array("columns", columns, (len(y), columns.shape[1]))
    _check_array("y", y, (len(y),))
    lengths = np.linalg.norm(columns, axis=0)
    lengths[lengths == 0.0] = 1.0
    scaled, limits = columns / lengths, upper * lengths
    result = lsq_linear(scaled, y, (0.0, limits), method="bvls", tol=SMALLEST_GAIN, max_iter=MOST_STEPS * len(upper))
    _check_optimal(scaled, y, result.x, limits)
    return Optimum(result.x / lengths, float(np.sum((scaled @ result.x - y) ** 2)))


def _least_distance(G: np.ndarray, h: np.ndarray) -> np.ndarray | None:
    """The shortest z with G z >= h, solved on its active set; None where rounding or emptiness leaves none."""
    unit = np.eye(G.shape[1] + 1)[-1]
    u, residual = _non_negative(np.vstack([G.T, h]), unit)
    if residual < SMALLEST_RESIDUAL:
        return None
    active = u > 0.0
    z: np.ndarray = np.linalg.lstsq(G[active], h[active], rcond=DEPENDENT)[0]
    return z if np.all(G @ z >= h - ROUNDING * (1.0 + np.linalg.norm(z))) else None


def _cone_coefficients(columns: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Non-negative coefficients of least squares: by NNLS, and where its answer is not optimal by BVLS.

    SciPy's NNLS may keep two nearly opposite columns with coefficients of 1e15, and say that it has settled. Both
    answers are checked.
    """
    coefficients = _non_negative(columns, y)[0]
    try:
        _check_optimal(columns, y, coefficients, np.inf)
    except ProgramFailed:
        coefficients = bounded_least_squares(columns, y, np.full(columns.shape[1], np.inf)).point
    return coefficients


def _non_negative(columns: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, float]:
    """Non-negative least squares: coefficients and the norm of the residual.

    Raises:
        ProgramFailed: If the active set does not settle.
    """
    try:
        u, residual = nnls(columns, y)
    except RuntimeError as error:
        raise ProgramFailed(f"non-negative least squares did not settle: {error}") from None
    return u, residual


def _check_optimal(columns: np.ndarray, y: np.ndarray, coefficients: np.ndarray, upper: float | np.ndarray) -> None:
    """Refuse coefficients that the gradient says to change: SciPy's NNLS takes no tolerance, BVLS one of the gain.

    Raises:
        ProgramFailed: If the residual descends along a column of length one, or along one taken back.
    """
    slopes = columns.T @ (y - columns @ coefficients)
    more, less = np.where(coefficients < upper, slopes, 0.0), np.where(coefficients > 0.0, -slopes, 0.0)
    wrong = float(np.max(np.maximum(more, less), initial=0.0))
    if wrong > ROUNDING * float(np.linalg.norm(y)):
        raise ProgramFailed(f"least squares under bounds stopped at a slope of {wrong:.3g}, where it should be zero")


def _normalised(A: Any, b: Any) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Rows of length one with their right-hand sides, and the former lengths; rows of zeros stay."""
    _check_constraints(A, b)
    lengths = np.linalg.norm(A, axis=1)
    divisor = np.where(lengths > 0.0, lengths, 1.0)
    return A / divisor[:, None], b / divisor, lengths


def _check_constraints(A: Any, b: Any) -> None:
    if not isinstance(A, np.ndarray) or A.ndim != 2:
        raise ValueError(f"A has shape {np.shape(A)}; expected an array (constraints, dim)")
    _check_array("A", A, A.shape)
    _check_array("b", b, A.shape[:1])


def _check_array(name: str, array: Any, shape: tuple[int, ...]) -> None:
    if not isinstance(array, np.ndarray) or array.shape != shape or array.dtype != np.float64:
        came = f"{getattr(array, 'dtype', type(array).__name__)} of shape {np.shape(array)}"
        raise ValueError(f"{name} is {came}; expected a float64 array of shape {shape}")
    if not np.isfinite(array).all():
        raise ValueError(f"{name} holds a number that is not finite")
