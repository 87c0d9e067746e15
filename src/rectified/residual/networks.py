"""Residual networks whose hidden layers are one neuron wide, as plain tensors; one network, or many at once."""

from typing import NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor

from rectified.least_squares import affine_least_squares


class ResidualNetwork(NamedTuple):
    r"""Blocks :math:`x \mapsto x + V_k \max(U_k x + u_k, 0)` and an affine read-out.

    All fields may have one leading axis ``nets``: then this is as many networks, which are evaluated together.

    Attributes:
        outgoing: The vectors V, one row per block: what the neuron adds to the state.
        incoming: The vectors U: what it reads.
        offsets: The numbers u.
        readout_weight: Applied to the last state.
        readout_bias: Added to it.
    """

    outgoing: Float[Tensor, "*nets blocks d_in"]
    incoming: Float[Tensor, "*nets blocks d_in"]
    offsets: Float[Tensor, "*nets blocks"]
    readout_weight: Float[Tensor, "*nets d_out d_in"]
    readout_bias: Float[Tensor, "*nets d_out"]


def check_residual(network: ResidualNetwork) -> tuple[int, int, int]:
    """Number of blocks, width of the state and number of outputs, after checking that the fields fit.

    Args:
        network: One network, or many with one leading axis.

    Returns:
        ``(blocks, d_in, d_out)``.

    Raises:
        ValueError: If shapes or dtypes do not fit.
    """
    V, weight = network.outgoing, network.readout_weight
    if V.ndim not in {2, 3} or V.shape[-1] == 0:
        raise ValueError(f"outgoing has shape {tuple(V.shape)}; expected (blocks, d_in) or (nets, blocks, d_in)")
    nets, blocks, dim, outputs = V.shape[:-2], V.shape[-2], V.shape[-1], weight.shape[-2]
    expected = {
        "incoming": (*nets, blocks, dim),
        "offsets": (*nets, blocks),
        "readout_weight": (*nets, outputs, dim),
        "readout_bias": (*nets, outputs),
    }
    for name, shape in expected.items():
        field = getattr(network, name)
        if tuple(field.shape) != shape:
            raise ValueError(f"{name} has shape {tuple(field.shape)}; expected {shape}, as outgoing {tuple(V.shape)}")
        if field.dtype != V.dtype:
            raise ValueError(f"{name} has dtype {field.dtype}; expected {V.dtype}, as outgoing")
    return blocks, dim, outputs


def residual_states(
    network: ResidualNetwork, x: Float[Tensor, "*batch samples _d_in"]
) -> list[Float[Tensor, "*nets samples _d_in"]]:
    """The state before the first block and after each block.

    Args:
        network: One network, or many with one leading axis.
        x: Inputs, (samples, d_in); with many networks all see the same ones, unless ``x`` is (nets, samples, d_in).

    Returns:
        One tensor more than there are blocks.

    Raises:
        ValueError: If shapes or dtypes do not fit.

    Source:
        [lin2018resnet], the definition of the residual network; numbered from 0 there or here.
    """
    V, U, u, state = _prepared(network, x)
    states = [state]
    for k in range(V.shape[1]):
        state = _after_block(V[:, k], U[:, k], u[:, k], state)
        states.append(state)
    return [_restored(state, network) for state in states]


def residual_forward(
    network: ResidualNetwork, x: Float[Tensor, "*batch samples _d_in"]
) -> Float[Tensor, "*nets samples _d_out"]:
    """Outputs of the network, or of all networks at the same time; differentiable.

    Args:
        network: One network, or many with one leading axis.
        x: Inputs, (samples, d_in); with many networks all see the same ones, unless ``x`` is (nets, samples, d_in).

    Returns:
        The read-outs, (samples, d_out) or (nets, samples, d_out).

    Raises:
        ValueError: If shapes or dtypes do not fit.

    Source:
        [lin2018resnet], the definition of the residual network.
    """
    V, U, u, state = _prepared(network, x)
    for k in range(V.shape[1]):
        state = _after_block(V[:, k], U[:, k], u[:, k], state)
    last = _restored(state, network)
    return last @ network.readout_weight.mT + network.readout_bias[..., None, :]


