"""Activation patterns of ReLU networks, and the affine maps that the networks are on their regions.

A network's *activation pattern* at x says which hidden pre-activations are positive. Points of one pattern form a
convex polytope, the *activation region*, and on it the network is one affine map. A pre-activation that is 0, up to
rounding, counts as off: see ``rectified.regions.signs``.
"""

from collections.abc import Sequence
from functools import partial
from typing import NamedTuple

import torch
from jaxtyping import Bool, Float
from torch import Tensor

from rectified.activations.elementwise import RELU, Activation
from rectified.networks import Layers, check_layers
from rectified.regions.active import active_affine_maps
from rectified.regions.signs import layers_on, rounding, without_rounding

WIDE = 60_000  # multiplications per layer and point from which a point by itself is faster than its share of a batch


class AffineMap(NamedTuple):
    """The maps x -> slope x + offset, one for each leading index.

    Attributes:
        slope: Shape (*batch, d_out, d_in).
        offset: Shape (*batch, d_out).
    """

    slope: Float[Tensor, "*batch d_out d_in"]
    offset: Float[Tensor, "*batch d_out"]

    def __call__(self, x: Float[Tensor, "*batch d_in"]) -> Float[Tensor, "*batch d_out"]:
        """The maps' values at one point each."""
        return (self.slope @ x[..., None])[..., 0] + self.offset


def pre_activations(
    layers: Layers, x: Float[Tensor, "*batch d_in"], activation: Activation = RELU
) -> Float[Tensor, "*batch neurons"]:
    """The pre-activations of all hidden neurons, layer after layer in one vector.

    Args:
        layers: Pairs (weight, bias), first to last; the last has no neurons.
        x: Inputs, any leading dimensions.
        activation: Between each two layers.

    Returns:
        The values whose signs are the activation pattern; empty for a network without hidden layer.

    Raises:
        ValueError: If the layers do not fit each other or the inputs.
    """
    _check_inputs(layers, x)
    found, h = [x[..., :0]], x
    for W, b in layers[:-1]:
        found.append(torch.nn.functional.linear(h, W, b))
        h = activation.value(found[-1])
    return torch.cat(found, dim=-1)


def activation_pattern(layers: Layers, x: Float[Tensor, "*batch d_in"]) -> Bool[Tensor, "*batch neurons"]:
    """Which hidden ReLUs are on: whose pre-activation is positive, by more than rounding.

    Args:
        layers: Pairs (weight, bias) of a ReLU network, first to last.
        x: Inputs, any leading dimensions.

    Returns:
        One truth value per input and hidden neuron, layer after layer.

    Raises:
        ValueError: If the layers do not fit each other or the inputs.

    Example:
        >>> layers = [(torch.tensor([[1.0], [-1.0]]), torch.zeros(2)), (torch.ones(1, 2), torch.zeros(1))]
        >>> activation_pattern(layers, torch.tensor([3.0]))
        tensor([ True, False])
    """
    _check_inputs(layers, x)
    return torch.cat([torch.zeros_like(x[..., :0], dtype=torch.bool), *_masks(layers[:-1], x)], dim=-1)


def distinct_patterns(patterns: Bool[Tensor, "samples neurons"]) -> Bool[Tensor, "kept neurons"]:
    """Every pattern once.

    Args:
        patterns: One pattern per row.

    Returns:
        The different rows, in some fixed order.
    """
    words, positions = torch.unique(_packed(patterns), dim=0, return_inverse=True)
    kept = torch.full((len(words),), len(patterns), dtype=torch.int64)
    return patterns[kept.scatter_reduce(0, positions, torch.arange(len(patterns)), "amin")]


def num_distinct(patterns: Bool[Tensor, "samples neurons"]) -> int:
    """How many different patterns there are.

    Args:
        patterns: One pattern per row.

    Returns:
        The number of different rows.

    Example:
        >>> num_distinct(torch.tensor([[True, False], [True, False], [False, False]]))
        2
    """
    return len(torch.unique(_packed(patterns), dim=0))


