"""Spectral norms of many matrices that are made of some rows of one, or of one each."""

import torch
from jaxtyping import Bool, Float
from torch import Tensor

SIZE_STEP = 16  # subsets are padded to a multiple of this many rows, so that few sizes occur and go together


def row_subset_norms(
    matrix: Float[Tensor, "*batch rows columns"], kept: Bool[Tensor, "batch rows"]
) -> Float[Tensor, " batch"]:
    r"""The spectral norm of the kept rows, for each of many subsets.

    It is the root of the largest eigenvalue of the Gram matrix on the smaller side: of the kept rows, or of the
    columns. Subsets of about one size are taken together.

    Args:
        matrix: One matrix for all subsets, or one for each.
        kept: Which rows each subset has.

    Returns:
        The norms, exact up to rounding; 0 for no row.

    Raises:
        ValueError: If shapes do not fit.

    Example:
        >>> row_subset_norms(torch.eye(2), torch.tensor([[True, True], [False, False]]))
        tensor([1., 0.])
    """
    _check_kept(matrix, kept)
    size, matrix = _at_unit_size(matrix)
    shared = matrix.ndim == 2
    sizes = torch.clamp(-(-kept.sum(1) // SIZE_STEP) * SIZE_STEP, max=kept.shape[1])
    order = (~kept).byte().argsort(dim=1, stable=True)
    gram = matrix @ matrix.T if shared else None
    norms = matrix.new_zeros(len(kept))
    for count in torch.unique(sizes).tolist():
        members = torch.nonzero(sizes == count)[:, 0]
        if count == 0:
            continue
        rows = order[members, :count]
        weights = kept[members].gather(1, rows).to(matrix.dtype)
        if gram is not None and count <= matrix.shape[1]:
            small = gram[rows[:, :, None], rows[:, None, :]] * (weights[:, :, None] * weights[:, None, :])
        else:
            picked = matrix[rows] if shared else matrix[members[:, None], rows]
            small = _smaller_gram(picked * weights[..., None])
        norms[members] = torch.linalg.eigvalsh(small)[:, -1].clamp_min(0.0).sqrt()
    return size * norms


def row_subset_norms_below(
    matrix: Float[Tensor, "*batch rows columns"], kept: Bool[Tensor, "batch rows"], *, steps: int = 4
) -> Float[Tensor, " batch"]:
    """Lower bounds of :func:`row_subset_norms` by a few steps of the power method, which are far cheaper.

    Args:
        matrix: One matrix for all subsets, or one for each.
        kept: Which rows each subset has.
        steps: How many; more are tighter.

    Returns:
        Lower bounds of the norms, up to rounding: any vector gives one.

    Raises:
        ValueError: If shapes do not fit.

    Source:
        own; the power method.
    """
    _check_kept(matrix, kept)
    size, matrix = _at_unit_size(matrix)
    gram = matrix @ matrix.mT
    weights = kept.to(matrix.dtype)
    vector, longest = weights, torch.zeros_like(weights[:, 0])
    for _ in range(steps):
        image = weights * (vector[:, None, :] @ gram)[:, 0] if gram.ndim == 3 else weights * (vector @ gram)
        square = (vector * vector).sum(1)
        longest = torch.maximum(longest, (vector * image).sum(1) / square.where(square > 0, torch.inf))
        scale = torch.linalg.vector_norm(image, dim=1, keepdim=True)
        vector = image / scale.where(scale > 0, 1.0)
    return size * longest.sqrt()


def _at_unit_size(matrix: Tensor) -> tuple[Tensor, Tensor]:
    """A power of two, and the matrix divided by it with a largest entry between one and two: squares stay in range."""
    size = torch.exp2(matrix.abs().max().clamp_min(torch.finfo(matrix.dtype).tiny).log2().floor())
    return size, matrix / size


def _check_kept(matrix: Tensor, kept: Tensor) -> None:
    """Refuse subsets of other rows than the matrix has.

    Raises:
        ValueError: If the shapes do not fit.
    """
    batch = kept.shape[:1] if matrix.ndim == 2 else matrix.shape[:1]
    expected = (*batch, matrix.shape[-2])
    if tuple(kept.shape) != expected:
        raise ValueError(f"kept has shape {tuple(kept.shape)}; expected {expected} for a matrix {tuple(matrix.shape)}")


def _smaller_gram(rows: Tensor) -> Tensor:
    """The Gram matrices of rows or of columns, whichever are fewer."""
    gram: Tensor = rows @ rows.mT if rows.shape[-2] <= rows.shape[-1] else rows.mT @ rows
    return gram
