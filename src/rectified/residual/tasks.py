"""A task that needs a bounded region: a disc in the plane, and a ring around it."""

import torch
from jaxtyping import Bool, Float
from torch import Tensor


def disc_and_ring(
    count: int, generator: torch.Generator, *, inner: float = 2.0, outer: float = 3.0
) -> tuple[Float[Tensor, "_count 2"], Bool[Tensor, " _count"]]:
    """Points spread evenly over the unit disc, and twice as many over a ring around it.

    Args:
        count: Number of points; a third of them, rounded down, in the disc.
        generator: Source of the points.
        inner: Inner radius of the ring, at least 1.
        outer: Outer radius.

    Returns:
        The points, first those in the disc, and which these are.

    Raises:
        ValueError: If there are fewer than three points, or the radii are not in order.

    Source:
        [lin2018resnet], the experiment with the unit ball; the numbers of points are ours.
    """
    if count < 3 or not 1 <= inner < outer:
        raise ValueError(
            f"count, inner and outer are {count}, {inner}, {outer}; expected 3 or more, and 1 <= inner < outer"
        )
    in_disc = torch.arange(count) < count // 3
    share, turn = torch.rand(2, count, generator=generator)
    radius = torch.where(in_disc, share, inner**2 + (outer**2 - inner**2) * share).sqrt()
    direction = torch.stack([(2.0 * torch.pi * turn).cos(), (2.0 * torch.pi * turn).sin()], dim=1)
    return radius[:, None] * direction, in_disc
