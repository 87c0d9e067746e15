"""Second derivatives of the risk at a point inside a cell, where they exist."""

import torch
from jaxtyping import Float
from torch import Tensor

from rectified.landscape.cells import cell_margin
from rectified.landscape.losses import Loss
from rectified.landscape.piecewise import PiecewiseLinear
from rectified.landscape.risk import StackedLayers, check_stacked, flattened, risk, unflattened


def risk_hessian(
    layers: StackedLayers,
    inputs: Float[Tensor, "samples d_in"],
    targets: Float[Tensor, "samples d_out"],
    activation: PiecewiseLinear,
    loss: Loss,
) -> Float[Tensor, "params params"]:
    """The Hessian of the risk in all parameters of one network, by automatic differentiation.

    Args:
        layers: Pairs (weight, bias) of one network.
        inputs: The examples.
        targets: Their labels.
        activation: Between each two layers.
        loss: Of one prediction and one label.

    Returns:
        The symmetric matrix, in the order of :func:`rectified.landscape.risk.flattened`.

    Raises:
        ValueError: If shapes do not fit, or the network lies on a boundary of its cell, where there is no Hessian.
    """
    widths = check_stacked(layers, inputs)
    if not bool(cell_margin(layers, inputs, activation) > 0.0):
        raise ValueError("layers lies on a boundary of its cell, where the risk has no Hessian")

    vector = flattened(layers).detach()
    stack = vector.repeat(len(vector), 1).requires_grad_()  # one copy of the network for each row of the Hessian
    risks = risk(unflattened(stack, widths), inputs, targets, activation, loss)
    (gradient,) = torch.autograd.grad(risks.sum(), stack, create_graph=True)
    (hessian,) = torch.autograd.grad(gradient.diagonal().sum(), stack)
    return (hessian + hessian.T) / 2
