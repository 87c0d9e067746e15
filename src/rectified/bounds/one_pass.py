"""Fast-Lin's economy: with parallel lines one backward pass gives lower and upper bounds."""

from collections.abc import Sequence
from typing import NamedTuple

from jaxtyping import Float
from torch import Tensor

from rectified.bounds.backward import Sides, Stage, along, input_norms


class Together(NamedTuple):
    """Functions below and above rows whose slopes are the same: coefficients on the first stage, middle and gap."""

    coefficients: Float[Tensor, "batch rows kept"]
    value: Float[Tensor, "batch rows"]
    value_gap: Float[Tensor, "batch rows"]


def pulled_back_together(sides: Sides, stages: Sequence[Stage]) -> Together:
    """The functions below and above an affine map's rows, where the lines of every neuron are parallel.

    Then a row's two functions have one slope, and differ by a number, to which each neuron adds the modulus of its
    coefficient times the gap of its lines. One pass gives both.

    Args:
        sides: The map's rows.
        stages: First to last, with parallel lines.

    Returns:
        Coefficients on the first stage's pre-activations, and the functions' values at the centre.

    Source:
        [weng2018towards], Fast-Lin.
    """
    rows, value, gap = sides.rows, sides.value, sides.value_gap
    for idx in range(len(stages) - 1, 0, -1):
        A, stage = rows @ stages[idx].weight, stages[idx - 1]
        value = value + along(A, stage.value)
        gap = gap + along(A[..., : stage.value_gap.shape[-1]].abs(), stage.value_gap)
        rows = A * stage.slope
    return Together(rows, value, gap)


def both_extremes(
    sides: Sides, stages: Sequence[Stage], eps: Float[Tensor, " batch"], p: float | int
) -> tuple[Float[Tensor, "batch rows"], Float[Tensor, "batch rows"]]:
    """Lower and upper bounds over the ball of an affine map's values, by one pass through parallel lines.

    Args:
        sides: The map's rows.
        stages: First to last, with parallel lines.
        eps: Radii.
        p: Exponent of the ball's norm.

    Returns:
        The two bounds.

    Source:
        [weng2018towards], Fast-Lin.
    """
    rows, value, gap = pulled_back_together(sides, stages)
    reach = gap + eps[:, None] * input_norms(rows, stages[0].weight, p)
    return value - reach, value + reach
