"""What one residual block with one hidden neuron can do to a coordinate of the state."""

from collections.abc import Sequence
from typing import NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor

from rectified.residual.networks import ResidualNetwork

ROUNDINGS = 4.0  # of an entry of the Jacobian: a product, a sum and the difference from the identity, and one to spare


class Block(NamedTuple):
    r"""The block :math:`x \mapsto x + V \max(U x + u, 0)`.

    Attributes:
        outgoing: V, what the neuron adds to the state.
        incoming: U, what it reads.
        offset: u.
    """

    outgoing: Float[Tensor, " d_in"]
    incoming: Float[Tensor, " d_in"]
    offset: float


def apply_block(block: Block, x: Float[Tensor, "*batch d_in"]) -> Float[Tensor, "*batch d_in"]:
    """The state after the block.

    Args:
        block: One block.
        x: States before it.

    Returns:
        ``x + V max(U x + u, 0)``.

    Source:
        [lin2018resnet], the definition of the residual network.
    """
    return x + torch.relu(x @ block.incoming + block.offset)[..., None] * block.outgoing


def update_rank(block: Block, x: Float[Tensor, "samples d_in"]) -> int:
    r"""The largest rank of the Jacobian of a block minus the identity: 1 or 0, since one neuron acts.

    Rounding of the Jacobian is that of the identity and of the update, whichever is larger, and not that of the update
    alone. So singular values count above :math:`4 \epsilon \, d \max(1, \|J - I\|)`, with d coordinates.

    Args:
        block: One block.
        x: States at which the Jacobian is taken, by automatic differentiation.

    Returns:
        The largest rank over the states.
    """
    x = x.detach().clone().requires_grad_()
    columns = apply_block(block, x).T
    rows = [torch.autograd.grad(column.sum(), x, retain_graph=True)[0] for column in columns]
    update = torch.stack(rows, dim=1) - torch.eye(x.shape[1]).to(x)
    largest = update.abs().amax(dim=(1, 2)).clamp_min(1.0)
    least = ROUNDINGS * torch.finfo(x.dtype).eps * x.shape[1] * largest
    return int(torch.linalg.matrix_rank(update, atol=least).max())


def unit_vector(dim: int, coordinate: int) -> Float[Tensor, " _dim"]:
    """The vector of length ``dim`` that is 1 at ``coordinate`` and 0 elsewhere, in float64.

    Raises:
        ValueError: If there is no such coordinate.
    """
    if not 0 <= coordinate < dim:
        raise ValueError(f"coordinate is {coordinate}; expected one of the {dim} coordinates, counted from 0")
    return torch.nn.functional.one_hot(torch.tensor(coordinate, dtype=torch.int64), dim).double()


def shift(e: Float[Tensor, " d_in"], amount: float) -> Block:
    """Add ``amount`` to the coordinate, everywhere: the neuron is constant.

    Args:
        e: The coordinate, a unit vector.
        amount: Any number.

    Returns:
        V = sign(amount) e, U = 0, u = abs(amount).
    """
    return Block(e if amount >= 0 else -e, 0.0 * e, abs(amount))


def maximum(e: Float[Tensor, " d_in"], level: float, slope: float = 0.0) -> Block:
    r"""The coordinate r becomes :math:`\max(r, \mathrm{slope} \cdot r + \mathrm{level})`.

    Args:
        e: The coordinate, a unit vector.
        level: Value of the line at 0.
        slope: Slope of the line; 0 is the maximum with a constant.

    Returns:
        V = e, U = (slope - 1) e, u = level.
    """
    return Block(e, (slope - 1.0) * e, level)


def minimum(e: Float[Tensor, " d_in"], level: float, slope: float = 0.0) -> Block:
    r"""The coordinate r becomes :math:`\min(r, \mathrm{slope} \cdot r + \mathrm{level})`.

    Args:
        e: The coordinate, a unit vector.
        level: Value of the line at 0.
        slope: Slope of the line; 0 is the minimum with a constant.

    Returns:
        V = -e, U = (1 - slope) e, u = -level.
    """
    return Block(-e, (1.0 - slope) * e, -level)


def flip(e: Float[Tensor, " d_in"], slope: float) -> Block:
    r"""Where the coordinate r is negative it becomes :math:`-\mathrm{slope} \cdot r`.

    Args:
        e: The coordinate, a unit vector.
        slope: How steeply the negative ray rises, positive.

    Returns:
        V = (1 + slope) e, U = -e, u = 0.

    Raises:
        ValueError: If ``slope`` is not positive.
    """
    if not slope > 0:
        raise ValueError(f"slope is {slope}; expected a positive number, else the negative ray is not turned upwards")
    return Block((1.0 + slope) * e, -e, 0.0)


def fold(e: Float[Tensor, " d_in"], at: float, slope: float) -> Block:
    r"""Beyond ``at`` the coordinate r becomes :math:`\mathrm{at} - \mathrm{slope} \cdot (r - \mathrm{at})`.

    Args:
        e: The coordinate, a unit vector.
        at: Where it turns.
        slope: How steeply it falls beyond; -1 changes nothing, and below -1 it rises more steeply.

    Returns:
        V = -(1 + slope) e, U = e, u = -at.
    """
    return Block(-(1.0 + slope) * e, e, -at)


def gather(dim: int, coordinate: int = 0) -> Block:
    """Add all other coordinates to one, right where their sum is not negative.

    Args:
        dim: Number of coordinates, at least 2.
        coordinate: Which one receives the sum.

    Returns:
        V = e, U = 1 at all others, u = 0.

    Raises:
        ValueError: If there is no other coordinate.
    """
    if dim < 2:
        raise ValueError(f"dim is {dim}; expected at least 2, since a sum needs another coordinate")
    e = unit_vector(dim, coordinate)
    return Block(e, 1.0 - e, 0.0)


def stacked(
    blocks: Sequence[Block],
    readout: Float[Tensor, " d_in"],
    bias: float = 0.0,
) -> ResidualNetwork:
    """A network of the blocks, first to last, with one output.

    Args:
        blocks: At least one, all for states of the same width.
        readout: Row of the read-out.
        bias: Added to it.

    Returns:
        The network, in the dtype of the read-out.

    Raises:
        ValueError: If there is no block, or widths differ.
    """
    if len(blocks) == 0:
        raise ValueError("blocks is empty; expected at least one")
    for idx, block in enumerate(blocks):
        if block.outgoing.shape != readout.shape or block.incoming.shape != readout.shape:
            came = f"{tuple(block.outgoing.shape)} and {tuple(block.incoming.shape)}"
            raise ValueError(f"blocks[{idx}] has vectors of shape {came}; expected {tuple(readout.shape)}")
    V = torch.stack([block.outgoing for block in blocks]).to(readout)
    U = torch.stack([block.incoming for block in blocks]).to(readout)
    u = torch.tensor([block.offset for block in blocks], dtype=readout.dtype, device=readout.device)
    return ResidualNetwork(V, U, u, readout[None], readout.new_tensor([bias]))
