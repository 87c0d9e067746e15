"""The smallest number of active rows by mixed-integer programming: a decision that enumerates nothing."""

import numpy as np
from jaxtyping import Float
from scipy.optimize import Bounds, LinearConstraint
from torch import Tensor

from rectified.injectivity._checks import check_layer
from rectified.injectivity.spanning import unit_weight
from rectified.polytopes import chebyshev_centre
from rectified.programs import ProgramFailed, solved_milp

# The solver takes a row for inactive up to 1e-6 on the cube, so that its count may be too small, never too large. A
# point at least this far from all walls whose inactive rows are the solver's shows that it is not too small either.
SMALLEST_MARGIN = 1e-7


def programmed_active_count(weight: Float[Tensor, "d_out d_in"], *, seconds: float = 60.0) -> int:
    r"""The smallest number of rows with :math:`\langle w_i, x\rangle > 0` over all x on the surface of the cube.

    A binary :math:`z_i` says that row i may be active: :math:`\langle w_i, x\rangle \le \|w_i\|_1 z_i` on the cube. One
    binary for each of the 2 d faces says that x lies on it, and one face must be chosen. The sum of all :math:`z_i` is
    minimised. Without biases scaling x changes no sign, so that the surface of the cube stands for all inputs but zero.

    The solver's answer is checked: a linear programme must find a point at which all rows that it left out are strictly
    negative. Lengths of rows and units of columns do not matter.

    Args:
        weight: Rows in general position (every d_in of them independent); no bias.
        seconds: Time limit of the programme.

    Returns:
        The count: the layer is injective exactly if it is at least d_in.

    Raises:
        ValueError: If weight has another form or a row of zeros.
        ProgramFailed: If the solver ends without an optimum, or no point has its inactive rows strictly inactive: rows
            are not in general position, as for a row and its negative, or a cell is too thin.

    Source:
        own; the formulation of activity by binaries is that of [tjeng2019evaluating].
    """
    rows, dim = check_layer(weight)
    array = unit_weight(weight).detach().cpu().numpy()
    largest = np.abs(array).sum(axis=1)
    if (largest == 0).any():
        raise ValueError(f"weight[{int(np.argmin(largest))}] is zero; expected rows in general position")
    cost = np.concatenate([np.zeros(dim), np.ones(rows), np.zeros(2 * dim)])
    integer = np.arange(len(cost)) >= dim
    low = np.where(integer, 0.0, -1.0)
    constraints = [_activity(array / largest[:, None]), *_on_a_face(rows, dim)]
    bounds = Bounds(low, np.ones(len(cost)))
    optimum = solved_milp(cost, constraints, integrality=integer, bounds=bounds, seconds=seconds)
    _check_inactive(array[optimum.point[dim : dim + rows] < 0.5])
    return round(optimum.value)


def _check_inactive(rows: np.ndarray) -> None:
    """Refuse a set of inactive rows that no input has.

    Raises:
        ProgramFailed: If no ball of some size inside the unit cube lies on the negative sides of all of them.
    """
    cube = np.concatenate([np.eye(rows.shape[1]), -np.eye(rows.shape[1])])
    sides = np.concatenate([np.zeros(len(rows)), np.ones(len(cube))])
    radius = chebyshev_centre(np.concatenate([rows, cube]), sides, largest_radius=1.0).radius
    if radius < SMALLEST_MARGIN:
        raise ProgramFailed(
            f"the programme's {len(rows)} inactive rows are inactive together by no more than {radius:.1g}: rows are "
            "not in general position, or a cell is too thin; rectified.injectivity.cells.is_injective decides by ranks"
        )


def _activity(scaled: np.ndarray) -> LinearConstraint:
    """On the cube scaled rows are at most one, so that an active row needs its binary."""
    rows, dim = scaled.shape
    return LinearConstraint(np.hstack([scaled, -np.eye(rows), np.zeros((rows, 2 * dim))]), -np.inf, 0.0)


def _on_a_face(rows: int, dim: int) -> list[LinearConstraint]:
    """A chosen face presses its coordinate to 1 or to -1; exactly one is chosen."""
    signed = np.concatenate([np.eye(dim), -np.eye(dim)])
    pressed = np.hstack([signed, np.zeros((2 * dim, rows)), -2.0 * np.eye(2 * dim)])
    choice = np.concatenate([np.zeros(dim + rows), np.ones(2 * dim)])
    return [LinearConstraint(pressed, -1.0, np.inf), LinearConstraint(choice[None], 1.0, 1.0)]
