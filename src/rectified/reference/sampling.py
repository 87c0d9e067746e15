"""Points of l1, l2 and l_inf balls for Monte Carlo checks, with corners and boundary among them."""

import math

import torch
from jaxtyping import Float
from torch import Tensor


def sample_ball(
    center: Float[Tensor, " d_in"], eps: float | int, p: float | int, num_samples: int, generator: torch.Generator
) -> Float[Tensor, "samples d_in"]:
    """Random points of the ball: half inside, a quarter on the boundary, a quarter at corners.

    Inside points are a boundary point times a random factor, so they are not uniform; every part of the ball is met.
    A corner has all entries at plus or minus eps for p = infinity, and one entry there for p = 1; the l2 ball has no
    corners and gets more boundary points.

    Args:
        center: Centre of the ball.
        eps: Radius.
        p: Exponent of the norm: 1, 2 or infinity.
        num_samples: How many points.
        generator: Source of the points.

    Returns:
        The points; each within eps of the centre up to rounding.

    Raises:
        ValueError: If p is not 1, 2 or infinity.
    """
    if p not in (1, 2, math.inf):
        raise ValueError(f"p is {p}; expected 1, 2 or infinity")
    num_corners = 0 if p == 2 else num_samples // 4
    shape = (num_samples - num_corners, center.shape[0])
    direction = torch.randn(shape, generator=generator, dtype=center.dtype, device=center.device)
    direction = direction / torch.linalg.vector_norm(direction, ord=p, dim=1, keepdim=True)
    factor = torch.rand(shape[0], 1, generator=generator, dtype=center.dtype, device=center.device)
    factor[num_samples // 2 :] = 1.0
    corners = _corners(center, p, num_corners, generator)
    return center + eps * torch.cat([direction * factor, corners])


def _corners(center: Tensor, p: float | int, count: int, generator: torch.Generator) -> Tensor:
    dim = center.shape[0]
    signs = torch.randint(0, 2, (count, dim), generator=generator, device=center.device) * 2.0 - 1.0
    if p == 1:
        chosen = torch.randint(0, dim, (count,), generator=generator, device=center.device)
        signs = signs * torch.nn.functional.one_hot(chosen, dim)
    return signs.to(center.dtype)
