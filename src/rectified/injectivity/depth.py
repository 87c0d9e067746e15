"""Halfspace depth of the origin: the fewest rows that any open half-space around it can hold."""

import itertools
import math
from functools import lru_cache

import numpy as np
import torch
from jaxtyping import Float, Int
from numpy.typing import NDArray
from torch import Tensor

from rectified.regions.equilibration import unit_rows

# Two directions of a sweep nearer to each other than this are one: then d rows lie in a hyperplane, up to rounding.
TIE = 1e-13
SMALLEST_IMAGE = 1e-9  # of a row of length one in the plane of a sweep: a shorter one has no direction but rounding
ROUNDING = 1e-15  # of a determinant of such rows: over the length of the image, of a direction
MOST_AT_ONCE = 1_000_000  # numbers per array: more would leave the cache
Array = NDArray[np.float64]


def halfspace_depth(rows: Float[Tensor, "*batch planes d_in"]) -> Int[Tensor, "*batch"]:
    r"""The smallest number of rows in an open half-space, :math:`\min_{x \ne 0} \#\{i : \langle w_i, x\rangle > 0\}`.

    Every minimum is reached next to some x that is orthogonal to d - 2 rows. For each choice of them x moves in a
    plane, and turning it once around changes the count by one whenever it crosses another row. The d - 2 rows
    themselves can be put on the empty side, since rows are in general position. So the sweep costs one sort for each
    of :math:`\binom{m}{d-2}` choices, instead of a solve for each of :math:`\binom{m}{d-1}`. In four and five
    dimensions less than half of the choices meet every ray.

    Coordinates in the plane are determinants: no basis is computed, since counts do not change under linear maps. Nor
    do they change with the lengths of rows, so that these are brought to one first, and columns to one size.

    Args:
        rows: Rows in general position (every d_in of them independent), in float64; leading dimensions are a batch.

    Returns:
        The depth of the origin among the rows, as a whole number. A layer with these rows is injective exactly if it is
        at least d_in.

    Raises:
        ValueError: If the dtype is not float64, a number is not finite, there are fewer rows than columns, or d_in of
            them are dependent, as for a row and its negative: then the depth does not decide.

    Source:
        [tukey1975mathematics], the depth; [dyckerhoff2016exact], its computation from (d - 2)-subsets.
    """
    if rows.ndim < 2 or rows.dtype != torch.float64 or rows.shape[-1] < 1 or rows.shape[-2] < rows.shape[-1]:
        raise ValueError(
            f"rows has shape {tuple(rows.shape)} and dtype {rows.dtype}; expected (..., planes, d_in) float64 with at "
            "least as many planes as d_in"
        )
    count, dim = rows.shape[-2:]
    if not bool(torch.isfinite(rows).all()):
        raise ValueError("rows holds a number that is not finite")
    arrays = unit_rows(rows.detach().cpu().numpy().reshape(-1, count, dim))
    if dim == 1:
        return _line_depths(rows)
    subsets = covering_subsets(count, dim)
    chunk = max(1, MOST_AT_ONCE // max(1, len(subsets) * count))
    found = [_depths(arrays[start : start + chunk], subsets) for start in range(0, len(arrays), chunk)]
    depths = np.concatenate(found) if found else np.zeros(0, dtype=np.int64)
    return torch.from_numpy(depths).reshape(rows.shape[:-2])


def _line_depths(rows: Tensor) -> Tensor:
    """Depths of numbers.

    Raises:
        ValueError: If one is zero.
    """
    if bool((rows == 0).any()):
        raise ValueError("rows holds a zero; expected rows in general position")
    positive = (rows[..., 0] > 0).sum(dim=-1)
    return torch.minimum(positive, rows.shape[-2] - positive)


def _depths(rows: Array, subsets: NDArray[np.intp]) -> NDArray[np.int64]:
    """Depths of a batch (batch, planes, dim).

    Raises:
        ValueError: If rows are not in general position.
    """
    _, count, dim = rows.shape
    along, across = _plane_coordinates(rows, subsets)
    own = np.arange(len(subsets))[:, None] * count + subsets
    flat = (len(rows), len(subsets) * count)
    along.reshape(flat)[:, own] = -np.inf
    across.reshape(flat)[:, own] = -1.0
    smallest = np.maximum(np.abs(along), np.abs(across)).min(axis=-1, keepdims=True)
    if (smallest <= SMALLEST_IMAGE).any():
        raise ValueError(_NOT_GENERAL)
    above = across > 0
    with np.errstate(divide="ignore", invalid="ignore"):
        turns = along / across  # of the direction in which a row leaves or enters: minus the cotangent of its angle
    if np.isnan(turns).any():
        raise ValueError(_NOT_GENERAL)
    return _swept(turns, above, count - dim + 2, np.maximum(TIE, ROUNDING / smallest))


def _swept(turns: Array, above: NDArray[np.bool_], others: int, tie: Array) -> NDArray[np.int64]:
    """Smallest counts over half a turn, and by symmetry over a whole one.

    Raises:
        ValueError: If two directions coincide.
    """
    bits = turns.view(np.int64)
    bits &= -2
    bits |= above  # the last bit of a direction says whether its row leaves; it travels along in the sort
    turns.sort(axis=-1)
    turns = turns[..., :others]
    if (np.diff(turns, axis=-1) <= tie * (1.0 + turns[..., 1:] ** 2)).any():
        raise ValueError(_NOT_GENERAL)
    leaves = (turns.view(np.int64) & 1).astype(np.int16)
    start = leaves.sum(axis=-1, dtype=np.int16)[..., None]
    counts = start + np.cumsum(1 - 2 * leaves, axis=-1, dtype=np.int16)
    lowest = np.minimum(counts.min(axis=(1, 2)), start.min(axis=(1, 2)))
    highest = np.maximum(counts.max(axis=(1, 2)), start.max(axis=(1, 2)))
    fewest: NDArray[np.int64] = np.minimum(lowest, others - highest).astype(np.int64)
    return fewest


_NOT_GENERAL = (
    "rows are not in general position: d_in of them are dependent, up to rounding. Their depth does not decide whether "
    "a layer is injective; rectified.injectivity.cells.is_injective does"
)


def _plane_coordinates(rows: Array, subsets: NDArray[np.intp]) -> Array:
    r"""For each subset S and row v the two determinants det(S, v, e), for two fixed vectors e.

    Both vanish on S, so they are coordinates in the plane that is left when S is divided out. Each is linear in the
    (d - 2)-minors of S, which come from Laplace's expansion, one row after another.
    """
    dim = rows.shape[-1]
    minors = _minors(rows, subsets)
    mixing = np.cos(np.arange(1.0, 2 * dim + 1) ** 2).reshape(2, dim)  # fixed vectors without structure
    weights = np.zeros((len(minors), 2, dim))
    for index, columns in enumerate(minors):
        first, second = sorted(set(range(dim)) - set(columns))
        sign = (-1.0) ** (first + second)
        weights[index, :, first], weights[index, :, second] = sign * mixing[:, second], -sign * mixing[:, first]
    forms = np.einsum("ced,bmd->ebcm", weights, rows)
    coordinates: Array = np.stack(list(minors.values()), axis=-1) @ forms
    return coordinates


def _minors(rows: Array, subsets: NDArray[np.intp]) -> dict[tuple[int, ...], Array]:
    """All maximal minors of the rows of each subset, by their columns: arrays (batch, subsets)."""
    dim, size = rows.shape[-1], subsets.shape[1]
    minors: dict[tuple[int, ...], Array] = {(): np.ones((len(rows), len(subsets)))}
    for position in range(size):
        last = np.moveaxis(rows[:, subsets[:, position]], -1, 0)
        minors = {
            columns: sum(
                (-1.0) ** (position - k) * minors[columns[:k] + columns[k + 1 :]] * last[column]
                for k, column in enumerate(columns)
            )
            for columns in itertools.combinations(range(dim), position + 1)
        }
    return minors


@lru_cache(maxsize=64)
def covering_subsets(count: int, dim: int) -> NDArray[np.intp]:
    """Subsets of d - 2 rows such that every d - 1 rows contain one of them.

    A ray lies on d - 1 hyperplanes, and one plane through it is enough. In dimension four take pairs inside two
    halves of the rows: of three rows two are in one half. In dimension five take Turan's triples: in one of three
    parts, or two in one part and one in the next. Otherwise take all subsets.

    Args:
        count: Number of rows.
        dim: Dimension d, at least 2.

    Returns:
        Indices, (subsets, d - 2).

    Source:
        [turan1941extremal], the problem, and the constructions for three and four points.
    """
    size = dim - 2
    total = math.comb(count, size)
    flat = itertools.chain.from_iterable(itertools.combinations(range(count), size))
    subsets = np.fromiter(flat, dtype=np.intp, count=total * size).reshape(total, size)
    if size == 2:
        halves = subsets * 2 // count
        subsets = subsets[halves[:, 0] == halves[:, 1]]
    elif size == 3:
        parts = subsets * 3 // count
        members = np.stack([(parts == part).sum(axis=1) for part in range(3)])
        followed = (members == 2) & (np.roll(members, -1, axis=0) == 1)
        subsets = subsets[((members == 3) | followed).any(axis=0)]
    subsets.setflags(write=False)  # the same array serves every call
    return subsets
