"""The boundaries of a ReLU network's linear pieces: the points at which some pre-activation vanishes."""

import torch
from jaxtyping import Float
from torch import Tensor

from rectified.activations.elementwise import RELU, Activation
from rectified.bounds.ball import dual_norm
from rectified.networks import Layers, check_layers, forward


def pre_activations(
    layers: Layers, x: Float[Tensor, "*batch _d_in"], activation: Activation = RELU
) -> Float[Tensor, "*batch _neurons"]:
    """The pre-activations of all hidden neurons, layer after layer in one vector.

    Args:
        layers: Pairs (weight, bias), first to last.
        x: Inputs, any leading dimensions.
        activation: Between each two layers.

    Returns:
        The values whose signs are the activation pattern; empty for a network without hidden layer.

    Source:
        own.
    """
    check_layers(layers)
    if len(layers) == 1:
        return x[..., :0]
    return torch.cat([forward(layers[:depth], x, activation) for depth in range(1, len(layers))], dim=-1)


def boundary_distance(layers: Layers, x: Float[Tensor, " _d_in"], p: float) -> Float[Tensor, ""]:
    r"""Distance from ``x`` to the nearest point at which a hidden ReLU of the network changes sign.

    On the piece around x every pre-activation is linear, :math:`y_j(x') = y_j + g_j (x' - x)`, so that it vanishes
    first at distance :math:`|y_j| / \|g_j\|_q`. The smallest of these is the answer: until then no neuron has changed,
    and all formulas hold.

    Args:
        layers: Pairs (weight, bias) of a ReLU network, first to last.
        x: A point inside a piece.
        p: Exponent of the norm: 1, 2 or infinity.

    Returns:
        The distance; infinity where no neuron moves.

    Source:
        own.
    """
    if len(layers) == 1:
        return x.new_tensor(torch.inf)
    values = pre_activations(layers, x)
    jacobian = torch.autograd.functional.jacobian
    gradients = jacobian(lambda point: pre_activations(layers, point), x)  # type: ignore[no-untyped-call]
    moving = dual_norm(gradients, p) > 0
    distances = values[moving].abs() / dual_norm(gradients[moving], p)
    return torch.cat([distances, values.new_tensor([torch.inf])]).amin()
