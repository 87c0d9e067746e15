r"""Which neurons are on, where some pre-activations are zero but for rounding.

A pre-activation can be zero all over a region: of :math:`h = (r, 2r, 3r)` with :math:`r = \max(\langle w, x\rangle, 0)`
the sum :math:`h_3 - h_1 - h_2` is. In floating point it is some units of the last place of what was added, of either
sign. So a value counts as zero, and the neuron as off, where it is at most ``rounding`` times its *size*, by
which rounding errors are measured: with s for the sizes of what enters, which for inputs are their moduli,

.. math:: s_j^2 = b_j^2 + \sum_i W_{ji}^2 s_i^2.

Errors of many roundings add up like independent ones, to the root of the sum of their squares, and so do sizes: they
grow with depth as values do. Sizes follow each neuron's own operands, so that rescaled neurons have the same signs.
"""

from collections.abc import Callable
from typing import NamedTuple

import torch
from jaxtyping import Bool, Float
from torch import Tensor

from rectified.networks import Layers

SAFETY = 16.0  # in standard deviations of a rounding error: errors of copies of one neuron are not independent


class Signed(NamedTuple):
    """The pre-activations of one layer, and what decides about their signs.

    Attributes:
        values: The pre-activations, as they are computed.
        sizes: What their rounding errors are measured by.
        on: Which are positive beyond rounding.
        undecided: Which are zero up to rounding.
    """

    values: Float[Tensor, "*batch width"]
    sizes: Float[Tensor, "*batch width"]
    on: Bool[Tensor, "*batch width"]
    undecided: Bool[Tensor, "*batch width"]


def rounding(longest: int, eps: float) -> float:
    """The part of its size up to which a pre-activation is zero.

    Args:
        longest: Number of inputs of the widest layer so far.
        eps: The unit of the last place.

    Returns:
        The unit, times the root of the number of terms of the longest sum, times ``SAFETY``.

    Example:
        >>> rounding(3, 2.0**-52) < 1e-14
        True

    Source:
        own; rounding errors as independent random variables, which is standard.
    """
    return float(SAFETY * eps * (longest + 1) ** 0.5)


def signed_layers(
    layers: Layers, x: Float[Tensor, "*batch d_in"], sizes: Float[Tensor, "*batch d_in"] | None = None
) -> list[Signed]:
    """The pre-activations of every layer given, with their signs.

    Args:
        layers: Pairs (weight, bias) of layers that a ReLU follows, first to last.
        x: Inputs, any leading dimensions.
        sizes: Of the inputs; None where they are exact or rounded once.

    Returns:
        One entry per layer.
    """
    found: list[Signed] = []
    entering, longest = (x, (x if sizes is None else sizes) ** 2), 0
    for layer in layers:
        longest = max(longest, layer[0].shape[1])
        found.append(signed_layer(layer, *entering, longest))
        entering = behind(found[-1])
    return found


def layers_on(
    layers: Layers, x: Float[Tensor, "*batch d_in"], sizes: Float[Tensor, "..."] | None = None
) -> list[Bool[Tensor, "*batch width"]]:
    r"""Which neurons are on, layer after layer: those of :func:`signed_layers`, in a third of the time.

    No size is above the root of :math:`b_j^2 + s^2 \sum_i W_{ji}^2`, with s the largest size of what enters, of all
    points together. Only where a pre-activation is as small against that, the sizes of all are computed.

    Args:
        layers: Pairs (weight, bias) of layers that a ReLU follows, first to last.
        x: Inputs, any leading dimensions.
        sizes: Of the inputs, or one for all; None where they are exact or rounded once.

    Returns:
        One entry per layer.
    """
    found: list[Tensor] = []
    h, longest = x, 0
    most = _largest(x if sizes is None else sizes)
    for W, b in layers:
        longest = max(longest, W.shape[1])
        z = torch.nn.functional.linear(h, W, b)
        after = largest_plain_size(z, _largest(((W * most) ** 2).sum(1) + b**2).sqrt(), longest)
        if after is None:
            return [layer.on for layer in signed_layers(layers, x, None if sizes is None else sizes.expand_as(x))]
        most = after
        found.append(z > 0)
        h = z.relu()
    return found


