"""The ball of radius eps around a point in the l1, l2 or l_inf norm, and linear functions over it.

A linear function ``a x + d`` ranges over ``a x0 + d - eps ||a||_q`` to ``a x0 + d + eps ||a||_q``, where q is the dual
exponent, 1/p + 1/q = 1. Every bound of this package ends with this step.
"""

import math

import torch
from jaxtyping import Float
from torch import Tensor

_DUAL = {1.0: math.inf, 2.0: 2.0, math.inf: 1.0}


def dual_exponent(p: float | int) -> float:
    """The exponent q with 1/p + 1/q = 1.

    Args:
        p: 1, 2 or infinity.

    Returns:
        Infinity, 2 or 1.

    Raises:
        ValueError: For any other p.

    Example:
        >>> dual_exponent(1)
        inf

    Source:
        [zhang2018efficient], Corollary 3.3.
    """
    if float(p) not in _DUAL:
        raise ValueError(f"p is {p}; expected 1, 2 or infinity")
    return _DUAL[float(p)]


def dual_norm(slope: Float[Tensor, "*rows d_in"], p: float | int, *, overwrite: bool = False) -> Float[Tensor, "*rows"]:
    """How much a linear function with this slope grows at most along a step of l_p length 1.

    Args:
        slope: The vectors a.
        p: Exponent of the ball's norm: 1, 2 or infinity.
        overwrite: Whether ``slope`` is not needed any more and may be changed; saves memory traffic.

    Returns:
        ||a||_q with 1/p + 1/q = 1.

    Example:
        >>> dual_norm(torch.tensor([3.0, -4.0]), p=math.inf)
        tensor(7.)

    Source:
        [zhang2018efficient], Corollary 3.3.
    """
    q = dual_exponent(p)
    if q == 1 and overwrite:
        return slope.abs_().sum(-1)  # faster than vector_norm on a CPU, but not if it has to make a copy
    norm: Tensor = torch.linalg.vector_norm(slope, ord=q, dim=-1)
    return norm


def radii(eps: float | int | Float[Tensor, " batch"], center: Float[Tensor, "batch d_in"]) -> Float[Tensor, " batch"]:
    """One radius per point, after checking sign and shape.

    Args:
        eps: One radius for all points, or one for each; not negative.
        center: The points.

    Returns:
        The radii, in dtype and device of ``center``.

    Raises:
        ValueError: If ``center`` is not a matrix, or ``eps`` is negative, not finite, or of another shape.
    """
    if center.ndim != 2:
        raise ValueError(f"center has shape {tuple(center.shape)}; expected (batch, d_in)")
    values = torch.as_tensor(eps, dtype=center.dtype, device=center.device)
    if values.ndim > 1 or (values.ndim == 1 and values.shape[0] != center.shape[0]):
        raise ValueError(f"eps has shape {tuple(values.shape)}; expected a number or ({center.shape[0]},)")
    if not bool((torch.isfinite(values) & (values >= 0)).all()):
        raise ValueError(f"eps is {eps}; expected finite numbers, not negative")
    return values.expand(center.shape[0])


def linear_extremes(
    slope: Float[Tensor, "*rows d_in"],
    offset: Float[Tensor, "*rows"],
    center: Float[Tensor, "*any d_in"],
    eps: Float[Tensor, "..."],
    p: float | int,
) -> tuple[Float[Tensor, "*rows"], Float[Tensor, "*rows"]]:
    r"""Smallest and largest value of linear functions over the ball.

    .. math:: \min_{\|x - x_0\|_p \le \varepsilon} a x + d = a x_0 + d - \varepsilon \|a\|_q

    Args:
        slope: The vectors a.
        offset: The numbers d.
        center: The points x0, broadcast against ``slope``.
        eps: Radii, broadcast against ``offset``.
        p: Exponent of the ball's norm: 1, 2 or infinity.

    Returns:
        Minimum and maximum of each function; both are attained.

    Example:
        >>> slope, zero = torch.tensor([[3.0, -4.0]]), torch.zeros(1)
        >>> linear_extremes(slope, zero, torch.zeros(2), torch.ones(1), p=2)
        (tensor([-5.]), tensor([5.]))

    Source:
        [zhang2018efficient], Corollary 3.3.
    """
    middle = (slope * center).sum(-1) + offset
    reach = eps * dual_norm(slope, p)
    return middle - reach, middle + reach


