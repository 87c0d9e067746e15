"""The affine map that a chain of ReLU layers is on the activation domain of an input, made while layers pass by."""

from collections.abc import Iterable

import torch
from jaxtyping import Float
from torch import Tensor

from rectified.depth.chains import ChainLayer
from rectified.regions.patterns import AffineMap


def explicit_affine(x: Float[Tensor, "*batch d_in"], layers: Iterable[ChainLayer]) -> AffineMap:
    r"""The affine map with which all layers together act on the activation domain of each input.

    With :math:`I_n` the 0/1 diagonal matrix of the neurons that are on,

    .. math::
        h_N(x) = \Big(\prod_{n=1}^{N} I_n W_n\Big) x + \sum_{n=1}^{N} \Big(\prod_{k=n+1}^{N} I_k W_k\Big) I_n b_n ,

    newest factor on the left. By Horner's rule, :math:`A \leftarrow I_n W_n A` and
    :math:`c \leftarrow I_n (W_n c + b_n)`: one product per layer, and no layer is kept. For a list of layers with many
    inputs :func:`rectified.regions.patterns.local_affine_map` is faster, since it can begin at the output.

    Args:
        x: Inputs, any leading dimensions.
        layers: Pairs (weight, bias), first to last, in any iterable, with a ReLU after each. A pre-activation of
            exactly 0 counts as off.

    Returns:
        Slope (*batch, width, d_in) and offset (*batch, width); ``map(x)`` is the last state up to rounding.

    Raises:
        ValueError: If there is no layer, a layer does not fit, or precisions differ.

    Source:
        [xu2024convergence], the explicit expression of a network; the order of evaluation is ours.
    """
    A, c, h, number = None, x.new_zeros(()), x, 0
    for number, (W, b) in enumerate(layers, start=1):
        _check_layer(number, W, h)
        z = torch.matmul(W, h[..., None])[..., 0] + b
        on = (z > 0).to(z.dtype)
        shifted = b if A is None else torch.matmul(W, c[..., None])[..., 0] + b
        A = on[..., None] * (W if A is None else torch.matmul(W, A))
        c, h = on * shifted, z.relu()
    if A is None:
        raise ValueError("layers is empty; expected at least one (weight, bias) pair")
    return AffineMap(A, c)


def _check_layer(number: int, W: Tensor, h: Tensor) -> None:
    """Refuse a layer that the state cannot enter.

    Raises:
        ValueError: If width or precision differ.
    """
    if W.shape[-1] != h.shape[-1]:
        raise ValueError(f"layer {number} takes {W.shape[-1]} numbers; expected {h.shape[-1]}, the state's width")
    if W.dtype != h.dtype:
        raise ValueError(f"layer {number} has dtype {W.dtype}; expected {h.dtype}, that of x")
