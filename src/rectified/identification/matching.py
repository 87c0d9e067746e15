"""When are two networks one? Up to the order of neurons in a layer, and positive scaling in and out of each neuron."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from jaxtyping import Float, Int
from scipy.optimize import linear_sum_assignment

Pair = tuple[Float[np.ndarray, "_out _in"], Float[np.ndarray, " _out"]]


class Match(NamedTuple):
    """Neurons of two layers in pairs.

    Attributes:
        first: Indices in the first layer.
        second: Indices of their partners in the second.
        error: Largest difference of an entry in each pair.
    """

    first: Int[np.ndarray, " pairs"]
    second: Int[np.ndarray, " pairs"]
    error: Float[np.ndarray, " pairs"]


def canonical_form(layers: Sequence[Pair]) -> list[Pair]:
    """The same function with unit input weights in every hidden neuron; the norms go into the layer after.

    Args:
        layers: Pairs (weight, bias) of a ReLU network, first to last, float64 arrays.

    Returns:
        New pairs. Two networks that differ by positive scaling alone have one form.

    Raises:
        ValueError: If shapes do not fit, or a hidden neuron has no input weight at all.

    Source:
        [rolnick2020reverse], isomorphism of networks; the normal form is own.
    """
    scale = np.ones(layers[0][0].shape[1])
    pairs = []
    for idx, (W, b) in enumerate(layers):
        if W.ndim != 2 or W.shape[1] != len(scale) or b.shape != W.shape[:1]:
            raise ValueError(
                f"layers[{idx}] has shapes {W.shape} and {b.shape}; expected (d_out, {len(scale)}) and (d_out,)"
            )
        rows = W * scale
        if idx < len(layers) - 1:
            norm = np.linalg.norm(rows, axis=1)
            if not (norm > 0).all():
                raise ValueError(f"layers[{idx}] has a neuron without input weights; expected a non-zero row in each")
            rows, b, scale = rows / norm[:, None], b / norm, norm
        pairs.append((rows, b))
    return pairs


def match_neurons(
    first: Float[np.ndarray, "neurons entries"], second: Float[np.ndarray, "others entries"], *, signed: bool = True
) -> Match:
    """The assignment of rows to rows with the least sum of differences (Hungarian method).

    Args:
        first: One row of numbers for each neuron, such as unit weights and bias.
        second: The same for another layer, perhaps of another width.
        signed: Whether a row and its negative are different.

    Returns:
        As many pairs as the smaller layer has neurons.

    Source:
        own; the assignment is scipy's.
    """
    costs = np.abs(first[:, None] - second[None]).max(axis=2)
    if not signed:
        costs = np.minimum(costs, np.abs(first[:, None] + second[None]).max(axis=2))
    rows, columns = linear_sum_assignment(costs)
    return Match(rows, columns, costs[rows, columns])


def isomorphism_error(first: Sequence[Pair], second: Sequence[Pair]) -> float:
    """Largest difference of a weight or bias of two networks, each in canonical form, after neurons are matched.

    Layers are matched one after the other, each with the order of the layer before already applied.

    Args:
        first: Pairs (weight, bias), first to last.
        second: The same for the other network.

    Returns:
        0 up to rounding where one network is the other up to order and positive scaling; infinity where depths or
        widths differ.

    Raises:
        ValueError: If shapes do not fit, or a hidden neuron has no input weight at all.

    Source:
        [rolnick2020reverse], isomorphism of networks.
    """
    one, other = canonical_form(first), canonical_form(second)
    if [W.shape for W, _ in one] != [W.shape for W, _ in other]:
        return float("inf")
    order, worst = np.arange(one[0][0].shape[1]), 0.0
    for idx, ((W, b), (V, c)) in enumerate(zip(one, other, strict=True)):
        rows, columns = np.c_[W, b], np.c_[V[:, order], c]
        if idx == len(one) - 1:
            return max(worst, float(np.abs(rows - columns).max()))
        match = match_neurons(rows, columns)
        order, worst = match.second, max(worst, float(match.error.max()))
    return worst


def second_layer_errors(hidden: Sequence[Pair], found: Sequence[Pair]) -> Float[np.ndarray, " neurons"]:
    """How far each neuron of the second hidden layer is from its partner in a recovered network.

    Weights and bias count as one unit vector, whose sign is left open: which side is active is settled with the output
    layer. The recovered network may have fewer neurons.

    Args:
        hidden: Pairs (weight, bias) of a network with two hidden layers.
        found: Those of the recovered network.

    Returns:
        Largest difference of an entry for each neuron, at most 1, which stands for "not found".

    Raises:
        ValueError: If ``hidden`` has not two hidden layers.
    """
    if len(hidden) != 3:
        raise ValueError(f"hidden has {len(hidden)} layers; expected 3, two hidden ones and the output")
    errors = np.ones(len(hidden[1][1]))
    if len(found) != 3:
        return errors
    one, other = canonical_form(hidden), canonical_form(found)
    first = match_neurons(np.c_[one[0]], np.c_[other[0]])
    columns = np.zeros((len(other[1][1]), len(one[0][1])))
    columns[:, first.first] = other[1][0][:, first.second]
    rows = [np.c_[weight, bias] for weight, bias in (one[1], (columns, other[1][1]))]
    rows = [row / np.maximum(np.linalg.norm(row, axis=1, keepdims=True), 1e-300) for row in rows]
    match = match_neurons(rows[0], rows[1], signed=False)
    errors[match.first] = np.minimum(match.error, 1.0)
    return errors
