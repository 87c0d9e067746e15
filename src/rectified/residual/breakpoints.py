"""A residual network with a scalar state as the piecewise linear function that it is, knot by knot."""

import torch
from jaxtyping import Float
from torch import Tensor

from rectified.residual.networks import ResidualNetwork, check_residual
from rectified.residual.polylines import Polyline

MOST_KNOTS = 1_000_000


def residual_function(network: ResidualNetwork, low: float, high: float, *, most_knots: int = MOST_KNOTS) -> Polyline:
    """The network on ``[low, high]`` as knots and values, exact up to rounding.

    Knots are pushed through the blocks. Between two knots the state is linear, so the neuron of the next block changes
    its sign at most once; where it does, a knot is put.

    Args:
        network: A single network in float64 with one input and one output.
        low: Left end.
        high: Right end.
        most_knots: Where to stop: a block can double the number of pieces.

    Returns:
        The output of the network. There may be knots at which its slope does not change.

    Raises:
        ValueError: If the network is no single float64 network with a scalar state and output, the interval is empty,
            or there are too many knots.
    """
    return states_of_scalar(network, low, high, most_knots=most_knots)[-1]


def states_of_scalar(
    network: ResidualNetwork, low: float, high: float, *, most_knots: int = MOST_KNOTS
) -> list[Polyline]:
    """The state before the first block and after each block as functions of the input, and last the output.

    Args:
        network: A single network in float64 with one input and one output.
        low: Left end.
        high: Right end.
        most_knots: Where to stop: a block can double the number of pieces.

    Returns:
        Two functions more than there are blocks.

    Raises:
        ValueError: If the network is no single float64 network with a scalar state and output, the interval is empty,
            or there are too many knots.
    """
    _check_scalar(network, low, high)
    knots = torch.tensor([low, high], dtype=torch.float64)
    state = Polyline(knots, knots)
    functions = [state]
    blocks = zip(network.outgoing[:, 0], network.incoming[:, 0], network.offsets, strict=True)
    for number, (V, U, u) in enumerate(blocks):
        knots, values = _with_sign_changes(state, U, u)
        if len(knots) > most_knots:
            raise ValueError(f"most_knots is {most_knots}; block {number} needs {len(knots)}: raise it, or cut blocks")
        state = Polyline(knots, values + V * torch.relu(U * values + u))
        functions.append(state)
    output = state.values * network.readout_weight[0, 0] + network.readout_bias[0]
    return [*functions, Polyline(state.knots, output)]


def _with_sign_changes(
    state: Polyline, U: Float[Tensor, ""], u: Float[Tensor, ""]
) -> tuple[Float[Tensor, " knots"], Float[Tensor, " knots"]]:
    """Knots and values with a further knot wherever the neuron changes its sign inside a piece."""
    pre = U * state.values + u
    piece = torch.nonzero(pre[:-1] * pre[1:] < 0)[:, 0]
    if len(piece) == 0:
        return state
    share = pre[piece] / (pre[piece] - pre[piece + 1])
    inside = state.knots[piece] + share * (state.knots[piece + 1] - state.knots[piece])
    counts = torch.ones(len(pre), dtype=torch.int64)
    counts[piece] += 1
    place = counts.cumsum(0) - counts  # of the old knots in the longer list
    knots = torch.empty(len(pre) + len(piece), dtype=torch.float64)
    values = torch.empty_like(knots)
    knots[place], values[place] = state.knots, state.values
    knots[place[piece] + 1], values[place[piece] + 1] = inside, (-u / U).expand(len(piece))
    return knots, values


def _check_scalar(network: ResidualNetwork, low: float, high: float) -> None:
    """Refuse what is no function of one variable.

    Raises:
        ValueError: If shapes, dtype or interval do not fit.
    """
    _, dim, outputs = check_residual(network)
    if network.outgoing.ndim != 2 or (dim, outputs) != (1, 1):
        raise ValueError(
            f"network has blocks of shape {tuple(network.outgoing.shape)} and {outputs} outputs; expected one network "
            "with d_in = 1 and one output"
        )
    if network.outgoing.dtype != torch.float64:
        raise ValueError(f"network has dtype {network.outgoing.dtype}; expected float64, since slopes may be steep")
    if not low < high:
        raise ValueError(f"low and high are {low} and {high}; expected low < high")