def project(
    x: Float[Tensor, "*batch d_in"], center: Float[Tensor, "*any d_in"], eps: Float[Tensor, "..."], p: float | int
) -> Float[Tensor, "*batch d_in"]:
    """The point of the ball nearest to ``x`` in the Euclidean norm.

    For p = 1 the entries of x - center are shrunk towards zero by one common amount, found from their sorted sizes.

    Args:
        x: Points to project.
        center: Centres of the balls, broadcast against ``x``.
        eps: Radii, broadcast against the leading dimensions of ``x``.
        p: 1, 2 or infinity.

    Returns:
        The projections; points inside stay where they are.

    Source:
        [duchi2008efficient], the projection onto a ball for p = 1; closed forms otherwise.
    """
    dual_exponent(p)  # refuses other exponents
    step, radius = x - center, torch.as_tensor(eps, dtype=x.dtype, device=x.device).unsqueeze(-1)
    if p == math.inf:
        return center + torch.maximum(torch.minimum(step, radius), -radius)
    if p == 2:
        length: Tensor = torch.linalg.vector_norm(step, dim=-1, keepdim=True)
        scale: Tensor = (radius / length.clamp_min(torch.finfo(x.dtype).tiny)).clamp_max(1.0)
        return center + step * scale
    return center + _shrink(step, radius)


def _shrink(step: Tensor, radius: Tensor) -> Tensor:
    """Soft threshold of ``step`` with the smallest threshold for which its l1 norm is at most ``radius``."""
    sizes = step.abs().sort(dim=-1, descending=True).values
    count = torch.arange(1, step.shape[-1] + 1, dtype=step.dtype, device=step.device)
    thresholds = (sizes.cumsum(-1) - radius) / count
    kept = (sizes > thresholds).sum(-1, keepdim=True).clamp_min(1)
    threshold = thresholds.gather(-1, kept - 1).clamp_min(0.0)
    return step.sign() * (step.abs() - threshold).clamp_min(0.0)


def steepest_point(
    gradient: Float[Tensor, "*batch d_in"],
    center: Float[Tensor, "*any d_in"],
    eps: Float[Tensor, "..."],
    p: float | int,
) -> Float[Tensor, "*batch d_in"]:
    """The point of the ball at which the linear function with this gradient is smallest.

    Args:
        gradient: Slopes of the linear functions.
        center: Centres of the balls, broadcast against ``gradient``.
        eps: Radii, broadcast against the leading dimensions of ``gradient``.
        p: 1, 2 or infinity.

    Returns:
        A minimiser: a corner for p = infinity and p = 1, the boundary point against the gradient for p = 2.

    Source:
        own; the equality case of Hoelder's inequality.
    """
    dual_exponent(p)  # refuses other exponents
    radius = torch.as_tensor(eps, dtype=gradient.dtype, device=gradient.device).unsqueeze(-1)
    if p == math.inf:
        return center - radius * gradient.sign()
    if p == 2:
        length: Tensor = torch.linalg.vector_norm(gradient, dim=-1, keepdim=True)
        unit: Tensor = gradient / length.clamp_min(torch.finfo(gradient.dtype).tiny)
        return center - radius * unit
    largest = gradient.abs().argmax(-1, keepdim=True)
    corner = torch.zeros_like(gradient).scatter(-1, largest, gradient.gather(-1, largest).sign())
    return center - radius * corner
