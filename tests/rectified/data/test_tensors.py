import numpy as np
import pytest
import torch

from rectified.data.loading import LabelledData
from rectified.data.tensors import flat_tensors


def example(largest: float | None = 4.0) -> LabelledData:
    images = np.array([[[0, 1], [2, 4]]], np.uint8)
    labels = np.array([3])
    return LabelledData("example", images, labels, images, labels, largest)


def test_black_and_white_go_to_the_ends_of_the_interval() -> None:
    tensors = flat_tensors(example(), lowest=-0.5, highest=0.5, dtype=torch.float64)
    assert tensors.train_inputs.tolist() == [[-0.5, -0.25, 0.0, 0.5]]
    assert tensors.test_labels.tolist() == [3]
    assert tensors.test_inputs.dtype == torch.float64


def test_the_usual_interval_is_zero_to_one_in_float32() -> None:
    tensors = flat_tensors(example())
    assert tensors.train_inputs.tolist() == [[0.0, 0.25, 0.5, 1.0]]
    assert tensors.train_inputs.dtype == torch.float32


def test_signals_are_refused() -> None:
    with pytest.raises(ValueError, match="expected images"):
        flat_tensors(example(largest=None))


def test_an_empty_interval_is_refused() -> None:
    with pytest.raises(ValueError, match=r"lowest is 1\.0; expected less than highest"):
        flat_tensors(example(), lowest=1.0)
