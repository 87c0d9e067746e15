"""Straight moves of one layer's parameters: differences of predictions and risk inside a cell and across a boundary."""

import itertools
from collections.abc import Sequence
from typing import NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor

from rectified.landscape.losses import SQUARED, mean_loss
from rectified.landscape.piecewise import PiecewiseLinear
from rectified.landscape.risk import hidden_pre_activations, predictions, unflattened

BISECTIONS = 60  # of the distance to a crossing: float64 exhausts them
FARTHEST = 1e3  # where the search for a crossing gives up


class LayerMoves(NamedTuple):
    """Random networks, and for each a direction in the parameters of one layer.

    Attributes:
        start: All parameters of each network.
        direction: Zero outside one layer, of length one.
        widths: Of the networks.
    """

    start: Float[Tensor, "moves params"]
    direction: Float[Tensor, "moves params"]
    widths: list[int]

    def at(self, distance: Tensor) -> list[tuple[Tensor, Tensor]]:
        """The stack of networks after moving each by its own distance."""
        return unflattened(self.start + distance[:, None] * self.direction, self.widths)


def random_layer_moves(widths: Sequence[int], layers: Sequence[int], generator: torch.Generator) -> LayerMoves:
    """Gaussian networks with weights of variance one over the inputs of their layer, and random directions.

    Args:
        widths: ``[d_in, width, ..., d_out]``.
        layers: One entry per network: in which layer, counted from 0, it moves.
        generator: Source of networks and directions.

    Returns:
        The moves.

    Raises:
        ValueError: If a layer does not exist.
    """
    depth = len(widths) - 1
    if depth < 2 or not all(0 <= layer < depth for layer in layers):
        raise ValueError(
            f"layers holds {min(layers)} to {max(layers)}; expected 0 to {depth - 1} for widths {list(widths)}"
        )
    starts, owners = [], []
    for layer, (d_in, d_out) in enumerate(itertools.pairwise(widths)):
        draw = torch.randn(len(layers), d_out * (d_in + 1), generator=generator, dtype=torch.float64)
        starts.append(draw / d_in**0.5)
        owners += [layer] * (d_out * (d_in + 1))
    start = torch.cat(starts, dim=1)
    mask = torch.tensor(layers, dtype=torch.int64)[:, None] == torch.tensor(owners, dtype=torch.int64)
    direction = torch.randn(start.shape, generator=generator, dtype=torch.float64) * mask
    return LayerMoves(start, direction / direction.norm(dim=1, keepdim=True), list(widths))


def mixed(moves: LayerMoves) -> LayerMoves:
    """The same networks, each moved along its own direction and that of the one before it, together.

    Args:
        moves: Of which neighbours move different layers; the first comes after the last.

    Returns:
        Moves of two layers at once, along which predictions are not affine.
    """
    both = moves.direction + moves.direction.roll(1, 0)
    return moves._replace(direction=both / both.norm(dim=1, keepdim=True))


class InsideDifferences(NamedTuple):
    """Differences along moves that stay in their cell.

    Attributes:
        second: Largest absolute second difference of a prediction.
        third: Absolute third difference of the squared risk.
        step: The step that was taken.
    """

    second: Float[Tensor, " moves"]
    third: Float[Tensor, " moves"]
    step: Float[Tensor, " moves"]


def differences_inside(
    moves: LayerMoves,
    inputs: Float[Tensor, "samples d_in"],
    targets: Float[Tensor, "samples d_out"],
    activation: PiecewiseLinear,
    *,
    step: float = 0.1,
) -> InsideDifferences:
    """Differences over four equally spaced points of each move, which are zero where the cell is multilinear.

    A step is halved until the first and the last point have one pattern. Then the points between have it too: the moved
    layer's pre-activations are affine along the move, hence of one sign, and so on through the layers above.

    Args:
        moves: Networks and directions.
        inputs: The examples.
        targets: Their labels, for the risk.
        activation: Between each two layers.
        step: The largest distance between two points.

    Returns:
        Second and third differences, and the steps.

    Raises:
        ValueError: If shapes do not fit.

    Source:
        [he2020piecewise], abstract: smooth and multilinear cells.
    """
    sizes = torch.full((len(moves.start),), step, dtype=torch.float64)
    home = _pattern(moves, 0 * sizes, inputs, activation)
    for _ in range(BISECTIONS):
        leaves = (_pattern(moves, 3 * sizes, inputs, activation) != home).any(-1).any(-1)
        sizes = torch.where(leaves, sizes / 2, sizes)
    first, second, third, fourth = (predictions(moves.at(k * sizes), inputs, activation) for k in range(4))
    risks = [mean_loss(outputs, targets, SQUARED) for outputs in (first, second, third, fourth)]
    bend = torch.maximum((first - 2 * second + third).abs(), (second - 2 * third + fourth).abs())
    return InsideDifferences(bend.amax(dim=(-2, -1)), (risks[3] - 3 * risks[2] + 3 * risks[1] - risks[0]).abs(), sizes)


def bends_across(
    moves: LayerMoves, inputs: Float[Tensor, "samples d_in"], activation: PiecewiseLinear, *, step: float = 0.1
) -> Float[Tensor, " crossings"]:
    """Largest absolute second difference of a prediction, centred where each move crosses a boundary of its cell.

    Args:
        moves: Networks and directions in a layer below the last, which crosses no boundary.
        inputs: The examples.
        activation: Between each two layers.
        step: Distance from the crossing to both sides.

    Returns:
        One number for each move that crosses a boundary within the distance ``FARTHEST``; the others are left out.

    Raises:
        ValueError: If no move crosses a boundary.

    Source:
        [he2020piecewise], abstract: the boundaries of the cells are not differentiable.
    """
    crossing = _crossings(moves, inputs, activation, step)
    if not bool(crossing.isfinite().any()):
        raise ValueError(f"moves: none of {len(crossing)} crosses a boundary; expected layers below the last")
    outputs = [
        predictions(moves.at(crossing.nan_to_num(posinf=0.0) + k * step), inputs, activation) for k in (-1, 0, 1)
    ]
    bends = (outputs[0] - 2 * outputs[1] + outputs[2]).abs().amax(dim=(-2, -1))
    return bends[crossing.isfinite()]


def _crossings(moves: LayerMoves, inputs: Tensor, activation: PiecewiseLinear, first: float) -> Tensor:
    """Distance of a boundary along each move, infinite where there is none."""
    low = torch.zeros(len(moves.start), dtype=torch.float64)
    home, high = _pattern(moves, low, inputs, activation), low + first

    def leaves(distance: Tensor) -> Tensor:
        return (_pattern(moves, distance, inputs, activation) != home).any(-1).any(-1)

    outside = leaves(high)
    while not bool(outside.all()) and bool(high.max() < FARTHEST):
        high = torch.where(outside, high, 2 * high)
        outside = leaves(high)
    crosses = outside
    for _ in range(BISECTIONS):
        middle = (low + high) / 2
        outside = leaves(middle)
        low, high = torch.where(outside, low, middle), torch.where(outside, middle, high)
    return torch.where(crosses, high, torch.inf)


def _pattern(moves: LayerMoves, distance: Tensor, inputs: Tensor, activation: PiecewiseLinear) -> Tensor:
    found = hidden_pre_activations(moves.at(distance), inputs, activation)
    return torch.cat([activation.piece_index(z) for z in found], dim=-1)
