"""Networks in rational arithmetic, straight from their definition: slow, and without any rounding."""

from collections.abc import Sequence
from fractions import Fraction
from itertools import product

import numpy as np
from numpy.typing import ArrayLike

Rational = Fraction | float


def exact_outputs(layers: Sequence[tuple[ArrayLike, ArrayLike]], point: Sequence[Rational]) -> list[Fraction]:
    """Outputs of a fully connected ReLU network at a rational point, exactly.

    Args:
        layers: Pairs (weight, bias), first to last, arrays or tensors; ReLU between them. Floats are rational numbers.
        point: One number per input.

    Returns:
        One rational number per output.

    Raises:
        ValueError: If shapes do not fit.

    Example:
        >>> exact_outputs([([[1.0, -2.0]], [0.5])], [Fraction(1, 3), 0.0])
        [Fraction(5, 6)]
    """
    values = [Fraction(value) for value in point]
    for idx, (weight, bias) in enumerate(layers):
        rows, offsets = np.asarray(weight).tolist(), np.asarray(bias).tolist()
        if len(rows) != len(offsets) or any(len(row) != len(values) for row in rows):
            raise ValueError(f"layers[{idx}] does not fit; expected rows of {len(values)} weights, and a bias for each")
        values = [
            sum((Fraction(w) * x for w, x in zip(row, values, strict=True)), Fraction(offset))
            for row, offset in zip(rows, offsets, strict=True)
        ]
        if idx < len(layers) - 1:
            values = [max(value, Fraction(0)) for value in values]
    return values


def exact_neuron_maps(
    layers: Sequence[tuple[ArrayLike, ArrayLike]], pattern: Sequence[bool]
) -> list[tuple[list[Fraction], Fraction]]:
    """Every hidden pre-activation as an affine function of the input, where the ReLUs are on or off as given, exactly.

    Args:
        layers: Pairs (weight, bias), first to last, arrays or tensors. Floats are rational numbers.
        pattern: Which hidden neurons are on, layer after layer.

    Returns:
        Slope and offset of each hidden neuron.

    Example:
        >>> layers = [([[2.0]], [1.0]), ([[3.0], [3.0]], [0.0, 0.5]), ([[1.0, 1.0]], [0.0])]
        >>> exact_neuron_maps(layers, [False, True, True])[1:]
        [([Fraction(0, 1)], Fraction(0, 1)), ([Fraction(0, 1)], Fraction(1, 2))]
    """
    found: list[tuple[list[Fraction], Fraction]] = []
    dim = len(np.asarray(layers[0][0]).tolist()[0])
    before = [([Fraction(int(row == column)) for column in range(dim)], Fraction(0)) for row in range(dim)]
    for weight, bias in layers[:-1]:
        rows, offsets = np.asarray(weight).tolist(), np.asarray(bias).tolist()
        maps = [_combined(row, Fraction(offset), before) for row, offset in zip(rows, offsets, strict=True)]
        signs = pattern[len(found) : len(found) + len(maps)]
        before = [one if on else ([Fraction(0)] * dim, Fraction(0)) for one, on in zip(maps, signs, strict=True)]
        found += maps
    return found


def _combined(
    weights: Sequence[float], offset: Fraction, maps: Sequence[tuple[list[Fraction], Fraction]]
) -> tuple[list[Fraction], Fraction]:
    """The sum of affine functions with weights, and a number."""
    slope = [Fraction(0)] * len(maps[0][0])
    for weight, (row, constant) in zip(weights, maps, strict=True):
        factor = Fraction(weight)
        slope = [total + factor * entry for total, entry in zip(slope, row, strict=True)]
        offset += factor * constant
    return slope, offset


def exact_residual_outputs(
    outgoing: ArrayLike, incoming: ArrayLike, offsets: ArrayLike, point: Sequence[Rational]
) -> list[Fraction]:
    r"""The state after blocks :math:`x \mapsto x + V_k \max(U_k x + u_k, 0)` at a rational point, exactly.

    Args:
        outgoing: Vectors V, one row per block.
        incoming: Vectors U.
        offsets: Numbers u.
        point: One number per coordinate.

    Returns:
        The last state.
    """
    state = [Fraction(value) for value in point]
    for V, U, u in zip(*(np.asarray(field).tolist() for field in (outgoing, incoming, offsets)), strict=True):
        pre = sum((Fraction(w) * x for w, x in zip(U, state, strict=True)), Fraction(u))
        if pre > 0:
            state = [x + Fraction(v) * pre for x, v in zip(state, V, strict=True)]
    return state


def exact_scalar_pieces(
    outgoing: ArrayLike, incoming: ArrayLike, offsets: ArrayLike, low: Rational, high: Rational
) -> list[tuple[Fraction, Fraction, Fraction, Fraction]]:
    """All linear pieces of blocks with a scalar state on an interval, by trying every pattern of active neurons.

    With a pattern fixed, all states are affine in the input, and each neuron's sign is one linear inequality.

    Args:
        outgoing: The numbers V, one per block; at most a dozen, since there are 2 to the power of blocks patterns.
        incoming: The numbers U.
        offsets: The numbers u.
        low: Left end.
        high: Right end.

    Returns:
        Pieces (left end, right end, slope, value at zero input) of positive length, from left to right.

    Raises:
        ValueError: If there are more than twelve blocks.
    """
    fields = [
        [Fraction(value) for value in np.asarray(field).ravel().tolist()] for field in (outgoing, incoming, offsets)
    ]
    if len(fields[0]) > 12:
        raise ValueError(f"outgoing has {len(fields[0])} blocks; expected at most 12, since all patterns are tried")
    found = []
    for pattern in product((False, True), repeat=len(fields[0])):
        piece = _piece_of_pattern(pattern, fields, Fraction(low), Fraction(high))
        if piece is not None:
            found.append(piece)
    return sorted(found)


def _piece_of_pattern(
    pattern: Sequence[bool], fields: Sequence[Sequence[Fraction]], left: Fraction, right: Fraction
) -> tuple[Fraction, Fraction, Fraction, Fraction] | None:
    """The interval on which a pattern holds, with the affine map there, or None if it has no length."""
    slope, offset = Fraction(1), Fraction(0)
    for active, V, U, u in zip(pattern, *fields, strict=True):
        a, b = U * slope, U * offset + u  # the neuron's pre-activation a x + b must be > 0 if active, else <= 0
        if a == 0:
            if (b > 0) != active:
                return None
        elif (a > 0) == active:
            left = max(left, -b / a)
        else:
            right = min(right, -b / a)
        if active:
            slope, offset = slope + V * a, offset + V * b
    return (left, right, slope, offset) if left < right else None
