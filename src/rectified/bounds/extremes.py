"""How far the outputs of a network really go on a ball, as far as a search can tell."""

from typing import NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor

from rectified.activations.elementwise import RELU, Activation
from rectified.bounds.attacks import pgd_attack
from rectified.networks import Layers, forward
from rectified.reference.sampling import sample_ball


class Extremes(NamedTuple):
    """Smallest and largest value found of each output; a sound bound lies outside."""

    lowest: Float[Tensor, " d_out"]
    highest: Float[Tensor, " d_out"]


def searched_extremes(
    layers: Layers,
    center: Float[Tensor, " d_in"],
    eps: float,
    p: float,
    generator: torch.Generator,
    activation: Activation = RELU,
    *,
    num_samples: int = 20_000,
    steps: int = 50,
) -> Extremes:
    """Smallest and largest outputs over random points of the ball and over descents on every output.

    Args:
        layers: Pairs (weight, bias), first to last.
        center: Centre of the ball.
        eps: Radius.
        p: Exponent of the ball's norm: 1, 2 or infinity.
        generator: Source of the points.
        activation: Between each two layers.
        num_samples: Random points, many of them on the boundary; see ``sample_ball``.
        steps: Gradient steps of each descent; see ``pgd_attack``.

    Returns:
        The extremes; they are attained, so the true ones lie at them or beyond.
    """
    points = sample_ball(center, eps, p, num_samples, generator)
    outputs = forward(layers, points, activation)
    unit = torch.eye(outputs.shape[1], dtype=outputs.dtype, device=outputs.device)
    attack = pgd_attack(layers, center[None], eps, torch.cat([unit, -unit])[None], p, activation, steps=steps)
    lowest, minus_highest = torch.split(attack.margin[0], len(unit))
    return Extremes(torch.minimum(lowest, outputs.amin(0)), torch.maximum(-minus_highest, outputs.amax(0)))
