"""Walks from a point until a network's activation pattern changes, by bisection."""

from collections.abc import Sequence

import torch
from jaxtyping import Float
from torch import Tensor

HALVINGS = 45  # to 3e-14 of the longest walk


def first_change(
    layers: Sequence[tuple[Float[Tensor, "_out _in"], Float[Tensor, " _out"]]],
    x: Float[Tensor, " d_in"],
    directions: Float[Tensor, "samples d_in"],
    farthest: float,
) -> Float[Tensor, " samples"]:
    """How far one can walk from a point in each direction before a hidden ReLU changes its sign.

    A region is convex, so that the pattern of its inside is met on a first stretch of the walk and never again:
    bisection finds its end.

    Args:
        layers: Pairs (weight, bias) of a ReLU network, first to last.
        x: Where the walks begin, inside a region.
        directions: Of length one, if lengths are to be distances.
        farthest: Length of the longest walk.

    Returns:
        The lengths, to 3e-14 of ``farthest``; ``farthest`` where nothing changes.
    """
    here, near = _signs(layers, x), torch.zeros_like(directions[:, 0])
    far = torch.full_like(near, farthest)
    for _ in range(HALVINGS):
        middle = (near + far) / 2
        same = (_signs(layers, x + middle[:, None] * directions) == here).all(1)
        near, far = torch.where(same, middle, near), torch.where(same, far, middle)
    return far


def _signs(layers: Sequence[tuple[Tensor, Tensor]], x: Tensor) -> Tensor:
    found = []
    for W, b in layers[:-1]:
        z = x @ W.T + b
        found.append(z > 0)
        x = z.clamp_min(0.0)
    return torch.cat(found, dim=-1)
