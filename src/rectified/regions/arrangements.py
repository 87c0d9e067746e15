"""Cells of a central arrangement, the cones into which hyperplanes through the origin cut space, and their rays."""

import itertools
import math
from typing import NamedTuple

import numpy as np
import torch
from jaxtyping import Float, Int8
from numpy.typing import NDArray
from torch import Tensor

from rectified.regions.counting import cover_count
from rectified.regions.equilibration import equilibrated, in_old_coordinates

# Between unit vectors, an inner product below this is zero. Rounding leaves about 1e-15 where subsets of rows are well
# conditioned, and random rows come this near to a coincidence about once in 1e7 trials.
TOLERANCE = 1e-9
Array = NDArray[np.float64]
Signs = NDArray[np.int8]


class CentralCells(NamedTuple):
    """All cells of an arrangement.

    Attributes:
        signs: For each cell the side of each hyperplane, -1 or 1.
        interior: A point strictly inside each cell.
    """

    signs: Int8[Tensor, "cells planes"]
    interior: Float[Tensor, "cells d_in"]


def central_cells(rows: Float[Tensor, "planes d_in"], *, most_cells: int = 200_000) -> CentralCells:
    r"""The cells of the arrangement of hyperplanes :math:`\{x : \langle r_i, x\rangle = 0\}`, each once.

    Every cell of an arrangement of full rank has an extreme ray, and a ray lies on d - 1 independent hyperplanes. So
    look around every ray: the hyperplanes off the ray fix their sides, and those through it cut its surroundings like
    an arrangement in one dimension less. In general position that is every choice of d - 1 signs; elsewhere the smaller
    arrangement is enumerated in the same way. Parallel rows are one hyperplane, a common null space is set aside.

    The lengths of rows and the units of columns do not matter: both are equilibrated first. After that, rows within
    1e-9 of a coincidence coincide, so that cells thinner than about 1e-9 are not told apart from none.

    Args:
        rows: Normals of the hyperplanes, in float64; none is zero.
        most_cells: Refuse where there may be more cells than this.

    Returns:
        Signs and an interior point of each cell, in lexicographic order of the signs.

    Raises:
        ValueError: If a row is zero or not finite, the dtype is not float64, or there may be too many cells.

    Source:
        own; the count of cells that bounds the work is that of [cover1965geometrical].
    """
    normals, column_exponents = _normals(rows)
    basis = _row_space(normals)
    reduced = normals @ basis.T
    distinct, _, _ = _merged(reduced)
    _check_count(len(distinct), len(basis), most_cells)
    signs, interior = _cells(reduced)
    order = np.lexsort(signs.T[::-1])
    points = in_old_coordinates((interior @ basis)[order], column_exponents)
    return CentralCells(torch.from_numpy(signs[order]), torch.from_numpy(points).to(rows))


def cell_rays(rows: Float[Tensor, "planes d_in"], signs: Int8[Tensor, " planes"]) -> Float[Tensor, "rays d_in"]:
    r"""Generators of the closed cell :math:`\{x : s_i \langle r_i, x\rangle \ge 0\}`.

    The cell is the set of all their non-negative combinations.

    Args:
        rows: Normals of the hyperplanes, in float64; none is zero.
        signs: The side of each hyperplane, -1 or 1.

    Returns:
        Unit vectors: the extreme rays, and where the rows have a null space a basis of it and its negative.

    Raises:
        ValueError: If ``signs`` does not have one entry of -1 or 1 per row, or no point has these signs.
    """
    normals, column_exponents = _normals(rows)
    sides = signs.cpu().numpy().astype(np.int64)
    if sides.shape != normals.shape[:1] or not np.isin(sides, (-1, 1)).all():
        raise ValueError(f"signs has shape {tuple(signs.shape)}; expected {len(normals)} entries, each -1 or 1")
    basis = _row_space(normals)
    rays, covectors = _rays(_merged(normals @ basis.T)[0])
    products = rays @ basis @ normals.T
    covectors = np.where(np.abs(products) < TOLERANCE, 0, np.sign(products)).astype(np.int64)
    inside = (covectors * sides >= 0).all(axis=1)
    if not inside.any() or not (sides * (rays[inside].sum(0) @ basis @ normals.T) > 0).all():
        raise ValueError("signs belongs to no cell: no point lies strictly on these sides of all hyperplanes")
    free = np.linalg.svd(normals)[2][len(basis) :]
    found = in_old_coordinates(np.concatenate([rays[inside] @ basis, free, -free]), column_exponents)
    return torch.from_numpy(found / np.linalg.norm(found, axis=1, keepdims=True)).to(rows)


