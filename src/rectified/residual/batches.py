"""Many small networks at once, fully connected or residual: one batched product per layer trains them all."""

import itertools
from collections.abc import Callable, Sequence
from typing import NamedTuple

import torch
from jaxtyping import Bool, Float
from torch import Tensor
from torch.nn.functional import binary_cross_entropy_with_logits

from rectified.networks import Layer
from rectified.optimisers import Adam

Stack = tuple[Float[Tensor, "nets _out _in"], Float[Tensor, "nets _out"]]


def random_stacks(
    widths: Sequence[int], nets: int, generator: torch.Generator, dtype: torch.dtype = torch.float64
) -> list[Stack]:
    r"""Weights and biases of many fully connected networks, uniform in :math:`\pm 1/\sqrt{d_{in}}`.

    Args:
        widths: ``[d_in, width, ..., d_out]``, at least two positive numbers.
        nets: Number of networks.
        generator: Source of the numbers; its device is that of the tensors.
        dtype: Of all tensors.

    Returns:
        One pair (weights, biases) per layer, each with a leading axis of networks.

    Raises:
        ValueError: If a number is not positive, or there are fewer than two widths.

    Source:
        own; the start that PyTorch gives to torch.nn.Linear.
    """
    if len(widths) < 2 or min(*widths, nets) < 1:
        raise ValueError(f"widths and nets are {list(widths)} and {nets}; expected two or more widths, all positive")
    stacks = []
    for d_in, d_out in itertools.pairwise(widths):
        uniform = torch.rand(nets, d_out, d_in + 1, generator=generator, dtype=dtype, device=generator.device)
        scaled = (2.0 * uniform - 1.0) / d_in**0.5
        stacks.append((scaled[..., :-1].contiguous(), scaled[..., -1].contiguous()))
    return stacks


def forward_stacks(
    stacks: Sequence[Stack], x: Float[Tensor, "*batch samples _d_in"]
) -> Float[Tensor, "nets samples _d_out"]:
    """Outputs of all networks: affine layers with a ReLU between each two.

    Args:
        stacks: One pair (weights, biases) per layer.
        x: Inputs (samples, d_in), the same for all networks, or (nets, samples, d_in).

    Returns:
        The outputs, with the leading axis of networks.

    Raises:
        ValueError: If shapes do not fit.

    Source:
        own.
    """
    if len(stacks) == 0:
        raise ValueError("stacks is empty; expected at least one pair (weights, biases)")
    nets, values = len(stacks[0][0]), x.mT  # points last: products of thin matrices are four times as fast that way
    for idx, (W, b) in enumerate(stacks):
        if W.shape != (nets, b.shape[-1], values.shape[-2]) or b.shape != W.shape[:2]:
            came = f"{tuple(W.shape)} and {tuple(b.shape)}"
            raise ValueError(
                f"stacks[{idx}] has shapes {came}; expected ({nets}, d_out, {values.shape[-2]}), and biases"
            )
        values = torch.baddbmm(b[:, :, None], W, values.expand(nets, *values.shape[-2:]))
        values = torch.relu(values) if idx < len(stacks) - 1 else values
    return values.mT


def network_of(stacks: Sequence[Stack], number: int) -> list[Layer]:
    """One of the networks as plain (weight, bias) pairs, detached, in float64.

    Args:
        stacks: One pair (weights, biases) per layer.
        number: Which network.

    Returns:
        Its layers; every float32 is a float64, so nothing is rounded.

    Source:
        own.
    """
    return [(W[number].detach().double(), b[number].detach().double()) for W, b in stacks]


def train_signs(
    outputs: Callable[[Float[Tensor, "samples d_in"]], Float[Tensor, "nets samples 1"]],
    parameters: Sequence[Tensor],
    points: Float[Tensor, "samples d_in"],
    is_positive: Bool[Tensor, " samples"],
    steps: int,
    learning_rate: float = 0.01,
) -> "TrainingCourse":
    """Train many networks with one logit each to be positive on some points and negative on the others, in place.

    Args:
        outputs: Logits of all networks at their present parameters.
        parameters: Leaves, changed in place.
        points: All points, at each step.
        is_positive: Where the logits should be positive.
        steps: Number of steps of Adam.
        learning_rate: Of Adam.

    Returns:
        The course of the loss: the mean cross-entropy over points, summed over networks.

    Source:
        own.
    """
    labels = is_positive.to(points.dtype)

    def loss() -> Tensor:
        logits = outputs(points)[..., 0]
        single = binary_cross_entropy_with_logits(logits, labels.expand_as(logits), reduction="none")
        return single.mean(1).sum()

    return train_together(parameters, loss, steps, learning_rate)


class TrainingCourse(NamedTuple):
    """What a joint training did.

    Attributes:
        losses: Sum of all networks' losses before each step.
    """

    losses: list[float]


def train_together(
    parameters: Sequence[Tensor], loss: Callable[[], Float[Tensor, ""]], steps: int, learning_rate: float
) -> TrainingCourse:
    """Change the parameters in place by Adam, full batch.

    The loss is the sum over networks, so each network's gradient, and with it its course, is its own.

    Args:
        parameters: Leaves, one tensor per kind of parameter, with a leading axis of networks.
        loss: The sum of the losses of all networks at the present parameters.
        steps: Number of steps; 0 changes nothing.
        learning_rate: Of Adam.

    Returns:
        The course of the loss.

    Raises:
        ValueError: If ``steps`` is negative, or the loss is not finite.

    Source:
        [kingma2015adam], Algorithm 1.
    """
    if steps < 0:
        raise ValueError(f"steps is {steps}; expected at least 0")
    optimiser = Adam(parameters, learning_rate)
    losses = []
    for step in range(steps):
        for parameter in parameters:
            parameter.requires_grad_()
        value = loss()
        if not bool(torch.isfinite(value)):
            raise ValueError(f"loss is {value.item()} at step {step}; expected a finite number: lower learning_rate")
        losses.append(value.item())
        gradients = torch.autograd.grad(value, parameters)
        for parameter in parameters:
            parameter.requires_grad_(False)
        optimiser.step(gradients)
    return TrainingCourse(losses)
