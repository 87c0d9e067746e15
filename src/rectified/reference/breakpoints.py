"""A ReLU network along a segment: a function of one variable, followed exactly from layer to layer."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from jaxtyping import Float, Int
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]


class SegmentPath(NamedTuple):
    """A piecewise linear function of t in [0, 1]: its values at the knots, linear between them.

    Attributes:
        knots: Increasing, first 0 and last 1; one between at each point where some hidden neuron changes its sign.
        outputs: The network's outputs there.
        layer: Hidden layer (from 0) of the neuron that changes its sign at each inner knot.
        neuron: Its number in the layer.
    """

    knots: Float[np.ndarray, " knots"]
    outputs: Float[np.ndarray, "knots d_out"]
    layer: Int[np.ndarray, " breakpoints"]
    neuron: Int[np.ndarray, " breakpoints"]


class Breakpoints(NamedTuple):
    """Where hidden neurons change their sign along a segment, in order.

    Attributes:
        positions: Parameters t in [0, 1]; the point is start + t (end - start).
        layer: Hidden layer of the neuron, from 0.
        neuron: Its number in the layer.
        jump: How much the slope of the outputs (per unit of t) changes there, in the maximum norm; 0 where the neuron
            is hidden behind inactive ones, so that queries cannot see it.
    """

    positions: Float[np.ndarray, " breakpoints"]
    layer: Int[np.ndarray, " breakpoints"]
    neuron: Int[np.ndarray, " breakpoints"]
    jump: Float[np.ndarray, " breakpoints"]


def segment_path(layers: Sequence[tuple[ArrayLike, ArrayLike]], start: ArrayLike, end: ArrayLike) -> SegmentPath:
    """The network along the segment from ``start`` to ``end``, exact up to rounding.

    All neurons of a layer are linear between the knots of the layers before. So each change of sign between two knots
    is one division, and becomes a knot of the layers after.

    Args:
        layers: Pairs (weight, bias), first to last, arrays or tensors; ReLU between them.
        start: The point at t = 0, (d_in,).
        end: The point at t = 1.

    Returns:
        Knots, outputs, and the neuron behind each inner knot. Neurons that change at the same t have a knot each.

    Raises:
        ValueError: If there is no layer, or shapes do not fit.
    """
    arrays, ends = _checked(layers, start, end)
    knots, values = np.array([0.0, 1.0]), ends
    owners = np.full((2, 2), -1)
    for idx, (W, b) in enumerate(arrays[:-1]):
        knots, values, owners = _with_crossings(knots, values @ W.T + b, owners, idx)
        values = np.maximum(values, 0.0)
    W, b = arrays[-1]
    return SegmentPath(knots, values @ W.T + b, owners[1:-1, 0], owners[1:-1, 1])


def segment_breakpoints(layers: Sequence[tuple[ArrayLike, ArrayLike]], start: ArrayLike, end: ArrayLike) -> Breakpoints:
    """Where hidden neurons change their sign between ``start`` and ``end``, with the change of the outputs' slope.

    Args:
        layers: Pairs (weight, bias), first to last, arrays or tensors; ReLU between them.
        start: The point at t = 0, (d_in,).
        end: The point at t = 1.

    Returns:
        Positions, neurons and jumps, in the order of the positions.

    Raises:
        ValueError: If there is no layer, or shapes do not fit.

    Example:
        >>> segment_breakpoints([([[1.0]], [0.0]), ([[2.0]], [0.0])], [-1.0], [3.0]).positions
        array([0.25])
    """
    path = segment_path(layers, start, end)
    widths = np.diff(path.knots)
    # a piece of no length (two neurons at one t) takes the slope before it: both jumps then add up at the second
    slopes = np.zeros((len(widths), path.outputs.shape[1]))
    for idx, width in enumerate(widths):
        rise = path.outputs[idx + 1] - path.outputs[idx]
        slopes[idx] = rise / width if width > 0 else slopes[max(idx - 1, 0)]
    jump = np.abs(np.diff(slopes, axis=0)).max(axis=1, initial=0.0)
    return Breakpoints(path.knots[1:-1], path.layer, path.neuron, jump)


def _with_crossings(
    knots: Array, values: Array, owners: NDArray[np.int64], layer: int
) -> tuple[Array, Array, NDArray[np.int64]]:
    """Knots, values (knots, width) and owners after a knot is put at each change of sign of this layer's neurons."""
    positive = values > 0
    piece, neuron = np.nonzero(positive[1:] != positive[:-1])
    low, high = values[piece, neuron], values[piece + 1, neuron]
    share = low / (low - high)
    crossings = values[piece] + share[:, None] * (values[piece + 1] - values[piece])
    crossings[np.arange(len(piece)), neuron] = 0.0
    places = knots[piece] + share * (knots[piece + 1] - knots[piece])
    added = np.stack([np.full_like(neuron, layer), neuron], axis=1)
    # the old knots keep their places among themselves; a new one stands inside its piece
    order = np.lexsort([np.r_[np.zeros(len(knots)), share], np.r_[np.arange(len(knots)), piece]])
    joined = np.r_[knots, places], np.r_[values, crossings], np.r_[owners, added]
    return joined[0][order], joined[1][order], joined[2][order]


def _checked(
    layers: Sequence[tuple[ArrayLike, ArrayLike]], start: ArrayLike, end: ArrayLike
) -> tuple[list[tuple[Array, Array]], Array]:
    """Layers and both ends as float64 arrays.

    Raises:
        ValueError: If shapes do not fit.
    """
    if len(layers) == 0:
        raise ValueError("layers is empty; expected at least one (weight, bias) pair")
    arrays = [(np.asarray(W, dtype=np.float64), np.asarray(b, dtype=np.float64)) for W, b in layers]
    first, last = np.asarray(start, dtype=np.float64), np.asarray(end, dtype=np.float64)
    width = arrays[0][0].shape[-1]
    for name, point in (("start", first), ("end", last)):
        if point.shape != (width,):
            raise ValueError(f"{name} has shape {point.shape}; expected ({width},), as layers[0] takes")
    for idx, (W, b) in enumerate(arrays):
        if W.ndim != 2 or W.shape[1] != width or b.shape != W.shape[:1]:
            raise ValueError(
                f"layers[{idx}] has shapes {W.shape} and {b.shape}; expected (d_out, {width}) and (d_out,)"
            )
        width = W.shape[0]
    return arrays, np.stack([first, last])
