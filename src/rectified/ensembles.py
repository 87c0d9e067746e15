"""Networks of one shape that are trained side by side: their weights are stacked, and every step moves all of them."""

from collections.abc import Callable, Sequence
from typing import Any

import torch
from jaxtyping import Float, Int64
from torch import Tensor
from torch.nn.functional import cross_entropy

from rectified.networks import Layer, Layers, check_layers, random_layers
from rectified.optimisers import Adam

Stack = list[tuple[Float[Tensor, "nets _out _in"], Float[Tensor, "nets _out"]]]


def default_layers(
    widths: Sequence[int], generator: torch.Generator, dtype: torch.dtype = torch.float32
) -> list[Layer]:
    r"""Weights and biases as PyTorch's layers start with: uniform on :math:`\pm 1 / \sqrt{d_{in}}`.

    The weights are :math:`\sqrt 6` times smaller than He's, and there are biases.

    Args:
        widths: ``[d_in, width, ..., d_out]``, at least two positive numbers.
        generator: Source of weights and biases.
        dtype: Of all tensors.

    Returns:
        Pairs (weight, bias), first to last.

    Source:
        own; the start of ``torch.nn.Linear``.
    """
    layers = []
    for W, b in random_layers(widths, generator, dtype):
        uniform = 2.0 * torch.rand(b.shape, generator=generator, dtype=dtype, device=b.device) - 1.0
        layers.append((W / 6.0**0.5, uniform / W.shape[1] ** 0.5))
    return layers


def stacked_networks(networks: Sequence[Layers]) -> Stack:
    """The networks as one: of each layer all weights and all biases in one tensor.

    Args:
        networks: Each a list of pairs (weight, bias), all of one shape and dtype.

    Returns:
        Pairs (weights (nets, d_out, d_in), biases (nets, d_out)), copies.

    Raises:
        ValueError: If there is no network, or their widths differ.

    Source:
        own.
    """
    if len(networks) == 0:
        raise ValueError("networks is empty; expected at least one network")
    widths = [check_layers(layers) for layers in networks]
    for idx, found in enumerate(widths):
        if found != widths[0]:
            raise ValueError(f"networks[{idx}] has widths {found}; expected {widths[0]}, those of the first")
    return [
        (torch.stack([W for W, _ in layer]), torch.stack([b for _, b in layer]))
        for layer in zip(*networks, strict=True)
    ]


def unstacked_networks(stack: Stack, dtype: torch.dtype = torch.float64) -> list[list[Layer]]:
    """The single networks of a stack.

    Args:
        stack: From ``stacked_networks``.
        dtype: Of the result.

    Returns:
        For each network its pairs (weight, bias), copies that further training does not change.

    Source:
        own.
    """
    count = stack[0][0].shape[0]
    return [
        [(W[k].detach().to(dtype, copy=True), b[k].detach().to(dtype, copy=True)) for W, b in stack]
        for k in range(count)
    ]


def stacked_forward(stack: Stack, x: Float[Tensor, "nets batch d_in"]) -> Float[Tensor, "nets batch d_out"]:
    """Outputs of every ReLU network on its own inputs.

    Args:
        stack: The networks.
        x: Inputs of each.

    Returns:
        The outputs (logits).

    Source:
        own.
    """
    for W, b in stack[:-1]:
        x = torch.baddbmm(b[:, None], x, W.mT).relu()
    W, b = stack[-1]
    return torch.baddbmm(b[:, None], x, W.mT)


def train_stack(
    stack: Stack,
    images: Float[Tensor, "samples d_in"],
    labels: Int64[Tensor, " samples"],
    *,
    epochs: int,
    batch_size: int,
    learning_rate: float,
    generator: torch.Generator,
    after_epoch: Callable[[int], None] | None = None,
) -> None:
    """Train all networks in place by Adam on their mean cross-entropies, each in its own order of the images.

    The networks do not meet: the gradient of the sum of their losses has a part for each, and Adam works entry by
    entry.

    Args:
        stack: The networks; their dtype must be that of the images.
        images: Inputs.
        labels: Classes from 0.
        epochs: Passes over the data; 0 changes nothing.
        batch_size: Samples per step and network, at least 1.
        learning_rate: The step of Adam, positive.
        generator: Draws the orders.
        after_epoch: Called with the number of epochs done, from 0 (before the first) on.

    Raises:
        ValueError: If lengths differ or a setting is out of range.

    Source:
        own; the steps are those of ``rectified.optimisers.Adam``.
    """
    if len(images) == 0 or len(images) != len(labels):
        raise ValueError(f"labels has length {len(labels)}; expected that of images, {len(images)}, at least 1")
    if epochs < 0 or batch_size < 1:
        raise ValueError(f"epochs is {epochs} and batch_size {batch_size}; expected at least 0 and 1")
    parameters = [tensor.requires_grad_() for pair in stack for tensor in pair]
    optimiser = Adam(parameters, learning_rate)
    for epoch in range(epochs + 1):
        if after_epoch is not None:
            after_epoch(epoch)
        if epoch == epochs:
            break
        count = stack[0][0].shape[0]
        orders = torch.stack([torch.randperm(len(images), generator=generator) for _ in range(count)])
        for chosen in torch.split(orders, batch_size, dim=1):
            logits = stacked_forward(stack, images[chosen])
            loss = cross_entropy(logits.flatten(0, 1), labels[chosen].flatten(), reduction="sum") / chosen.shape[1]
            optimiser.step(torch.autograd.grad(loss, parameters))


def training_course(
    networks: Sequence[Layers],
    images: Float[Tensor, "samples d_in"],
    labels: Int64[Tensor, " samples"],
    epochs: Sequence[int],
    *,
    batch_size: int,
    learning_rate: float,
    generator: torch.Generator,
) -> dict[int, list[list[Layer]]]:
    """Copies of networks after some epochs of a training by Adam, side by side.

    Args:
        networks: Where the training starts; all of one shape, in the dtype and on the device of the images.
        images: Inputs.
        labels: Classes from 0.
        epochs: After which to copy; 0 is before the first. The training ends with the last.
        batch_size: Samples per step and network, at least 1.
        learning_rate: The step of Adam, positive.
        generator: Draws the orders.

    Returns:
        For each of the epochs the networks, in float64 on the CPU.

    Raises:
        ValueError: If there is no epoch, a setting is out of range, or shapes do not fit.

    Source:
        own; see ``train_stack``.
    """
    if len(epochs) == 0:
        raise ValueError("epochs is empty; expected the numbers of epochs after which to copy the networks")
    stack, found = stacked_networks(networks), {}

    def keep(epoch: int) -> None:
        if epoch in epochs:
            found[epoch] = [[(W.cpu(), b.cpu()) for W, b in layers] for layers in unstacked_networks(stack)]

    settings: dict[str, Any] = {"batch_size": batch_size, "learning_rate": learning_rate, "generator": generator}
    train_stack(stack, images, labels, epochs=max(epochs), after_epoch=keep, **settings)
    return found