def _normals(rows: Tensor) -> tuple[Array, NDArray[np.int64]]:
    """The rows, checked, equilibrated and scaled to length one, and the exponents of their columns.

    Raises:
        ValueError: If they are not normals of hyperplanes in float64.
    """
    if rows.ndim != 2 or rows.numel() == 0:
        raise ValueError(f"rows has shape {tuple(rows.shape)}; expected (planes, d_in), both at least 1")
    if rows.dtype != torch.float64:
        raise ValueError(f"rows has dtype {rows.dtype}; expected torch.float64, since cells can be thin")
    if not bool(torch.isfinite(rows).all()):
        raise ValueError("rows holds a number that is not finite")
    array: Array = rows.detach().cpu().numpy()
    zero = (array == 0).all(axis=1)
    if zero.any():
        raise ValueError(f"rows[{int(np.argmax(zero))}] is zero; expected normals of hyperplanes")
    scaled = equilibrated(array)
    return scaled.rows / np.linalg.norm(scaled.rows, axis=1, keepdims=True), scaled.column_exponents


def _row_space(normals: Array) -> Array:
    """Orthonormal basis of the span of the rows."""
    _, values, directions = np.linalg.svd(normals, full_matrices=False)
    return np.asarray(directions[values > TOLERANCE * values[0]])


def _merged(rows: Array) -> tuple[Array, NDArray[np.intp], Signs]:
    """One unit normal per hyperplane; for each row its hyperplane, and the side that it calls positive."""
    normals = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    side = np.where(normals @ normals.T < 0, -1, 1)
    gap = np.linalg.norm(normals[:, None] - side[..., None] * normals, axis=-1)
    first = np.argmax(gap < TOLERANCE, axis=1)
    kept, plane = np.unique(first, return_inverse=True)
    return normals[kept], plane, side[np.arange(len(rows)), first].astype(np.int8)


def _check_count(planes: int, dim: int, most_cells: int) -> None:
    """Refuse where general position would give more than ``most_cells`` cells; any other position gives fewer.

    Raises:
        ValueError: If it would.
    """
    count = cover_count(planes, dim)
    if count > most_cells:
        raise ValueError(
            f"rows may have up to {count} cells ({planes} hyperplanes in dimension {dim}); most_cells is {most_cells}"
        )


def _cells(rows: Array) -> tuple[Signs, Array]:
    """Signs and interior points of the cells of rows of full rank, in no order."""
    normals, plane, side = _merged(rows)
    signs, interior = _merged_cells(normals)
    return side * signs[:, plane], interior


def _merged_cells(normals: Array) -> tuple[Signs, Array]:
    dim = normals.shape[1]
    if dim == 1:
        return np.array([[-1], [1]], dtype=np.int8), normals[0, 0] * np.array([[-1.0], [1.0]])
    rays, covectors = _rays(normals)
    simple = (covectors == 0).sum(axis=1) == dim - 1
    seen = [_around_simple(covectors[simple])]
    owners = [np.repeat(rays[simple], 2 ** (dim - 1), axis=0)]
    for ray, covector in zip(rays[~simple], covectors[~simple], strict=True):
        seen.append(_around(normals, ray, covector))
        owners.append(np.repeat(ray[None], len(seen[-1]), axis=0))
    signs, owner = np.concatenate(seen), np.concatenate(owners)
    first, cell = _distinct(signs)
    sums = [np.bincount(cell, weights=column, minlength=len(first)) for column in owner.T]
    return signs[first], np.stack(sums, axis=1)


