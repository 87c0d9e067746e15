"""The largest radius at which a certificate holds, image by image."""

import math
from collections.abc import Callable
from enum import Enum
from typing import NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor

from rectified.activations.elementwise import RELU, Activation
from rectified.bounds.crown import NetworkBounds, crown_bounds
from rectified.networks import Layers

# More than a float64 bracket of one decade can be halved: a guard, not a setting.
_HALVINGS = 60

Predicate = Callable[[Tensor, Tensor], Tensor]  # radii of all images, indices of those asked for -> does it hold there


class Outcome(Enum):
    """How a search for a radius ended."""

    FOUND = "found"
    """It holds at the radius, and was seen to fail within the tolerance above it."""
    NOWHERE = "nowhere"
    """It fails even at the smallest radius tried; the radius is 0."""
    EVERYWHERE = "everywhere"
    """It holds even at the largest radius tried, which is the radius returned."""


class CertifiedRadii(NamedTuple):
    """Radii at which the certificate holds (0: nowhere), and how each search ended."""

    radius: Float[Tensor, " batch"]
    outcome: tuple[Outcome, ...]


def certified_radius(
    layers: Layers,
    center: Float[Tensor, "batch d_in"],
    specification: Float[Tensor, "batch specs d_out"],
    p: float | int,
    method: Callable[..., NetworkBounds] = crown_bounds,
    *,
    activation: Activation = RELU,
    start: float | int = 0.05,
    decades: int = 6,
    relative_tolerance: float | int = 1e-3,
) -> CertifiedRadii:
    """The largest radius found at which every margin has a positive lower bound.

    Each image has its own radius. First it is multiplied or divided by ten until the certificate changes, then the
    bracket is halved. The certificate was evaluated and held at every radius returned. It need not be monotone in
    the radius, since the lines change with it, so a larger radius may exist; every smaller one is certified as well.

    Args:
        layers: Pairs (weight, bias), first to last.
        center: Images.
        specification: Rows on the logits which must stay positive; see ``margin_specification``. One row for a
            targeted radius, all other classes for the untargeted one.
        p: Exponent of the ball's norm: 1, 2 or infinity.
        method: Gives the bounds: ``crown_bounds``, or another with its signature.
        activation: Between each two layers.
        start: First radius tried, in units of the inputs.
        decades: How many times the radius may be multiplied or divided by ten.
        relative_tolerance: Stop when the bracket is shorter than this times its upper end.

    Returns:
        The radii and outcomes.

    Raises:
        ValueError: If start, decades or relative_tolerance is not positive.

    Source:
        [zhang2018efficient], the experiments; the bracketing is that of the authors' code, the stopping rule is ours.
    """
    if not (start > 0 and decades > 0 and relative_tolerance > 0):
        raise ValueError(
            f"start, decades, relative_tolerance are {start}, {decades}, {relative_tolerance};"
            " expected positive numbers"
        )

    def holds(eps: Tensor, which: Tensor) -> Tensor:
        with torch.no_grad():
            rows = {"specification": specification[which], "lower_only": True}
            lower = method(layers, center[which], eps[which], p, activation, **rows).lower
        return (lower > 0).all(dim=1)

    first = torch.full(center.shape[:1], start, dtype=center.dtype, device=center.device)
    low, high = bracket(holds, first, decades)
    low, high = bisect(holds, low, high, relative_tolerance)
    return CertifiedRadii(low, tuple(_outcome(*ends) for ends in zip(low.tolist(), high.tolist(), strict=True)))


def _outcome(low: float, high: float) -> Outcome:
    if low == 0:
        return Outcome.NOWHERE
    return Outcome.EVERYWHERE if high == math.inf else Outcome.FOUND


def bracket(holds: Predicate, first: Tensor, decades: int) -> tuple[Tensor, Tensor]:
    """A radius at which it holds (or 0) and ten times that, at which it fails (or infinity if it never does).

    Args:
        holds: Takes radii of all images and the indices of those asked for; says where it holds.
        first: Radii to begin with.
        decades: How many times a radius may be multiplied or divided by ten.

    Returns:
        Lower and upper ends.
    """
    low, high = torch.zeros_like(first), torch.full_like(first, math.inf)
    eps = first
    for _ in range(decades + 1):
        undone = (low == 0) | (high == math.inf)
        if not bool(undone.any()):
            break
        which = undone.nonzero()[:, 0]
        held = torch.zeros_like(undone).index_put((which,), holds(eps, which))
        low = torch.where(undone & held, eps, low)
        high = torch.where(undone & ~held, eps, high)
        eps = torch.where(undone, torch.where(held, eps * 10.0, eps / 10.0), eps)
    return low, high


def bisect(holds: Predicate, low: Tensor, high: Tensor, relative_tolerance: float) -> tuple[Tensor, Tensor]:
    """Brackets with ``holds`` true at the lower end and false at the upper one, halved until they are short.

    Args:
        holds: Takes radii of all images and the indices of those asked for; says where it holds.
        low: Lower ends; images at 0 are left alone.
        high: Upper ends; images at infinity are left alone.
        relative_tolerance: Stop when a bracket is shorter than this times its upper end.

    Returns:
        The final brackets.
    """
    for _ in range(_HALVINGS):
        wide = (low > 0) & torch.isfinite(high) & (high - low > relative_tolerance * high)
        if not bool(wide.any()):
            break
        which = wide.nonzero()[:, 0]
        middle = (low + high) / 2.0
        held = torch.zeros_like(wide).index_put((which,), holds(middle, which))
        low, high = torch.where(wide & held, middle, low), torch.where(wide & ~held, middle, high)
    return low, high
