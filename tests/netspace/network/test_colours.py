import base64
import io

import matplotlib.image
import numpy as np
import pytest
import torch

from netspace.network.colours import NEGATIVE, POSITIVE, ZERO, coloured, png


def test_ends_and_zero():
    pixels = coloured(torch.tensor([[0.0, 2.0, -2.0, 5.0, torch.nan]]), 2.0)
    assert [tuple(map(int, pixel)) for pixel in pixels[0]] == [
        (*ZERO, 255),
        (*POSITIVE[-1], 255),
        (*NEGATIVE[-1], 255),
        (*POSITIVE[-1], 255),
        (0, 0, 0, 0),
    ]


@pytest.mark.parametrize("sign", [1.0, -1.0])
def test_more_is_darker_and_the_least_is_not_zero(sign):
    values = sign * torch.linspace(1e-6, 1.0, 500)
    lightness = coloured(values[None], 1.0)[0, :, :3] @ np.array([0.2126, 0.7152, 0.0722])
    assert bool((np.diff(lightness) <= 1e-9).all())
    assert lightness[0] < np.array(ZERO) @ np.array([0.2126, 0.7152, 0.0722]) - 1.0


def test_a_picture_that_another_program_reads(rng):
    pixels = rng.integers(0, 256, (5, 7, 4), dtype=np.uint8)
    content = base64.b64decode(png(pixels).removeprefix("data:image/png;base64,"))
    assert np.array_equal((matplotlib.image.imread(io.BytesIO(content)) * 255).round(), pixels)


def test_refusal():
    with pytest.raises(ValueError, match="largest is 0"):
        coloured(torch.ones(1, 1), 0.0)
