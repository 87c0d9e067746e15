"""The other way to copy a network: train one of the same shape on as many answers."""

import math
from collections.abc import Sequence

import numpy as np
import torch

from rectified.activations.elementwise import RELU
from rectified.identification.accuracy import Query
from rectified.identification.targets import ArrayLayers
from rectified.networks import affine_layers, make_mlp
from rectified.optimisers import Adam

SPREAD = 2.0  # of the normal points that are asked
BATCH = 256
LEARNING_RATE = 0.01  # at first; it falls to zero along a cosine


def imitated_layers(
    query: Query, widths: Sequence[int], num_queries: int, generator: torch.Generator, *, steps: int
) -> ArrayLayers:
    """A network of the hidden one's own shape, trained by Adam on answers at normal points to the least mean square.

    Args:
        query: The function to be imitated.
        widths: ``[d_in, width, ..., d_out]``, told to the imitator.
        num_queries: How many points are asked.
        generator: Source of points, weights and batches.
        steps: Of Adam, each on 256 of the points.

    Returns:
        Pairs (weight, bias) in float64, first to last.

    Raises:
        ValueError: If there is nothing to learn from.

    Source:
        own; the baseline that exact recovery is compared with.
    """
    if num_queries < 1 or steps < 1:
        raise ValueError(f"num_queries is {num_queries} and steps is {steps}; expected at least 1 of each")
    points = SPREAD * torch.randn(num_queries, widths[0], generator=generator, dtype=torch.float64)
    answers = torch.from_numpy(np.array(query(points.numpy())))
    shift, scale = answers.mean(dim=0), answers.std().clamp(min=1e-12)
    wanted = (answers - shift) / scale
    model = make_mlp(widths, RELU, generator, torch.float64)
    parameters = list(model.parameters())
    optimiser = Adam(parameters, LEARNING_RATE)
    for step in range(steps):
        optimiser.learning_rate = LEARNING_RATE * (1.0 + math.cos(math.pi * step / steps)) / 2.0
        chosen = torch.randint(0, num_queries, (BATCH,), generator=generator)
        loss = ((model(points[chosen]) - wanted[chosen]) ** 2).mean()
        optimiser.step(torch.autograd.grad(loss, parameters))
    layers = [(W.numpy().copy(), b.numpy().copy()) for W, b in affine_layers(model)]
    W, b = layers[-1]
    return [*layers[:-1], (W * scale.item(), b * scale.item() + shift.numpy())]