def local_affine_map(layers: Layers, x: Float[Tensor, "*batch d_in"], *, rectify_output: bool = False) -> AffineMap:
    r"""The affine map that the network is on the activation region of each input.

    With :math:`I_l` the diagonal 0/1 matrix of the pattern of layer l, :math:`f(x) = (\prod_l I_l W_l) x + \sum_l
    (\prod_{k > l} I_k W_k) I_l b_l`, later layers on the left. The product is taken from the left, the output's side,
    so that the many columns of the first layer are met once only. For a single point, and where layers are wide, rows
    and columns of neurons that are off are left out of it.

    Args:
        layers: Pairs (weight, bias) of a ReLU network, first to last.
        x: Inputs, any leading dimensions.
        rectify_output: Whether a ReLU follows the last layer too.

    Returns:
        Slope (*batch, d_out, d_in) and offset (*batch, d_out); ``map(x)`` is the network's output up to rounding.

    Raises:
        ValueError: If the layers do not fit each other or the inputs.

    Source:
        [xu2024convergence], the explicit expression on an activation domain; the order of evaluation is ours.
    """
    _check_inputs(layers, x)
    if _pays_point_by_point(layers, x):
        arrays = [(W.numpy(), b.numpy()) for W, b in layers]
        found = active_affine_maps(arrays, x.reshape(-1, x.shape[-1]).numpy(), rectify_output=rectify_output)
        return AffineMap(*(torch.from_numpy(part).reshape(*x.shape[:-1], *part.shape[1:]) for part in found))
    return _composed(layers, _masks(layers if rectify_output else layers[:-1], x), x.shape[:-1])


def pattern_affine_map(layers: Layers, pattern: Bool[Tensor, "*batch neurons"]) -> AffineMap:
    """The affine map that the network would be where its hidden neurons have this pattern, whether or not that occurs.

    Args:
        layers: Pairs (weight, bias) of a ReLU network, first to last.
        pattern: Which hidden neurons are on, layer after layer; any leading dimensions.

    Returns:
        Slope (*batch, d_out, d_in) and offset (*batch, d_out).

    Raises:
        ValueError: If the layers do not fit, or the pattern has another number of neurons.

    Source:
        own; the network with its ReLUs replaced by the pattern's 0/1 factors.
    """
    return _composed(layers, _split_pattern(layers, pattern), pattern.shape[:-1])


def neuron_affine_maps(layers: Layers, x: Float[Tensor, "*batch d_in"]) -> AffineMap:
    """Every hidden pre-activation as the affine function that it is on the activation region of each input.

    Args:
        layers: Pairs (weight, bias) of a ReLU network, first to last.
        x: Inputs, any leading dimensions.

    Returns:
        Slope (*batch, neurons, d_in) and offset (*batch, neurons); the slopes are the gradients at x. Where rounding
        alone keeps a function from being constant or zero, it is.

    Raises:
        ValueError: If the layers do not fit each other or the inputs.

    Source:
        own; the chain rule.
    """
    return _neuron_maps(layers, _split_pattern(layers, activation_pattern(layers, x)), x.shape[:-1])


def region_inequalities(
    layers: Layers, pattern: Bool[Tensor, " neurons"]
) -> tuple[Float[Tensor, "neurons d_in"], Float[Tensor, " neurons"]]:
    r"""The closed activation region of a pattern as a polytope :math:`\{x : A x \le b\}`.

    Row j says that neuron j has the sign of the pattern, given that the earlier layers have theirs.

    Args:
        layers: Pairs (weight, bias) of a ReLU network, first to last.
        pattern: Which hidden neurons are on, layer after layer.

    Returns:
        A (neurons, d_in) and b (neurons,). The polytope has no interior where the pattern does not occur, but for a
        neuron that is zero on all of a region: its row is zero, whether the pattern says off, as it should, or on.

    Raises:
        ValueError: If the layers do not fit, or the pattern has another number of neurons.

    Source:
        own; standard.
    """
    slope, offset = _neuron_maps(layers, _split_pattern(layers, pattern), ())
    sign = 1.0 - 2.0 * pattern.to(slope.dtype)
    return sign[:, None] * slope, -sign * offset


def _pays_point_by_point(layers: Layers, x: Tensor) -> bool:
    """Whether products of the neurons that are on, one point after the other, are faster than whole ones in a batch.

    Below WIDE multiplications per layer and point, calls cost more than arithmetic. Gradients need the batch.
    """
    if x.numel() == 0 or not x.is_cpu or x.requires_grad or any(W.requires_grad or b.requires_grad for W, b in layers):
        return False
    d_out = len(layers[-1][1])
    return x.numel() == x.shape[-1] or d_out * sum(W.numel() for W, _ in layers[:-1]) >= WIDE * len(layers)


