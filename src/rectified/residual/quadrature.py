"""Integrals over a grid whose cells have narrow strips along their edges: the strips get points of their own."""

from collections.abc import Callable

import torch
from jaxtyping import Float
from torch import Tensor

from rectified.residual.networks import ResidualNetwork, check_residual, residual_forward

POINTS_AT_ONCE = 4_096  # states of so many points stay in the processor's cache


def strip_quadrature(
    edges: Float[Tensor, " edges"], transition: float, inner: int, strip: int
) -> tuple[Float[Tensor, " nodes"], Float[Tensor, " nodes"]]:
    """Nodes and weights of midpoint rules on each cell's two strips and on what lies between them.

    Args:
        edges: Increasing numbers.
        transition: Width of the strips, less than half of the smallest cell.
        inner: Nodes between the strips, in each cell.
        strip: Nodes in each strip.

    Returns:
        Nodes in order, and weights that add up to the length of the grid.

    Raises:
        ValueError: If the strips do not fit into the cells, or a number of nodes is not positive.
    """
    if inner < 1 or strip < 1:
        raise ValueError(f"inner and strip are {inner} and {strip}; expected positive numbers of nodes")
    if not 0 < transition < edges.diff().min().item() / 2:
        raise ValueError(f"transition is {transition}; expected more than 0 and less than half a cell")
    ends = torch.stack([edges[:-1], edges[:-1] + transition, edges[1:] - transition, edges[1:]])
    nodes, weights = [], []
    for low, high, number in zip(ends[:-1], ends[1:], (strip, inner, strip), strict=True):
        shares = (torch.arange(number, dtype=edges.dtype) + 0.5) / number
        nodes.append(low[:, None] + (high - low)[:, None] * shares)
        weights.append(((high - low) / number)[:, None].expand(-1, number))
    return torch.cat(nodes, 1).reshape(-1), torch.cat(weights, 1).reshape(-1)


def l1_error_on_grid(
    network: ResidualNetwork,
    target: Callable[[Float[Tensor, "samples d_in"]], Float[Tensor, " samples"]],
    edges: Float[Tensor, " edges"],
    transition: float,
    *,
    inner: int,
    strip: int = 2,
) -> float:
    r"""The :math:`L^1` distance of network and target over the box of the grid, by a product of midpoint rules.

    Args:
        network: A single network with one output.
        target: The function, for many points at once.
        edges: Edges of the grid, the same for each coordinate.
        transition: Width of the strips along all edges.
        inner: Nodes in each cell between the strips, along each coordinate.
        strip: Nodes in each strip.

    Returns:
        The integral of the absolute difference; exact where both are constant on what a node stands for.

    Raises:
        ValueError: If the network has several outputs, or strips or numbers of nodes do not fit.
    """
    _, dim, outputs = check_residual(network)
    if outputs != 1:
        raise ValueError(f"network has {outputs} outputs; expected 1")
    nodes, weights = strip_quadrature(edges, transition, inner, strip)
    total = 0.0
    places = torch.arange(len(nodes) ** dim)
    for chunk in torch.split(places, POINTS_AT_ONCE):
        digits = torch.stack([chunk // len(nodes) ** k % len(nodes) for k in range(dim)], dim=1)
        x = nodes[digits]
        distance = (residual_forward(network, x)[:, 0] - target(x)).abs()
        total += (distance * weights[digits].prod(1)).sum().item()
    return total
