"""Training of many networks side by side: every step moves all of them, and no network knows of another."""

import itertools
from collections.abc import Callable, Iterable, Iterator, Sequence

import torch
from jaxtyping import Bool, Float, Int64
from torch import Tensor
from torch.nn.functional import binary_cross_entropy_with_logits, cross_entropy

from rectified.optimisers import Adam, Optimiser
from rectified.stacks.networks import Stack, stack_forward


def class_losses(
    logits: Float[Tensor, "nets samples classes"], labels: Int64[Tensor, "nets samples"]
) -> Float[Tensor, " nets"]:
    """The mean cross-entropy of every network over its samples.

    Args:
        logits: Outputs of each network.
        labels: Classes from 0, one for each output.

    Returns:
        One loss per network.
    """
    single = cross_entropy(logits.flatten(0, 1), labels.flatten(), reduction="none")
    return single.reshape(labels.shape).mean(1)


def sign_losses(
    logits: Float[Tensor, "nets samples 1"], is_positive: Bool[Tensor, " samples"]
) -> Float[Tensor, " nets"]:
    """The mean cross-entropy of every network whose one logit should be positive at some points, negative at others.

    Args:
        logits: Outputs of each network.
        is_positive: Where they should be positive, the same for all networks.

    Returns:
        One loss per network.
    """
    wanted = is_positive.to(logits.dtype).expand(logits.shape[:2])
    return binary_cross_entropy_with_logits(logits[..., 0], wanted, reduction="none").mean(1)


def train_together(
    parameters: Sequence[Tensor],
    losses: Callable[[], Float[Tensor, " nets"]],
    *,
    steps: int,
    learning_rate: float,
) -> None:
    """Train networks of any kind in place by Adam, on all their samples at every step.

    The gradient of the sum of the losses has a part for each network, and Adam works entry by entry.

    Args:
        parameters: Tensors with a leading axis of networks, such as ``stack.parameters``; leaves without gradients.
        losses: The loss of each network at the present parameters.
        steps: Number of steps; 0 changes nothing.
        learning_rate: The step of Adam, positive.

    Raises:
        ValueError: If a setting is out of range, or the loss of a network does not stay finite.

    Source:
        [kingma2015adam], Algorithm 1.
    """
    if steps < 0:
        raise ValueError(f"steps is {steps}; expected at least 0")
    _descend(Adam(parameters, learning_rate), losses, itertools.repeat((), steps))


def training_course(
    stack: Stack,
    images: Float[Tensor, "samples d_in"],
    labels: Int64[Tensor, " samples"],
    epochs: Sequence[int],
    *,
    batch_size: int,
    learning_rate: float,
    generator: torch.Generator,
) -> dict[int, Stack]:
    """The stack after some epochs of training by Adam on the mean cross-entropy, each network in an order of its own.

    Args:
        stack: Where the training starts; it stays as it is. Its dtype and device must be those of the images.
        images: Inputs.
        labels: Classes from 0.
        epochs: Numbers of passes over the data, 0 being the start. The training ends with the largest.
        batch_size: Samples per step and network, at least 1; the last batch of an epoch may be smaller.
        learning_rate: The step of Adam, positive.
        generator: Draws the orders.

    Returns:
        A copy of the stack for each of the epochs.

    Raises:
        ValueError: If data do not fit, a setting is out of range, or the loss of a network does not stay finite.

    Source:
        own; [kingma2015adam], Algorithm 1, for the steps.
    """
    _check_data(stack, images, labels)
    if len(epochs) == 0 or min(epochs) < 0 or batch_size < 1:
        came = f"epochs is {list(epochs)} and batch_size {batch_size}"
        raise ValueError(f"{came}; expected at least one epoch, none below 0, and at least 1 sample per batch")
    moving, found, done = stack.copy(), {}, 0
    optimiser = Adam(moving.parameters, learning_rate)
    for epoch in sorted(set(epochs)):
        for _ in range(epoch - done):
            batches = _shuffled(images, labels, stack.nets, batch_size, generator)
            _descend(optimiser, lambda x, y: class_losses(stack_forward(moving, x), y), batches)
        found[epoch], done = moving.copy(), epoch
    return found


@torch.no_grad()
def stack_accuracy(
    stack: Stack, images: Float[Tensor, "samples d_in"], labels: Int64[Tensor, " samples"]
) -> Float[Tensor, " nets"]:
    """The share of images that each network classifies correctly.

    Args:
        stack: The networks.
        images: Inputs, the same for all networks.
        labels: Classes from 0.

    Returns:
        One number in [0, 1] per network; at a tie the first of the largest logits counts.

    Raises:
        ValueError: If data do not fit.
    """
    _check_data(stack, images, labels)
    right: Tensor = stack_forward(stack, images).argmax(2) == labels
    return right.double().mean(1)


def _shuffled(
    images: Tensor, labels: Tensor, nets: int, batch_size: int, generator: torch.Generator
) -> Iterator[tuple[Tensor, Tensor]]:
    """One epoch: batches (nets, batch, d_in) of images with their labels, in another order for each network."""
    draws = [torch.randperm(len(images), generator=generator, device=generator.device) for _ in range(nets)]
    batches = torch.split(torch.stack(draws).to(images.device), batch_size, dim=1)
    return ((images[chosen], labels[chosen]) for chosen in batches)


def _descend(optimiser: Optimiser, losses: Callable[..., Tensor], batches: Iterable[tuple[Tensor, ...]]) -> None:
    """The loop of all training here: one step for every batch.

    Raises:
        ValueError: If the loss of a network is not finite at the last step. What is not finite stays so.
    """
    for parameter in optimiser.parameters:
        parameter.requires_grad_()
    values = torch.zeros(1)
    for batch in batches:
        values = losses(*batch)
        optimiser.step(torch.autograd.grad(values.sum(), optimiser.parameters))
    for parameter in optimiser.parameters:
        parameter.requires_grad_(False)
    if not bool(values.isfinite().all()):
        worst = int((~values.isfinite()).nonzero()[0])
        came = f"the loss of network {worst} is {values[worst].item()} at the last step"
        raise ValueError(f"{came}; expected a finite number: lower learning_rate")


def _check_data(stack: Stack, images: Tensor, labels: Tensor) -> None:
    """Refuse images and labels that are not for these networks.

    Raises:
        ValueError: If a shape does not fit, there is no image, or a label is no class.
    """
    d_in, classes = stack.layers[0][0].shape[2], stack.layers[-1][0].shape[1]
    if images.ndim != 2 or len(images) == 0 or images.shape[1] != d_in:
        raise ValueError(f"images has shape {tuple(images.shape)}; expected (samples, {d_in}), at least one sample")
    if labels.shape != images.shape[:1]:
        raise ValueError(f"labels has shape {tuple(labels.shape)}; expected ({len(images)},), one for each image")
    least, most = labels.min().item(), labels.max().item()
    if least < 0 or most >= classes:
        raise ValueError(f"labels reach from {least} to {most}; expected 0 to {classes - 1}, the classes of the stack")