def random_residual_network(
    dim: int,
    blocks: int,
    generator: torch.Generator,
    *,
    nets: int | None = None,
    strength: float = 1.0,
    dtype: torch.dtype = torch.float64,
) -> ResidualNetwork:
    r"""Random blocks: U and u standard normal, V normal with standard deviation ``strength / sqrt(blocks)``.

    Args:
        dim: Width of the state.
        blocks: Number of blocks.
        generator: Source of all numbers; its device is that of the tensors.
        nets: Number of networks with a leading axis, or None for one without.
        strength: Size of what all blocks together add; 0.1 is a good start for training.
        dtype: Of all tensors.

    Returns:
        Networks with one output; the read-out is standard normal over ``sqrt(dim)``, its bias zero.

    Raises:
        ValueError: If a size is not positive.
    """
    if min(dim, blocks, 1 if nets is None else nets) < 1:
        raise ValueError(f"dim, blocks and nets are {dim}, {blocks} and {nets}; expected positive numbers")
    lead = () if nets is None else (nets,)

    def normal(*shape: int) -> Tensor:
        return torch.randn(*lead, *shape, generator=generator, dtype=dtype, device=generator.device)

    V = normal(blocks, dim) * (strength / blocks**0.5)
    U, u, weight = normal(blocks, dim), normal(blocks), normal(1, dim) / dim**0.5
    return ResidualNetwork(V, U, u, weight, torch.zeros_like(weight[..., 0]))


def fitted_readout(
    network: ResidualNetwork, x: Float[Tensor, "samples _d_in"], y: Float[Tensor, " samples"]
) -> ResidualNetwork:
    """Many networks, each with the affine read-out that fits best in the mean square.

    Args:
        network: Networks with a leading axis.
        x: Inputs, the same for all.
        y: What one output should be there.

    Returns:
        The same blocks with new read-outs.

    Raises:
        ValueError: If there is no leading axis of networks, or shapes do not fit.
    """
    last = residual_states(network, x)[-1]
    if last.ndim != 3 or y.shape != x.shape[:1]:
        came = f"{tuple(network.outgoing.shape)} and {tuple(y.shape)}"
        raise ValueError(f"outgoing and y have shapes {came}; expected an axis of networks, and one number per input")
    weights = affine_least_squares(last, y[None, :, None].expand(len(last), -1, -1))
    return network._replace(readout_weight=weights[:, :-1].mT, readout_bias=weights[:, -1])


def _prepared(network: ResidualNetwork, x: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """The blocks with an axis of networks in front, and the state as (nets, d_in, samples).

    Raises:
        ValueError: If shapes or dtypes do not fit.
    """
    _, dim, _ = check_residual(network)
    V, U, u = network.outgoing, network.incoming, network.offsets
    if V.ndim == 2:
        V, U, u = V[None], U[None], u[None]
    if x.ndim < 2 or x.shape[-1] != dim or (x.ndim > 2 and x.shape[:-2] != V.shape[:1]):
        raise ValueError(f"x has shape {tuple(x.shape)}; expected (samples, {dim}), as the state is {dim} wide")
    if x.dtype != V.dtype:
        raise ValueError(f"x has dtype {x.dtype}; expected {V.dtype}, as the network")
    return V, U, u, x.mT.expand(len(V), dim, x.shape[-2])


def _after_block(V: Tensor, U: Tensor, u: Tensor, state: Tensor) -> Tensor:
    """One block for all networks. For many, products of so thin matrices would take twice as long as sums."""
    if len(V) == 1:
        return torch.baddbmm(state, V[:, :, None], torch.relu(torch.baddbmm(u[:, None, None], U[:, None, :], state)))
    hidden = torch.relu(torch.einsum("nd,ndp->np", U, state) + u[:, None])
    return torch.addcmul(state, V[:, :, None], hidden[:, None, :])


def _restored(state: Tensor, network: ResidualNetwork) -> Tensor:
    """The state as (samples, d_in), with the axis of networks where the network has one."""
    return state.mT if network.outgoing.ndim == 3 else state[0].mT
