"""Certified lower bounds of margins by several methods, under one signature, so that methods can be exchanged."""

from typing import Protocol, runtime_checkable

from jaxtyping import Float
from torch import Tensor

from rectified.activations.elementwise import RELU, Activation
from rectified.bounds.crown import crown_bounds, fast_lin_bounds
from rectified.bounds.interval import interval_bounds
from rectified.networks import Layers


@runtime_checkable
class MarginBound(Protocol):
    """A method that bounds ``specification @ logits`` from below all over the ball."""

    def __call__(
        self,
        layers: Layers,
        center: Float[Tensor, "batch d_in"],
        eps: float | int | Float[Tensor, " batch"],
        p: float | int,
        activation: Activation = RELU,
        *,
        specification: Float[Tensor, "batch specs d_out"],
    ) -> Float[Tensor, "batch specs"]:
        """Certified lower bounds, one per image and row of the specification."""
        ...


def interval_margins(
    layers: Layers,
    center: Float[Tensor, "batch d_in"],
    eps: float | int | Float[Tensor, " batch"],
    p: float | int,
    activation: Activation = RELU,
    *,
    specification: Float[Tensor, "batch specs d_out"],
) -> Float[Tensor, "batch specs"]:
    """Lower bounds of the margins by interval arithmetic.

    Args:
        layers: Pairs (weight, bias), first to last.
        center: Centres of the balls.
        eps: One radius for each, or one for all.
        p: Exponent of the ball's norm: 1, 2 or infinity.
        activation: Between each two layers.
        specification: Rows on the logits.

    Returns:
        The lower bounds.

    Source:
        [gowal2018effectiveness], interval bound propagation.
    """
    return interval_bounds(layers, center, eps, p, activation, specification=specification)[-1].lower


def crown_margins(
    layers: Layers,
    center: Float[Tensor, "batch d_in"],
    eps: float | int | Float[Tensor, " batch"],
    p: float | int,
    activation: Activation = RELU,
    *,
    specification: Float[Tensor, "batch specs d_out"],
) -> Float[Tensor, "batch specs"]:
    """Lower bounds of the margins by CROWN, with adaptive slopes on ReLUs.

    Args:
        layers: Pairs (weight, bias), first to last.
        center: Centres of the balls.
        eps: One radius for each, or one for all.
        p: Exponent of the ball's norm: 1, 2 or infinity.
        activation: Between each two layers.
        specification: Rows on the logits.

    Returns:
        The lower bounds.

    Source:
        [zhang2018efficient], Corollary 3.3.
    """
    return crown_bounds(layers, center, eps, p, activation, specification=specification, lower_only=True).lower


def fast_lin_margins(
    layers: Layers,
    center: Float[Tensor, "batch d_in"],
    eps: float | int | Float[Tensor, " batch"],
    p: float | int,
    activation: Activation = RELU,
    *,
    specification: Float[Tensor, "batch specs d_out"],
) -> Float[Tensor, "batch specs"]:
    """Lower bounds of the margins by Fast-Lin, for ReLU networks.

    Args:
        layers: Pairs (weight, bias), first to last.
        center: Centres of the balls.
        eps: One radius for each, or one for all.
        p: Exponent of the ball's norm: 1, 2 or infinity.
        activation: Must be the ReLU.
        specification: Rows on the logits.

    Returns:
        The lower bounds.

    Source:
        [weng2018towards], Fast-Lin.
    """
    return fast_lin_bounds(layers, center, eps, p, activation, specification=specification, lower_only=True).lower
