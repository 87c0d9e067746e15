"""The activation regions that meet a ball, found one after the other across their facets, in any dimension."""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import torch
from jaxtyping import Bool, Float
from torch import Tensor

from rectified.networks import Layers, check_float64
from rectified.polytopes import nearest_point
from rectified.programs import Infeasible
from rectified.regions.patterns import region_inequalities
from rectified.regions.signs import rounding, signed, signed_layers

NARROWEST_FACET = 1e-7  # in radii; a facet narrower than this is not crossed. Programs are solved to 1e-9.
SAME_HYPERPLANE = 1e-9  # largest difference of two normals and offsets, scaled, of one hyperplane computed twice


def regions_in_ball(
    layers: Layers, center: Float[Tensor, " d_in"], radius: float | int, *, most_regions: int
) -> Bool[Tensor, "regions neurons"]:
    r"""The patterns of all activation regions that meet the open ball, by a search across facets.

    A region is a convex polytope. From each region found, every facet is tried: a quadratic program gives its point
    nearest to the centre, and when that lies inside the ball, the region beyond the facet meets the ball too. All
    regions are found, since two points of a ball are joined by a path that crosses boundaries at facets only.

    The pattern beyond a facet is that of a step of length zero: neurons whose boundary is that facet (there may be
    several) take the sign of their slope there, all others keep theirs.

    Args:
        layers: Pairs (weight, bias) of a ReLU network in float64, first to last.
        center: Middle of the ball.
        radius: Its radius in the Euclidean norm, positive.
        most_regions: Where to give up; the time grows like the number of regions times that of neurons.

    Returns:
        One pattern per region, the centre's first. Exact, but that facets narrower than 1e-7 radii are not crossed.

    Raises:
        ValueError: If shapes or dtypes do not fit, the radius is not positive, or there are too many regions.
        ProgramFailed: If a quadratic program gives no answer.

    Example:
        >>> one, zero = torch.ones(1, 2).double(), torch.zeros(2).double()
        >>> layers = [(torch.eye(2).double(), zero), (one, zero[:1])]
        >>> len(regions_in_ball(layers, torch.tensor([1.0, 0.5]).double(), 0.8, most_regions=10))
        2

    Source:
        own; breadth-first search over activation patterns.
    """
    _check_ball(layers, center, radius, most_regions)
    first = _pattern_at(layers, center)
    seen, found, position = {_key(first)}, [first], 0
    while position < len(found):
        for pattern in _neighbours(layers, found[position], center, float(radius), seen):
            seen.add(_key(pattern))
            found.append(pattern)
            if len(found) > most_regions:
                raise ValueError(
                    f"the ball of radius {radius} meets more than most_regions = {most_regions} regions; "
                    "allow more, or take a smaller radius"
                )
        position += 1
    return torch.stack(found)


class _Cell(NamedTuple):
    """A region in units of the ball: the centre is the origin, the radius is 1, and every row has length 1 or 0."""

    normals: np.ndarray
    offsets: np.ndarray


def _neighbours(layers: Layers, pattern: Tensor, center: Tensor, radius: float, seen: set[bytes]) -> Iterator[Tensor]:
    """The patterns beyond those facets that meet the open ball, without those already seen.

    Yields:
        One pattern at a time; the caller adds it to ``seen``.
    """
    cell = _scaled_cell(layers, pattern, center, radius)
    near = np.flatnonzero((np.abs(cell.offsets) < 1.0) & cell.normals.any(axis=1))
    for neuron in near.tolist():
        flipped = pattern.clone()
        flipped[neuron] ^= True
        if _key(flipped) in seen:
            continue
        on_it = _on_hyperplane(cell, neuron)
        if _meets_ball(cell, neuron, on_it):
            outwards = torch.from_numpy(cell.normals[neuron])
            beyond = _pattern_towards(layers, outwards, pattern, torch.from_numpy(on_it))
            if _key(beyond) not in seen:
                yield beyond


