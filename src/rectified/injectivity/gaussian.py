"""Layers with independent Gaussian weights: expected numbers of bad cells, thresholds, and witnesses."""

import itertools
import math

import numpy as np
import torch
from jaxtyping import Float, Int
from scipy.optimize import brentq
from scipy.special import gammaln
from scipy.stats import norm
from torch import Tensor

from rectified.regions.arrangements import null_vectors
from rectified.regions.equilibration import unit_rows

MOST_PLANES = 62  # sides of hyperplanes are packed into the bits of one whole number
MOST_AT_ONCE = 2_000_000
# Of a row of length one on a ray: below, the row lies on the ray up to rounding, and rows are not in general position.
# Rounding leaves 1e-16 over the volume that the rows of the ray span; random rows come this near once in 1e13 trials.
ON_A_RAY = 1e-13


def log10_expected_bad_cells(num_rows: int, dim: int) -> float:
    r"""Decimal logarithm of the expected number of cells of a Gaussian layer with fewer than d active rows.

    .. math:: E(m, d) = 2 \sum_{k<d} \binom{m-1}{k} \cdot 2^{-m} \sum_{k<d} \binom{m}{k}

    The first factor is the number of cells of hyperplanes in general position. Changing the sign of a row changes
    neither the law of the layer nor its hyperplanes, so that on each cell every one of the :math:`2^m` sets of active
    rows is equally likely. Computed with log-gamma, without overflow.

    Args:
        num_rows: Number of rows m, at least ``dim``.
        dim: Number of columns d, at least 1.

    Returns:
        The logarithm. The layer fails to be injective with probability at most E.

    Raises:
        ValueError: If the numbers are out of range.

    Source:
        own; the number of cells is that of [cover1965geometrical].
    """
    if dim < 1 or num_rows < dim:
        raise ValueError(f"num_rows is {num_rows} and dim is {dim}; expected num_rows >= dim >= 1")
    k = np.arange(dim)
    cells = np.logaddexp.reduce(_log_binomial(num_rows - 1, k))
    bad = np.logaddexp.reduce(_log_binomial(num_rows, k))
    return float((math.log(2.0) + cells + bad - num_rows * math.log(2.0)) / math.log(10.0))


def _log_binomial(n: int, k: np.ndarray) -> np.ndarray:
    inside = k <= n
    kept = np.where(inside, k, 0)
    return np.where(inside, gammaln(n + 1) - gammaln(kept + 1) - gammaln(n - kept + 1), -np.inf)


def first_moment_threshold() -> float:
    r"""The expansivity above which the expected number of bad cells vanishes as d grows, 9.0886...

    Both sums grow like :math:`2^{m H(1/\alpha)}` with the binary entropy H, so that E vanishes when
    :math:`2 H(1/\alpha) < 1`.

    Returns:
        The root of :math:`H(1/\alpha) = 1/2`.
    """

    def excess(alpha: float) -> float:
        p = 1.0 / alpha
        return -p * math.log2(p) - (1 - p) * math.log2(1 - p) - 0.5

    return float(brentq(excess, 3.0, 50.0, xtol=1e-12))


def witness_fraction(alpha: float) -> float:
    r"""Active rows at :math:`x = -\sum_i w_i` over d, in the limit of large d: :math:`\alpha\, Q(\alpha^{-1/2})`.

    There :math:`\langle w_i, x\rangle / d \approx -1 + \sqrt\alpha\, g` with a standard normal g; Q is its upper tail.

    Args:
        alpha: Expansivity, positive.

    Returns:
        The fraction: below one the layer is not injective.

    Raises:
        ValueError: If alpha is not positive.
    """
    if not alpha > 0:
        raise ValueError(f"alpha is {alpha}; expected a positive expansivity")
    return float(alpha * norm.sf(alpha**-0.5))


def witness_threshold() -> float:
    r"""The expansivity at which the witness :math:`-\sum_i w_i` stops to certify non-injectivity, 3.4028...

    Returns:
        The root of :math:`\alpha\, Q(\alpha^{-1/2}) = 1`.

    Source:
        own; the value is the lower end of the window in [puthawala2022globally].
    """
    return float(brentq(lambda alpha: witness_fraction(alpha) - 1.0, 2.0, 10.0, xtol=1e-12))


