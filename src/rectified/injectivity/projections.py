"""Narrower again: generic projections, and the skip connection that makes a network injective."""

import torch
from jaxtyping import Float
from torch import Tensor

from rectified.networks import Layer, Layers, check_float64


def generic_projection(d_out: int, d_in: int, generator: torch.Generator) -> Float[Tensor, "d_out d_in"]:
    r"""A random linear map with independent Gaussian entries of variance 1 / d_out.

    For almost every one of them the composition with an injective piecewise linear network of d inputs is injective,
    when d_out is at least 2 d + 1: differences of outputs lie in finitely many cones of dimension 2 d + 1, and a
    generic null space of codimension d_out meets them in zero only.

    Args:
        d_out: Dimension after the projection.
        d_in: Dimension before.
        generator: Source of the entries.

    Returns:
        The matrix, in float64.

    Raises:
        ValueError: If a dimension is not positive.

    Source:
        [puthawala2022globally], end-to-end injectivity by random projections; the argument is ours.
    """
    if d_out < 1 or d_in < 1:
        raise ValueError(f"d_out is {d_out} and d_in is {d_in}; expected positive dimensions")
    entries: Tensor = torch.randn(d_out, d_in, generator=generator, dtype=torch.float64) / d_out**0.5
    return entries


def with_skip(layers: Layers, skip: Float[Tensor, "d_out d_in"]) -> list[Layer]:
    r"""The ReLU network that computes :math:`f(x) + E x`, where f is the network of ``layers``.

    Two neurons per input carry :math:`\mathrm{ReLU}(x)` and :math:`\mathrm{ReLU}(-x)` through all hidden layers, and
    the last layer takes their difference.

    Args:
        layers: Pairs (weight, bias) of f, in float64, with at least one hidden layer.
        skip: The matrix E.

    Returns:
        Pairs (weight, bias) of the larger network, 2 d_in neurons wider in each hidden layer.

    Raises:
        ValueError: If there is no hidden layer, or the matrix does not fit.

    Source:
        own; with a generic E it is the injective approximation of [puthawala2022globally].
    """
    widths = check_float64(layers)
    if len(layers) < 2:
        raise ValueError("layers has no hidden layer; expected at least two (weight, bias) pairs")
    if skip.shape != (widths[-1], widths[0]):
        raise ValueError(f"skip has shape {tuple(skip.shape)}; expected ({widths[-1]}, {widths[0]})")
    identity = torch.eye(widths[0], dtype=torch.float64)
    pair = torch.cat([identity, -identity])
    zeros = torch.zeros(2 * widths[0], dtype=torch.float64)
    first, *middle = layers[:-1]
    wider = [(torch.cat([first[0], pair]), torch.cat([first[1], zeros]))]
    carry = torch.eye(2 * widths[0], dtype=torch.float64)
    block = torch.block_diag
    wider += [(block(W, carry), torch.cat([b, zeros])) for W, b in middle]  # type: ignore[no-untyped-call]
    W, b = layers[-1]
    return [*wider, (torch.cat([W, skip, -skip], dim=1), b)]
