"""Dense layers that follow a flatten, for programs that keep channels last."""

from collections.abc import Sequence

from jaxtyping import Float
from torch import Tensor


def channels_last_weight(weight: Float[Tensor, "d_out d_in"], shape: Sequence[int]) -> Float[Tensor, "d_out d_in"]:
    r"""The weights of a dense layer whose inputs are flattened with the channels last.

    PyTorch flattens maps of shape (C, H, W) so that cell :math:`(c, i, j)` is input :math:`(cH + i)W + j`; a program
    that keeps (H, W, C) makes it input :math:`(iW + j)C + c`. The columns are reordered to match, and

    .. math:: \sum_k w'_{ok} \, x^{HWC}_k = \sum_k w_{ok} \, x^{CHW}_k .

    Args:
        weight: Weights for inputs in PyTorch's order.
        shape: (C, H, W) of the maps before the flatten.

    Returns:
        The same numbers with their columns in the other order.

    Raises:
        ValueError: If the shape does not have three axes, or another number of cells than the layer has inputs.

    Source:
        own; the order of channels is that of the "live" loader of [tensorspace2019space].
    """
    if len(shape) != 3:
        raise ValueError(f"shape is {tuple(shape)}; expected (channels, height, width)")
    channels, height, width = shape
    d_out, d_in = weight.shape
    if channels * height * width != d_in:
        raise ValueError(f"weight has {d_in} columns; maps of shape {tuple(shape)} have {channels * height * width}")
    return weight.reshape(d_out, channels, height, width).permute(0, 2, 3, 1).reshape(d_out, d_in)