def _scaled_cell(layers: Layers, pattern: Tensor, center: Tensor, radius: float) -> _Cell:
    A, b = region_inequalities(layers, pattern)
    lengths = torch.linalg.vector_norm(A, dim=1)
    divisor = torch.where(lengths > 0, lengths, 1.0)
    return _Cell((A / divisor[:, None]).numpy(), ((b - A @ center) / (divisor * radius)).numpy())


def _on_hyperplane(cell: _Cell, neuron: int) -> np.ndarray:
    """Which neurons vanish all over the hyperplane of one of them: those with the same one, and those that are 0."""
    rows = np.column_stack([cell.normals, cell.offsets])
    same = [np.abs(rows - sign * rows[neuron]).max(axis=1) <= SAME_HYPERPLANE for sign in (1.0, -1.0)]
    return np.asarray(same[0] | same[1] | ~rows.any(axis=1))


def _meets_ball(cell: _Cell, neuron: int, on_it: np.ndarray) -> bool:
    """Whether the facet of a neuron meets the open unit ball: a projection within its hyperplane."""
    normal, offset = cell.normals[neuron], cell.offsets[neuron]
    others = ~on_it
    within = _complement(normal)
    normals, offsets = cell.normals[others] @ within, cell.offsets[others] - offset * (cell.normals[others] @ normal)
    lengths = np.linalg.norm(normals, axis=1)
    offsets = offsets - NARROWEST_FACET
    if np.any(offsets < -lengths * np.sqrt(1.0 - offset**2)):
        return False  # one of the constraints alone keeps the facet out of the ball
    try:
        point = nearest_point(normals, offsets, np.zeros(within.shape[1]))
    except Infeasible:
        return False
    return bool(offset**2 + point @ point < 1.0)


def _complement(normal: np.ndarray) -> np.ndarray:
    """An orthonormal basis of the hyperplane through the origin with this unit normal, as columns."""
    return np.linalg.qr(np.column_stack([normal, np.eye(len(normal))]))[0][:, 1 : len(normal)]


def _pattern_towards(layers: Layers, direction: Tensor, pattern: Tensor, undecided: Tensor) -> Tensor:
    """The pattern after a step of length zero: undecided neurons, at 0 now, take the sign of their slope."""
    found: list[Tensor] = []
    start, longest, slope, squares = 0, 0, direction, direction**2
    for W, _ in layers[:-1]:
        part, longest = slice(start, start + W.shape[0]), max(longest, W.shape[1])
        step = signed(W @ slope, W**2 @ squares, rounding(longest, torch.finfo(W.dtype).eps))
        found.append(torch.where(undecided[part], step.on, pattern[part]))
        slope, squares, start = step.values * found[-1], step.sizes**2 * found[-1], part.stop
    return torch.cat(found)


def _pattern_at(layers: Layers, center: Tensor) -> Tensor:
    """The pattern of a region that the centre belongs to; on a boundary, of one in some fixed direction."""
    found = signed_layers(layers[:-1], center)
    direction = torch.arange(1, center.shape[0] + 1, dtype=center.dtype).sqrt()
    on, undecided = torch.cat([layer.on for layer in found]), torch.cat([layer.undecided for layer in found])
    return _pattern_towards(layers, direction, on, undecided)


def _key(pattern: Tensor) -> bytes:
    return bytes(np.packbits(pattern.numpy()))


def _check_ball(layers: Layers, center: Tensor, radius: float, most_regions: int) -> None:
    """Refuse a ball that the search cannot work with.

    Raises:
        ValueError: If it cannot.
    """
    widths = check_float64(layers)
    if center.shape != (widths[0],) or center.dtype != torch.float64:
        raise ValueError(f"center is {center.dtype} of shape {tuple(center.shape)}; expected float64 ({widths[0]},)")
    if not 0 < radius < float("inf"):
        raise ValueError(f"radius is {radius}; expected a positive number")
    if most_regions < 1:
        raise ValueError(f"most_regions is {most_regions}; expected at least 1")
    if len(layers) == 1:
        raise ValueError("layers has no hidden layer; expected at least two (weight, bias) pairs")
