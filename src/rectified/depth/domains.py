"""Points grouped by their activation domain, and how far a function is from affine on a group."""

import numpy as np
import torch
from jaxtyping import Bool, Float, Int64
from torch import Tensor


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

    Source:
        own.
    """
    if patterns.ndim != 2 or 0 in patterns.shape:
        raise ValueError(f"patterns has shape {tuple(patterns.shape)}; expected (samples, neurons), none of them 0")
    packed = np.ascontiguousarray(np.packbits(patterns.numpy(), axis=1))
    words = packed.view(np.dtype((np.void, packed.shape[1])))[:, 0]
    _, group, sizes = np.unique(words, return_inverse=True, return_counts=True)
    return list(torch.from_numpy(np.argsort(group, kind="stable")).split(sizes.tolist()))


def affine_residual(points: Float[Tensor, "samples dim"], values: Float[Tensor, "samples _outputs"]) -> float:
    """Largest distance of the values from the affine function that fits them best, in the sense of least squares.

    Args:
        points: Arguments, one per row.
        values: The function's values there, one row each.

    Returns:
        The largest absolute residual; 0 up to rounding if and only if the values are those of an affine function.

    Raises:
        ValueError: If there are not as many values as points, or none.

    Source:
        own.
    """
    if len(points) == 0 or len(points) != len(values):
        raise ValueError(f"values has length {len(values)}; expected that of points, {len(points)}, at least 1")
    design = torch.cat([points, points.new_ones(len(points), 1)], dim=1)
    fitted = design @ torch.linalg.lstsq(design, values, driver="gelsd").solution  # also where points lie on a line
    return float((fitted - values).abs().max())
