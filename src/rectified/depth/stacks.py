"""Training of many networks of one shape at once, one per seed: every layer is one batched product."""

import torch
from jaxtyping import Float, Int64
from torch import Tensor
from torch.nn.functional import cross_entropy

from rectified.depth.initialisations import Stack
from rectified.optimisers import Adam


def stacked_logits(stack: Stack, images: Float[Tensor, "seeds inputs d_in"]) -> Float[Tensor, "seeds inputs classes"]:
    r"""Outputs of every network at inputs of its own.

    Plain networks apply :math:`\sigma(W h + b)`, gated ones :math:`h + g \, \sigma(W h + b)` in their square layers.

    Args:
        stack: The networks.
        images: Inputs of each network, one per row.

    Returns:
        The logits, before any softmax.

    Raises:
        ValueError: If the inputs are not those of as many networks, or have another length or precision.

    Source:
        [bachlechner2021rezero] for the gates.
    """
    expected = (len(stack.weights[0]), stack.weights[0].shape[2])
    if images.ndim != 3 or (images.shape[0], images.shape[2]) != expected:
        raise ValueError(f"images has shape {tuple(images.shape)}; expected ({expected[0]}, inputs, {expected[1]})")
    if images.dtype != stack.weights[0].dtype:
        raise ValueError(f"images has dtype {images.dtype}; expected that of the stack, {stack.weights[0].dtype}")
    hidden = list(zip(stack.weights[:-1], stack.biases[:-1], strict=True))
    h = torch.baddbmm(hidden[0][1], hidden[0][0], images.mT).relu()  # states as columns: gradients come contiguous
    for layer, (W, b) in enumerate(hidden[1:]):
        branch = torch.baddbmm(b, W, h).relu()
        h = h + stack.gates[layer] * branch if stack.gates else branch
    return torch.baddbmm(stack.biases[-1], stack.weights[-1], h).mT


def train_stack(
    stack: Stack,
    images: Float[Tensor, "train d_in"],
    labels: Int64[Tensor, " train"],
    *,
    epochs: int,
    batch_size: int,
    learning_rate: float,
    generator: torch.Generator,
) -> list[float]:
    """Train all networks in place by Adam on the mean cross-entropy, each in an order of its own.

    Args:
        stack: The networks.
        images: Inputs as rows, in float32.
        labels: Classes from 0.
        epochs: Passes over the data; 0 changes nothing.
        batch_size: Samples per step and network.
        learning_rate: The step of Adam.
        generator: Draws the orders.

    Returns:
        The loss after each epoch's last step, averaged over the networks.

    Raises:
        ValueError: If lengths differ or a setting is out of range.

    Source:
        own; [kingma2015adam] for the optimiser.
    """
    if len(images) == 0 or len(images) != len(labels):
        raise ValueError(f"labels has length {len(labels)}; expected that of images, {len(images)}, at least 1")
    if epochs < 0 or batch_size < 1:
        raise ValueError(f"epochs is {epochs} and batch_size {batch_size}; expected at least 0 and at least 1")
    parameters = [parameter.requires_grad_() for parameter in stack.parameters]
    optimiser, seeds, losses = Adam(parameters, learning_rate), len(stack.weights[0]), []
    for _ in range(epochs):
        orders = torch.rand(seeds, len(images), generator=generator).argsort(1)
        for chosen in torch.split(orders, batch_size, dim=1):
            logits = stacked_logits(stack, images[chosen])
            loss = cross_entropy(logits.flatten(0, 1), labels[chosen].flatten())
            optimiser.step(torch.autograd.grad(seeds * loss, parameters))  # each network sees its own mean
        losses.append(loss.item())
    for parameter in parameters:
        parameter.requires_grad_(False)
    return losses


@torch.no_grad()
def stacked_accuracy(
    stack: Stack, images: Float[Tensor, "test d_in"], labels: Int64[Tensor, " test"]
) -> Float[Tensor, " seeds"]:
    """The share of images that each network classifies correctly.

    Args:
        stack: The networks.
        images: Inputs as rows, the same for all networks.
        labels: Classes from 0.

    Returns:
        One number in [0, 1] per network.

    Raises:
        ValueError: If lengths differ or there is no image.

    Source:
        own.
    """
    if len(images) == 0 or len(images) != len(labels):
        raise ValueError(f"labels has length {len(labels)}; expected that of images, {len(images)}, at least 1")
    logits = stacked_logits(stack, images.expand(len(stack.weights[0]), *images.shape))
    right: Tensor = logits.argmax(-1) == labels
    return right.double().mean(1)
