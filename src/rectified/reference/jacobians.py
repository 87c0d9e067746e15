"""The affine map of a function around a point, by dense automatic differentiation."""

from collections.abc import Callable

import torch
from jaxtyping import Float
from torch import Tensor


def dense_affine_map(
    function: Callable[[Tensor], Tensor], x: Float[Tensor, " d_in"]
) -> tuple[Float[Tensor, "d_out d_in"], Float[Tensor, " d_out"]]:
    """Slope and offset of the tangent of ``function`` at ``x``; for a piecewise affine one, of the piece around x.

    Args:
        function: Maps a vector to a vector; differentiable at x.
        x: The point.

    Returns:
        J and f(x) - J x.

    Source:
        own; one backward pass per output.
    """
    slope: Tensor = torch.autograd.functional.jacobian(function, x)  # type: ignore[no-untyped-call]
    return slope, (function(x) - slope @ x).detach()
