"""Arrays as texts that a page can read without a server."""

import base64
import math
from collections.abc import Sequence

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor


def encoded(array: Float[Tensor, "..."]) -> str:
    """The numbers of ``array`` as base64 of little-endian float32, the last axis fastest.

    Args:
        array: Finite numbers; those of float64 are rounded to float32.

    Returns:
        ASCII text, four characters for every three bytes.

    Raises:
        ValueError: If a number is not finite.

    Source:
        own; base64 as in RFC 4648.
    """
    values = array.detach().cpu().float().contiguous()
    if not bool(torch.isfinite(values).all()):
        raise ValueError("the array holds a number that is not finite; a scene shows finite numbers only")
    return base64.b64encode(values.numpy().astype("<f4").tobytes()).decode("ascii")


def decoded(text: str, shape: Sequence[int]) -> Float[Tensor, "..."]:
    """The array of ``shape`` that :func:`encoded` made into ``text``.

    Args:
        text: Base64 of little-endian float32.
        shape: Lengths of the axes.

    Returns:
        A float32 tensor.

    Raises:
        ValueError: If the text does not hold as many numbers as the shape has.
    """
    values = np.frombuffer(base64.b64decode(text), dtype="<f4").astype(np.float32)
    if len(values) != math.prod(shape):
        raise ValueError(f"the text holds {len(values)} numbers; shape {tuple(shape)} needs {math.prod(shape)}")
    return torch.from_numpy(values).reshape(*shape)
