"""Data sets as flat float tensors."""

from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Float, Int64, Shaped
from torch import Tensor

from rectified.data.loading import LabelledData


@dataclass(frozen=True)
class FlatTensors:
    """Inputs as rows of one matrix, with labels; made by :func:`flat_tensors`."""

    train_inputs: Float[Tensor, "train d_in"]
    train_labels: Int64[Tensor, " train"]
    test_inputs: Float[Tensor, "test d_in"]
    test_labels: Int64[Tensor, " test"]


def flat_tensors(
    data: LabelledData, *, lowest: float = 0.0, highest: float = 1.0, dtype: torch.dtype = torch.float32
) -> FlatTensors:
    r"""Images as vectors with pixels in [lowest, highest]: black becomes ``lowest``, white ``highest``.

    .. math:: x \mapsto \text{lowest} + (\text{highest} - \text{lowest}) \, x / \text{largest}

    Args:
        data: Images, from one of the loaders.
        lowest: The value of black, for example -0.5.
        highest: The value of white, for example 0.5.
        dtype: The dtype of the inputs.

    Returns:
        Fresh tensors; labels are ``int64``.

    Raises:
        ValueError: If the data are no images, or ``lowest`` is not below ``highest``.
    """
    if data.largest is None:
        raise ValueError(f"data is {data.name!r}, signals without a largest pixel; expected images")
    if not lowest < highest:
        raise ValueError(f"lowest is {lowest}; expected less than highest, which is {highest}")
    largest = data.largest

    def scaled(images: Shaped[np.ndarray, "n ..."]) -> Float[Tensor, "n d_in"]:
        pixels = torch.tensor(images.reshape(len(images), -1), dtype=dtype)
        return pixels.mul_((highest - lowest) / largest).add_(lowest)

    return FlatTensors(
        scaled(data.train_inputs),
        torch.tensor(data.train_labels, dtype=torch.int64),
        scaled(data.test_inputs),
        torch.tensor(data.test_labels, dtype=torch.int64),
    )