def witness_direction(rows: Float[Tensor, "*batch planes d_in"]) -> Float[Tensor, "*batch d_in"]:
    """The direction that points away from all rows together, minus their sum.

    Args:
        rows: Rows of one layer, or of many.

    Returns:
        One direction each.
    """
    return -rows.sum(dim=-2)


def searched_direction(rows: Float[Tensor, "planes d_in"], *, steps: int = 300) -> Float[Tensor, " d_in"]:
    r"""A direction with few active rows, by descent from :math:`-\sum_i w_i`.

    The count itself has no gradient. Its place takes the sum of the logistic function of
    :math:`\langle w_i, x\rangle / s` for unit x, with s falling from one to a tenth of the root mean square entry.

    Args:
        rows: Rows of one layer.
        steps: Steps of descent.

    Returns:
        The best unit vector on the way.

    Raises:
        ValueError: If steps is not positive.
    """
    if steps < 1:
        raise ValueError(f"steps is {steps}; expected at least 1")
    rows = rows / rows.abs().max()
    size = rows.square().mean().sqrt()
    x = torch.nn.functional.normalize(witness_direction(rows), dim=-1)
    best, fewest = x, math.inf
    for step in range(steps):
        values = rows @ x / size
        count = int((values > 0).sum())
        if count < fewest:
            best, fewest = x, count
        activity = torch.sigmoid(values / 10.0 ** (-step / steps))
        downhill = -(activity * (1.0 - activity)) @ rows
        x = torch.nn.functional.normalize(x + 0.1 * downhill / torch.linalg.vector_norm(downhill), dim=-1)
    return best


def num_bad_cells(rows: Float[Tensor, "batch planes d_in"]) -> Int[Tensor, " batch"]:
    """The number of cells with fewer than d_in active rows, exactly, for many layers in general position at once.

    Every cell touches some ray, and around a ray all sides of the d_in - 1 rows through it occur. So list, for all rays
    and all sides, the active rows as one whole number each, and count the different ones with few bits.

    Args:
        rows: Rows of every layer: at most 62, in general position, at least two columns.

    Returns:
        One count for each layer; zero exactly where it is injective.

    Raises:
        ValueError: If there are too many rows, fewer than two columns, or d_in rows are dependent up to rounding.
    """
    _, count, dim = rows.shape
    if count > MOST_PLANES or dim < 2 or count < dim:
        raise ValueError(
            f"rows has shape {tuple(rows.shape)}; expected (batch, planes, d_in), 2 <= d_in <= planes <= {MOST_PLANES}"
        )
    subsets = np.array(list(itertools.combinations(range(count), dim - 1)))
    size = len(subsets) * count
    chunks = torch.split(rows, max(1, MOST_AT_ONCE // (size * 2**dim)))
    return torch.cat([torch.from_numpy(_bad_counts(unit_rows(chunk.numpy()), subsets)) for chunk in chunks])


def _bad_counts(rows: np.ndarray, subsets: np.ndarray) -> np.ndarray:
    """Counts for a batch of rows of length one.

    Raises:
        ValueError: If a further row lies on a ray.
    """
    dim = rows.shape[-1]
    bits = 1 << np.arange(rows.shape[1], dtype=np.int64)
    rays = null_vectors(rows[:, subsets])
    products = rays @ rows.transpose(0, 2, 1)
    above = products > 0
    if (np.abs(products) <= ON_A_RAY).sum() > len(rows) * subsets.size:
        raise ValueError("rows are not in general position: d_in of them are dependent, up to rounding")
    np.put_along_axis(above, np.broadcast_to(subsets, (len(rows), *subsets.shape)), False, axis=2)
    own = bits[subsets]
    ahead = above @ bits
    behind = bits.sum() - own.sum(axis=1) - ahead
    choices = np.array(list(itertools.product((0, 1), repeat=dim - 1))) @ own.T
    keys = np.stack([ahead, behind], axis=1)[:, :, None] + choices
    keys = np.sort(keys.reshape(len(rows), -1), axis=1)
    fresh = np.diff(keys, axis=1, prepend=-1) > 0
    return np.asarray((fresh & (np.bitwise_count(keys) < dim)).sum(axis=1))
