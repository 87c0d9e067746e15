"""Hidden states of chains of layers, followed layer by layer and kept at chosen depths only."""

from collections.abc import Callable, Collection, Iterable
from typing import TypeVar

import torch
from jaxtyping import Float
from torch import Tensor

from rectified.depth.chains import ChainLayer

States = Float[Tensor, "... inputs _width"]
T = TypeVar("T")


def hidden_states(
    x: Float[Tensor, "*batch inputs _d_in"], layers: Iterable[ChainLayer], depths: Collection[int]
) -> dict[int, States]:
    r"""The states :math:`h_n = \sigma(W_n h_{n-1} + b_n)`, :math:`h_0 = x`, at chosen depths n.

    Args:
        x: Inputs, one per row; leading axes as those of the layers, or ones that broadcast.
        layers: Pairs (weight (*batch, d_out, d_in), bias (*batch, d_out)), first to last, in any iterable. It is read
            up to the largest depth only.
        depths: Numbers of layers after which the state is kept; 0 is the input.

    Returns:
        The states under their depths, shallowest first.

    Raises:
        ValueError: If a depth is negative, there are too few layers, or a layer does not fit.

    Example:
        >>> one = torch.ones(1, 1, dtype=torch.float64)
        >>> hidden_states(one, [(2 * one, -one[0]), (3 * one, one[0])], [2])
        {2: tensor([[4.]], dtype=torch.float64)}

    Source:
        [xu2024convergence], the setting; layers are made lazily and never kept.
    """
    return _followed(x, layers, depths, _rectified)


def residual_states(
    x: Float[Tensor, "*batch inputs _width"],
    branches: Iterable[tuple[Float[Tensor, "... _hidden _width"], Float[Tensor, "... _width _hidden"]]],
    depths: Collection[int],
    *,
    linear: bool = False,
) -> dict[int, States]:
    r"""The states of a residual chain, :math:`h_n = h_{n-1} + V_n \sigma(U_n h_{n-1})`, at chosen depths n.

    Nothing is cut off after the sum, so that states need not be positive.

    Args:
        x: The first states, one per row.
        branches: Pairs (inner weight U, outer weight V), first to last, in any iterable.
        depths: Numbers of blocks after which the state is kept; 0 is the input.
        linear: Whether branches are without ReLU, so that a block is the matrix I + V U.

    Returns:
        The states under their depths, shallowest first.

    Raises:
        ValueError: If a depth is negative, there are too few blocks, or one does not fit.

    Source:
        [xu2024convergence], the reading of residual networks; blocks without biases are ours.
    """
    return _followed(x, branches, depths, _linear_block if linear else _block)


def relative_change(earlier: States, later: States) -> Float[Tensor, "..."]:
    r"""How far states moved: the Frobenius norm of the difference over that of the earlier states.

    Args:
        earlier: States at one depth, inputs as rows.
        later: States of the same inputs at another depth.

    Returns:
        One number per chain; infinite where the earlier states are zero and the later ones are not, 0 where both are.

    Raises:
        ValueError: If shapes differ.
    """
    if earlier.shape != later.shape:
        raise ValueError(f"later has shape {tuple(later.shape)}; expected that of earlier, {tuple(earlier.shape)}")
    moved = torch.linalg.matrix_norm(later - earlier)
    return torch.where(moved == 0, 0.0, moved / torch.linalg.matrix_norm(earlier))


def direction_change(earlier: States, later: States) -> Float[Tensor, "..."]:
    r"""How far the directions of states moved: the root mean square over inputs of :math:`|h/\|h\| - h'/\|h'\||`.

    Lengths do not count: a chain that only shrinks or grows has change 0. (Its relative change is large for ever.)

    Args:
        earlier: States at one depth, inputs as rows.
        later: States of the same inputs at another depth.

    Returns:
        One number per chain, between 0 and 2. An input whose state is zero at one of the depths has no direction and
        counts as not moved.

    Raises:
        ValueError: If shapes differ.
    """
    if earlier.shape != later.shape:
        raise ValueError(f"later has shape {tuple(later.shape)}; expected that of earlier, {tuple(earlier.shape)}")
    lengths = [torch.linalg.vector_norm(_scaled(h), dim=-1, keepdim=True) for h in (earlier, later)]
    before, after = (_scaled(h) / length for h, length in zip((earlier, later), lengths, strict=True))
    alive = (lengths[0] > 0) & (lengths[1] > 0)
    return torch.where(alive, after - before, 0.0).square().sum(-1).mean(-1).sqrt()


def _scaled(h: States) -> States:
    """Each state divided by its largest entry, since squares of tiny numbers vanish; zero states stay zero."""
    largest = h.abs().amax(-1, keepdim=True)
    return torch.where(largest > 0, h / largest, 0.0)


def distances_to_deepest(
    x: Float[Tensor, "*batch inputs _d_in"], layers: Iterable[ChainLayer], depths: Collection[int], deepest: int
) -> Float[Tensor, "depths ..."]:
    r"""How far the states of a chain are from its deepest state: :math:`\max_x \max_j |h_N(x) - h_n(x)|_j`.

    The deepest state of the same chain stands for the limit; a chain drawn anew would have another one.

    Args:
        x: Inputs, one per row.
        layers: Pairs (weight, bias), first to last, in any iterable.
        depths: The numbers n of layers, increasing.
        deepest: The number N of layers, larger than all of them.

    Returns:
        One row per depth, with the leading axes of the states behind it.

    Raises:
        ValueError: If a depth is not below ``deepest``, or as for :func:`hidden_states`.
    """
    if len(depths) == 0 or max(depths) >= deepest:
        raise ValueError(f"depths is {list(depths)}; expected at least one, all of them below deepest, {deepest}")
    kept = hidden_states(x, layers, [*depths, deepest])
    last = kept.pop(deepest)
    return torch.stack([(h - last).abs().amax((-2, -1)) for h in kept.values()])


def _rectified(h: Tensor, layer: ChainLayer) -> Tensor:
    W, b = layer
    return torch.matmul(h, W.mT).add_(b[..., None, :]).relu_()


def _block(h: Tensor, branch: tuple[Tensor, Tensor]) -> Tensor:
    return h + torch.matmul(torch.matmul(h, branch[0].mT).relu_(), branch[1].mT)


def _linear_block(h: Tensor, branch: tuple[Tensor, Tensor]) -> Tensor:
    return h + torch.matmul(torch.matmul(h, branch[0].mT), branch[1].mT)


def _followed(
    x: Tensor, layers: Iterable[T], depths: Collection[int], step: Callable[[Tensor, T], Tensor]
) -> dict[int, Tensor]:
    """Apply ``step`` with one layer after the other, and keep what is wanted.

    Raises:
        ValueError: If a depth is negative, or layers are too few or do not fit.
    """
    if len(depths) == 0 or min(depths) < 0:
        raise ValueError(f"depths is {list(depths)}; expected at least one number, none of them negative")
    last, h, depth = max(depths), x, 0
    found = {0: x} if 0 in depths else {}
    for depth, layer in zip(range(1, last + 1), layers, strict=False):
        try:
            h = step(h, layer)
        except RuntimeError as error:
            raise ValueError(f"layer {depth} does not fit a state of shape {tuple(h.shape)}: {error}") from None
        if depth in depths:
            found[depth] = h
    if depth < last:
        raise ValueError(f"layers ended after {depth}; expected at least {last}, the largest of depths")
    return found
