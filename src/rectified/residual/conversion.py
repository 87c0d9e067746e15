"""A residual network with one neuron per block as an ordinary fully connected ReLU network."""

import torch
from jaxtyping import Float
from torch import Tensor

from rectified.networks import Layer
from rectified.residual.networks import ResidualNetwork, check_residual

MARGIN = 0.01  # of a range: what is carried past a ReLU stays that far from zero, so that rounding cannot switch it

Box = tuple[Float[Tensor, " d_in"], Float[Tensor, " d_in"]]


def relu_layers_of_residual(network: ResidualNetwork, box: Box | None = None) -> list[Layer]:
    r"""Plain layers (weight, bias) with the same outputs, one hidden layer per block.

    A hidden layer carries the state past the ReLU. Everywhere, it takes two neurons per coordinate,
    :math:`r = \max(r, 0) - \max(-r, 0)`, and the block's neuron: width 2 d + 1. On a box one neuron per coordinate is
    enough, after a shift that keeps the state non-negative: width d + 1, and no neuron but the block's own ever changes
    its sign inside the box.

    Args:
        network: A single network.
        box: Lowest and highest corner of the inputs for which the layers must agree, or None for all inputs.

    Returns:
        One pair more than there are blocks. Everywhere the outputs are those of the network up to a few roundings; on
        a box rounding is that of the largest shift.

    Raises:
        ValueError: If there are many networks, no block, or the box does not fit.
    """
    blocks, dim, _ = check_residual(network)
    if network.outgoing.ndim != 2 or blocks == 0:
        raise ValueError(f"outgoing has shape {tuple(network.outgoing.shape)}; expected one network with a block")
    if box is not None:
        return _on_box(network, *_checked_box(network, box))
    eye = torch.eye(dim).to(network.outgoing)
    carry = torch.cat([eye, -eye])
    nothing = torch.zeros(2 * dim).to(carry)
    return _chained(network, [(carry, nothing, carry.T, nothing[:dim])] * blocks)


def state_ranges(network: ResidualNetwork, box: Box) -> list[Box]:
    """Intervals that contain each coordinate of the state before each block, for all inputs in a box.

    A coordinate that the neuron both reads and changes is bounded exactly if the neuron reads no other: the image of
    an interval under a piecewise linear function is spanned by its ends and its kink.

    Args:
        network: A single network.
        box: Lowest and highest corner.

    Returns:
        As many boxes as blocks; the first is ``box``.

    Raises:
        ValueError: If there are many networks, or the box does not fit.
    """
    check_residual(network)
    low, high = _checked_box(network, box)
    ranges = [(low, high)]
    for V, U, u in zip(network.outgoing[:-1], network.incoming[:-1], network.offsets[:-1], strict=True):
        low, high = _range_after(V, U, u, low, high)
        ranges.append((low, high))
    return ranges


def _range_after(V: Tensor, U: Tensor, u: Tensor, low: Tensor, high: Tensor) -> Box:
    """The box after a block: where only one coordinate is read, that coordinate is bounded exactly."""
    centre, half = U @ (high + low) / 2.0, U.abs() @ (high - low) / 2.0
    hidden = torch.relu(torch.stack([centre - half, centre + half]) + u)
    added = torch.stack([V * hidden[0], V * hidden[1]])
    after_low, after_high = low + added.amin(0), high + added.amax(0)
    read = torch.nonzero(U)[:, 0]
    if len(read) == 1:
        k = read[0]
        kink = (-u / U[k]).clamp(low[k], high[k])
        places = torch.stack([low[k], high[k], kink])
        images = places + V[k] * torch.relu(U[k] * places + u)
        after_low[k], after_high[k] = images.amin(), images.amax()
    return after_low, after_high


def _on_box(network: ResidualNetwork, low: Tensor, high: Tensor) -> list[Layer]:
    """Layers of width d + 1: the state minus something below its lowest value passes the ReLU unchanged."""
    eye = torch.eye(len(low)).to(network.outgoing)
    floors = [low - MARGIN * (1.0 + high - low) for low, high in state_ranges(network, (low, high))]
    return _chained(network, [(eye, -floor, eye, floor) for floor in floors])


def _chained(network: ResidualNetwork, carriers: list[tuple[Tensor, Tensor, Tensor, Tensor]]) -> list[Layer]:
    """Layers in which each state r passes as ReLU(E r + e) and is recovered as D (...) + f, for (E, e, D, f)."""
    decode = torch.eye(network.outgoing.shape[1]).to(network.outgoing)
    offset = torch.zeros_like(decode[0])
    layers = []
    blocks = zip(network.outgoing, network.incoming, network.offsets, carriers, strict=True)
    for V, U, u, (encode, encode_bias, decode_next, offset_next) in blocks:
        rows, bias = torch.cat([encode, U[None]]), torch.cat([encode_bias, u[None]])
        layers.append((rows @ decode, rows @ offset + bias))
        decode, offset = torch.cat([decode_next, V[:, None]], dim=1), offset_next
    weight = network.readout_weight
    return [*layers, (weight @ decode, weight @ offset + network.readout_bias)]


def _checked_box(network: ResidualNetwork, box: Box) -> Box:
    """The two corners in the network's dtype.

    Raises:
        ValueError: If they do not fit the network.
    """
    low, high = (
        torch.as_tensor(corner, dtype=network.outgoing.dtype, device=network.outgoing.device) for corner in box
    )
    shape = (network.outgoing.shape[-1],)
    if network.outgoing.ndim != 2 or low.shape != shape or high.shape != shape or bool((low > high).any()):
        raise ValueError(
            f"box is {low.tolist()} to {high.tolist()}; expected two corners of shape {shape}, the first the lower one"
        )
    return low, high
