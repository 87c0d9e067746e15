"""Networks with two inputs: their image is a surface of flat pieces, and pairs of pieces show if it meets itself."""

import torch
from jaxtyping import Float
from torch import Tensor

from rectified.networks import Layers, check_float64
from rectified.regions.patterns import pattern_affine_map
from rectified.regions.planar import planar_partition

# Two planes nearer than this, in units of the largest slope, meet: in five dimensions generic planes do not come that
# near, on a rectangle whose sides are about one.
MEETING = 1e-10
PAIRS_AT_ONCE = 20_000


def surface_separation(layers: Layers, low: tuple[float, float], high: tuple[float, float]) -> float:
    r"""A certificate that a network with two inputs is injective on a rectangle: positive only if it is.

    On piece i the network is :math:`A_i x + a_i`. Pieces i and j collide only if :math:`A_i x + a_i = A_j y + a_j` for
    some :math:`x \ne y`. The distance of the two planes, a least-squares residual, excludes that where it is positive.
    Where the planes meet, as for neighbours, all their common points must have :math:`x = y`. And each :math:`A_i` must
    have full rank. The pieces' borders are not used, so that the certificate may fail for an injective network, and not
    the other way round, up to rounding: distances below 1e-10 of the largest slope count as none.

    Args:
        layers: Pairs (weight, bias) in float64, two inputs.
        low: Lower left corner of the rectangle.
        high: Upper right corner.

    Returns:
        The smallest of all singular values of the :math:`A_i` and all distances of planes that do not meet; zero where
        two planes have a common point with :math:`x \ne y`.

    Raises:
        ValueError: If the network has not two inputs or the rectangle is empty.
    """
    if check_float64(layers)[0] != 2:
        raise ValueError(f"layers has {layers[0][0].shape[1]} inputs; expected 2")
    slope, offset = pattern_affine_map(layers, planar_partition(layers, low, high).patterns)
    size = float(slope.abs().max())
    if size == 0.0:
        return 0.0
    slope, offset = slope / size, offset / size  # so that what counts as rounding does not depend on units
    smallest = float(torch.linalg.svdvals(slope)[:, -1].min())
    pairs = torch.triu_indices(len(slope), len(slope), offset=1)
    for first, second in zip(*(half.split(PAIRS_AT_ONCE) for half in pairs), strict=True):
        gaps = _gaps(torch.cat([slope[first], -slope[second]], dim=2), offset[second] - offset[first])
        smallest = min(smallest, float(gaps.min()))
    return size * smallest


def _gaps(
    both: Float[Tensor, "samples d_out 4"], difference: Float[Tensor, "samples d_out"]
) -> Float[Tensor, " samples"]:
    """Distances of pairs of planes; infinity where they meet in points with one parameter, zero where in others."""
    left, values, right = torch.linalg.svd(both, full_matrices=False)
    kept = values > MEETING * values[:, :1]
    coordinates = (left.transpose(1, 2) @ difference[..., None])[..., 0]
    solution = (torch.where(kept, coordinates / values, 0.0)[:, None] @ right)[:, 0]
    residual = torch.linalg.vector_norm((both @ solution[..., None])[..., 0] - difference, dim=1)
    split = right[..., :2] - right[..., 2:]  # x - y along each singular direction
    free = (torch.linalg.vector_norm(split, dim=2) * ~kept).amax(dim=1)
    apart = torch.maximum(torch.linalg.vector_norm(solution[:, :2] - solution[:, 2:], dim=1), free)
    meeting = torch.where(apart <= MEETING**0.5, torch.inf, 0.0).to(residual)
    return torch.where(residual > MEETING, residual, meeting)
