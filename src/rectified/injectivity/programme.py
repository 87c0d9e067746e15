"""The smallest number of active rows by mixed-integer programming: a decision that enumerates nothing."""

import numpy as np
from jaxtyping import Float
from scipy.optimize import Bounds, LinearConstraint
from torch import Tensor

from rectified.injectivity._checks import check_layer
from rectified.programs import solved_milp


def programmed_active_count(weight: Float[Tensor, "d_out d_in"], *, seconds: float = 60.0) -> int:
    r"""The smallest number of rows with :math:`\langle w_i, x\rangle > 0` over all x on the surface of the cube.

    A binary :math:`z_i` says that row i may be active: :math:`\langle w_i, x\rangle \le \|w_i\|_1 z_i` on the cube. One
    binary for each of the 2 d faces says that x lies on it, and one face must be chosen. The sum of all :math:`z_i` is
    minimised. Without biases scaling x changes no sign, so that the surface of the cube stands for all inputs but zero.

    Args:
        weight: Rows in general position (every d_in of them independent); no bias.
        seconds: Time limit of the programme.

    Returns:
        The count: the layer is injective exactly if it is at least d_in.

    Raises:
        ValueError: If weight has another form or a row of zeros.
        ProgramFailed: If the solver ends without an optimum.

    Source:
        own; the formulation of activity by binaries is that of [tjeng2019evaluating].
    """
    rows, dim = check_layer(weight)
    array = weight.detach().cpu().numpy()
    largest = np.abs(array).sum(axis=1)
    if (largest == 0).any():
        raise ValueError(f"weight[{int(np.argmin(largest))}] is zero; expected rows in general position")
    cost = np.concatenate([np.zeros(dim), np.ones(rows), np.zeros(2 * dim)])
    integer = np.arange(len(cost)) >= dim
    low = np.where(integer, 0.0, -1.0)
    constraints = [_activity(array / largest[:, None]), *_on_a_face(rows, dim)]
    bounds = Bounds(low, np.ones(len(cost)))
    return round(solved_milp(cost, constraints, integrality=integer, bounds=bounds, seconds=seconds).value)


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