def _around_simple(covectors: Signs) -> Signs:
    """Cells around rays with dim - 1 hyperplanes through each: every choice of sides."""
    if len(covectors) == 0:
        return covectors
    zeros = np.nonzero(covectors == 0)[1].reshape(len(covectors), -1)
    choices = np.array(list(itertools.product((-1, 1), repeat=zeros.shape[1])), dtype=np.int8)
    signs = np.repeat(covectors[:, None], len(choices), axis=1)
    np.put_along_axis(signs, np.repeat(zeros[:, None], len(choices), axis=1), choices[None], axis=2)
    return signs.reshape(-1, covectors.shape[1])


def _around(normals: Array, ray: Array, covector: Signs) -> Signs:
    """Cells around one ray: the cells of the hyperplanes through it, seen along the ray."""
    through = covector == 0
    across = np.linalg.svd(ray[None])[2][1:]
    local, _ = _cells(normals[through] @ across.T)
    signs = np.repeat(covector[None], len(local), axis=0)
    signs[:, through] = local
    return signs


def _rays(normals: Array) -> tuple[Array, Signs]:
    """Unit vectors along all rays, and the sides (-1, 0 or 1) on which they lie; parallel normals are merged."""
    if normals.shape[1] == 1:
        return np.array([[-1.0], [1.0]]), np.sign(normals[:, 0] * np.array([[-1.0], [1.0]])).astype(np.int8)
    subsets = _subsets(len(normals), normals.shape[1] - 1)
    vectors = null_vectors(normals[subsets])
    lengths = np.linalg.norm(vectors, axis=1)
    independent = lengths > TOLERANCE
    vectors = vectors[independent] / lengths[independent, None]
    products = vectors @ normals.T
    np.put_along_axis(products, subsets[independent], 0.0, axis=1)
    covectors = np.where(np.abs(products) < TOLERANCE, 0, np.sign(products)).astype(np.int8)
    crowded = (covectors == 0).sum(axis=1) > normals.shape[1] - 1
    first, _ = _distinct(np.abs(covectors[crowded]))
    once = np.concatenate([np.flatnonzero(~crowded), np.flatnonzero(crowded)[first]])
    vectors, covectors = vectors[once], covectors[once]
    return np.concatenate([vectors, -vectors]), np.concatenate([covectors, -covectors])


def _subsets(count: int, size: int) -> NDArray[np.intp]:
    total = math.comb(count, size) * size
    flat = itertools.chain.from_iterable(itertools.combinations(range(count), size))
    return np.fromiter(flat, dtype=np.intp, count=total).reshape(-1, size)


def null_vectors(matrices: Array) -> Array:
    """A vector orthogonal to the d - 1 rows of each (d - 1, d) matrix: their generalised cross product.

    Its length is the volume that the rows span, zero where they are dependent.

    Source:
        own; the cofactors of Laplace's expansion.
    """
    dim = matrices.shape[-1]
    if dim == 2:
        return np.stack([matrices[..., 0, 1], -matrices[..., 0, 0]], axis=-1)
    if dim == 3:
        return np.asarray(np.cross(matrices[..., 0, :], matrices[..., 1, :]))
    minors = [np.linalg.det(np.delete(matrices, column, axis=-1)) * (-1) ** column for column in range(dim)]
    return np.stack(minors, axis=-1)


def _distinct(signs: Signs) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Where each distinct row stands first, and for each row which of those it is; bits are packed for speed."""
    packed = np.packbits(signs > 0, axis=1)
    padded = np.zeros((len(signs), max(8, -(-packed.shape[1] // 8) * 8)), dtype=np.uint8)
    padded[:, : packed.shape[1]] = packed
    keys = padded.view(np.uint64)
    if keys.shape[1] == 1:
        _, first, which = np.unique(keys[:, 0], return_index=True, return_inverse=True)
    else:
        _, first, which = np.unique(keys, axis=0, return_index=True, return_inverse=True)
    return first, which.ravel()
