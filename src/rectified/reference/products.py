"""The explicit expression of a ReLU network as it is printed: every product multiplied out anew."""

from collections.abc import Sequence

import numpy as np
from jaxtyping import Float


def affine_by_products(
    layers: Sequence[tuple[np.ndarray, np.ndarray]], x: Float[np.ndarray, " d_in"], *, newest_left: bool = True
) -> tuple[np.ndarray, np.ndarray]:
    r"""Slope and offset of the network with a ReLU after every layer, on the activation domain of x.

    .. math:: \Big(\prod_{i=1}^{n} I_i W_i\Big) x + \sum_{i=1}^{n} \Big(\prod_{j=i+1}^{n} I_j W_j\Big) I_i b_i

    With dense 0/1 diagonal matrices and one product for each i: quadratic in the number of layers.

    Args:
        layers: Pairs (weight, bias), first to last.
        x: One input.
        newest_left: Whether the factor of the last layer stands on the left, as it must; False multiplies the other way
            round, which needs square layers.

    Returns:
        Slope and offset.

    Raises:
        ValueError: If the order is reversed and some layer is not square.

    Source:
        [xu2024convergence], the explicit expression.
    """
    if not newest_left and any(W.shape[0] != W.shape[1] for W, _ in layers):
        raise ValueError("newest_left is False; expected square layers, since others do not multiply in this order")
    factors, shifts, h = [], [], x
    for W, b in layers:
        gate = np.diag((W @ h + b > 0).astype(float))
        factors.append(gate @ W)
        shifts.append(gate @ b)
        h = np.maximum(W @ h + b, 0.0)
    products = [_product(factors[i + 1 :], len(b), newest_left) for i, (_, b) in enumerate(layers)]
    offset = np.sum([M @ shift for M, shift in zip(products, shifts, strict=True)], axis=0)
    slope = products[0] @ factors[0] if newest_left else factors[0] @ products[0]
    return slope, offset


def _product(factors: Sequence[np.ndarray], width: int, newest_left: bool) -> np.ndarray:
    product = np.eye(width)
    for factor in factors:
        product = factor @ product if newest_left else product @ factor
    return product
