"""What a module of a network does, in words for a reader and in steps that a page can repeat."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any

import torch
from torch import Tensor, nn

from netspace.network.arrays import encoded

Step = dict[str, Any]  # JSON: what the page reads
Shape = tuple[int, ...]  # of one example, without the batch axis


class Role(Enum):
    """Where an operation stands in the picture."""

    LAYER = "a layer of its own"
    CONTINUES = "part of the layer before it"
    PREPARES = "part of the layer after it"
    NOTHING = "no change at all"


@dataclass(frozen=True)
class Operation:
    """One operation.

    Attributes:
        words: For a reader: ``"Conv2d 5x5, 1 to 6"``.
        kind: Short name of such layers: ``"conv"``.
        role: Where it stands.
        steps: How a page computes it; None if it cannot.
        scale: What its outputs are: ``"signed"``, ``"positive"``, ``"probability"``; None: what its inputs were.
    """

    words: str
    kind: str
    role: Role = Role.LAYER
    steps: tuple[Step, ...] | None = None
    scale: str | None = "signed"


class ChannelMeans(nn.Module):
    """The mean of every map: what ``x.mean((2, 3))`` gives."""

    def forward(self, maps: Tensor) -> Tensor:
        """One number for each map."""
        return maps.mean((2, 3))


def operation_of(modules: Sequence[nn.Module], before: Shape, after: Shape) -> Operation:
    """What ``modules`` do: one module in the states that it has at the checkpoints.

    Args:
        modules: The same module once for each checkpoint, in evaluation mode.
        before: Shape of what enters, without the batch.
        after: Shape of what leaves.

    Returns:
        The operation. A module that the page does not know, or not with these settings, has no steps: its layer is
        drawn with PyTorch's values.
    """
    first = modules[0]
    known = _KNOWN.get(type(first))
    found = known(modules, before, after) if known is not None else None
    name = type(first).__name__
    return found if found is not None else Operation(name, name.lower())


def _convolution(modules: Sequence[Any], before: Shape, after: Shape) -> Operation | None:
    first, axes = modules[0], len(before) - 1
    padding = _zero_padding(first, axes)
    if padding is None:
        return None
    weights = [m.weight if axes == 2 else m.weight[:, :, None] for m in modules]
    step = {
        "type": "conv2d",
        "weight": [encoded(W) for W in weights],
        "weight_shape": list(weights[0].shape),
        "bias": None if first.bias is None else [encoded(m.bias) for m in modules],
        "stride": _pair(first.stride, axes, 1),
        "padding": padding,
        "dilation": _pair(first.dilation, axes, 1),
        "groups": first.groups,
    }
    grouped = f", {first.groups} groups" if first.groups > 1 else ""
    words = f"{type(first).__name__} {_by(list(weights[0].shape[2:]), axes)}, "
    words += f"{first.in_channels} to {first.out_channels}{grouped}"
    return Operation(words, "conv", steps=(step,))


def _zero_padding(module: Any, axes: int) -> list[int] | None:
    """Zeros added on both sides; None where they differ, or are no zeros."""
    if module.padding == "valid":
        return [0, 0]
    if module.padding_mode != "zeros":
        return None
    if module.padding != "same":
        return _pair(module.padding, axes, 0)
    dilation, kernel = _pair(module.dilation, axes, 1), _pair(module.kernel_size, axes, 1)
    spans = [d * (k - 1) for d, k in zip(dilation, kernel, strict=True)]
    return None if any(span % 2 for span in spans) else [span // 2 for span in spans]


def _linear(modules: Sequence[Any], before: Shape, after: Shape) -> Operation | None:
    if len(before) != 1:
        return None
    first = modules[0]
    step = {
        "type": "linear",
        "weight": [encoded(m.weight) for m in modules],
        "weight_shape": list(first.weight.shape),
        "bias": None if first.bias is None else [encoded(m.bias) for m in modules],
    }
    return Operation(f"Linear {first.in_features} to {first.out_features}", "dense", steps=(step,))


def _max_pooling(modules: Sequence[Any], before: Shape, after: Shape) -> Operation | None:
    first, axes = modules[0], len(before) - 1
    if first.ceil_mode or _pair(first.dilation, axes, 1) != [1, 1]:
        return None
    return _pooling("max_pool2d", first, axes)


def _avg_pooling(modules: Sequence[Any], before: Shape, after: Shape) -> Operation | None:
    first = modules[0]
    if first.ceil_mode or not first.count_include_pad:
        return None
    if isinstance(first, nn.AvgPool2d) and first.divisor_override is not None:
        return None
    return _pooling("avg_pool2d", first, len(before) - 1)


def _pooling(type_: str, module: Any, axes: int) -> Operation:
    kernel, padding = _pair(module.kernel_size, axes, 1), _pair(module.padding, axes, 0)
    stride = kernel if module.stride is None else _pair(module.stride, axes, 1)
    words = f"{type(module).__name__} {_by(kernel, axes)}"
    return Operation(words, "pool", steps=_pool_steps(type_, kernel, stride, padding), scale=None)


def _pool_steps(type_: str, kernel: list[int], stride: list[int], padding: list[int]) -> tuple[Step, ...]:
    """An average counts the zeros around it, so that these are a step of their own."""
    pool = {"type": type_, "kernel": kernel, "stride": stride, "padding": padding}
    if type_ == "max_pool2d" or padding == [0, 0]:
        return (pool,)
    down, across = padding
    return ({"type": "pad2d", "padding": [across, across, down, down]}, pool | {"padding": [0, 0]})


def _adaptive_pooling(type_: str) -> Callable[[Sequence[Any], Shape, Shape], Operation | None]:
    def found(modules: Sequence[Any], before: Shape, after: Shape) -> Operation | None:
        sides = list(zip(_two_sides(before), _two_sides(after), strict=True))
        if any(side % target for side, target in sides):
            return None
        kernel = [side // target for side, target in sides]
        words = f"{type(modules[0]).__name__} to {_by(list(_two_sides(after)), len(after) - 1)}"
        return Operation(words, "pool", steps=_pool_steps(type_, kernel, kernel, [0, 0]), scale=None)

    return found


def _channel_means(modules: Sequence[Any], before: Shape, after: Shape) -> Operation | None:
    whole = list(_two_sides(before))
    steps = (*_pool_steps("avg_pool2d", whole, whole, [0, 0]), {"type": "flatten"})
    return Operation("mean of each map", "pool", steps=steps, scale=None)


def _batch_norm(modules: Sequence[Any], before: Shape, after: Shape) -> Operation | None:
    if modules[0].running_mean is None:
        return None
    scales, shifts = zip(*(_affine(module) for module in modules), strict=True)
    step = {"type": "affine", "scale": [encoded(s) for s in scales], "shift": [encoded(s) for s in shifts]}
    return Operation("batch norm", "norm", Role.CONTINUES, (step,))


@torch.no_grad()
def _affine(module: Any) -> tuple[Tensor, Tensor]:
    """Batch norm in evaluation mode: one factor and one term for each channel."""
    scale = (module.running_var.double() + module.eps).rsqrt()
    if module.weight is not None:
        scale = scale * module.weight.double()
    shift = -module.running_mean.double() * scale
    return scale, shift if module.bias is None else shift + module.bias.double()


def _activation(step: Step, name: str, scale: str | None) -> Callable[[Sequence[Any], Shape, Shape], Operation | None]:
    return lambda modules, before, after: Operation(name, "activation", Role.CONTINUES, (step,), scale)


def _leaky_relu(modules: Sequence[Any], before: Shape, after: Shape) -> Operation | None:
    step = {"type": "leaky_relu", "slope": float(modules[0].negative_slope)}
    return Operation("leaky ReLU", "activation", Role.CONTINUES, (step,))


def _softmax(modules: Sequence[Any], before: Shape, after: Shape) -> Operation | None:
    if len(before) != 1 or modules[0].dim not in (1, -1):
        return None
    return Operation("softmax", "softmax", Role.CONTINUES, ({"type": "softmax"},), "probability")


def _flatten(modules: Sequence[Any], before: Shape, after: Shape) -> Operation | None:
    if (modules[0].start_dim, modules[0].end_dim) not in {(1, -1), (1, len(before))}:
        return None
    return Operation("flatten", "flatten", Role.PREPARES, ({"type": "flatten"},), None)


def _zero_pad(modules: Sequence[Any], before: Shape, after: Shape) -> Operation | None:
    sides = list(modules[0].padding)
    if modules[0].value != 0 or min(sides) < 0 or len(before) != len(sides) // 2 + 1:
        return None
    step = {"type": "pad2d", "padding": sides if len(sides) == 4 else [*sides, 0, 0]}
    return Operation("zeros around", "pad", Role.PREPARES, (step,), None)


def _upsample(modules: Sequence[Any], before: Shape, after: Shape) -> Operation | None:
    sides = list(zip(_two_sides(before), _two_sides(after), strict=True))
    if modules[0].mode != "nearest" or any(target % side for side, target in sides):
        return None
    factor = [target // side for side, target in sides]
    words = f"Upsample to {_by(list(_two_sides(after)), len(after) - 1)}"
    return Operation(words, "upsample", steps=({"type": "upsample2d", "factor": factor},), scale=None)


def _nothing(modules: Sequence[Any], before: Shape, after: Shape) -> Operation | None:
    return Operation(type(modules[0]).__name__, "identity", Role.NOTHING, (), None)


def _pair(value: Any, axes: int, first: int) -> list[int]:
    """Two numbers, down and across; where there is a single axis it is drawn as one row, for which ``first`` holds."""
    numbers = [value] * axes if isinstance(value, int) else list(value)
    return numbers if axes == 2 else [first, *numbers]


def _two_sides(shape: Shape) -> tuple[int, int]:
    return (shape[1], shape[2]) if len(shape) == 3 else (1, shape[-1])


def _by(sides: Sequence[int], axes: int) -> str:
    return "x".join(str(side) for side in sides[-axes:])


_KNOWN: dict[type, Callable[[Sequence[Any], Shape, Shape], Operation | None]] = {
    nn.Conv1d: _convolution,
    nn.Conv2d: _convolution,
    nn.Linear: _linear,
    nn.MaxPool1d: _max_pooling,
    nn.MaxPool2d: _max_pooling,
    nn.AvgPool1d: _avg_pooling,
    nn.AvgPool2d: _avg_pooling,
    nn.AdaptiveMaxPool2d: _adaptive_pooling("max_pool2d"),
    nn.AdaptiveAvgPool1d: _adaptive_pooling("avg_pool2d"),
    nn.AdaptiveAvgPool2d: _adaptive_pooling("avg_pool2d"),
    ChannelMeans: _channel_means,
    nn.BatchNorm1d: _batch_norm,
    nn.BatchNorm2d: _batch_norm,
    nn.ReLU: _activation({"type": "relu"}, "ReLU", "positive"),
    nn.LeakyReLU: _leaky_relu,
    nn.Sigmoid: _activation({"type": "sigmoid"}, "sigmoid", "probability"),
    nn.Tanh: _activation({"type": "tanh"}, "tanh", "signed"),
    nn.Softmax: _softmax,
    nn.Flatten: _flatten,
    nn.ZeroPad2d: _zero_pad,
    nn.ConstantPad2d: _zero_pad,
    nn.ConstantPad1d: _zero_pad,
    nn.Upsample: _upsample,
    nn.Identity: _nothing,
    nn.Dropout: _nothing,
    nn.Dropout1d: _nothing,
    nn.Dropout2d: _nothing,
}
