"""A layer read off from what it does: weights and bias from states before and after it."""

from collections.abc import Collection, Iterable
from typing import NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor

from rectified.depth.chains import ChainLayer
from rectified.depth.states import hidden_states

LARGEST_CONDITION = 1e10  # float64 loses as many digits as this has zeros, which leaves six


class RecoveredLayer(NamedTuple):
    """A layer, and how well the states determined it.

    Attributes:
        weight: Shape (*batch, width, width).
        bias: Shape (*batch, width).
        condition: Condition number of the states before, with a column of ones; one per layer.
    """

    weight: Float[Tensor, "*batch width width"]
    bias: Float[Tensor, "*batch width"]
    condition: Float[Tensor, "*batch"]


def recovered_layer(
    before: Float[Tensor, "*batch inputs width"], after: Float[Tensor, "*batch inputs width"]
) -> RecoveredLayer:
    r"""The only layer that takes the states before to the states after, where all neurons are on.

    There the ReLU does nothing, so that :math:`[W \; b] \, [H; 1^\top] = H'` with the states of m + 1 inputs as
    columns, and the square matrix on the left is inverted.

    Args:
        before: States of width + 1 inputs before the layer, one per row, in float64.
        after: Their states after it, all positive.

    Returns:
        Weight and bias, with the condition number of the system that was solved.

    Raises:
        ValueError: If there are not width + 1 inputs, a neuron is off, precision is not float64, or the states are so
            nearly affinely dependent that nothing can be said of the layer (condition number above 1e10).

    Source:
        own; from the proof of the necessary condition.
    """
    _check_states(before, after)
    ones = before.new_ones(before.shape[:-1])
    system = torch.cat([before, ones[..., None]], dim=-1)
    condition = torch.linalg.cond(system)
    if not bool((condition <= LARGEST_CONDITION).all()):
        raise ValueError(
            f"before is rank-deficient: the states with a column of ones have condition number "
            f"{float(condition.max()):.3g}; expected at most {LARGEST_CONDITION:.0e}, so that they determine a layer"
        )
    solved = torch.linalg.solve(system, after).mT
    return RecoveredLayer(solved[..., :-1], solved[..., -1], condition)


def recovered_along(
    x: Float[Tensor, "*batch inputs _width"], layers: Iterable[ChainLayer], numbers: Collection[int], *, first: int = 2
) -> dict[int, tuple[RecoveredLayer, ChainLayer]]:
    """Some layers of a chain, recovered from its states, each beside the true one.

    Args:
        x: States of width + 1 inputs before the first of the layers.
        layers: Pairs (weight, bias), in any iterable; read up to the largest of the numbers.
        numbers: Which layers are recovered.
        first: Number of the first layer that comes.

    Returns:
        Pairs (recovered, true) under their numbers.

    Raises:
        ValueError: If there are too few layers, a number is below ``first``, or as for :func:`recovered_layer`.
    """
    if len(numbers) == 0 or min(numbers) < first:
        raise ValueError(f"numbers is {list(numbers)}; expected at least one, none below first, {first}")
    found, h, number = {}, x, first - 1
    for number, layer in zip(range(first, max(numbers) + 1), layers, strict=False):
        after = hidden_states(h, [layer], [1])[1]
        if number in numbers:
            found[number] = (recovered_layer(h, after), layer)
        h = after
    if number < max(numbers):
        raise ValueError(f"layers ended with number {number}; expected to reach {max(numbers)}")
    return found


def _check_states(before: Tensor, after: Tensor) -> None:
    """Refuse states from which no layer can be read.

    Raises:
        ValueError: If shapes, precision or signs are wrong.
    """
    if before.ndim < 2 or before.shape[-2] != before.shape[-1] + 1:
        raise ValueError(f"before has shape {tuple(before.shape)}; expected (..., width + 1, width)")
    if after.shape != before.shape:
        raise ValueError(f"after has shape {tuple(after.shape)}; expected that of before, {tuple(before.shape)}")
    if before.dtype != torch.float64 or after.dtype != torch.float64:
        raise ValueError(f"before and after have dtype {before.dtype} and {after.dtype}; expected float64")
    if not bool((after > 0).all()):
        raise ValueError(
            f"after has an entry {float(after.min()):.3g}; expected positive numbers only, since a neuron that is "
            "off says nothing of its weights"
        )
