"""Points grouped by their activation domain, and how far a function is from affine on a group."""

from collections.abc import Sequence

import numpy as np
import torch
from jaxtyping import Bool, Float, Int64
from torch import Tensor

from rectified.least_squares import affine_least_squares
from rectified.networks import Layers
from rectified.regions.patterns import activation_pattern, region_inequalities


def pattern_groups(patterns: Bool[Tensor, "samples neurons"]) -> list[Int64[Tensor, " kept"]]:
    """The rows of each pattern: which points share an activation domain.

    Args:
        patterns: One pattern per row, with at least one neuron.

    Returns:
        For each different pattern the numbers of its rows, increasing; the groups are in some fixed order.

    Raises:
        ValueError: If there is no row or no neuron.

    Example:
        >>> [rows.tolist() for rows in pattern_groups(torch.tensor([[False], [True], [False]]))]
        [[0, 2], [1]]
    """
    if patterns.ndim != 2 or 0 in patterns.shape:
        raise ValueError(f"patterns has shape {tuple(patterns.shape)}; expected (samples, neurons), none of them 0")
    packed = np.ascontiguousarray(np.packbits(patterns.numpy(), axis=1))
    words = packed.view(np.dtype((np.void, packed.shape[1])))[:, 0]
    _, group, sizes = np.unique(words, return_inverse=True, return_counts=True)
    return list(torch.split(torch.from_numpy(np.argsort(group, kind="stable")), sizes.tolist()))


def affine_residual(points: Float[Tensor, "samples dim"], values: Float[Tensor, "samples _outputs"]) -> float:
    """Largest distance of the values from the affine function that fits them best, in the sense of least squares.

    Args:
        points: Arguments, one per row.
        values: The function's values there, one row each.

    Returns:
        The largest absolute residual; 0 up to rounding if and only if the values are those of an affine function.

    Raises:
        ValueError: If there are not as many values as points, or none.
    """
    if len(points) == 0 or len(points) != len(values):
        raise ValueError(f"values has length {len(values)}; expected that of points, {len(points)}, at least 1")
    coefficients = affine_least_squares(points, values)  # also where points lie on a line
    return float((points @ coefficients[:-1] + coefficients[-1] - values).abs().max())


def misplaced_points(layers: Layers, points: Float[Tensor, "samples d_in"]) -> int:
    """How often a point and the linear inequalities of a pattern disagree on whether the pattern is the point's.

    Every pattern that occurs among the points is tried on all of them.

    Args:
        layers: Pairs (weight, bias) of a ReLU network, first to last, none after the last.
        points: Inputs, one per row.

    Returns:
        The number of disagreements: 0 if activation domains are the polytopes of their inequalities.
    """
    patterns, count = activation_pattern(layers, points), 0
    for rows in pattern_groups(patterns):
        A, b = region_inequalities(layers, patterns[rows[0]])
        inside = (b - points @ A.T).amin(1) >= 0
        own = torch.zeros_like(inside)
        own[rows] = True
        count += int((inside != own).sum())
    return count


def broken_midpoints(
    layers: Layers,
    points: Float[Tensor, "samples d_in"],
    groups: Sequence[Int64[Tensor, " _kept"]],
    pairs: int,
    generator: torch.Generator,
) -> int:
    """How many midpoints of two points of one group have another pattern than their ends.

    Args:
        layers: Pairs (weight, bias) of a ReLU network, first to last, none after the last.
        points: Inputs, one per row.
        groups: Rows of equal pattern, from :func:`pattern_groups`.
        pairs: How many pairs are drawn in each group, with replacement.
        generator: Draws the pairs.

    Returns:
        The number of midpoints that leave their domain: 0 if domains are convex.

    Raises:
        ValueError: If ``pairs`` is not positive.
    """
    if pairs < 1:
        raise ValueError(f"pairs is {pairs}; expected at least 1")
    drawn = [rows[torch.randint(len(rows), (2, pairs), generator=generator)] for rows in groups]
    left, right = torch.cat(drawn, dim=1)
    middle = activation_pattern(layers, (points[left] + points[right]) / 2)
    return int((middle != activation_pattern(layers, points[left])).any(1).sum())