def largest_plain_size(
    values: Float[Tensor, "*batch width"], most: Float[Tensor, ""], longest: int
) -> Float[Tensor, ""] | None:
    """The largest size that a value can have, where the signs of all values are beyond rounding against it.

    Args:
        values: Pre-activations.
        most: At least the size of each.
        longest: Number of inputs of the widest layer so far.

    Returns:
        At least the size of each behind a ReLU; None where some value may be zero but for rounding.
    """
    if not values.numel():
        return most
    low, high = values.abs().aminmax()
    most = torch.maximum(most, high)
    return most if bool(low > rounding(longest, torch.finfo(values.dtype).eps) * most) else None


def _largest(numbers: Tensor) -> Tensor:
    """The largest modulus, 0 of none."""
    return numbers.abs().amax() if numbers.numel() else numbers.new_zeros(())


def signed_layer(
    layer: tuple[Tensor, Tensor], h: Float[Tensor, "*batch width"], squares: Float[Tensor, "*batch width"], longest: int
) -> Signed:
    """The pre-activations of one layer from what enters it, with their signs.

    Args:
        layer: Weight and bias.
        h: What enters it.
        squares: Of the sizes of what enters it.
        longest: Number of inputs of the widest layer so far.

    Returns:
        Values, sizes and signs.
    """
    W, b = layer
    unit = rounding(longest, torch.finfo(h.dtype).eps)
    return signed(torch.nn.functional.linear(h, W, b), torch.nn.functional.linear(squares, W**2, b**2), unit)


def signed(values: Float[Tensor, "*batch width"], squares: Float[Tensor, "*batch width"], unit: float) -> Signed:
    """The signs of values, from the squares of their sizes.

    Args:
        values: Pre-activations.
        squares: Of the sizes of what they were added from.
        unit: The part of its size up to which a value is zero.

    Returns:
        Values, sizes and signs.
    """
    moduli = values.abs()
    sizes = torch.maximum(squares.sqrt(), moduli)
    zero = unit * sizes
    return Signed(values, sizes, values > zero, moduli <= zero)


def behind(layer: Signed) -> tuple[Tensor, Tensor]:
    """What a ReLU makes of a layer, and the squares of its sizes: an undecided neuron is off, its error stays.

    Args:
        layer: Before the ReLU.

    Returns:
        Activations and squares.
    """
    on, kept = (mask.to(layer.values.dtype) for mask in (layer.on, layer.on | layer.undecided))
    return layer.values * on, layer.sizes**2 * kept


def without_rounding(
    function: tuple[Float[Tensor, "*batch neurons d_in"], Float[Tensor, "*batch neurons"]],
    squares: tuple[Float[Tensor, "*batch neurons"], Float[Tensor, "*batch neurons"]],
    entries: Callable[[], Float[Tensor, "*batch neurons d_in"]],
    unit: float,
) -> tuple[Float[Tensor, "*batch neurons d_in"], Float[Tensor, "*batch neurons"]]:
    """Affine functions whose slopes are zero but for rounding as the constants that they are.

    A slope all of whose entries are that small is as short against its whole size, which is cheaper to see; only where
    one is so short are the entries looked at.

    Args:
        function: Slopes and offsets.
        squares: Of the sizes of the slopes, summed over their entries, and of those of the offsets.
        entries: Gives the squares of the sizes of the slopes' entries.
        unit: The part of its size up to which a number is zero.

    Returns:
        Slopes and offsets; both zero where the function is zero up to rounding.
    """
    slope, offset = function
    short = torch.linalg.vector_norm(slope, dim=-1) <= unit * squares[0].sqrt()
    if not short.any():
        return function
    constant = short & (slope.abs() <= unit * entries().sqrt()).all(-1)
    zero = constant & (offset.abs() <= unit * squares[1].sqrt())
    return slope * ~constant[..., None], offset * ~zero
