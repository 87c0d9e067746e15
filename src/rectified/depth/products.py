"""Products of many square matrices, each cut by an activation matrix of its own."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import NamedTuple

import torch
from jaxtyping import Bool, Float, Int64
from torch import Tensor

COINS_AT_ONCE = 1_000_000


class MaskedProduct(NamedTuple):
    """A product of n factors.

    Attributes:
        product: Shape (*batch, width, width), newest factor on the left.
        last_off: Number of the last factor at which each row was off; 0 where it never was.
    """

    product: Float[Tensor, "*batch width width"]
    last_off: Int64[Tensor, "*batch width"]


def masked_products(
    weights: Iterable[Float[Tensor, "*batch width width"]],
    masks: Iterable[Bool[Tensor, "*batch width"]],
    lengths: Collection[int],
) -> dict[int, MaskedProduct]:
    r"""The products :math:`I_n W_n \cdots I_1 W_1` for chosen n, whatever the activation matrices :math:`I_n` are.

    Args:
        weights: The factors, first to last, in any iterable.
        masks: Which rows of each factor are on; any iterable at least as long as needed.
        lengths: Numbers of factors after which the product is kept, each at least 1.

    Returns:
        The products under their lengths, shortest first.

    Raises:
        ValueError: If a length is not positive, there are too few factors or masks, or one of them does not fit.

    Source:
        [xu2024convergence], products of weights and activation matrices.
    """
    if len(lengths) == 0 or min(lengths) < 1:
        raise ValueError(f"lengths is {list(lengths)}; expected at least one number, each at least 1")
    last, found, number = max(lengths), {}, 0
    M = last_off = None
    for number, W, mask in zip(range(1, last + 1), weights, masks, strict=False):
        _check_factor(number, W, mask, W if M is None else M)
        M = mask[..., None].to(W.dtype) * (W if M is None else torch.matmul(W, M))
        last_off = torch.where(mask, torch.zeros((), dtype=torch.int64) if last_off is None else last_off, number)
        if number in lengths:
            found[number] = MaskedProduct(M, last_off.expand(M.shape[:-1]))
    if number < last:
        raise ValueError(f"weights or masks ended after {number}; expected at least {last}, the largest of lengths")
    return found


def _check_factor(number: int, W: Tensor, mask: Tensor, M: Tensor) -> None:
    """Refuse a factor that is not square, or has another width than its mask or the product so far.

    Raises:
        ValueError: If it does not fit.
    """
    if W.shape[-2] != W.shape[-1] or W.shape[-1] != M.shape[-1] or mask.shape[-1] != W.shape[-1]:
        raise ValueError(
            f"factor {number} has shape {tuple(W.shape)} and a mask of {mask.shape[-1]} rows; expected a square matrix "
            f"with a mask of its width, {M.shape[-1]} as for the first factor"
        )


def coin_masks(
    width: int, generator: torch.Generator, *, batch: Sequence[int] = (), always_on: int = 0
) -> Iterator[Bool[Tensor, "*batch width"]]:
    """Endlessly many masks: each row is on or off by a fair coin, apart from some that are always on.

    Args:
        width: Rows of a factor.
        generator: Throws the coins.
        batch: Leading axes.
        always_on: The first so many rows are never off.

    Returns:
        An iterator without end.

    Raises:
        ValueError: If ``width`` is not positive, or ``always_on`` is not between 0 and ``width``.
    """
    if width < 1 or not 0 <= always_on <= width:
        raise ValueError(f"width is {width} and always_on {always_on}; expected at least 1, and between 0 and width")
    return _coins(width, generator, tuple(batch), always_on)


def _coins(width: int, generator: torch.Generator, batch: tuple[int, ...], always_on: int) -> Iterator[Tensor]:
    size = max(1, COINS_AT_ONCE // max(1, width * torch.Size(batch).numel()))
    while True:
        masks = torch.rand(size, *batch, width, generator=generator) < 0.5
        masks[..., :always_on] = True
        yield from masks.unbind()
