"""Lower lines with optimised slopes: gradient ascent on the bound itself, known as alpha-CROWN."""

import torch
from jaxtyping import Float
from torch import Tensor

from rectified.bounds.backward import Stage
from rectified.bounds.ball import radii
from rectified.bounds.crown import crown_bounds
from rectified.bounds.interval import Interval, merged
from rectified.bounds.layerwise import Balls, add_stages, output_bounds
from rectified.bounds.relaxations import LowerSlope, relu_relaxation
from rectified.networks import Layers


def optimised_slopes_bound(
    layers: Layers,
    center: Float[Tensor, "batch d_in"],
    eps: float | int | Float[Tensor, " batch"],
    p: float | int,
    specification: Float[Tensor, "batch specs d_out"],
    *,
    steps: int = 20,
    learning_rate: float | int = 0.1,
) -> Float[Tensor, "batch specs"]:
    """Lower bounds of the margins of a ReLU network, with the slopes of its lower lines optimised.

    The bounds of the hidden layers are those of CROWN and stay fixed. For each image, row and unstable neuron the slope
    starts at its adaptive value and climbs by Adam steps, kept in [0, 1]. Every step gives a certified bound, and the
    best one is returned, so the result is never below CROWN's and never above the triangle relaxation's.

    Args:
        layers: Pairs (weight, bias), first to last.
        center: Centres of the balls.
        eps: Radius, one for all or one for each.
        p: Exponent of the ball's norm: 1, 2 or infinity.
        specification: Rows on the logits.
        steps: Adam steps; 0 gives CROWN's bounds.
        learning_rate: Of Adam, in units of slope.

    Returns:
        The lower bounds.

    Raises:
        ValueError: If the network has no hidden layer.

    Source:
        [xu2021fast], with fixed bounds of the hidden layers.
    """
    if len(layers) < 2:
        raise ValueError("layers has length 1; expected a hidden layer, whose slopes can be optimised")
    with torch.no_grad():
        start = crown_bounds(layers, center, eps, p, specification=specification, lower_only=True)
    best, boxes = start.lower, start.hidden
    slopes = [_adaptive_slopes(box, specification.shape[1]) for box in boxes]
    optimiser = torch.optim.Adam(slopes, lr=learning_rate)
    balls = Balls(center, radii(eps, center), p, [slice(0, center.shape[0])])
    for _ in range(steps):
        loss = -_bound(layers, balls, specification, boxes, slopes).sum()
        for slope, gradient in zip(slopes, torch.autograd.grad(loss, slopes), strict=True):
            slope.grad = gradient
        optimiser.step()
        with torch.no_grad():
            for slope in slopes:
                slope.clamp_(0.0, 1.0)
            best = torch.maximum(best, _bound(layers, balls, specification, boxes, slopes))
    return best


def _adaptive_slopes(box: Interval, num_rows: int) -> Tensor:
    slope = relu_relaxation(box.lower, box.upper, LowerSlope.ADAPTIVE).lower_slope
    return slope[:, None].repeat(1, num_rows, 1).requires_grad_(True)


def _bound(
    layers: Layers, balls: Balls, specification: Tensor, boxes: tuple[Interval, ...], slopes: list[Tensor]
) -> Tensor:
    """Lower bounds for the given slopes, differentiable in them."""
    stages: list[list[Stage]] = [[] for _ in balls.groups]
    for idx, ((W, b), box, slope) in enumerate(zip(layers[:-1], boxes, slopes, strict=True)):
        lower, upper = (end[:, None].expand_as(slope) for end in box)
        lines = relu_relaxation(lower, upper, slope)
        add_stages(stages, W, b if idx else balls.center @ W.T + b, lines, balls.groups)
    return output_bounds(merged(layers[-1], specification), balls, stages).lowest
