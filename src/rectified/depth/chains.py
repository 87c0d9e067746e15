"""Chains of layers that are made when they are asked for: a hundred thousand layers never stand in memory together.

A chain is an iterator over pairs (weight (*batch, d_out, d_in), bias (*batch, d_out)). The leading axes hold many
chains, such as one for each seed, that are followed at once.
"""

from collections.abc import Iterable, Iterator, Sequence

import torch
from jaxtyping import Float
from torch import Tensor

ChainLayer = tuple[Float[Tensor, "... _out _in"], Float[Tensor, "... _out"]]

NUMBERS_AT_ONCE = 500_000  # 4 MB of float64: enough that drawing costs little per layer, too little to be noticed


def perturbed_identities(
    width: int,
    depth: int,
    exponent: float | Float[Tensor, "*batch"],
    generator: torch.Generator,
    *,
    batch: Sequence[int] = (),
    scale: float = 0.5,
    bias_scale: float = 0.0,
    first: int = 2,
) -> Iterator[ChainLayer]:
    r"""Layers whose distance from the identity decays as a power of their number.

    .. math:: W_n = I + c \, n^{-a} R_n, \qquad b_n = c' \, n^{-a} r_n

    The entries of :math:`R_n` and :math:`r_n` are drawn uniformly from [-1, 1] and then scaled, so that the largest
    absolute row sum of :math:`R_n` and the largest absolute entry of :math:`r_n` are 1. The perturbations are summable
    if and only if :math:`a > 1`. A shorter chain from the same generator is the beginning of a longer one.

    Args:
        width: Neurons of every layer.
        depth: Number of the last layer.
        exponent: The decay a, positive; one number, or one for each chain.
        generator: Draws the layers.
        batch: Leading axes, one chain per index.
        scale: The factor c, not negative.
        bias_scale: The factor c' of the biases, not negative.
        first: Number of the first layer that is made.

    Returns:
        An iterator over the layers ``first`` to ``depth``, in float64.

    Raises:
        ValueError: If a number is out of range.

    Source:
        [xu2024convergence], the form I + P; the law of the perturbations is ours.
    """
    decay = torch.as_tensor(exponent, dtype=torch.float64)
    _check_sizes(width, depth, first)
    if not bool((decay > 0).all()):
        raise ValueError(f"exponent is {exponent}; expected positive numbers")
    if scale < 0 or bias_scale < 0:
        raise ValueError(f"scale and bias_scale are {scale} and {bias_scale}; expected numbers that are not negative")
    return _perturbed(width, range(first, depth + 1), decay, generator, tuple(batch), (scale, bias_scale))


def _perturbed(
    width: int,
    numbers: range,
    decay: Tensor,
    generator: torch.Generator,
    batch: tuple[int, ...],
    scales: tuple[float, float],
) -> Iterator[ChainLayer]:
    eye = torch.eye(width, dtype=torch.float64)
    for part in _parts(numbers, width * (width + 1), batch):
        drawn = 2.0 * torch.rand(len(part), *batch, width, width + 1, generator=generator, dtype=torch.float64) - 1.0
        R, r = drawn[..., :-1], drawn[..., -1]
        index = torch.tensor(list(part), dtype=torch.float64).reshape(-1, *[1] * len(batch))
        size = index ** (-decay)
        R = R * (scales[0] * size / R.abs().sum(-1).amax(-1))[..., None, None]
        r = r * (scales[1] * size / r.abs().amax(-1))[..., None]
        yield from zip((eye + R).unbind(), r.unbind(), strict=True)


def gaussian_layers(
    width: int,
    depth: int,
    generator: torch.Generator,
    *,
    batch: Sequence[int] = (),
    variance: float | None = None,
    bias_scale: float = 0.0,
    first: int = 2,
) -> Iterator[ChainLayer]:
    """Independent Gaussian layers, by default with He's variance 2 / width.

    Args:
        width: Neurons of every layer.
        depth: Number of the last layer.
        generator: Draws the layers.
        batch: Leading axes, one chain per index.
        variance: Of the weights; None is 2 / width.
        bias_scale: Standard deviation of the biases.
        first: Number of the first layer that is made.

    Returns:
        An iterator over the layers ``first`` to ``depth``, in float64.

    Raises:
        ValueError: If a number is out of range.

    Source:
        [he2015delving], the variance rule for rectifiers.
    """
    _check_sizes(width, depth, first)
    spread = 2.0 / width if variance is None else variance
    if not spread > 0 or bias_scale < 0:
        raise ValueError(f"variance is {variance} and bias_scale {bias_scale}; expected a positive number and one >= 0")
    return _gaussian(width, range(first, depth + 1), generator, tuple(batch), (spread**0.5, bias_scale))


def _gaussian(
    width: int, numbers: range, generator: torch.Generator, batch: tuple[int, ...], scales: tuple[float, float]
) -> Iterator[ChainLayer]:
    for part in _parts(numbers, width * (width + 1), batch):
        drawn = torch.randn(len(part), *batch, width, width + 1, generator=generator, dtype=torch.float64)
        W, b = scales[0] * drawn[..., :-1], scales[1] * drawn[..., -1]
        yield from zip(W.unbind(), b.unbind(), strict=True)


def scaled_identities(width: int, factors: Iterable[float]) -> Iterator[ChainLayer]:
    """Layers that multiply every neuron by one number, without biases: their products are known exactly.

    Args:
        width: Neurons of every layer.
        factors: One number per layer, in any iterable; it may be endless.

    Returns:
        An iterator over pairs (factor times the identity, zeros), in float64.

    Raises:
        ValueError: If the width is not positive.
    """
    _check_sizes(width, 1, 1)
    eye, zero = torch.eye(width, dtype=torch.float64), torch.zeros(width, dtype=torch.float64)
    return ((factor * eye, zero) for factor in factors)


def constant_layers(bias: Float[Tensor, " width"], count: int) -> Iterator[ChainLayer]:
    """Layers that forget their input: weight zero and always the same bias.

    Args:
        bias: The bias of every layer.
        count: How many layers.

    Returns:
        An iterator over pairs (zeros, bias).

    Raises:
        ValueError: If ``count`` is negative.
    """
    if count < 0:
        raise ValueError(f"count is {count}; expected a number that is not negative")
    W = torch.zeros(len(bias), len(bias), dtype=bias.dtype)
    return ((W, bias) for _ in range(count))


def _check_sizes(width: int, depth: int, first: int) -> None:
    """Refuse empty layers and numbers below one.

    Raises:
        ValueError: If one is out of range.
    """
    if width < 1:
        raise ValueError(f"width is {width}; expected at least 1")
    if first < 1:
        raise ValueError(f"first is {first}; expected at least 1, since layers are counted from 1")
    if depth < first:
        raise ValueError(f"depth is {depth}; expected at least {first}, the number of the first layer that is made")


def _parts(numbers: range, size: int, batch: tuple[int, ...]) -> Iterator[range]:
    """``numbers`` in pieces such that the layers of one piece fit into NUMBERS_AT_ONCE."""
    for axis in batch:
        size *= axis
    step = max(1, NUMBERS_AT_ONCE // max(1, size))
    return (numbers[start : start + step] for start in range(0, len(numbers), step))
