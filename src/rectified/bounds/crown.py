"""CROWN and Fast-Lin: certified bounds of a network's outputs over a ball, from linear relaxations."""

from collections.abc import Callable, Sequence

import torch
from jaxtyping import Float
from torch import Tensor
from torch.utils.flop_counter import FlopCounterMode

from rectified.activations.elementwise import RELU, Activation
from rectified.bounds.ball import linear_extremes, radii
from rectified.bounds.interval import Interval, merged
from rectified.bounds.layerwise import (
    Balls,
    Intermediate,
    LinearFunction,
    NetworkBounds,
    Rows,
    Setting,
    hidden_bounds,
    output_bounds,
    shared_output_bounds,
)
from rectified.bounds.relaxations import LowerSlope
from rectified.networks import Layers, check_layers

__all__ = [
    "Intermediate",
    "LinearFunction",
    "NetworkBounds",
    "crown_bounds",
    "fast_lin_bounds",
    "multiply_adds",
]

# Images are taken together as long as one matrix for each fits here: the cache of a CPU, or the memory elsewhere.
_CPU_GROUP_BYTES = 2**21
_GROUP_BYTES = 2**31


def crown_bounds(
    layers: Layers,
    center: Float[Tensor, "batch d_in"],
    eps: float | int | Float[Tensor, " batch"],
    p: float | int,
    activation: Activation = RELU,
    *,
    slope: LowerSlope | Sequence[Tensor] = LowerSlope.ADAPTIVE,
    specification: Float[Tensor, "..."] | None = None,
    intermediate: Intermediate = Intermediate.CROWN,
    lower_only: bool = False,
    skip_decided: bool = True,
) -> NetworkBounds:
    r"""Linear functions of the input below and above the outputs, and their extremes over the ball.

    Layer by layer, each activation is sandwiched between two lines on the interval that its input can take; the lines
    are substituted backwards until only the input is left. If the lower function is
    :math:`A x + d`, then :math:`A x_0 + d - \varepsilon \|A\|_q` is a certified lower bound.

    Args:
        layers: Pairs (weight, bias), first to last.
        center: Centres x0 of the balls.
        eps: Radius, in units of the inputs; one for all or one for each.
        p: Exponent of the ball's norm: 1, 2 or infinity.
        activation: Between each two layers.
        slope: Lower line of an unstable ReLU: a rule, or one tensor per hidden layer, (width,) or (batch, width), with
            slopes in [0, 1]. The bounds are differentiable in these tensors.
        specification: Rows (specs, d_out) or (batch, specs, d_out) on the outputs, merged into the last layer;
            see :mod:`rectified.bounds.specifications`. Without it: every output.
        intermediate: Where the bounds of hidden layers come from.
        lower_only: Leave the upper bounds of the outputs out.
        skip_decided: Spend no backward pass on a hidden ReLU whose sign is settled by arithmetic on the lines of the
            layer before. Such a neuron is linear whatever its bounds, so the outputs' bounds are the same; its
            entry in ``hidden`` holds the cheaper, looser bounds.

    Returns:
        The bounds. Rounding is not accounted for: subtract a margin of about 1e-12 of the values in float64.

    Raises:
        ValueError: If shapes do not fit, p is not 1, 2 or infinity, or there are not as many slopes as hidden layers.

    Example:
        >>> layers = [(torch.tensor([[1.0], [-1.0]]), torch.zeros(2)), (torch.tensor([[1.0, 1.0]]), torch.zeros(1))]
        >>> bounds = crown_bounds(layers, torch.tensor([[0.5]]), 1.0, p=2)  # |x| on [-0.5, 1.5]
        >>> bounds.lower, bounds.upper
        (tensor([[-0.5000]]), tensor([[1.5000]]))

    Source:
        [zhang2018efficient], Theorem 3.2 and Corollary 3.3.
    """
    widths = check_layers(layers)
    slopes = _slope_per_layer(slope, layers)
    balls = Balls(center, radii(eps, center), p, _groups(widths, center))
    last = layers[-1] if specification is None else merged(layers[-1], specification)
    if len(layers) == 1:
        return _network_bounds([], _one_layer(last if lower_only else _with_negatives(last), balls), lower_only)
    boxes, stages = hidden_bounds(layers[:-1], balls, slopes, Setting(activation, intermediate, skip_decided))
    rows = output_bounds(last if lower_only else _with_negatives(last), balls, stages)
    return _network_bounds(boxes, rows, lower_only)


