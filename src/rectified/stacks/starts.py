"""How stacks of networks start: as PyTorch's layers do, or in four ways that are compared for deep ReLU networks."""

import itertools
import math
from collections.abc import Sequence
from enum import Enum

import torch
from torch import Tensor

from rectified.stacks.networks import Stack


def uniform_stack(
    widths: Sequence[int], nets: int, generator: torch.Generator, dtype: torch.dtype = torch.float64
) -> Stack:
    r"""Networks whose weights and biases are uniform in :math:`\pm 1/\sqrt{d_{in}}`.

    The law is that of :func:`rectified.networks.default_layers`; here one draw serves all networks.

    Args:
        widths: ``[d_in, width, ..., d_out]``, at least two positive numbers.
        nets: How many networks.
        generator: Source of the numbers; its device is that of the tensors.
        dtype: Of all tensors.

    Returns:
        The networks.

    Raises:
        ValueError: If a number is not positive, or there are fewer than two widths.

    Source:
        own; the start of ``torch.nn.Linear``.
    """
    if len(widths) < 2 or min(*widths, nets) < 1:
        raise ValueError(f"widths and nets are {list(widths)} and {nets}; expected two or more widths, all positive")
    layers = []
    for d_in, d_out in itertools.pairwise(widths):
        uniform = torch.rand(nets, d_out, d_in + 1, generator=generator, dtype=dtype, device=generator.device)
        scaled = (2.0 * uniform - 1.0) / d_in**0.5
        layers.append((scaled[..., :-1].contiguous(), scaled[..., -1:].contiguous()))
    return Stack(tuple(layers))


class Start(Enum):
    """How the square hidden layers of a network start."""

    HE = "He"  # independent Gaussian entries of variance 2 / width
    ORTHOGONAL = "orthogonal"  # a random orthogonal matrix times the root of 2
    IDENTITY_PLUS = "I + P"  # the identity plus Gaussian entries that shrink with the number of the layer
    REZERO = "ReZero"  # as He, but as a residual branch behind a gate that starts at 0


def make_stack(
    start: Start,
    widths: Sequence[int],
    nets: int,
    generator: torch.Generator,
    *,
    exponent: float = 2.0,
    scale: float = 1.0,
) -> Stack:
    r"""Networks of equal hidden widths with zero biases, started in one of four ways.

    The first layer starts by He's rule and the output layer with variance 1 / width, whatever ``start`` is: only the
    square layers differ. Hidden layer number k (k = 2, 3, ...) starts at :math:`I + c \, k^{-a} G` for
    ``IDENTITY_PLUS``, where G has independent Gaussian entries of variance 1 / width.

    Args:
        start: The rule for the square layers.
        widths: ``[d_in, width, ..., width, classes]``, at least one hidden layer.
        nets: How many networks.
        generator: Draws the weights.
        exponent: The decay a of the perturbations.
        scale: Their factor c.

    Returns:
        The networks, in float32.

    Raises:
        ValueError: If hidden widths differ, there is none, or a number is not positive.

    Source:
        [he2015delving] for the variance rule, [saxe2014exact] for orthogonal matrices, [bachlechner2021rezero] for the
        gates; [xu2024convergence] for the identity plus a summable perturbation, whose law is ours.
    """
    _check_widths(widths, nets)
    width = widths[1]
    weights = [_gaussian(nets, width, widths[0], math.sqrt(2.0 / widths[0]), generator)]
    for number in range(2, len(widths) - 1):
        weights.append(_square(start, nets, width, generator, scale * number**-exponent))
    weights.append(_gaussian(nets, widths[-1], width, width**-0.5, generator))
    gates = [torch.zeros(nets, 1, 1) for _ in weights[1:-1]] if start is Start.REZERO else []
    return Stack(tuple((W, torch.zeros(nets, W.shape[1], 1)) for W in weights), tuple(gates))


def _square(start: Start, nets: int, width: int, generator: torch.Generator, size: float) -> Tensor:
    if start is Start.IDENTITY_PLUS:
        return torch.eye(width) + _gaussian(nets, width, width, size * width**-0.5, generator)
    if start is Start.ORTHOGONAL:
        Q, R = torch.linalg.qr(_gaussian(nets, width, width, 1.0, generator))
        signs = torch.diagonal(R, dim1=-2, dim2=-1).sign()  # without them the law would not be the uniform one
        rotated: Tensor = Q * signs[:, None, :]
        return math.sqrt(2.0) * rotated
    return _gaussian(nets, width, width, math.sqrt(2.0 / width), generator)


def _gaussian(nets: int, d_out: int, d_in: int, spread: float, generator: torch.Generator) -> Tensor:
    return spread * torch.randn(nets, d_out, d_in, generator=generator)


def _check_widths(widths: Sequence[int], nets: int) -> None:
    """Refuse shapes that are no stack of square hidden layers.

    Raises:
        ValueError: If widths or their number do not fit.
    """
    if len(widths) < 3 or min(widths) < 1:
        raise ValueError(f"widths is {list(widths)}; expected at least three positive numbers, input to classes")
    if len(set(widths[1:-1])) > 1:
        raise ValueError(f"widths is {list(widths)}; expected equal hidden widths, so that the layers are square")
    if nets < 1:
        raise ValueError(f"nets is {nets}; expected at least 1")
