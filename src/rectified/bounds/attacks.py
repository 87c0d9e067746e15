"""Adversarial examples by projected gradient descent: upper bounds of what any certificate can prove."""

import math
from typing import NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor

from rectified.activations.elementwise import RELU, Activation
from rectified.bounds.ball import project, radii, steepest_point
from rectified.bounds.radius import bisect, bracket
from rectified.networks import Layers, forward


class Attack(NamedTuple):
    """The points found and the margins there, one per image and row of the specification."""

    point: Float[Tensor, "batch specs d_in"]
    margin: Float[Tensor, "batch specs"]


def margins_at(
    layers: Layers,
    points: Float[Tensor, "batch specs d_in"],
    specification: Float[Tensor, "batch specs d_out"],
    activation: Activation = RELU,
) -> Float[Tensor, "batch specs"]:
    """The value of each row of the specification at its own point.

    Args:
        layers: Pairs (weight, bias), first to last.
        points: One point per image and row.
        specification: Rows on the logits.
        activation: Between each two layers.

    Returns:
        The margins.
    """
    return (forward(layers, points, activation) * specification).sum(-1)


def pgd_attack(
    layers: Layers,
    center: Float[Tensor, "batch d_in"],
    eps: float | int | Float[Tensor, " batch"],
    specification: Float[Tensor, "batch specs d_out"],
    p: float | int,
    activation: Activation = RELU,
    *,
    steps: int = 50,
    restarts: int = 0,
    generator: torch.Generator | None = None,
) -> Attack:
    r"""Points of the ball with small margins, each row of the specification attacked on its own.

    Each step goes from x towards the point of an l_p ball around x in which the linearised margin is smallest, and is
    then projected back. Step lengths fall linearly from twice the radius, so that the first step reaches
    the minimiser of the linearisation at the start: on a linear network it is the exact minimum.

    Args:
        layers: Pairs (weight, bias), first to last.
        center: Centres of the balls.
        eps: Radius, one for all or one for each.
        specification: Rows on the logits, to be made small.
        p: Exponent of the ball's norm: 1, 2 or infinity.
        activation: Between each two layers.
        steps: Number of gradient steps of each descent.
        restarts: How many descents start from random points, after the one from the centre.
        generator: Source of those points; needed for restarts.

    Returns:
        The best point found, and its margin; the centre is among the candidates.

    Raises:
        ValueError: If restarts are asked for without a generator.

    Source:
        [madry2018towards], projected gradient descent, with the steepest direction of each norm.
    """
    if restarts > 0 and generator is None:
        raise ValueError(f"generator is None; expected a torch.Generator for {restarts} random restarts")
    radius, origin = radii(eps, center)[:, None], center[:, None]
    shape = (center.shape[0], specification.shape[1], center.shape[1])
    best = _descent(layers, origin.expand(shape), origin, radius, 2.0, specification, p, activation, steps)
    for _ in range(restarts):
        direction = torch.randn(shape, generator=generator, dtype=center.dtype, device=center.device)
        start = steepest_point(direction, origin, radius / 2.0, p)
        # A first step of twice the radius would end at the same corner from every start.
        attack = _descent(layers, start, origin, radius, 0.5, specification, p, activation, steps)
        better = attack.margin < best.margin
        point = torch.where(better[..., None], attack.point, best.point)
        best = Attack(point, torch.where(better, attack.margin, best.margin))
    return best


def _descent(
    layers: Layers,
    x: Tensor,
    origin: Tensor,
    radius: Tensor,
    first_step: float,
    specification: Tensor,
    p: float | int,
    activation: Activation,
    steps: int,
) -> Attack:
    """The best point of one descent from x."""
    best, lowest = x, torch.full_like(x[..., 0], math.inf)
    for step in range(steps + 1):
        gradient, margin = _margin_gradient(layers, x, specification, activation)
        better = margin < lowest
        best, lowest = torch.where(better[..., None], x, best), torch.where(better, margin, lowest)
        length = first_step * radius * (1.0 - step / (steps + 1))
        x = project(steepest_point(gradient, x, length, p), origin, radius, p)
    return Attack(best, lowest)


def _margin_gradient(layers: Layers, x: Tensor, specification: Tensor, activation: Activation) -> tuple[Tensor, Tensor]:
    with torch.enable_grad():
        point = x.detach().requires_grad_(True)
        margin = margins_at(layers, point, specification, activation)
        (gradient,) = torch.autograd.grad(margin.sum(), point)
    return gradient, margin.detach()


def attack_radius(
    layers: Layers,
    center: Float[Tensor, "batch d_in"],
    specification: Float[Tensor, "batch specs d_out"],
    p: float | int,
    activation: Activation = RELU,
    *,
    start: float | int = 0.05,
    decades: int = 6,
    relative_tolerance: float | int = 1e-2,
    steps: int = 50,
) -> Float[Tensor, " batch"]:
    """The smallest radius found at which the attack makes a margin negative or zero.

    It bounds from above every radius that a sound method can certify.

    Args:
        layers: Pairs (weight, bias), first to last.
        center: Images.
        specification: Rows on the logits; success with one of them is enough.
        p: Exponent of the ball's norm: 1, 2 or infinity.
        activation: Between each two layers.
        start: First radius tried, in units of the inputs.
        decades: How many times the radius may be multiplied or divided by ten.
        relative_tolerance: Stop when the bracket is shorter than this times its upper end.
        steps: Gradient steps of each attack.

    Returns:
        The radii; 0 where a margin is not positive at the image itself, infinity where no attack succeeded.

    Source:
        own, after the experiments of [zhang2018efficient].
    """

    def resists(eps: Tensor, which: Tensor) -> Tensor:
        rows = specification[which]
        attack = pgd_attack(layers, center[which], eps[which], rows, p, activation, steps=steps)
        return (attack.margin > 0).all(dim=1)

    first = torch.full(center.shape[:1], start, dtype=center.dtype, device=center.device)
    low, high = bracket(resists, first, decades)
    _, high = bisect(resists, low, high, relative_tolerance)
    here = margins_at(layers, center[:, None].expand(-1, specification.shape[1], -1), specification, activation)
    return torch.where((here > 0).all(dim=1), high, torch.zeros_like(high))
