"""Cells of parameter space: where no pre-activation of any example crosses a knot of the activation."""

import torch
from jaxtyping import Bool, Float, Int64
from torch import Tensor

from rectified.landscape.piecewise import PiecewiseLinear
from rectified.landscape.risk import StackedLayers, flattened, hidden_pre_activations, unflattened

MOST_HALVINGS = 60  # of a perturbation that leaves the cell: any cell holds one a quintillion times smaller


def piece_pattern(
    layers: StackedLayers, inputs: Float[Tensor, "samples d_in"], activation: PiecewiseLinear
) -> Int64[Tensor, "*stack samples neurons"]:
    """In which piece of the activation every hidden unit works on every example.

    All networks of a cell share it. With one hidden layer it names the cell, a product of convex cones; deeper networks
    of one pattern may lie in several cells.

    Args:
        layers: Pairs (weight, bias), first to last.
        inputs: The examples.
        activation: Between each two layers.

    Returns:
        Indices of pieces, from 0 on the left, hidden layers one after another.

    Raises:
        ValueError: If layers and inputs do not fit, or there is no hidden layer.

    Source:
        [he2020piecewise], abstract: cells on which the risk is smooth and the network multilinear.
    """
    found = hidden_pre_activations(layers, inputs, activation)
    if not found:
        raise ValueError("layers holds one affine layer; expected at least one hidden layer, else there are no cells")
    return torch.cat([activation.piece_index(z) for z in found], dim=-1)


def cell_margin(
    layers: StackedLayers, inputs: Float[Tensor, "samples d_in"], activation: PiecewiseLinear
) -> Float[Tensor, "*stack"]:
    """Smallest distance of a hidden pre-activation on an example to a knot: 0 on the boundary of the cell.

    Args:
        layers: Pairs (weight, bias), first to last.
        inputs: The examples.
        activation: Between each two layers.

    Returns:
        One distance for each leading index, infinite where the activation has no knot.

    Raises:
        ValueError: If layers and inputs do not fit, or there is no hidden layer.
    """
    found = hidden_pre_activations(layers, inputs, activation)
    if not found:
        raise ValueError("layers holds one affine layer; expected at least one hidden layer, else there are no cells")
    return torch.cat([activation.distance(z) for z in found], dim=-1).amin(dim=(-2, -1))


def same_cell(
    first: StackedLayers, second: StackedLayers, inputs: Float[Tensor, "samples d_in"], activation: PiecewiseLinear
) -> Bool[Tensor, "*stack"]:
    """Whether two networks of one shape have the same pattern on every example, as two networks of one cell have.

    Args:
        first: Pairs (weight, bias).
        second: The same, perhaps with other leading dimensions, which are broadcast.
        inputs: The examples.
        activation: Between each two layers.

    Returns:
        One truth value for each leading index.

    Raises:
        ValueError: If layers and inputs do not fit.
    """
    return (piece_pattern(first, inputs, activation) == piece_pattern(second, inputs, activation)).all(-1).all(-1)


def perturbed_inside_cell(
    layers: StackedLayers,
    inputs: Float[Tensor, "samples d_in"],
    activation: PiecewiseLinear,
    draws: int,
    generator: torch.Generator,
    *,
    smallest: float = 1e-6,
    largest: float = 5e-3,
) -> list[tuple[Tensor, Tensor]]:
    """Many random perturbations of one network that stay in its cell.

    Directions are uniform on the sphere of all parameters, lengths log-uniform; one that leaves the cell is halved
    until it does not.

    Args:
        layers: Pairs (weight, bias) of one network.
        inputs: The examples.
        activation: Between each two layers.
        draws: Number of perturbations.
        generator: Source of directions and lengths.
        smallest: Shortest length.
        largest: Longest length.

    Returns:
        A stack of ``draws`` networks.

    Raises:
        ValueError: If the network lies on a boundary of its cell, or shapes do not fit.
    """
    if not bool(cell_margin(layers, inputs, activation) > 0.0):
        raise ValueError("layers lies on a boundary of its cell; expected every pre-activation off the knots")
    start, widths = flattened(layers), [inputs.shape[1], *(len(b) for _, b in layers)]
    step = torch.randn(draws, len(start), generator=generator, dtype=torch.float64)
    length = smallest * (largest / smallest) ** torch.rand(draws, 1, generator=generator, dtype=torch.float64)
    step *= length / step.norm(dim=1, keepdim=True)
    home = piece_pattern(layers, inputs, activation)
    for _ in range(MOST_HALVINGS):
        moved = unflattened(start + step, widths)
        outside = (piece_pattern(moved, inputs, activation) != home).any(-1).any(-1)
        if not bool(outside.any()):
            return moved
        step[outside] /= 2
    raise ValueError("layers lies within rounding of a boundary of its cell; expected a positive margin")
