"""Multilayer perceptrons, and the plain (weight, bias) pairs that the mathematics works on."""

import itertools
from collections.abc import Sequence

import torch
from jaxtyping import Float
from torch import Tensor, nn

from rectified.activations.elementwise import RELU, Activation

Layer = tuple[Float[Tensor, "_out _in"], Float[Tensor, " _out"]]
Layers = Sequence[Layer]


def check_layers(layers: Layers) -> list[int]:
    """The widths of the network, input first, after checking that consecutive layers fit.

    Args:
        layers: Pairs (weight, bias), first to last.

    Returns:
        ``[d_in, width, ..., d_out]``.

    Raises:
        ValueError: If there is no layer, or shapes or dtypes do not fit.
    """
    if len(layers) == 0:
        raise ValueError("layers is empty; expected at least one (weight, bias) pair")
    widths = [layers[0][0].shape[-1]]
    dtype = layers[0][0].dtype
    for idx, (W, b) in enumerate(layers):
        if W.ndim != 2 or W.shape[1] != widths[-1]:
            raise ValueError(f"layers[{idx}] weight has shape {tuple(W.shape)}; expected (d_out, {widths[-1]})")
        if b.shape != W.shape[:1]:
            raise ValueError(f"layers[{idx}] bias has shape {tuple(b.shape)}; expected ({W.shape[0]},)")
        if W.dtype != dtype or b.dtype != dtype:
            raise ValueError(f"layers[{idx}] has dtype {W.dtype} and {b.dtype}; expected {dtype} everywhere")
        widths.append(W.shape[0])
    return widths


def check_float64(layers: Layers) -> list[int]:
    """The widths of the network, after checking that consecutive layers fit and are in double precision.

    In single precision the pre-activations near a boundary lose their sign, and regions appear that do not exist.

    Args:
        layers: Pairs (weight, bias), first to last.

    Returns:
        ``[d_in, width, ..., d_out]``.

    Raises:
        ValueError: If there is no layer, shapes do not fit, or the dtype is not float64.
    """
    widths = check_layers(layers)
    dtype = layers[0][0].dtype
    if dtype != torch.float64:
        raise ValueError(f"layers has dtype {dtype}; expected torch.float64: convert with W.double(), b.double()")
    return widths


def relu_layers(model: nn.Module) -> list[Layer]:
    """The (weight, bias) pairs of a sequential ReLU network in double precision, detached, first to last.

    Args:
        model: ``nn.Sequential`` of ``nn.Linear`` layers with ``nn.ReLU`` between each two.

    Returns:
        Pairs (weight (d_out, d_in), bias (d_out,)) in float64.

    Raises:
        ValueError: If the model has any other form or another activation.
    """
    layers = affine_layers(model)
    others = {type(module).__name__ for module in list(model.children()) if not isinstance(module, _RELU_PARTS)}
    if others:
        raise ValueError(f"model has {', '.join(sorted(others))} as activation; expected ReLU")
    return [(W.double(), b.double()) for W, b in layers]


_RELU_PARTS = (nn.Linear, nn.ReLU, nn.Flatten)


def affine_layers(model: nn.Module) -> list[Layer]:
    """The (weight, bias) pairs of a sequential network, detached, first to last.

    Args:
        model: ``nn.Sequential`` of ``nn.Linear`` layers with one activation module between each two, all of one
            kind. A leading ``nn.Flatten`` is allowed.

    Returns:
        Pairs (weight (d_out, d_in), bias (d_out,)); a missing bias becomes zeros. They share the model's memory.

    Raises:
        ValueError: If the model has any other form.
    """
    if not isinstance(model, nn.Sequential):
        raise ValueError(f"model is a {type(model).__name__}; expected nn.Sequential")
    modules = list(model)
    if modules and isinstance(modules[0], nn.Flatten):
        modules = modules[1:]
    kinds = {type(module) for module in modules[1::2]}
    if len(modules) % 2 == 0 or len(kinds) > 1 or nn.Linear in kinds:
        found = ", ".join(type(module).__name__ for module in modules)
        raise ValueError(f"model is ({found}); expected Linear layers with one kind of activation between them")
    return [_affine_layer(module) for module in modules[::2]]


def _affine_layer(module: nn.Module) -> Layer:
    if not isinstance(module, nn.Linear):
        raise ValueError(f"model has a {type(module).__name__} where a Linear layer was expected")
    W = module.weight.detach()
    return W, torch.zeros_like(W[:, 0]) if module.bias is None else module.bias.detach()


