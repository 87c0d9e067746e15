"""Many ReLU networks of one shape as one object: every layer of all of them is one batched product."""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor

from rectified.networks import Layer, Layers, check_layers

StackedLayer = tuple[Tensor, Tensor]
"""Weights (nets, d_out, d_in) and biases (nets, d_out, 1)."""


@dataclass(frozen=True, eq=False)
class Stack:
    r"""Networks of one shape, plain or gated.

    Layers are affine maps with a ReLU between each two. With gates, the second and every later hidden layer is the
    branch of a residual block, :math:`h \mapsto h + g \, \sigma(W h + b)`.

    Biases and gates have the shapes in which they meet the states, whose points are columns: so no step has to make
    these from vectors, which deep stacks notice.

    Attributes:
        layers: Pairs (weights (nets, d_out, d_in), biases (nets, d_out, 1)), first to last.
        gates: For gated networks the factors g, (nets, 1, 1), one for each hidden layer but the first; otherwise empty.

    Raises:
        ValueError: If there is no layer, or shapes or dtypes do not fit.
    """

    layers: tuple[StackedLayer, ...]
    gates: tuple[Tensor, ...] = ()

    def __post_init__(self) -> None:
        _check_layers(self.layers)
        if self.gates:
            _check_gates(self.gates, self.layers)

    @property
    def nets(self) -> int:
        """How many networks there are."""
        return len(self.layers[0][0])

    @property
    def parameters(self) -> list[Tensor]:
        """All tensors that are trained, layer after layer, gates last."""
        return [*(tensor for layer in self.layers for tensor in layer), *self.gates]

    def copy(self) -> "Stack":
        """The same networks in tensors of their own, detached."""
        layers = tuple((W.detach().clone(), b.detach().clone()) for W, b in self.layers)
        return Stack(layers, tuple(gate.detach().clone() for gate in self.gates))


def stack_forward(stack: Stack, x: Float[Tensor, "*nets samples _d_in"]) -> Float[Tensor, "_nets samples _d_out"]:
    """Outputs of every network.

    Args:
        stack: The networks.
        x: Inputs (samples, d_in), the same for all networks, or (nets, samples, d_in), those of each.

    Returns:
        The outputs (logits), with the leading axis of networks.

    Raises:
        ValueError: If the inputs have another shape or dtype than the stack needs.

    Source:
        own; [bachlechner2021rezero] for the gates.
    """
    values = _columns(stack, x)
    for idx, (W, b) in enumerate(stack.layers[:-1]):
        branch = torch.baddbmm(b, W, values).relu()
        values = values + stack.gates[idx - 1] * branch if stack.gates and idx > 0 else branch
    W, b = stack.layers[-1]
    return torch.baddbmm(b, W, values).mT


def stacked_networks(networks: Sequence[Layers]) -> Stack:
    """The networks as one stack.

    Args:
        networks: Each a list of pairs (weight, bias), all of one shape and dtype.

    Returns:
        Copies.

    Raises:
        ValueError: If there is no network, or their shapes or dtypes differ.
    """
    if len(networks) == 0:
        raise ValueError("networks is empty; expected at least one network")
    kinds = [(check_layers(layers), layers[0][0].dtype) for layers in networks]
    for idx, (widths, dtype) in enumerate(kinds):
        if (widths, dtype) != kinds[0]:
            expected = f"{kinds[0][0]} and {kinds[0][1]}, those of the first"
            raise ValueError(f"networks[{idx}] has widths {widths} and dtype {dtype}; expected {expected}")
    pairs = zip(*networks, strict=True)
    return Stack(
        tuple((torch.stack([W for W, _ in pair]), torch.stack([b[:, None] for _, b in pair])) for pair in pairs)
    )


def unstacked_networks(stack: Stack, dtype: torch.dtype = torch.float64) -> list[list[Layer]]:
    """The single networks of a stack without gates.

    Args:
        stack: The networks.
        dtype: Of the result. Every float32 is a float64, so nothing is rounded by default.

    Returns:
        For each network its pairs (weight, bias), on the CPU: copies that further training does not change.

    Raises:
        ValueError: If the stack has gates: a gated network is no chain of layers.
    """
    if stack.gates:
        raise ValueError(
            f"stack has {len(stack.gates)} gates; expected none, since a gated network is no list of layers"
        )
    copies = [[tensor.detach().cpu().to(dtype, copy=True) for tensor in layer] for layer in stack.layers]
    return [[(W[number], b[number, :, 0]) for W, b in copies] for number in range(stack.nets)]


def _columns(stack: Stack, x: Tensor) -> Tensor:
    """Inputs as (nets, d_in, samples). Points last: thin products are four times as fast so, and gradients contiguous.

    Raises:
        ValueError: If shape or dtype does not fit.
    """
    W = stack.layers[0][0]
    nets, _, d_in = W.shape
    if x.ndim not in {2, 3} or x.shape[-1] != d_in or (x.ndim == 3 and len(x) != nets):
        raise ValueError(f"x has shape {tuple(x.shape)}; expected (samples, {d_in}) or ({nets}, samples, {d_in})")
    if x.dtype != W.dtype:
        raise ValueError(f"x has dtype {x.dtype}; expected {W.dtype}, that of the stack")
    return x.mT.expand(nets, d_in, x.shape[-2])


def _check_layers(layers: Sequence[StackedLayer]) -> None:
    """Refuse what is no stack of networks.

    Raises:
        ValueError: If there is no layer, or shapes or dtypes do not fit.
    """
    if len(layers) == 0:
        raise ValueError("layers is empty; expected at least one pair (weights, biases)")
    first = layers[0][0]
    nets, width, dtype = first.shape[0], first.shape[-1], first.dtype
    for idx, (W, b) in enumerate(layers):
        if W.ndim != 3 or (W.shape[0], W.shape[2]) != (nets, width) or b.shape != (*W.shape[:2], 1):
            came = f"{tuple(W.shape)} and {tuple(b.shape)}"
            raise ValueError(
                f"layers[{idx}] has shapes {came}; expected ({nets}, d_out, {width}) and ({nets}, d_out, 1)"
            )
        if W.dtype != dtype or b.dtype != dtype:
            raise ValueError(f"layers[{idx}] has dtypes {W.dtype} and {b.dtype}; expected {dtype} everywhere")
        width = W.shape[1]


def _check_gates(gates: Sequence[Tensor], layers: Sequence[StackedLayer]) -> None:
    """Refuse gates that do not fit the hidden layers.

    Raises:
        ValueError: If there are too many or too few, a gated layer is not square, or a shape or dtype does not fit.
    """
    first = layers[0][0]
    gated = [tuple(W.shape[1:]) for W, _ in layers[1:-1]]
    if len(gates) != len(gated) or any(d_in != d_out for d_out, d_in in gated):
        raise ValueError(
            f"gates has {len(gates)} entries for hidden weights of shapes {gated} after the first; expected one gate "
            "for each, and square weights"
        )
    for idx, gate in enumerate(gates):
        if gate.shape != (len(first), 1, 1) or gate.dtype != first.dtype:
            expected = f"({len(first)}, 1, 1) and {first.dtype}"
            raise ValueError(f"gates[{idx}] has shape {tuple(gate.shape)} and dtype {gate.dtype}; expected {expected}")
