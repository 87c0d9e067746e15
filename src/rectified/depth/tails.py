"""How far a chain of layers, or a product, can still be from its limit: tails of convergent series."""

import torch
from jaxtyping import Float, Int64
from torch import Tensor


def perturbation_norms(depth: int, exponent: float, scale: float, *, first: int = 2) -> Float[Tensor, " layers"]:
    r"""The numbers :math:`c \, n^{-a}` for n from ``first`` to ``depth``.

    Args:
        depth: Number of the last layer.
        exponent: The decay a.
        scale: The factor c.
        first: Number of the first layer.

    Returns:
        One number per layer, in float64: for the chains of :func:`rectified.depth.chains.perturbed_identities` the
        largest absolute row sums of W - I.

    Raises:
        ValueError: If ``depth`` is below ``first`` or ``first`` below 1.
    """
    if first < 1 or depth < first:
        raise ValueError(f"first is {first} and depth {depth}; expected 1 <= first <= depth")
    return scale * torch.arange(first, depth + 1, dtype=torch.float64) ** (-exponent)


def tail_bound(
    first_norm: Float[Tensor, "*batch"], weights: Float[Tensor, " layers"], biases: Float[Tensor, " layers"]
) -> Float[Tensor, "*batch depth"]:
    r"""How far the states of a chain can be from its deepest state, after each layer.

    With :math:`B = \exp(\sum_k \|P_k\|) \, (\|h_1\| + \sum_k \|b_k\|)`, where :math:`P_k = W_k - I`,

    .. math:: \|h_N - h_n\| \le \sum_{k = n + 1}^{N} (B \|P_k\| + \|b_k\|) .

    States are not negative, so that :math:`\sigma(h) = h`; and :math:`\sigma` moves points at most as far as its
    arguments. Hence one layer changes a state by at most :math:`\|P_k\| \|h\| + \|b_k\|`, and no state exceeds B. Holds
    for every norm of vectors that is monotone in the absolute values, with its norm of matrices.

    Args:
        first_norm: Largest norm of the state after layer 1.
        weights: Norms of W - I of the layers 2, 3, ..., N.
        biases: Norms of their biases.

    Returns:
        The bound after the layers 1, ..., N, of which the last is 0. Small terms are added first.

    Raises:
        ValueError: If lengths differ or a norm is negative.

    Source:
        own; it makes the sufficient condition of [xu2024convergence] quantitative.
    """
    if weights.shape != biases.shape:
        raise ValueError(f"biases has shape {tuple(biases.shape)}; expected that of weights, {tuple(weights.shape)}")
    if bool((weights < 0).any()) or bool((biases < 0).any()) or bool((first_norm < 0).any()):
        raise ValueError("first_norm, weights and biases are norms; expected no negative number")
    largest = torch.exp(weights.sum()) * (first_norm + biases.sum())
    terms = largest[..., None] * weights + biases
    tails = terms.flip(-1).cumsum(-1).flip(-1)
    return torch.nn.functional.pad(tails, (0, 1))


def row_change_bound(
    norms: Float[Tensor, " layers"],
    lengths: tuple[int, int],
    last_off: tuple[Int64[Tensor, "*batch width"], Int64[Tensor, "*batch width"]],
) -> Float[Tensor, "*batch width"]:
    r"""How far the rows of a product of cut matrices can move between n and N factors.

    With :math:`C = \exp(\sum_k \|P_k\|)`, a row that is on from n + 1 to N moves by at most
    :math:`C \sum_{k=n+1}^N \|P_k\|`. A row that was last off at factor t has norm at most :math:`C \sum_{k=t+1}^N
    \|P_k\|`, and one that was never off at most C; a row that is off in between moves by at most the sum of its
    norms at both ends.

    Args:
        norms: Norms of W - I of the factors 1, 2, ..., as largest absolute row sums.
        lengths: The numbers n and N of factors.
        last_off: At n and at N, the number of the last factor at which each row was off; 0 for never.

    Returns:
        A bound of the sum of absolute values of each row of the difference.

    Raises:
        ValueError: If not 0 < n < N, or there are fewer than N norms.

    Source:
        own; from the proof that products with arbitrary activation matrices converge [xu2024convergence].
    """
    n, N = lengths
    if not 0 < n < N or len(norms) < N:
        raise ValueError(f"lengths is {lengths}; expected 0 < n < N <= {len(norms)}, the number of norms")
    tails = torch.nn.functional.pad(norms[:N].flip(0).cumsum(0).flip(0), (0, 1))  # entry k: factors k + 1 to N
    largest = torch.exp(tails[0])
    earlier = torch.where(last_off[0] == 0, 1.0, tails[last_off[0]] - tails[n])
    moved = torch.where(last_off[1] <= n, tails[n], tails[last_off[1]] + earlier)
    return largest * moved
