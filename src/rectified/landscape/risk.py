"""Predictions and risk of many networks of one shape at once: weights may carry leading dimensions, the *stack*."""

from collections.abc import Sequence

import torch
from jaxtyping import Float
from torch import Tensor

from rectified.landscape.losses import Loss, mean_loss
from rectified.landscape.piecewise import PiecewiseLinear

StackedLayers = Sequence[tuple[Tensor, Tensor]]
"""Pairs (weight (*stack, d_out, d_in), bias (*stack, d_out)), first to last, of one dtype."""


def check_stacked(layers: StackedLayers, inputs: Tensor) -> list[int]:
    """The widths of the networks, input first, after checking that layers and inputs fit and are float64.

    Args:
        layers: Pairs (weight, bias), first to last, with equal leading dimensions.
        inputs: The examples, (samples, d_in).

    Returns:
        ``[d_in, width, ..., d_out]``.

    Raises:
        ValueError: If there is no layer, or a shape or a dtype does not fit.
    """
    if len(layers) == 0:
        raise ValueError("layers is empty; expected at least one (weight, bias) pair")
    if inputs.ndim != 2 or inputs.dtype != torch.float64:
        raise ValueError(f"inputs is {inputs.dtype} of shape {tuple(inputs.shape)}; expected float64 (samples, d_in)")
    widths = [inputs.shape[1]]
    for idx, (W, b) in enumerate(layers):
        if W.ndim < 2 or W.shape[-1] != widths[-1]:
            raise ValueError(f"layers[{idx}] weight has shape {tuple(W.shape)}; expected (*stack, d_out, {widths[-1]})")
        if b.shape != W.shape[:-1]:
            raise ValueError(f"layers[{idx}] bias has shape {tuple(b.shape)}; expected {tuple(W.shape[:-1])}")
        if W.dtype != torch.float64 or b.dtype != torch.float64:
            raise ValueError(
                f"layers[{idx}] has dtype {W.dtype} and {b.dtype}; expected float64: cells are decided by signs"
            )
        widths.append(W.shape[-2])
    return widths


def hidden_pre_activations(
    layers: StackedLayers, inputs: Float[Tensor, "samples d_in"], activation: PiecewiseLinear
) -> list[Float[Tensor, "*stack samples _width"]]:
    """What enters the activation on every example, one tensor for each hidden layer.

    Args:
        layers: Pairs (weight, bias), first to last.
        inputs: The examples.
        activation: Between each two layers.

    Returns:
        One tensor (*stack, samples, width) per hidden layer.

    Raises:
        ValueError: If layers and inputs do not fit.
    """
    check_stacked(layers, inputs)
    found, h = [], inputs
    for W, b in layers[:-1]:
        found.append(h @ W.mT + b[..., None, :])
        h = activation.value(found[-1])
    return found


def predictions(
    layers: StackedLayers, inputs: Float[Tensor, "samples d_in"], activation: PiecewiseLinear
) -> Float[Tensor, "*stack samples d_out"]:
    """The outputs on every example.

    Args:
        layers: Pairs (weight, bias), first to last.
        inputs: The examples.
        activation: Between each two layers, none after the last.

    Returns:
        Predictions, one set for each leading index of the weights.

    Raises:
        ValueError: If layers and inputs do not fit.
    """
    check_stacked(layers, inputs)
    h = inputs
    for W, b in layers[:-1]:
        h = activation.value(h @ W.mT + b[..., None, :])
    W, b = layers[-1]
    return h @ W.mT + b[..., None, :]


def risk(
    layers: StackedLayers,
    inputs: Float[Tensor, "samples d_in"],
    targets: Float[Tensor, "samples d_out"],
    activation: PiecewiseLinear,
    loss: Loss,
) -> Float[Tensor, "*stack"]:
    """The empirical risk of every network of the stack.

    Args:
        layers: Pairs (weight, bias), first to last.
        inputs: The examples.
        targets: Their labels.
        activation: Between each two layers.
        loss: Of one prediction and one label.

    Returns:
        One risk for each leading index.

    Raises:
        ValueError: If layers, inputs and targets do not fit.
    """
    outputs = predictions(layers, inputs, activation)
    if targets.shape != outputs.shape[-2:]:
        raise ValueError(f"targets has shape {tuple(targets.shape)}; expected {tuple(outputs.shape[-2:])}")
    return mean_loss(outputs, targets, loss)


def flattened(layers: StackedLayers) -> Float[Tensor, "*stack params"]:
    """All parameters as one vector: weight rows, then bias, layer after layer.

    Args:
        layers: Pairs (weight, bias), first to last.

    Returns:
        The vector, one for each leading index.
    """
    return torch.cat([part for W, b in layers for part in (W.flatten(-2), b)], dim=-1)


def unflattened(vector: Float[Tensor, "*stack params"], widths: Sequence[int]) -> list[tuple[Tensor, Tensor]]:
    """The layers whose parameters are ``vector``; the inverse of :func:`flattened`.

    Args:
        vector: The parameters.
        widths: ``[d_in, width, ..., d_out]``.

    Returns:
        Pairs (weight, bias), first to last.

    Raises:
        ValueError: If the vector has another length than the widths ask for.
    """
    shapes = list(zip(widths[1:], widths[:-1], strict=True))
    needed = sum(d_out * (d_in + 1) for d_out, d_in in shapes)
    if vector.shape[-1] != needed:
        raise ValueError(f"vector has {vector.shape[-1]} entries; expected {needed} for widths {list(widths)}")
    layers, start = [], 0
    for d_out, d_in in shapes:
        W, b = vector[..., start : start + d_out * d_in], vector[..., start + d_out * d_in : start + d_out * (d_in + 1)]
        layers.append((W.reshape(*W.shape[:-1], d_out, d_in), b))
        start += d_out * (d_in + 1)
    return layers
