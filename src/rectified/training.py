"""Training of classifiers on the mean cross-entropy."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch
from jaxtyping import Bool, Float, Int64
from torch import Tensor, nn
from torch.nn.functional import cross_entropy

from rectified.activations.elementwise import Activation
from rectified.networks import make_mlp
from rectified.optimisers import NesterovSGD, Optimiser

EVALUATION_BATCH = 4096  # bounds the memory of a forward pass; the result does not depend on it


@dataclass(frozen=True)
class TrainingRecord:
    """What a training run did: the mean loss over each epoch, and the number of steps."""

    losses: tuple[float, ...]
    num_steps: int


def train_classifier(
    model: nn.Module,
    images: Float[Tensor, "samples ..."],
    labels: Int64[Tensor, " samples"],
    *,
    epochs: int,
    learning_rate: float,
    momentum: float,
    batch_size: int,
    generator: torch.Generator,
) -> TrainingRecord:
    r"""Train ``model`` in place by SGD with Nesterov's momentum, and return the course of the loss.

    Args:
        model: Maps a batch of inputs to logits. Its dtype must be that of ``images``.
        images: Inputs.
        labels: Classes from 0.
        epochs: Passes over the data; 0 changes nothing.
        learning_rate: The step :math:`\eta`, positive.
        momentum: The factor :math:`\mu`, in [0, 1); 0 is plain SGD.
        batch_size: Samples per step, at least 1.
        generator: Draws the orders.

    Returns:
        The mean loss of each epoch, measured while training, and the number of steps.

    Source:
        own; the same steps as torch.optim.SGD with nesterov=True.
    """
    optimiser = NesterovSGD(list(model.parameters()), learning_rate, momentum)
    return train(model, images, labels, optimiser, epochs=epochs, batch_size=batch_size, generator=generator)


def train(
    model: nn.Module,
    images: Float[Tensor, "samples ..."],
    labels: Int64[Tensor, " samples"],
    optimiser: Optimiser,
    *,
    epochs: int,
    batch_size: int,
    generator: torch.Generator,
    after_epoch: Callable[[int], None] | None = None,
) -> TrainingRecord:
    """Train ``model`` in place on the mean cross-entropy, and return the course of the loss.

    Each epoch visits every sample once, in an order drawn from ``generator``; the last batch may be smaller.

    Args:
        model: Maps a batch of inputs to logits. Its dtype must be that of ``images``.
        images: Inputs.
        labels: Classes from 0.
        optimiser: Holds the model's parameters and moves them.
        epochs: Passes over the data; 0 changes nothing.
        batch_size: Samples per step, at least 1.
        generator: Draws the orders.
        after_epoch: Called with the number of epochs done, for measurements along the way.

    Returns:
        The mean loss of each epoch, measured while training, and the number of steps.

    Raises:
        ValueError: If lengths differ or a setting is out of range.
    """
    _check_settings(images, labels, epochs, batch_size)
    losses: list[float] = []
    num_steps = 0
    for epoch in range(epochs):
        total = torch.zeros((), dtype=images.dtype, device=images.device)
        for chosen in _batches(len(images), batch_size, generator):
            loss = cross_entropy(model(images[chosen]), labels[chosen])
            optimiser.step(torch.autograd.grad(loss, optimiser.parameters))
            total += loss.detach() * len(chosen)
            num_steps += 1
        losses.append(total.item() / len(images))
        if after_epoch is not None:
            after_epoch(epoch + 1)
    return TrainingRecord(tuple(losses), num_steps)


def accuracy(model: nn.Module, images: Float[Tensor, "samples ..."], labels: Int64[Tensor, " samples"]) -> float:
    """The share of ``images`` whose largest logit is at their label, in [0, 1].

    Args:
        model: Maps a batch of inputs to logits.
        images: Inputs.
        labels: Classes from 0.

    Returns:
        The share; at a tie the first of the largest logits counts.

    Raises:
        ValueError: If lengths differ or there is no image.
    """
    _check_lengths(images, labels)
    with torch.no_grad():
        batches = zip(torch.split(images, EVALUATION_BATCH), torch.split(labels, EVALUATION_BATCH), strict=True)
        right = sum(int((model(batch).argmax(1) == truth).sum()) for batch, truth in batches)
    return right / len(images)


def trained_mlp(
    hidden: Sequence[int],
    activation: Activation,
    images: Float[Tensor, "samples d_in"],
    labels: Int64[Tensor, " samples"],
    *,
    epochs: int,
    learning_rate: float,
    momentum: float,
    batch_size: int,
    generator: torch.Generator,
) -> nn.Sequential:
    """A multilayer perceptron trained as a classifier: ``make_mlp``, then ``train_classifier``.

    Args:
        hidden: Widths of the hidden layers.
        activation: After each hidden layer.
        images: Inputs as rows; their dtype becomes that of the network.
        labels: Classes from 0; there are as many classes as the largest label says.
        epochs: Passes over the data.
        learning_rate: The step of SGD.
        momentum: Nesterov's momentum.
        batch_size: Samples per step.
        generator: Draws the weights, then the orders.

    Returns:
        The trained network.
    """
    widths = [images.shape[1], *hidden, int(labels.max()) + 1]
    model = make_mlp(widths, activation, generator, images.dtype)
    train_classifier(
        model,
        images,
        labels,
        epochs=epochs,
        learning_rate=learning_rate,
        momentum=momentum,
        batch_size=batch_size,
        generator=generator,
    )
    return model


def is_correct(
    models: Sequence[nn.Module], images: Float[Tensor, "samples ..."], labels: Int64[Tensor, " samples"]
) -> Bool[Tensor, " samples"]:
    """Which images all of the models classify correctly.

    Args:
        models: Map a batch of inputs to logits; at least one.
        images: Inputs.
        labels: Classes from 0.

    Returns:
        One truth value per image.

    Raises:
        ValueError: If there is no model, lengths differ or there is no image.
    """
    _check_lengths(images, labels)
    if len(models) == 0:
        raise ValueError("models is empty; expected at least one")
    with torch.no_grad():
        return torch.stack([model(images).argmax(1) == labels for model in models]).all(0)


def _batches(num_samples: int, batch_size: int, generator: torch.Generator) -> tuple[Tensor, ...]:
    """Index sets of one epoch."""
    order = torch.randperm(num_samples, generator=generator, device=generator.device)
    return torch.split(order, batch_size)


def _check_lengths(images: Tensor, labels: Tensor) -> None:
    """Refuse data without samples or with a label missing.

    Raises:
        ValueError: If lengths differ or are zero.
    """
    if len(images) == 0 or len(images) != len(labels):
        raise ValueError(f"labels has length {len(labels)}; expected that of images, {len(images)}, at least 1")


def _check_settings(images: Tensor, labels: Tensor, epochs: int, batch_size: int) -> None:
    """Refuse settings with which training means nothing.

    Raises:
        ValueError: If one is out of range.
    """
    _check_lengths(images, labels)
    if epochs < 0:
        raise ValueError(f"epochs is {epochs}; expected at least 0")
    if batch_size < 1:
        raise ValueError(f"batch_size is {batch_size}; expected at least 1")
