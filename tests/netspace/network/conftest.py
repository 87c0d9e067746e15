"""A page that computes a scene by itself: it reads the JSON alone, with PyTorch's functions in the place of loops."""

import base64
import json
from collections.abc import Callable

import pytest
import torch
from torch.nn import functional


def numbers(text, shape):
    raw = bytearray(base64.b64decode(text))
    return torch.frombuffer(raw, dtype=torch.float32).reshape(shape)


def pad(x, step):
    return functional.pad(x, step["padding"])


def conv2d(x, step, k):
    weight = numbers(step["weight"][k], step["weight_shape"])
    bias = None if step["bias"] is None else numbers(step["bias"][k], (-1,))
    return functional.conv2d(x, weight, bias, step["stride"], step["padding"], step["dilation"], step["groups"])


def linear(x, step, k):
    bias = None if step["bias"] is None else numbers(step["bias"][k], (-1,))
    return functional.linear(x, numbers(step["weight"][k], step["weight_shape"]), bias)


def affine(x, step, k):
    shape = (-1, *[1] * (x.ndim - 2))
    return x * numbers(step["scale"][k], shape) + numbers(step["shift"][k], shape)


STEPS = {
    "conv2d": conv2d,
    "linear": linear,
    "affine": affine,
    "max_pool2d": lambda x, s, k: functional.max_pool2d(x, s["kernel"], s["stride"], s["padding"]),
    "avg_pool2d": lambda x, s, k: functional.avg_pool2d(x, s["kernel"], s["stride"], s["padding"]),
    "relu": lambda x, s, k: x.clamp(min=0),
    "leaky_relu": lambda x, s, k: torch.where(x > 0, x, s["slope"] * x),
    "sigmoid": lambda x, s, k: 1 / (1 + torch.exp(-x)),
    "tanh": lambda x, s, k: torch.tanh(x),
    "softmax": lambda x, s, k: functional.softmax(x, dim=1),
    "flatten": lambda x, s, k: x.reshape(len(x), -1),
    "pad2d": lambda x, s, k: pad(x, s),
    "upsample2d": lambda x, s, k: x.repeat_interleave(s["factor"][0], 2).repeat_interleave(s["factor"][1], 3),
}


def computed(scene: dict, number: int = 0, checkpoint: int = 0) -> list[torch.Tensor]:
    """Every layer of a scene from its first, by the steps alone."""
    first, *rest = json.loads(json.dumps(scene))["layers"]
    found = [numbers(first["values"][checkpoint][number], first["shape"])[None]]
    for layer in rest:
        x = [found[index] for index in layer["reads"]]
        for step in layer["steps"]:
            if step["type"] == "add":
                x = [sum(x)]
            elif step["type"] == "concatenate":
                x = [torch.cat(x, 1)]
            else:
                x = [STEPS[step["type"]](x[0], step, checkpoint)]
        found.append(x[0])
    return [value[0] for value in found]


@pytest.fixture
def largest_error() -> Callable:
    """The largest difference between what a scene stores and what its steps give."""

    def measured(scene: dict, number: int = 0, checkpoint: int = 0) -> float:
        pairs = zip(scene["layers"], computed(scene, number, checkpoint), strict=True)
        errors = []
        for layer, value in pairs:
            assert value.numel() == torch.tensor(layer["shape"]).prod(), layer["name"]
            stored = numbers(layer["values"][checkpoint][number], value.shape)
            errors.append((value - stored).abs().max().item())
        return max(errors)

    return measured