def forward(
    layers: Layers, x: Float[Tensor, "*batch _d_in"], activation: Activation = RELU
) -> Float[Tensor, "*batch _d_out"]:
    """Outputs of the network: affine layers with the activation between each two, none after the last.

    Args:
        layers: Pairs (weight, bias), first to last.
        x: Inputs, any leading dimensions.
        activation: Applied after every layer but the last.

    Returns:
        The outputs (logits), before any softmax.

    Example:
        >>> forward([(torch.tensor([[2.0, -1.0]]), torch.tensor([0.5]))], torch.tensor([1.0, 1.0]))
        tensor([1.5000])
    """
    for W, b in layers[:-1]:
        x = activation.value(nn.functional.linear(x, W, b))
    W, b = layers[-1]
    return nn.functional.linear(x, W, b)


def make_mlp(
    widths: Sequence[int],
    activation: Activation,
    generator: torch.Generator,
    dtype: torch.dtype = torch.float32,
) -> nn.Sequential:
    r"""A multilayer perceptron with He-uniform weights and zero biases.

    Weights are uniform on :math:`[-\sqrt{6/d_{in}}, \sqrt{6/d_{in}}]`, whose variance is :math:`2/d_{in}`.

    Args:
        widths: ``[d_in, width, ..., d_out]``, at least two positive numbers.
        activation: Between each two layers.
        generator: Source of the weights; its device is that of the network.
        dtype: Of all parameters.

    Returns:
        ``nn.Sequential`` of ``nn.Linear`` and activation modules.

    Raises:
        ValueError: If there are fewer than two widths or one is not positive.

    Source:
        [he2015delving], the variance rule for rectifiers, in its uniform form.
    """
    return as_sequential(random_layers(widths, generator, dtype), activation)


def as_sequential(layers: Layers, activation: Activation = RELU) -> nn.Sequential:
    """The module whose layers are given: the inverse of :func:`affine_layers`.

    Args:
        layers: Pairs (weight, bias), first to last; the module shares their memory.
        activation: Between each two layers.

    Returns:
        ``nn.Sequential`` of ``nn.Linear`` and activation modules.

    Raises:
        ValueError: If shapes do not fit.
    """
    check_layers(layers)
    modules: list[nn.Module] = []
    for W, b in layers:
        linear = nn.Linear(W.shape[1], W.shape[0], device="meta", dtype=W.dtype)
        linear.weight, linear.bias = nn.Parameter(W), nn.Parameter(b)
        modules += [linear, activation.module()]
    return nn.Sequential(*modules[:-1])


def random_layers(widths: Sequence[int], generator: torch.Generator, dtype: torch.dtype = torch.float64) -> list[Layer]:
    """He-uniform weights with zero biases, as (weight, bias) pairs.

    Args:
        widths: ``[d_in, width, ..., d_out]``, at least two positive numbers.
        generator: Source of the weights; its device is that of the tensors.
        dtype: Of all tensors.

    Returns:
        Pairs (weight, bias), first to last.

    Raises:
        ValueError: If there are fewer than two widths or one is not positive.

    Source:
        [he2015delving], the variance rule for rectifiers, in its uniform form.
    """
    if len(widths) < 2 or min(widths) < 1:
        raise ValueError(f"widths is {list(widths)}; expected at least two positive numbers")
    layers = []
    for d_in, d_out in itertools.pairwise(widths):
        uniform = torch.rand(d_out, d_in, generator=generator, dtype=dtype, device=generator.device)
        W = (2.0 * uniform - 1.0) * (6.0 / d_in) ** 0.5
        layers.append((W, torch.zeros(d_out, dtype=dtype, device=generator.device)))
    return layers


def default_layers(
    widths: Sequence[int], generator: torch.Generator, dtype: torch.dtype = torch.float32
) -> list[Layer]:
    r"""Weights and biases as PyTorch's layers start with: uniform on :math:`\pm 1 / \sqrt{d_{in}}`.

    The weights are :math:`\sqrt 6` times smaller than He's, and there are biases.

    Args:
        widths: ``[d_in, width, ..., d_out]``, at least two positive numbers.
        generator: Source of weights and biases; its device is that of the tensors.
        dtype: Of all tensors.

    Returns:
        Pairs (weight, bias), first to last.

    Raises:
        ValueError: If there are fewer than two widths or one is not positive.

    Source:
        own; the start of ``torch.nn.Linear``.
    """
    layers = []
    for W, b in random_layers(widths, generator, dtype):
        uniform = 2.0 * torch.rand(b.shape, generator=generator, dtype=dtype, device=b.device) - 1.0
        layers.append((W / 6.0**0.5, uniform / W.shape[1] ** 0.5))
    return layers
