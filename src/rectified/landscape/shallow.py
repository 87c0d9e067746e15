r"""Networks with one hidden layer and one output, many at once: :math:`f(x) = \sum_j v_j h(w_j \cdot x)`.

A bias is one more weight: append a one to every input (:func:`rectified.landscape.affine.with_ones`).
"""

from typing import NamedTuple

import torch
from jaxtyping import Float, Int8
from torch import Tensor

from rectified.landscape.piecewise import PiecewiseLinear


class ShallowNets(NamedTuple):
    """A stack of networks of one width.

    Attributes:
        inner: Weights of the hidden units.
        outer: Weights of the output.
    """

    inner: Float[Tensor, "*stack width d_in"]
    outer: Float[Tensor, "*stack width"]


def random_nets(count: int, width: int, d_in: int, generator: torch.Generator, *, spread: float = 1.0) -> ShallowNets:
    """Networks with Gaussian weights.

    Args:
        count: How many.
        width: Hidden units of each.
        d_in: Inputs, the constant one included.
        generator: Source of the weights.
        spread: Standard deviation of every weight.

    Returns:
        The stack, float64.

    Raises:
        ValueError: If a number is not positive.
    """
    if min(count, width, d_in) < 1 or not spread > 0.0:
        raise ValueError(f"count, width, d_in and spread must be positive; got {count}, {width}, {d_in} and {spread}")
    inner = torch.randn(count, width, d_in, generator=generator, dtype=torch.float64)
    return ShallowNets(spread * inner, spread * torch.randn(count, width, generator=generator, dtype=torch.float64))


def check_homogeneous(activation: PiecewiseLinear) -> tuple[float, float]:
    """The slopes left and right of zero of a function with one knot, at zero, and value 0 there.

    Args:
        activation: Such as ReLU, leaky ReLU, absolute value, or the identity.

    Returns:
        Both slopes.

    Raises:
        ValueError: If there is another knot, or another value at zero: then cells are not cones.
    """
    if activation.knots not in ((), (0.0,)) or activation.anchor != 0.0:
        raise ValueError(
            f"activation {activation.name!r} has knots {activation.knots} and anchor {activation.anchor}; expected one "
            "knot, at 0, and value 0 there, since only then the cells are cones"
        )
    return activation.slopes[0], activation.slopes[-1]


def shallow_predictions(
    nets: ShallowNets, features: Float[Tensor, "samples d_in"], activation: PiecewiseLinear
) -> Float[Tensor, "*stack samples"]:
    """The outputs on every example.

    Args:
        nets: The networks.
        features: The examples, with a one appended where there is a bias.
        activation: Of the hidden units.

    Returns:
        One row for each network.

    Raises:
        ValueError: If shapes or dtypes do not fit.
    """
    _check(nets, features)
    hidden = activation.value(nets.inner @ features.T)
    return (nets.outer[..., None, :] @ hidden)[..., 0, :]


def shallow_risk(
    nets: ShallowNets,
    features: Float[Tensor, "samples d_in"],
    targets: Float[Tensor, " samples"],
    activation: PiecewiseLinear,
) -> Float[Tensor, "*stack"]:
    """Half the mean squared error of every network.

    Args:
        nets: The networks.
        features: The examples.
        targets: Their labels.
        activation: Of the hidden units.

    Returns:
        One risk for each network.

    Raises:
        ValueError: If shapes or dtypes do not fit.
    """
    return (shallow_predictions(nets, features, activation) - targets).square().mean(-1) / 2


def unit_signs(nets: ShallowNets, features: Float[Tensor, "samples d_in"]) -> Int8[Tensor, "*stack width samples"]:
    """The cell of every network: on which side of zero each unit sees each example; zero counts as -1.

    Args:
        nets: The networks.
        features: The examples.

    Returns:
        Entries -1 and 1.

    Raises:
        ValueError: If shapes or dtypes do not fit.
    """
    _check(nets, features)
    return torch.where(nets.inner @ features.T > 0.0, 1, -1).to(torch.int8)


def shallow_margin(nets: ShallowNets, features: Float[Tensor, "samples d_in"]) -> Float[Tensor, "*stack"]:
    """Smallest distance of a pre-activation to zero, for each network: 0 on the boundary of its cell.

    Args:
        nets: The networks.
        features: The examples.

    Returns:
        One distance for each network.

    Raises:
        ValueError: If shapes or dtypes do not fit.
    """
    _check(nets, features)
    return (nets.inner @ features.T).abs().amin(dim=(-2, -1))


def shallow_gradient(
    nets: ShallowNets,
    features: Float[Tensor, "samples d_in"],
    targets: Float[Tensor, " samples"],
    activation: PiecewiseLinear,
) -> ShallowNets:
    """Gradient of the risk of every network in its own weights; at a knot the slope on its left is taken.

    Args:
        nets: The networks.
        features: The examples.
        targets: Their labels.
        activation: Of the hidden units.

    Returns:
        The gradient, shaped as the weights.

    Raises:
        ValueError: If shapes or dtypes do not fit.
    """
    _check(nets, features)
    return unchecked_gradient(nets, features, targets, activation)


def unchecked_gradient(
    nets: ShallowNets, features: Tensor, targets: Tensor, activation: PiecewiseLinear
) -> ShallowNets:
    """As :func:`shallow_gradient`, without the checks: for loops that have made them.

    Args:
        nets: The networks.
        features: The examples.
        targets: Their labels.
        activation: Of the hidden units.

    Returns:
        The gradient.
    """
    z = nets.inner @ features.T
    hidden = activation.value(z)
    residual = ((nets.outer[..., None, :] @ hidden) - targets).div_(len(targets))
    slope = activation.derivative(z).mul_(residual).mul_(nets.outer[..., None])
    return ShallowNets(slope @ features, (hidden @ residual.mT)[..., 0])


def _check(nets: ShallowNets, features: Tensor) -> None:
    inner, outer = nets
    if inner.ndim < 2 or outer.shape != inner.shape[:-1]:
        raise ValueError(
            f"nets has inner weights {tuple(inner.shape)} and outer weights {tuple(outer.shape)}; expected "
            "(*stack, width, d_in) and (*stack, width)"
        )
    if features.ndim != 2 or features.shape[1] != inner.shape[-1]:
        raise ValueError(f"features has shape {tuple(features.shape)}; expected (samples, {inner.shape[-1]})")
    if {inner.dtype, outer.dtype, features.dtype} != {torch.float64}:
        raise ValueError(f"nets and features are {inner.dtype}, {outer.dtype} and {features.dtype}; expected float64")