def fast_lin_bounds(
    layers: Layers,
    center: Float[Tensor, "batch d_in"],
    eps: float | int | Float[Tensor, " batch"],
    p: float | int,
    activation: Activation = RELU,
    *,
    specification: Float[Tensor, "..."] | None = None,
    lower_only: bool = False,
    skip_decided: bool = True,
) -> NetworkBounds:
    """The bounds of Fast-Lin: those of CROWN with parallel lines on every unstable ReLU.

    With parallel lines the lower and the upper function of a row share their slopes, so that one backward pass gives
    both bounds, where ``crown_bounds`` needs two. ``crown_bounds`` with ``LowerSlope.PARALLEL`` has the same bounds.

    Args:
        layers: Pairs (weight, bias), first to last.
        center: Centres x0 of the balls.
        eps: Radius, in units of the inputs; one for all or one for each.
        p: Exponent of the ball's norm: 1, 2 or infinity.
        activation: Must be the ReLU.
        specification: Rows on the outputs, as in ``crown_bounds``.
        lower_only: Leave the upper bounds of the outputs out.
        skip_decided: As in ``crown_bounds``.

    Returns:
        The bounds.

    Raises:
        ValueError: If the activation is not the ReLU.

    Source:
        [weng2018towards], Fast-Lin; [zhang2018efficient], the lines for the ReLU.
    """
    if activation != RELU:
        raise ValueError(f"activation is {activation.name}; expected relu, the only one with parallel lines")
    widths = check_layers(layers)
    balls = Balls(center, radii(eps, center), p, _groups(widths, center))
    last = layers[-1] if specification is None else merged(layers[-1], specification)
    if len(layers) == 1:
        return _network_bounds([], _one_layer(last if lower_only else _with_negatives(last), balls), lower_only)
    setting = Setting(activation, Intermediate.CROWN, skip_decided, shares_slopes=True)
    boxes, stages = hidden_bounds(layers[:-1], balls, [LowerSlope.PARALLEL] * (len(layers) - 1), setting)
    (lowest, below), (highest, above) = shared_output_bounds(last, balls, stages)
    if lower_only:
        return NetworkBounds(tuple(boxes), lowest, None, below, None)
    return NetworkBounds(tuple(boxes), lowest, highest, below, above)


def multiply_adds(computation: Callable[[], object]) -> int:
    """Multiply-adds of the matrix products which a computation really performs.

    Every matrix product that reaches torch while the computation runs is counted by its size. Elementwise work is
    not counted.

    Args:
        computation: Called once, without arguments.

    Returns:
        The number of multiply-adds.

    Example:
        >>> multiply_adds(lambda: torch.ones(2, 3) @ torch.ones(3, 5))
        30
    """
    with FlopCounterMode(display=False) as counter:
        computation()
    return int(counter.get_total_flops()) // 2


def _slope_per_layer(slope: LowerSlope | Sequence[Tensor], layers: Layers) -> list[LowerSlope | Tensor]:
    if isinstance(slope, LowerSlope):
        return [slope] * (len(layers) - 1)
    if len(slope) != len(layers) - 1:
        raise ValueError(f"slope has {len(slope)} tensors; expected {len(layers) - 1}, one per hidden layer")
    return list(slope)


def _groups(widths: list[int], center: Tensor) -> list[slice]:
    """The images, cut into groups that fit into the cache together."""
    largest = max(widths[1:-1], default=1) * max(widths[:-1]) * center.element_size()
    size = max(1, (_CPU_GROUP_BYTES if center.device.type == "cpu" else _GROUP_BYTES) // largest)
    batch = center.shape[0]
    return [slice(start, min(start + size, batch)) for start in range(0, batch, size)]


def _with_negatives(layer: tuple[Tensor, Tensor]) -> tuple[Tensor, Tensor]:
    """The rows and then their negatives: a lower bound of the negative is minus an upper bound."""
    W, b = layer
    return torch.cat([W, -W], dim=-2), torch.cat([b, -b], dim=-1)


def _one_layer(last: tuple[Tensor, Tensor], balls: Balls) -> Rows:
    """Without a hidden layer the outputs are linear functions themselves."""
    W, b = last
    function = LinearFunction(W.expand(balls.center.shape[0], -1, -1), b.expand(balls.center.shape[0], -1))
    return Rows(linear_extremes(*function, balls.center[:, None], balls.eps[:, None], balls.p)[0], function)


def _network_bounds(boxes: Sequence[Interval], rows: Rows, lower_only: bool) -> NetworkBounds:
    """The result; unless only lower bounds were asked for, the second half of the rows are the negatives."""
    lowest, (slope, offset) = rows
    if lower_only:
        return NetworkBounds(tuple(boxes), lowest, None, LinearFunction(slope, offset), None)
    count = lowest.shape[1] // 2
    return NetworkBounds(
        tuple(boxes),
        lowest[:, :count],
        -lowest[:, count:],
        LinearFunction(slope[:, :count], offset[:, :count]),
        LinearFunction(-slope[:, count:], -offset[:, count:]),
    )