def _composed(layers: Layers, masks: Sequence[Tensor], batch: Sequence[int]) -> AffineMap:
    """The product of masked layers, from the output back; a mask for the last layer is optional."""
    W, b = layers[-1]
    masks = [
        mask.to(W.dtype) for mask in masks
    ]  # a factor of numbers multiplies several times faster than one of truths
    A, c = W.expand(*batch, *W.shape), b.expand(*batch, *b.shape)
    if len(masks) == len(layers):
        A, c = masks[-1][..., None] * A, masks[-1] * c
    for (W, b), mask in zip(reversed(layers[:-1]), reversed(masks[: len(layers) - 1]), strict=True):
        A = A * mask[..., None, :]
        c = c + A @ b
        A = A @ W
    return AffineMap(A, c)


def _neuron_maps(layers: Layers, masks: Sequence[Tensor], batch: Sequence[int]) -> AffineMap:
    """The pre-activations of every hidden layer as functions of the input, from the input on."""
    W, b = layers[0]
    masks = [mask.to(W.dtype) for mask in masks]
    A, c = W.expand(*batch, *W.shape), b.expand(*batch, *b.shape)
    found, rows, squares = [(A[..., :0, :], c[..., :0])], (A**2).sum(-1), c**2
    for layer, mask in enumerate(masks):
        unit = rounding(max(W.shape[1] for W, _ in layers[: layer + 1]), torch.finfo(A.dtype).eps)
        entries = partial(_squared_sizes, layers[: layer + 1], masks, batch)
        found.append(without_rounding((A, c), (rows, squares), entries, unit))
        if layer + 1 < len(masks):
            W, b = layers[layer + 1]
            A, c = W @ (mask[..., None] * A), torch.nn.functional.linear(mask * c, W, b)
            rows = torch.nn.functional.linear(mask * rows, W**2)
            squares = torch.nn.functional.linear(mask * squares, W**2, b**2)
    slopes, offsets = zip(*found, strict=True)
    return AffineMap(torch.cat(slopes, dim=-2), torch.cat(offsets, dim=-1))


def _squared_sizes(layers: Layers, masks: Sequence[Tensor], batch: Sequence[int]) -> Tensor:
    """Of the slopes of the last layer given, as sizes of pre-activations are made."""
    squares = layers[0][0].expand(*batch, *layers[0][0].shape) ** 2
    for (W, _), mask in zip(layers[1:], masks, strict=False):
        squares = W**2 @ (mask[..., None] * squares)
    return squares


def _masks(layers: Layers, x: Tensor) -> list[Tensor]:
    """Which neurons are on, layer after layer."""
    return layers_on(layers, x) if len(layers) else []


def _split_pattern(layers: Layers, pattern: Tensor) -> list[Tensor]:
    """The pattern of each hidden layer.

    Raises:
        ValueError: If there are not as many entries as hidden neurons.
    """
    widths = check_layers(layers)[1:-1]
    if pattern.shape[-1] != sum(widths):
        raise ValueError(f"pattern has {pattern.shape[-1]} entries; expected one per hidden neuron, {sum(widths)}")
    return list(torch.split(pattern, widths, dim=-1)) if widths else []


def _check_inputs(layers: Layers, x: Tensor) -> None:
    """Refuse inputs of another length or precision than the network's.

    Raises:
        ValueError: If they do not fit.
    """
    d_in = check_layers(layers)[0]
    if x.ndim == 0 or x.shape[-1] != d_in:
        raise ValueError(f"x has shape {tuple(x.shape)}; expected (..., {d_in}), the network's inputs")
    if x.dtype != layers[0][0].dtype:
        raise ValueError(f"x has dtype {x.dtype}; expected that of the layers, {layers[0][0].dtype}")


def _packed(patterns: Tensor) -> Tensor:
    """The rows with 62 neurons in one integer, which compare far faster than truth values.

    Raises:
        ValueError: If the patterns are not the rows of a matrix.
    """
    if patterns.ndim != 2:
        raise ValueError(f"patterns has shape {tuple(patterns.shape)}; expected (samples, neurons)")
    size = 62
    padded = torch.nn.functional.pad(patterns.long(), (0, -patterns.shape[1] % size))
    powers = torch.bitwise_left_shift(torch.ones(size, dtype=torch.long), torch.arange(size))
    words: Tensor = (padded.reshape(len(patterns), padded.shape[1] // size, size) * powers).sum(-1)
    return words
