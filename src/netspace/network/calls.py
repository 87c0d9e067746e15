"""Functions and methods that a network calls, as the modules that do the same."""

import inspect
import operator
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, fx, nn
from torch.nn import functional

from netspace.network.operations import ChannelMeans

ADD, CONCATENATE = "add", "concatenate"

_SUMS = {operator.add, operator.iadd, torch.add, "add", "add_"}
_JOINS = {torch.cat, torch.concat, torch.concatenate}


def merge_of(node: fx.Node) -> str | None:
    """``"add"`` or ``"concatenate"`` where ``node`` merges what it reads, else None.

    Args:
        node: One call of a traced network.

    Returns:
        The name of the merge. A sum with a factor, or a concatenation along another axis than the channels, is none.
    """
    target = node.target
    if target in _SUMS and not node.kwargs and len(node.args) == 2:
        return ADD
    if target in _JOINS:
        axis = node.args[1] if len(node.args) > 1 else node.kwargs.get("dim", 0)
        return CONCATENATE if axis == 1 else None
    return None


def operands(node: fx.Node) -> list[fx.Node]:
    """The nodes that a merge reads, in its order and as often as it does; none if ``node`` reads anything else.

    Args:
        node: One call of a traced network.

    Returns:
        The nodes.
    """
    listed = node.args[:1] if node.target in _JOINS else [node.args]
    parts = list(listed[0]) if listed and isinstance(listed[0], (list, tuple)) else []
    nodes = [part for part in parts if isinstance(part, fx.Node)]
    return nodes if len(nodes) == len(parts) > 1 else []


def called_module(node: fx.Node, before: Tensor, after: Tensor) -> nn.Module | None:
    """A module that does what a call of a function or a method does.

    Args:
        node: One call of a traced network that reads one tensor.
        before: What it reads, with the batch axis.
        after: What it returns.

    Returns:
        The module; None where there is none that a page knows.
    """
    if node.target in _RESHAPES:
        flat = before.flatten(1)
        return nn.Flatten() if after.shape == flat.shape and torch.equal(after, flat) else None
    make = _MODULES.get(node.target)
    if make is None or len(node.all_input_nodes) != 1:
        return None
    arguments = inspect.signature(make).bind(*node.args[1:], **node.kwargs)
    module: nn.Module | None = make(*arguments.args, **arguments.kwargs)
    return module.eval() if module is not None else None


def _relu(inplace: bool = False) -> nn.Module:
    return nn.ReLU()


def _leaky_relu(negative_slope: float = 0.01, inplace: bool = False) -> nn.Module:
    return nn.LeakyReLU(negative_slope)


def _softmax(dim: int | None = None, *_: Any, **__: Any) -> nn.Module:
    return nn.Softmax(dim)


def _max_pool(
    kernel_size: Any,
    stride: Any = None,
    padding: Any = 0,
    dilation: Any = 1,
    ceil_mode: bool = False,
    return_indices: bool = False,
) -> nn.Module:
    return nn.MaxPool2d(kernel_size, stride, padding, dilation, return_indices, ceil_mode)


def _interpolate(
    size: Any = None, scale_factor: Any = None, mode: str = "nearest", align_corners: bool | None = None, **_: Any
) -> nn.Module:
    return nn.Upsample(size, scale_factor, mode, align_corners)


def _pad(pad: Any, mode: str = "constant", value: float | None = None) -> nn.Module | None:
    if mode != "constant" or len(pad) not in (2, 4):
        return None
    return (nn.ConstantPad2d if len(pad) == 4 else nn.ConstantPad1d)(tuple(pad), value or 0.0)


def _flatten(start_dim: int = 0, end_dim: int = -1) -> nn.Module:
    return nn.Flatten(start_dim, end_dim)


def _mean(dim: Any = None, keepdim: bool = False) -> nn.Module | None:
    axes = sorted(axis % 4 for axis in dim) if isinstance(dim, (tuple, list)) else []
    if axes != [2, 3]:
        return None
    return nn.AdaptiveAvgPool2d(1) if keepdim else ChannelMeans()


def _dropout(p: float = 0.5, training: bool = True, inplace: bool = False) -> nn.Module | None:
    return None if training else nn.Dropout(p)


_RESHAPES = {torch.reshape, "reshape", "view"}
_MODULES: dict[Any, Callable[..., nn.Module | None]] = {
    functional.relu: _relu,
    torch.relu: _relu,
    "relu": _relu,
    functional.leaky_relu: _leaky_relu,
    torch.sigmoid: nn.Sigmoid,
    functional.sigmoid: nn.Sigmoid,
    "sigmoid": nn.Sigmoid,
    torch.tanh: nn.Tanh,
    functional.tanh: nn.Tanh,
    "tanh": nn.Tanh,
    torch.softmax: _softmax,
    functional.softmax: _softmax,
    "softmax": _softmax,
    functional.max_pool2d: _max_pool,
    torch.max_pool2d: _max_pool,
    functional.avg_pool2d: nn.AvgPool2d,
    functional.adaptive_avg_pool2d: nn.AdaptiveAvgPool2d,
    functional.interpolate: _interpolate,
    functional.pad: _pad,
    torch.flatten: _flatten,
    "flatten": _flatten,
    torch.mean: _mean,
    "mean": _mean,
    functional.dropout: _dropout,
}
