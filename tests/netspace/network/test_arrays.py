import struct
from base64 import b64decode

import pytest
import torch

from netspace.network.arrays import decoded, encoded


def test_numbers_are_little_endian_float32():
    text = encoded(torch.tensor([[1.0, -2.5], [0.1, 3e8]], dtype=torch.float64))
    assert struct.unpack("<4f", b64decode(text)) == pytest.approx((1.0, -2.5, 0.1, 3e8), rel=1e-7)


def test_one_is_the_text_that_it_is():
    assert encoded(torch.ones(1)) == "AACAPw=="  # 00 00 80 3f


def test_there_and_back_also_of_a_view(generator):
    array = torch.randn(4, 3, 2, generator=generator).permute(2, 0, 1)
    assert torch.equal(decoded(encoded(array), (2, 4, 3)), array)


def test_refusals():
    with pytest.raises(ValueError, match="not finite"):
        encoded(torch.tensor([1.0, torch.inf]))
    with pytest.raises(ValueError, match=r"holds 1 numbers; shape \(2,\) needs 2"):
        decoded("AACAPw==", (2,))
