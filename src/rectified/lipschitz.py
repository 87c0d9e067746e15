"""Global Lipschitz bounds of networks from the operator norms of their layers."""

import torch
from jaxtyping import Float
from torch import Tensor

from rectified.activations.elementwise import RELU, Activation
from rectified.bounds.ball import dual_exponent, dual_norm
from rectified.networks import Layers, check_layers


def operator_norm(weight: Float[Tensor, "d_out d_in"], p: float | int) -> Float[Tensor, ""]:
    """The largest factor by which the matrix stretches a vector, both measured in l_p.

    Args:
        weight: The matrix.
        p: 1 (largest column sum), 2 (largest singular value) or infinity (largest row sum).

    Returns:
        The norm.

    Example:
        >>> operator_norm(torch.tensor([[1.0, -2.0], [0.0, 3.0]]), p=1)
        tensor(5.)

    Source:
        own; standard.
    """
    dual_exponent(p)  # refuses other exponents
    norm: Tensor = torch.linalg.matrix_norm(weight, ord=p)
    return norm


def lipschitz_product(layers: Layers, p: float | int, activation: Activation = RELU) -> Float[Tensor, ""]:
    """A Lipschitz constant of the whole network on the whole space: the product of its layers' constants.

    Args:
        layers: Pairs (weight, bias), first to last.
        p: Norm on inputs and outputs: 1, 2 or infinity.
        activation: Between each two layers.

    Returns:
        L with ||f(x) - f(y)||_p <= L ||x - y||_p for all x and y.

    Source:
        [szegedy2013intriguing], the bound by operator norms.
    """
    check_layers(layers)
    norms = torch.stack([operator_norm(W, p) for W, _ in layers])
    return norms.prod() * activation.lipschitz ** (len(layers) - 1)


def lipschitz_product_radius(
    layers: Layers,
    margins: Float[Tensor, "batch specs"],
    specification: Float[Tensor, "batch specs d_out"],
    p: float | int,
    activation: Activation = RELU,
) -> Float[Tensor, " batch"]:
    r"""Radius within which no margin can change its sign, from the product of the layers' constants.

    The margin :math:`c f(x)` moves by at most :math:`\|c W^{(m)}\|_q \prod_{k<m} \|W^{(k)}\|_p` times the length of the
    step, so it stays positive for steps shorter than its value divided by that.

    Args:
        layers: Pairs (weight, bias), first to last.
        margins: Values of the margins at the images.
        specification: The rows c; they are merged into the last layer.
        p: Exponent of the ball's norm: 1, 2 or infinity.
        activation: Between each two layers.

    Returns:
        The smallest radius over the rows; 0 where a margin is not positive.

    Source:
        [zhang2018efficient], the baseline "Op-norm"; merging the last layer is ours.
    """
    constant = dual_norm(specification @ layers[-1][0], p)
    for W, _ in layers[:-1]:
        constant = constant * operator_norm(W, p) * activation.lipschitz
    return (margins / constant).clamp_min(0.0).amin(dim=-1)
