"""An explicit residual network with one neuron per block for any step function on a grid, in any dimension."""

import itertools
import math
from collections.abc import Callable

import torch
from jaxtyping import Float
from torch import Tensor

from rectified.residual.blocks import Block, flip, fold, gather, maximum, minimum, shift, stacked, unit_vector
from rectified.residual.networks import ResidualNetwork


def num_step_blocks(cells: int, dim: int) -> int:
    r"""Number of blocks of :func:`step_network`: :math:`d (3M + 3) + [d > 1] + 2 + M^d + 2`.

    Args:
        cells: Cells M of the grid along one coordinate, at least 1.
        dim: Number of coordinates d, at least 1.

    Returns:
        The number; 4 M + 7 for d = 1.

    Raises:
        ValueError: If a number is not positive.

    Example:
        >>> [num_step_blocks(4, dim) for dim in (1, 2, 3)]
        [23, 51, 114]
    """
    if cells < 1 or dim < 1:
        raise ValueError(f"cells and dim are {cells} and {dim}; expected positive numbers")
    return dim * (3 * cells + 3) + int(dim > 1) + 2 + math.prod([cells] * dim) + 2


def step_network(edges: Float[Tensor, " edges"], values: Float[Tensor, "..."], transition: float) -> ResidualNetwork:
    r"""The network that has the given value on every cell of a grid and is zero outside.

    It agrees with the step function wherever each coordinate has a distance of at least ``transition`` from all edges.
    In the strips around the edges it stays bounded, so that the :math:`L^1` error is of the order of ``transition``.
    It oscillates there: a strip that leads to the cell of number k has of the order of 2 to the power of k pieces.

    First each coordinate becomes a row of trapezoids of increasing heights. Their sum tells the number of the cell.
    Then one block for each cell, from the largest number down, sends it to its value, below all later thresholds.

    Args:
        edges: M + 1 increasing numbers, the same for each coordinate, in float64.
        values: One value for each cell, of shape (M,) * d; the first axis belongs to the first coordinate.
        transition: Width of the strips in which the network rises and falls, below half of the smallest cell.

    Returns:
        A network of :func:`num_step_blocks` blocks whose output is the first coordinate of the state.

    Raises:
        ValueError: If the edges do not increase, are not float64, the values do not fit them, or the transition is too
            wide.

    Source:
        own; in the spirit of the proof of [lin2018resnet], which builds trapezoids on a grid and adjusts heights.
    """
    cells, dim = _checked_grid(edges, values, transition)
    ends = edges.tolist()
    spacing = 1.0 / cells**dim  # between the numbers of the cells, which then lie in (0, 1] whatever the grid
    blocks: list[Block] = []
    for k in range(dim):
        heights = [1.0 + j * cells**k * spacing for j in range(cells)]
        blocks += trapezoid_blocks(unit_vector(dim, k), ends, heights, transition)
    first = unit_vector(dim, 0)
    blocks += [gather(dim)] if dim > 1 else []
    blocks += [shift(first, spacing - dim), maximum(first, 0.0)]
    flat = values.permute(*reversed(range(dim))).reshape(-1)  # the first coordinate counts fastest
    blocks += value_blocks(first, flat.tolist(), spacing)
    return stacked(blocks, first.to(edges))


def sampled_step_network(
    target: Callable[[Float[Tensor, "samples d_in"]], Float[Tensor, " samples"]],
    edges: Float[Tensor, " edges"],
    dim: int,
    transition: float,
) -> ResidualNetwork:
    """The network of the step function that takes the target's value at the centre of each cell.

    Args:
        target: The function, for many points at once.
        edges: M + 1 increasing numbers, the same for each coordinate, in float64.
        dim: Number of coordinates.
        transition: Width of the strips in which the network rises and falls, below half of the smallest cell.

    Returns:
        What :func:`step_network` makes of these values.

    Raises:
        ValueError: If ``dim`` is not positive, or the grid does not fit.
    """
    if dim < 1:
        raise ValueError(f"dim is {dim}; expected at least 1")
    centres = (edges[1:] + edges[:-1]) / 2.0
    grid = torch.stack(torch.meshgrid([centres] * dim, indexing="ij"), dim=-1).reshape(-1, dim)
    return step_network(edges, target(grid).reshape((len(centres),) * dim), transition)


