r"""CROWN with quadratic lower surrogates, for ReLU networks with one hidden layer.

On an unstable ReLU the parabola :math:`q(y) = y (y - l) / (u - l)` lies below it and touches it at l, 0 and u. Its
area to the ReLU is smaller than that of both lines exactly when :math:`1/2 < u/|l| < 2`. With a positive
output weight it keeps the problem convex, but no closed form is left: the minimum over the ball has to be searched, and
a point of a search only bounds it from *above*. What we return is the duality gap's lower end instead: for convex phi
and any x,
:math:`\min \phi \ge \phi(x) + \langle \nabla\phi(x), x_0 - x \rangle - \varepsilon \|\nabla\phi(x)\|_q`.
"""

import math
from typing import NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor

from rectified.activations.elementwise import RELU, Activation
from rectified.bounds.ball import dual_norm, project, radii
from rectified.bounds.crown import crown_bounds
from rectified.bounds.interval import first_interval, merged
from rectified.bounds.relaxations import relu_relaxation
from rectified.networks import Layers

_POWER_STEPS = 20  # for the step length only; a poor estimate costs speed, never soundness


class _Quadratic(NamedTuple):
    """phi(x) = curvature . y^2 + slope . y + offset with y = W x + b; one function per image and row."""

    curvature: Tensor
    slope: Tensor
    offset: Tensor
    W: Tensor
    b: Tensor

    def value_and_gradient(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """The values (batch, specs) and the gradients (batch, specs, d_in)."""
        y = x @ self.W.T + self.b
        value = (y * (self.curvature * y + self.slope)).sum(-1) + self.offset
        return value, (2.0 * self.curvature * y + self.slope) @ self.W


def quadratic_margins(
    layers: Layers,
    center: Float[Tensor, "batch d_in"],
    eps: float | int | Float[Tensor, " batch"],
    p: float | int,
    activation: Activation = RELU,
    *,
    specification: Float[Tensor, "batch specs d_out"],
    steps: int = 200,
    tolerance: float | int = 1e-4,
) -> Float[Tensor, "batch specs"]:
    """The larger of the bounds by quadratic surrogates and by CROWN.

    Args:
        layers: One hidden layer and the output layer, as pairs (weight, bias).
        center: Centres of the balls.
        eps: Radius, one for all or one for each.
        p: Exponent of the ball's norm: 1, 2 or infinity.
        activation: Must be the ReLU.
        specification: Rows on the logits.
        steps: Most steps of the accelerated projected gradient method.
        tolerance: Stop when every gap is below this times 1 + |value|. Affects tightness only.

    Returns:
        Certified lower bounds, never below those of ``crown_bounds``.

    Raises:
        ValueError: If there is not exactly one hidden layer, or the activation is not the ReLU.

    Source:
        [zhang2018efficient], CROWN-Quad; the certificate by the duality gap is ours.
    """
    quadratic = quadratic_lower(
        layers, center, eps, p, activation, specification=specification, steps=steps, tolerance=tolerance
    )
    linear = crown_bounds(layers, center, eps, p, specification=specification, lower_only=True).lower
    return torch.maximum(quadratic, linear)


def quadratic_lower(
    layers: Layers,
    center: Float[Tensor, "batch d_in"],
    eps: float | int | Float[Tensor, " batch"],
    p: float | int,
    activation: Activation = RELU,
    *,
    specification: Float[Tensor, "batch specs d_out"],
    steps: int = 200,
    tolerance: float | int = 1e-4,
) -> Float[Tensor, "batch specs"]:
    """Certified lower bounds of the margins by quadratic surrogates alone.

    Args:
        layers: One hidden layer and the output layer, as pairs (weight, bias).
        center: Centres of the balls.
        eps: Radius, one for all or one for each.
        p: Exponent of the ball's norm: 1, 2 or infinity.
        activation: Must be the ReLU.
        specification: Rows on the logits.
        steps: Most steps of the accelerated projected gradient method.
        tolerance: Stop when every gap is below this times 1 + |value|.

    Returns:
        The lower bounds.

    Raises:
        ValueError: If there is not exactly one hidden layer, or the activation is not the ReLU.

    Source:
        [zhang2018efficient], CROWN-Quad; the certificate by the duality gap is ours.
    """
    if len(layers) != 2:
        raise ValueError(f"layers has length {len(layers)}; expected 2, one hidden layer and the output layer")
    if activation != RELU:
        raise ValueError(f"activation is {activation.name}; expected relu")
    radius = radii(eps, center)
    function = _surrogate(layers, center, radius, p, specification)
    shape = specification.shape[:2]
    flat = function._replace(
        curvature=function.curvature.flatten(0, 1), slope=function.slope.flatten(0, 1), offset=function.offset.flatten()
    )
    points, reach = center.repeat_interleave(shape[1], dim=0), radius.repeat_interleave(shape[1])
    return _certified_minimum(flat, points, reach, p, steps, tolerance).view(shape)


def _surrogate(layers: Layers, center: Tensor, eps: Tensor, p: float | int, specification: Tensor) -> _Quadratic:
    """The convex function below each margin."""
    (W, b), (C, d) = layers[0], merged(layers[1], specification)
    lower, upper = (end[:, None] for end in first_interval(W, b, center, eps, p))
    lines = relu_relaxation(lower, upper)
    curved = (C > 0) & (lower < 0) & (upper > -lower / 2.0) & (upper < -2.0 * lower)
    width = torch.where(curved, upper - lower, 1.0)
    slope = torch.where(C > 0, lines.lower_slope, lines.upper_slope)
    slope = torch.where(curved, -lower / width, slope)
    intercept = torch.where(C > 0, lines.lower_intercept, lines.upper_intercept)
    curvature = torch.where(curved, C / width, 0.0)
    return _Quadratic(curvature, C * slope, (C * intercept).sum(-1) + d, W, b)


class _Search(NamedTuple):
    """The descents that still run, one per pair of image and row."""

    pair: Tensor
    function: _Quadratic
    center: Tensor
    eps: Tensor
    length: Tensor
    x: Tensor
    look: Tensor

    def only(self, which: Tensor) -> "_Search":
        """Those descents alone."""
        curvature, slope, offset = (part[which] for part in self.function[:3])
        function = self.function._replace(curvature=curvature, slope=slope, offset=offset)
        rest = {name: getattr(self, name)[which] for name in ("pair", "center", "eps", "length", "x", "look")}
        return _Search(function=function, **rest)


def _certified_minimum(
    function: _Quadratic, center: Tensor, eps: Tensor, p: float | int, steps: int, tolerance: float | int
) -> Tensor:
    """Best lower end of the duality gap along an accelerated projected gradient descent, pair by pair."""
    best = torch.full_like(function.offset, -math.inf)
    length = _step_length(function)[:, None]
    run = _Search(torch.arange(len(best), device=best.device), function, center, eps, length, center, center)
    momentum = 1.0
    for _ in range(steps):
        # phi is convex on the whole space, so the look-ahead point may leave the ball and still certify.
        value, gradient = run.function.value_and_gradient(run.look)
        certified = value + (gradient * (run.center - run.look)).sum(-1) - run.eps * dual_norm(gradient, p)
        best = best.index_copy(0, run.pair, torch.maximum(best[run.pair], certified))
        wide = run.function.value_and_gradient(run.x)[0] - best[run.pair] > tolerance * (1.0 + value.abs())
        if not bool(wide.any()):
            break
        following = project(run.look - run.length * gradient, run.center, run.eps, p)
        grown = (1.0 + math.sqrt(1.0 + 4.0 * momentum**2)) / 2.0
        look = following + (momentum - 1.0) / grown * (following - run.x)
        run = run._replace(x=following, look=look).only(wide)
        momentum = grown
    return best


def _step_length(function: _Quadratic) -> Tensor:
    """About 1 / L for the largest curvature L of phi, by power iteration; 1 where phi is linear."""
    v = function.slope @ function.W
    largest = torch.zeros_like(function.offset)
    for _ in range(_POWER_STEPS):
        v = v / torch.linalg.vector_norm(v, dim=-1, keepdim=True).clamp_min(torch.finfo(v.dtype).tiny)
        v = (2.0 * function.curvature * (v @ function.W.T)) @ function.W
        largest = torch.linalg.vector_norm(v, dim=-1)
    return torch.where(largest > 0, 0.9 / largest.clamp_min(torch.finfo(v.dtype).tiny), 1.0)
