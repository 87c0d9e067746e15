"""Four ways to start a deep ReLU network of one width, for many seeds at once."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

import torch
from torch import Tensor


class Start(Enum):
    """How the square hidden layers of a network start."""

    HE = "He"  # independent Gaussian entries of variance 2 / width
    ORTHOGONAL = "orthogonal"  # a random orthogonal matrix times the root of 2
    IDENTITY_PLUS = "I + P"  # the identity plus Gaussian entries that shrink with the number of the layer
    REZERO = "ReZero"  # as He, but as a residual branch behind a gate that starts at 0


@dataclass(frozen=True)
class Stack:
    """Networks of one shape, one per seed, in one tensor for each layer.

    Attributes:
        weights: First to last, each (seeds, d_out, d_in).
        biases: First to last, each (seeds, d_out, 1).
        gates: For residual networks one (seeds, 1, 1) for each square hidden layer; otherwise empty.
    """

    weights: list[Tensor]
    biases: list[Tensor]
    gates: list[Tensor]

    @property
    def parameters(self) -> list[Tensor]:
        """All tensors that are trained."""
        return [*self.weights, *self.biases, *self.gates]


def make_stack(
    start: Start,
    widths: Sequence[int],
    seeds: int,
    generator: torch.Generator,
    *,
    exponent: float = 2.0,
    scale: float = 1.0,
) -> Stack:
    r"""Networks of equal hidden widths, started anew for every seed, with zero biases.

    The first layer starts by He's rule and the output layer with variance 1 / width, whatever ``start`` is: only the
    square layers differ. Hidden layer number k (k = 2, 3, ...) starts at :math:`I + c \, k^{-a} G` for
    ``IDENTITY_PLUS``, where G has independent Gaussian entries of variance 1 / width.

    Args:
        start: The rule for the square layers.
        widths: ``[d_in, width, ..., width, classes]``, at least one hidden layer.
        seeds: How many networks.
        generator: Draws the weights.
        exponent: The decay a of the perturbations.
        scale: Their factor c.

    Returns:
        Tensors in float32.

    Raises:
        ValueError: If hidden widths differ, there is none, or a number is not positive.

    Source:
        [he2015delving] for the variance rule, [saxe2014exact] for orthogonal matrices, [bachlechner2021rezero] for the
        gates; [xu2024convergence] for the identity plus a summable perturbation, whose law is ours.
    """
    _check_widths(widths, seeds)
    width = widths[1]
    weights = [_gaussian(seeds, width, widths[0], math.sqrt(2.0 / widths[0]), generator)]
    for number in range(2, len(widths) - 1):
        weights.append(_square(start, seeds, width, generator, scale * number**-exponent))
    weights.append(_gaussian(seeds, widths[-1], width, width**-0.5, generator))
    biases = [torch.zeros(seeds, W.shape[1], 1) for W in weights]
    gates = [torch.zeros(seeds, 1, 1) for _ in weights[1:-1]] if start is Start.REZERO else []
    return Stack(weights, biases, gates)


def _square(start: Start, seeds: int, width: int, generator: torch.Generator, size: float) -> Tensor:
    if start is Start.IDENTITY_PLUS:
        return torch.eye(width) + _gaussian(seeds, width, width, size * width**-0.5, generator)
    if start is Start.ORTHOGONAL:
        Q, R = torch.linalg.qr(_gaussian(seeds, width, width, 1.0, generator))
        signs = torch.diagonal(R, dim1=-2, dim2=-1).sign()  # without them the law would not be the uniform one
        rotated: Tensor = Q * signs[:, None, :]
        return math.sqrt(2.0) * rotated
    return _gaussian(seeds, width, width, math.sqrt(2.0 / width), generator)


def _gaussian(seeds: int, d_out: int, d_in: int, spread: float, generator: torch.Generator) -> Tensor:
    return spread * torch.randn(seeds, d_out, d_in, generator=generator)


def _check_widths(widths: Sequence[int], seeds: int) -> None:
    """Refuse shapes that are no stack of square hidden layers.

    Raises:
        ValueError: If widths or seeds do not fit.
    """
    if len(widths) < 3 or min(widths) < 1:
        raise ValueError(f"widths is {list(widths)}; expected at least three positive numbers, input to classes")
    if len(set(widths[1:-1])) > 1:
        raise ValueError(f"widths is {list(widths)}; expected equal hidden widths, so that the layers are square")
    if seeds < 1:
        raise ValueError(f"seeds is {seeds}; expected at least 1")
