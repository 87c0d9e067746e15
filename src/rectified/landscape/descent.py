"""Gradient descent of many small networks at once, and what it takes to end at a local minimum to many digits."""

from typing import NamedTuple

import torch
from jaxtyping import Bool, Float
from torch import Tensor

from rectified.landscape.piecewise import PiecewiseLinear
from rectified.landscape.shallow import (
    ShallowNets,
    shallow_gradient,
    shallow_margin,
    shallow_risk,
    unchecked_gradient,
    unit_signs,
)

LEAST_DAMPING, MOST_DAMPING = 1e-14, 1e8  # of Levenberg-Marquardt steps: from Gauss-Newton to a standstill


class Descent(NamedTuple):
    """Where the runs are after each recorded step.

    Attributes:
        nets: The networks at the end.
        steps: Numbers of the recorded steps, the start being 0.
        history: The networks at these steps, one more leading dimension; None where no step was recorded.
    """

    nets: ShallowNets
    steps: list[int]
    history: ShallowNets | None


def descended(
    nets: ShallowNets,
    features: Float[Tensor, "samples d_in"],
    targets: Float[Tensor, " samples"],
    activation: PiecewiseLinear,
    *,
    learning_rate: float,
    steps: int,
    record_at: tuple[int, ...] = (),
) -> Descent:
    """Plain gradient descent with a constant learning rate on half the mean squared error.

    Args:
        nets: Where the runs start.
        features: The examples.
        targets: Their labels.
        activation: Of the hidden units.
        learning_rate: Positive.
        steps: How many.
        record_at: After which steps to keep the weights, 0 being the start.

    Returns:
        The networks at the end and at the recorded steps.

    Raises:
        ValueError: If the learning rate is not positive, or a run leaves all bounds: the learning rate is too large.
    """
    if not learning_rate > 0.0 or steps < 0:
        raise ValueError(f"learning_rate and steps must be positive; got {learning_rate} and {steps}")
    shallow_gradient(nets, features, targets, activation)  # refuses what does not fit
    inner, outer = nets.inner.clone(), nets.outer.clone()
    kept, numbers = [], sorted(set(record_at) & set(range(steps + 1)))
    for step in range(steps + 1):
        if step in numbers:
            kept.append(ShallowNets(inner.clone(), outer.clone()))
        if step < steps:
            gradient = unchecked_gradient(ShallowNets(inner, outer), features, targets, activation)
            inner.sub_(gradient.inner, alpha=learning_rate)
            outer.sub_(gradient.outer, alpha=learning_rate)
    if not bool(torch.isfinite(inner).all() & torch.isfinite(outer).all()):
        raise ValueError(f"learning_rate is {learning_rate}, at which a run diverges; expected a smaller one")
    history = ShallowNets(torch.stack([n.inner for n in kept]), torch.stack([n.outer for n in kept])) if kept else None
    return Descent(ShallowNets(inner, outer), numbers, history)


class Settled(NamedTuple):
    """Runs that were led to the bottom of their cell, as far as it has one.

    Attributes:
        nets: The networks.
        risks: Their risks.
        gradient: Euclidean norm of the gradient of each.
        margins: Distance of the nearest pre-activation to zero.
    """

    nets: ShallowNets
    risks: Float[Tensor, " runs"]
    gradient: Float[Tensor, " runs"]
    margins: Float[Tensor, " runs"]

    def is_minimum(self, gradient: float, margin: float) -> Bool[Tensor, " runs"]:
        """Which runs ended with a gradient below ``gradient`` and farther than ``margin`` from every boundary."""
        return (self.gradient < gradient) & (self.margins > margin)


def settled(
    nets: ShallowNets,
    features: Float[Tensor, "samples d_in"],
    targets: Float[Tensor, " samples"],
    activation: PiecewiseLinear,
    *,
    steps: int = 200,
) -> Settled:
    """Levenberg-Marquardt steps, taken only where the risk does not rise and the network stays in its cell.

    Near a minimum inside the cell the steps converge fast. Where the cell has its minimum on its boundary, they end
    near it with a gradient that is not small.

    Args:
        nets: Where to start, (runs, width, d_in) and (runs, width).
        features: The examples.
        targets: Their labels.
        activation: Of the hidden units.
        steps: Number of trials.

    Returns:
        The networks with risk, gradient and margin.

    Raises:
        ValueError: If shapes or dtypes do not fit.

    Source:
        [levenberg1944method], the damped step; staying in the cell is own.
    """
    count, width, d_in = nets.inner.shape
    weights = torch.cat([nets.inner.flatten(1), nets.outer], dim=1)
    home, risk = unit_signs(nets, features), shallow_risk(nets, features, targets, activation)
    damping = torch.full((count,), 1e-3, dtype=torch.float64)
    for _ in range(steps):
        now = _nets(weights, width, d_in)
        slope = shallow_gradient(now, features, targets, activation)
        gradient = torch.cat([slope.inner.flatten(1), slope.outer], dim=1)
        J = _jacobian(now, features, activation)
        system = J.mT @ J / len(targets) + damping[:, None, None] * torch.eye(weights.shape[1], dtype=torch.float64)
        trial = weights - torch.linalg.solve(system, gradient)
        moved = _nets(trial, width, d_in)
        lower = shallow_risk(moved, features, targets, activation)
        stays = (unit_signs(moved, features) == home).flatten(1).all(1) | (not activation.knots)
        taken = (lower <= risk) & stays
        weights, risk = torch.where(taken[:, None], trial, weights), torch.where(taken, lower, risk)
        damping = torch.where(taken, damping / 5, damping * 4).clamp(LEAST_DAMPING, MOST_DAMPING)
    now = _nets(weights, width, d_in)
    slope = shallow_gradient(now, features, targets, activation)
    size = torch.cat([slope.inner.flatten(1), slope.outer], dim=1).norm(dim=1)
    return Settled(now, risk, size, shallow_margin(now, features))


def _nets(weights: Tensor, width: int, d_in: int) -> ShallowNets:
    return ShallowNets(weights[:, : width * d_in].reshape(-1, width, d_in), weights[:, width * d_in :])


def _jacobian(nets: ShallowNets, features: Tensor, activation: PiecewiseLinear) -> Tensor:
    """Derivatives of the predictions in all weights, (runs, samples, params)."""
    z = nets.inner @ features.T
    carried = nets.outer[..., None] * activation.derivative(z)
    inner = torch.einsum("rws,sd->rswd", carried, features).flatten(2)
    return torch.cat([inner, activation.value(z).mT], dim=2)
