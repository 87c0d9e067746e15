"""What every function of one layer asks of its weight and bias."""

import torch
from torch import Tensor


def check_layer(weight: Tensor, bias: Tensor | None = None) -> tuple[int, int]:
    """Rows and columns of the weight.

    Raises:
        ValueError: If weight or bias has another form than (d_out, d_in) and (d_out,), in float64 and finite.
    """
    if weight.ndim != 2 or weight.numel() == 0:
        raise ValueError(f"weight has shape {tuple(weight.shape)}; expected (d_out, d_in), both at least 1")
    if bias is not None and bias.shape != weight.shape[:1]:
        raise ValueError(f"bias has shape {tuple(bias.shape)}; expected ({len(weight)},), one entry per row of weight")
    for name, tensor in (("weight", weight), ("bias", bias)):
        if tensor is not None and tensor.dtype != torch.float64:
            raise ValueError(f"{name} has dtype {tensor.dtype}; expected torch.float64, since ranks are decided")
        if tensor is not None and not bool(torch.isfinite(tensor).all()):
            raise ValueError(f"{name} holds a number that is not finite")
    return weight.shape[0], weight.shape[1]