def trapezoid_blocks(
    e: Float[Tensor, " d_in"], edges: list[float], heights: list[float], transition: float
) -> list[Block]:
    r"""Blocks after which a coordinate is a trapezoid of its own height on each cell, and zero outside.

    The state is zero up to the newest edge and a ray beyond. Each cell folds the ray to a triangle, cuts its top, and
    turns what is left below zero into the next, steeper ray. Folds and cuts lie above all earlier heights, so that
    they leave earlier cells alone.

    Args:
        e: The coordinate, a unit vector.
        edges: M + 1 increasing numbers.
        heights: M positive, increasing numbers.
        transition: Width over which a trapezoid rises, and falls.

    Returns:
        3 M + 3 blocks.

    Raises:
        ValueError: If the heights are not positive and increasing, or not as many as the cells.

    Source:
        own; in the spirit of the proof of [lin2018resnet].
    """
    if len(heights) != len(edges) - 1 or any(b <= a for a, b in itertools.pairwise([0.0, *heights])):
        raise ValueError(f"heights is {heights}; expected {len(edges) - 1} positive, increasing numbers")
    slopes = [height / transition for height in heights]
    blocks = [shift(e, -edges[0]), maximum(e, 0.0), fold(e, 0.0, -slopes[0])]
    for j, (slope, height) in enumerate(zip(slopes, heights, strict=True)):
        peak = slope * (edges[j + 1] - edges[j]) / 2
        # the ray has slope s in x: folding it back with the same steepness is slope 1 in the state
        blocks += [fold(e, peak, 1.0), minimum(e, height)]
        blocks += [maximum(e, 0.0) if j == len(heights) - 1 else flip(e, slopes[j + 1] / slope)]
    return blocks


def value_blocks(e: Float[Tensor, " d_in"], values: list[float], spacing: float) -> list[Block]:
    r"""Blocks that send the state ``k * spacing`` to ``values[k - 1]`` for k = 1, 2, ..., and 0 to 0.

    From the largest number down, each block bends the state at half a spacing below ``k * spacing`` so that this
    number lands at its value minus a constant, below zero, where no later block acts. Then the constant is added
    again, and one fold sends the state that had been 0 back to 0.

    Args:
        e: The coordinate, a unit vector.
        values: Where the numbers go.
        spacing: Distance of two numbers, positive.

    Returns:
        Two blocks more than there are values.

    Source:
        own; in the spirit of the proof of [lin2018resnet].
    """
    largest = max(abs(value) for value in values)
    constant = 2.0 * largest + 1.0
    blocks = []
    for number in range(len(values), 0, -1):
        jump = values[number - 1] - constant - number * spacing
        blocks.append(Block(2.0 * jump / spacing * e, e, -(number - 0.5) * spacing))
    return [*blocks, shift(e, constant), fold(e, largest, largest / (constant - largest))]


def one_pass_network(
    edges: Float[Tensor, " edges"], values: Float[Tensor, " _cells"], transition: float
) -> ResidualNetwork:
    r"""The same as :func:`step_network` for one variable, with 4 M + 6 blocks and few pieces in the strips.

    Each trapezoid is sent to its value at once, before the next one is begun, and stays there: all later folds lie
    above it, and the ray turns below it. A strip then has at most six pieces, whatever the number of cells.

    Args:
        edges: M + 1 increasing numbers, in float64.
        values: One value for each cell.
        transition: Width of the strips in which the network rises and falls, below half of the smallest cell.

    Returns:
        A network with a scalar state, equal to the step function at a distance of ``transition`` from the edges, and
        zero outside of them.

    Raises:
        ValueError: If the edges do not increase, are not float64, the values do not fit them, or the transition is too
            wide.
    """
    cells, dim = _checked_grid(edges, values, transition)
    if dim != 1:
        raise ValueError(f"values has {dim} axes; expected 1, since this is for one variable")
    e, ends, largest = unit_vector(1, 0), edges.tolist(), values.abs().max().item()
    constant, floor = 2.0 * largest + 1.0, -4.0 * largest - 2.0  # values rest between floor and 0, the ray turns there
    steep = (1.0 - floor) / transition
    blocks = [shift(e, -ends[0]), maximum(e, 0.0), fold(e, 0.0, -steep)]
    for j, value in enumerate(values.tolist()):
        start = floor if j else 0.0
        peak = (steep * (ends[j + 1] - ends[j]) + start + floor) / 2.0  # so that the ray is back at the floor in time
        blocks += [fold(e, peak, 1.0), minimum(e, 1.0), Block(2.0 * (value - constant - 1.0) * e, e, -0.5)]
        blocks += [maximum(e, floor) if j == cells - 1 else Block(2.0 * e, -e, floor)]
    blocks += [shift(e, constant), fold(e, largest, largest / (constant - largest))]
    blocks += [Block((2.0 * largest + 1.0) / (largest + 1.0) * e, -e, -largest)]  # what is right of the grid, to zero
    return stacked(blocks, e)


def _checked_grid(edges: Tensor, values: Tensor, transition: float) -> tuple[int, int]:
    """Cells along a coordinate, and the number of coordinates.

    Raises:
        ValueError: If something does not fit.
    """
    cells, dim = len(edges) - 1, values.ndim
    if edges.dtype != torch.float64 or values.dtype != torch.float64:
        raise ValueError(f"edges and values are {edges.dtype} and {values.dtype}; expected float64: slopes are steep")
    if cells < 1 or not bool((edges.diff() > 0).all()):
        raise ValueError(f"edges is {edges.tolist()}; expected at least two increasing numbers")
    if dim < 1 or tuple(values.shape) != (cells,) * dim:
        raise ValueError(f"values has shape {tuple(values.shape)}; expected ({cells},) * d, one axis per coordinate")
    narrowest = edges.diff().min().item()
    if not 0 < transition < narrowest / 2:
        raise ValueError(f"transition is {transition}; expected more than 0 and less than half a cell, {narrowest / 2}")
    return cells, dim
