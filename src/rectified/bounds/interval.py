"""Interval arithmetic through a network: the cheapest sound bounds, and the loosest."""

from typing import NamedTuple

from jaxtyping import Float
from torch import Tensor

from rectified.activations.elementwise import RELU, Activation
from rectified.bounds.ball import dual_norm, linear_extremes, radii
from rectified.networks import Layers, check_layers


class Interval(NamedTuple):
    """Bounds of every entry: ``lower <= value <= upper``."""

    lower: Float[Tensor, "*shape"]
    upper: Float[Tensor, "*shape"]


def affine_image(weight: Tensor, bias: Tensor, box: Interval) -> Interval:
    """The smallest box around the image of a box under an affine map.

    Args:
        weight: Matrix (d_out, d_in), or one per box (batch, d_out, d_in).
        bias: Offset (d_out,) or (batch, d_out).
        box: Bounds of the inputs (batch, d_in).

    Returns:
        Bounds of the outputs (batch, d_out), each attained at a corner of the box.

    Source:
        own; interval arithmetic.
    """
    middle, radius = (box.upper + box.lower) / 2.0, (box.upper - box.lower) / 2.0
    if weight.ndim == 2:
        center, reach = middle @ weight.T + bias, radius @ weight.abs().T
    else:
        center = (weight @ middle[..., None])[..., 0] + bias
        reach = (weight.abs() @ radius[..., None])[..., 0]
    return Interval(center - reach, center + reach)


def interval_bounds(
    layers: Layers,
    center: Float[Tensor, "batch d_in"],
    eps: float | int | Float[Tensor, " batch"],
    p: float | int,
    activation: Activation = RELU,
    *,
    specification: Float[Tensor, "..."] | None = None,
) -> list[Interval]:
    """Bounds of every pre-activation over the ball, by interval arithmetic from layer to layer.

    The first layer is linear in the input, so its bounds are exact in any norm. From there on every neuron is
    treated as if it moved on its own.

    Args:
        layers: Pairs (weight, bias), first to last.
        center: Centres x0 of the balls.
        eps: Radius, in units of the inputs; one for all or one for each.
        p: Exponent of the ball's norm: 1, 2 or infinity.
        activation: Monotone, between each two layers.
        specification: Rows (specs, d_out) or (batch, specs, d_out) merged into the last layer, so that the last bounds
            are those of ``specification @ logits``. Without it: the logits.

    Returns:
        One ``Interval`` per layer, each (batch, width); the last one is that of the outputs.

    Source:
        [gowal2018effectiveness], interval bound propagation; [zhang2018efficient] for the dual norm of the first layer.
    """
    check_layers(layers)
    eps = radii(eps, center)
    chain: list[tuple[Tensor, Tensor]] = list(layers)
    if specification is not None:
        chain[-1] = merged(chain[-1], specification)
    box = first_interval(*chain[0], center, eps, p)
    boxes = [box]
    for W, b in chain[1:]:
        box = affine_image(W, b, Interval(activation.value(box.lower), activation.value(box.upper)))
        boxes.append(box)
    return boxes


def first_interval(weight: Tensor, bias: Tensor, center: Tensor, eps: Tensor, p: float | int) -> Interval:
    """Exact bounds of an affine map over the ball.

    Args:
        weight: Matrix (d_out, d_in), or one per ball (batch, d_out, d_in).
        bias: Offset (d_out,) or (batch, d_out).
        center: Centres (batch, d_in).
        eps: Radii (batch,).
        p: Exponent of the ball's norm: 1, 2 or infinity.

    Returns:
        Bounds (batch, d_out).

    Source:
        [zhang2018efficient], Corollary 3.3, for one layer.
    """
    if weight.ndim == 3:
        return Interval(*linear_extremes(weight, bias, center[:, None], eps[:, None], p))
    middle, reach = center @ weight.T + bias, eps[:, None] * dual_norm(weight, p)
    return Interval(middle - reach, middle + reach)


def merged(layer: tuple[Tensor, Tensor], specification: Tensor) -> tuple[Tensor, Tensor]:
    """The last layer with the specification multiplied into it.

    Bounding ``logit_c - logit_t`` as one linear function is never worse than subtracting two bounds.

    Args:
        layer: Pair (weight (d_out, d_in), bias (d_out,)).
        specification: Rows (specs, d_out) or (batch, specs, d_out).

    Returns:
        Weight (..., specs, d_in) and bias (..., specs).

    Raises:
        ValueError: If the rows do not fit the layer.

    Source:
        [zhang2018efficient], the experiments, "merged last layer" in their experiments.
    """
    W, b = layer
    if specification.ndim not in (2, 3) or specification.shape[-1] != W.shape[0]:
        raise ValueError(
            f"specification has shape {tuple(specification.shape)}; expected (specs, {W.shape[0]})"
            f" or (batch, specs, {W.shape[0]})"
        )
    return specification @ W, specification @ b
