"""A network seen from the row space of its first layer: fewer inputs, the same regions and distances."""

import torch
from jaxtyping import Float
from torch import Tensor

from rectified.networks import Layer, Layers, check_layers


def in_row_space(layers: Layers, x: Float[Tensor, "*batch d_in"]) -> tuple[list[Layer], Float[Tensor, "*batch _rank"]]:
    r"""The network and inputs in an orthonormal basis of the space that the first layer sees.

    With :math:`W_1^\top = Q R` the first layer is :math:`W_1 x = R^\top (Q^\top x)`: a network on :math:`Q^\top x`.
    All pre-activations stay. Steps across the row space change none of them, so that l2 distances to boundaries, and
    whether a ball meets a region, stay as well.

    Args:
        layers: Pairs (weight, bias), first to last.
        x: Inputs, any leading dimensions.

    Returns:
        The layers, the first with as many columns as rows, and the inputs; both as they are where the first layer has
        no fewer rows than columns.

    Raises:
        ValueError: If the layers do not fit each other or the inputs.
    """
    d_in = check_layers(layers)[0]
    if x.ndim == 0 or x.shape[-1] != d_in:
        raise ValueError(f"x has shape {tuple(x.shape)}; expected (..., {d_in}), the network's inputs")
    (W, b), rest = layers[0], list(layers[1:])
    if W.shape[0] >= W.shape[1]:
        return [(W, b), *rest], x
    Q, R = torch.linalg.qr(W.T)
    return [(R.T, b), *rest], x @ Q
