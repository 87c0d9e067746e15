"""One kink that lowers the risk of the best affine map, and the network that has it."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor

from rectified.landscape.affine import AffineFit, with_ones
from rectified.landscape.constructed import WorkingPoints, carrier_network, working_points
from rectified.landscape.losses import SQUARED, Loss, mean_loss
from rectified.landscape.piecewise import PiecewiseLinear
from rectified.least_squares import affine_basis, affine_least_squares

MOST_CANDIDATES = 10_000  # hinges that are compared: pairs of examples times thresholds
BISECTIONS = 100  # of the interval of strengths, which float64 exhausts after about sixty
LEAST_SHAPE = 1e-9  # of a hinge's square: a shape below is rounding of the affine part, and gets no credit for more
LEAST_GAIN = 1e-20  # of the targets' square: rounding of the residuals leaves about 1e-30
LARGEST_STRENGTH = 1e6  # of a kink of size one; beyond, the risk has no minimum along it


class Kink(NamedTuple):
    r"""A unit whose output bends on the data, and what it can do.

    Attributes:
        weight: Of the unit, so that its pre-activation crosses one knot between two examples.
        bias: Its bias.
        shape: Its output on the data minus the best affine fit of that output.
        affine: Coefficients of that affine fit.
        output: Index of the network's output that it is added to.
        strength: The factor of least risk.
        decrease: By how much the risk then falls.
    """

    weight: Float[Tensor, " d_in"]
    bias: Float[Tensor, ""]
    shape: Float[Tensor, " samples"]
    affine: Float[Tensor, " d_in_plus_one"]
    output: int
    strength: float
    decrease: float


def best_kink(
    fit: AffineFit,
    inputs: Float[Tensor, "samples d_in"],
    targets: Float[Tensor, "samples d_out"],
    activation: PiecewiseLinear,
    loss: Loss,
) -> Kink:
    r"""The hinge, among those between examples, that lowers the risk of the affine fit most at second order.

    For the squared loss the best strength is :math:`-r \cdot \kappa / \kappa \cdot \kappa` and the risk falls by
    exactly :math:`(r \cdot \kappa)^2 / (2 n\, \kappa \cdot \kappa)`, where :math:`\kappa` is the shape and r the
    residuals. For other losses the strength is found by bisection of the derivative, which increases.

    Args:
        fit: The best affine map.
        inputs: The examples, distinct.
        targets: Their labels.
        activation: With at least one knot where the slope changes.
        loss: Of one prediction and one label.

    Returns:
        The kink.

    Raises:
        ValueError: If the activation has no bend, or no hinge changes the risk (the affine fit is exact, or all
            examples are equal).

    Source:
        [yun2019small] for one hidden layer; [he2020piecewise], main theorem; the formula is re-derived.
    """
    if not activation.bends:
        raise ValueError(f"activation {activation.name!r} is linear; expected a knot where the slope changes")
    direction, threshold = _candidates(inputs)
    hinges = (inputs @ direction.T - threshold).clamp_min(0.0)
    Q = affine_basis(inputs)
    shapes = hinges - Q @ (Q.T @ hinges)
    sizes = shapes.square().sum(0)
    gain = (fit.residuals.T @ shapes) ** 2 / sizes.clamp_min(LEAST_SHAPE * hinges.square().sum(0).clamp_min(1e-300))
    if gain.numel() == 0 or not gain.max() > LEAST_GAIN * targets.square().sum():
        raise ValueError("no hinge changes the risk: the affine map fits the targets exactly, or all inputs are equal")
    output, best = divmod(int(gain.argmax()), gain.shape[1])
    weight, bias = _unit(inputs, direction[best], threshold[best], activation)
    raw = activation.value(inputs @ weight + bias)
    affine = affine_least_squares(inputs, raw[:, None])[:, 0]
    shape = raw - with_ones(inputs) @ affine
    strength = _best_strength(fit, shape, targets, output, loss)
    moved = fit.predictions.clone()
    moved[:, output] += strength * shape
    decrease = fit.risk - mean_loss(moved, targets, loss).item()
    if loss is SQUARED:  # the closed form: no difference of two risks
        decrease = float((fit.residuals[:, output] @ shape) ** 2 / (2 * len(inputs) * shape @ shape))
    return Kink(weight, bias, shape, affine, output, strength, decrease)


def kink_network(
    fit: AffineFit,
    kink: Kink,
    inputs: Float[Tensor, "samples d_in"],
    hidden: Sequence[int],
    activation: PiecewiseLinear,
    *,
    strength: float | None = None,
    points: WorkingPoints | None = None,
) -> list[tuple[Tensor, Tensor]]:
    """The network that computes the affine fit plus ``strength`` times the shape of the kink.

    The first idle unit of the first hidden layer makes the kink. It enters the carrier of its output one layer above
    (or the output itself), and the carriers take its affine part away again.

    Args:
        fit: The best affine map.
        kink: The kink.
        inputs: The examples.
        hidden: Widths of the hidden layers, each above the number of outputs.
        activation: Between each two layers.
        strength: Factor of the kink; None takes the best.
        points: Working points; None takes those that have room for this strength.

    Returns:
        Pairs (weight, bias), first to last.

    Raises:
        ValueError: If a width is too small.

    Source:
        [he2020piecewise], main theorem; the construction is re-derived.
    """
    strength = kink.strength if strength is None else strength
    points = kink_working_points(fit, kink, inputs, hidden, activation, strength) if points is None else points
    piece, idle = activation.carrying_piece, fit.predictions.shape[1]
    B = fit.coefficients.clone()
    B[:, kink.output] -= strength * kink.affine
    layers = [(W.clone(), b.clone()) for W, b in carrier_network(B, points, piece)]
    layers[0][0][idle], layers[0][1][idle] = kink.weight, kink.bias
    amplitude = points.amplitudes[1][kink.output] if len(hidden) > 1 else 1.0
    layers[1][0][kink.output, idle] = amplitude * strength
    return layers


def kink_working_points(
    fit: AffineFit,
    kink: Kink,
    inputs: Float[Tensor, "samples d_in"],
    hidden: Sequence[int],
    activation: PiecewiseLinear,
    strength: float,
) -> WorkingPoints:
    """Working points at which all carriers stay inside their piece for every strength from 0 to ``strength``.

    Args:
        fit: The best affine map.
        kink: The kink.
        inputs: The examples.
        hidden: Widths of the hidden layers.
        activation: Between each two layers.
        strength: The largest factor of the kink.

    Returns:
        The working points.

    Raises:
        ValueError: If a width is too small.
    """
    without, after = fit.predictions.clone(), fit.predictions.clone()
    without[:, kink.output] -= strength * (with_ones(inputs) @ kink.affine)
    after[:, kink.output] += strength * kink.shape
    below, above = (torch.maximum(fit.predictions.abs(), other.abs()) for other in (without, after))
    return working_points([below, *[above] * (len(hidden) - 1)], hidden, activation)


def _candidates(inputs: Tensor) -> tuple[Tensor, Tensor]:
    """Unit directions between pairs of examples, and thresholds half way between two neighbouring projections."""
    pairs = torch.combinations(torch.arange(len(inputs)))
    difference = inputs[pairs[:, 1]] - inputs[pairs[:, 0]]
    length = difference.norm(dim=1)
    difference = difference[length > 0] / length[length > 0, None]
    difference = difference[:: max(1, len(difference) * len(inputs) // MOST_CANDIDATES)]
    along = (difference @ inputs.T).sort(dim=1).values
    threshold = (along[:, 1:] + along[:, :-1]) / 2
    return difference.repeat_interleave(threshold.shape[1], dim=0), threshold.flatten()


def _unit(inputs: Tensor, direction: Tensor, threshold: Tensor, activation: PiecewiseLinear) -> tuple[Tensor, Tensor]:
    """Weight and bias of a unit that crosses the sharpest knot at the threshold, and no other knot on the data."""
    knots, slopes = activation.knots, activation.slopes
    idx = max(activation.bends, key=lambda knot: abs(slopes[knot + 1] - slopes[knot]))
    reach = min([abs(other - knots[idx]) for other in knots if other != knots[idx]], default=2.0)
    size = reach / (2.0 * (inputs @ direction - threshold).abs().max())
    return size * direction, knots[idx] - size * threshold


def _best_strength(fit: AffineFit, shape: Tensor, targets: Tensor, output: int, loss: Loss) -> float:
    """Where the risk is least along the kink."""
    prediction, target = fit.predictions[:, output], targets[:, output]
    if loss is SQUARED:
        return float(-(fit.residuals[:, output] @ shape) / (shape @ shape))

    def slope(strength: float) -> float:
        return float(loss.derivative(prediction + strength * shape, target) @ shape)

    return _root(slope, -1.0 if slope(0.0) > 0 else 1.0)


def _root(slope: Callable[[float], float], end: float) -> float:
    """The zero of an increasing function between 0 and a multiple of ``end``.

    Raises:
        ValueError: If it has the same sign everywhere.
    """
    while slope(end) * end <= 0:
        end *= 2.0
        if abs(end) > LARGEST_STRENGTH:
            raise ValueError(
                "the risk falls along the kink without end: labels that one kink separates have no best strength"
            )
    start = 0.0
    for _ in range(BISECTIONS):
        middle = (start + end) / 2
        start, end = (middle, end) if slope(middle) * end < 0 else (start, middle)
    return end
