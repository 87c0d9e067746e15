"""Autoencoders whose decoder has ordinary hidden layers or injective ones, of the same widths."""

import itertools
from collections.abc import Sequence
from typing import NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor

from rectified.injectivity.layers import InjectiveLinear
from rectified.networks import Layer, forward, random_layers
from rectified.optimisers import Adam


class Autoencoder(NamedTuple):
    """A trained pair of networks, detached.

    Attributes:
        encoder: Pairs (weight, bias) from inputs to latents.
        decoder: Pairs from latents to inputs.
        loss: Mean squared error before the last step.
    """

    encoder: list[Layer]
    decoder: list[Layer]
    loss: float


def trained_autoencoder(
    inputs: Float[Tensor, "batch d_in"],
    widths: Sequence[int],
    *,
    injective: bool,
    generator: torch.Generator,
    steps: int,
    learning_rate: float = 0.01,
) -> Autoencoder:
    """An autoencoder after some steps of Adam on all inputs at once.

    The encoder has one hidden layer of 32 neurons. The decoder has the given widths; its hidden layers are ordinary, or
    injective whatever their parameters are. Its last layer is ordinary, and wide enough to be injective almost surely.

    Args:
        inputs: The data, in float64.
        widths: Of the decoder, latents first, inputs last; hidden ones at least double where layers are injective.
        injective: Whether hidden layers of the decoder are injective by construction.
        generator: Source of all initial weights.
        steps: Number of steps, at least 1.
        learning_rate: Of Adam.

    Returns:
        Encoder, decoder and loss.

    Raises:
        ValueError: If widths do not fit the data or do not double, or steps is not positive.
    """
    doubles = all(2 * d_in <= d_out for d_in, d_out in itertools.pairwise(widths[:-1]))
    if len(widths) < 3 or widths[-1] != inputs.shape[1] or (injective and not doubles) or steps < 1:
        raise ValueError(
            f"widths is {list(widths)} and steps is {steps}; expected three or more widths that end with "
            f"{inputs.shape[1]}, and double from layer to layer where these are injective, and at least 1 step"
        )
    encoder = random_layers([widths[-1], 32, widths[0]], generator)
    *plain, last = random_layers(widths, generator)
    built = [InjectiveLinear(W.shape[1], len(W) - 2 * W.shape[1], generator) for W, _ in plain] if injective else []
    parameters = [part for pair in [*encoder, last, *([] if injective else plain)] for part in pair]
    parameters += [parameter for layer in built for parameter in layer.parameters()]
    for parameter in parameters:
        parameter.requires_grad_()
    optimiser = Adam(parameters, learning_rate)
    for _ in range(steps):
        decoder = [*(layer.affine() for layer in built), last] if injective else [*plain, last]
        loss = (forward(decoder, forward(encoder, inputs)) - inputs).square().mean()
        optimiser.step(torch.autograd.grad(loss, parameters))
    decoder = [*(layer.affine() for layer in built), last] if injective else [*plain, last]
    return Autoencoder(_detached(encoder), _detached(decoder), float(loss.detach()))


def _detached(layers: Sequence[Layer]) -> list[Layer]:
    return [(W.detach(), b.detach()) for W, b in layers]
