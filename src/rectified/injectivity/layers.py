"""Layers that are injective by construction: rows in opposite pairs, and any further rows."""

from typing import final

import torch
from jaxtyping import Float
from torch import Tensor, nn

from rectified.injectivity.spanning import RANK_TOLERANCE, unit_weight
from rectified.networks import Layer


def pair_weight(
    basis: Float[Tensor, "d_in d_in"], scales: Float[Tensor, " d_in"], extra: Float[Tensor, "more d_in"] | None = None
) -> Float[Tensor, "d_out d_in"]:
    r"""The rows :math:`[B; -D B; M]`: injective for every invertible B, positive D and arbitrary M.

    Of :math:`b_j` and :math:`-d_j b_j` one is active at every input, so that the active rows contain a basis. Rounding
    of D B leaves them opposite up to 1e-16 of their lengths, far below what any decision here resolves.

    Args:
        basis: The invertible matrix B.
        scales: The positive diagonal of D.
        extra: Further rows M; None for none.

    Returns:
        All rows.

    Raises:
        ValueError: If shapes do not fit, a scale is not positive, or B is singular: as everywhere
            here, if its scaled rows have a singular value of at most 1e-9.

    Source:
        [puthawala2022globally], the layer that reaches the minimal expansivity.
    """
    dim = len(scales)
    if basis.shape != (dim, dim) or (extra is not None and extra.shape[1:] != (dim,)):
        raise ValueError(f"basis has shape {tuple(basis.shape)} and scales has {dim} entries; expected one d_in")
    if not bool((scales > 0).all()):
        raise ValueError(f"scales has the smallest entry {float(scales.min()):.3g}; expected positive ones")
    least = float(torch.linalg.svdvals(unit_weight(basis))[-1])
    if not least > RANK_TOLERANCE:
        raise ValueError(
            f"basis is singular: its scaled rows have the singular value {least:.3g}; expected an invertible matrix, "
            f"with more than {RANK_TOLERANCE:.0e}"
        )
    rows = [basis, -scales[:, None] * basis]
    return torch.cat(rows if extra is None else [*rows, extra])


@final
class InjectiveLinear(nn.Module):
    r"""A trainable linear layer that, followed by a ReLU, stays injective whatever its parameters are.

    Its rows are :math:`[B; -D B; M]` with :math:`B = \exp(A - A^\top) \operatorname{diag}(e^s)`: a rotation times
    positive scales, so never singular; D is an exponential too. A bias shifts the two rows of a pair only so that their
    half-spaces overlap: with :math:`\beta` for the first rows the second ones have :math:`D(-\beta + e^g)`, and at
    every input one of the two is active. That holds as long as no exponential overflows or underflows.

    Args:
        d_in: Number of inputs.
        extra: Number of further rows M, not negative; the layer has 2 d_in + extra outputs.
        generator: Source of the initial A and M.
        dtype: Of all parameters.
    """

    def __init__(self, d_in: int, extra: int, generator: torch.Generator, dtype: torch.dtype = torch.float64) -> None:
        super().__init__()
        if d_in < 1 or extra < 0:
            raise ValueError(f"d_in is {d_in} and extra is {extra}; expected d_in >= 1 and extra >= 0")

        def normal(*shape: int) -> nn.Parameter:
            return nn.Parameter(torch.randn(*shape, generator=generator, dtype=dtype) / d_in**0.5)

        self.angles, self.more = normal(d_in, d_in), normal(extra, d_in)
        self.log_lengths = nn.Parameter(torch.zeros(d_in, dtype=dtype))
        self.log_scales = nn.Parameter(torch.zeros(d_in, dtype=dtype))
        self.shift, self.more_bias = normal(d_in), nn.Parameter(torch.zeros(extra, dtype=dtype))
        self.log_overlap = nn.Parameter(torch.full((d_in,), -2.0, dtype=dtype))

    def affine(self) -> Layer:
        """Weight and bias, as functions of the parameters."""
        basis = torch.matrix_exp(self.angles - self.angles.T) * self.log_lengths.exp()
        scales = self.log_scales.exp()
        weight = torch.cat([basis, -scales[:, None] * basis, self.more])
        bias = torch.cat([self.shift, scales * (self.log_overlap.exp() - self.shift), self.more_bias])
        return weight, bias

    def forward(self, x: Float[Tensor, "*batch d_in"]) -> Float[Tensor, "*batch d_out"]:
        """The layer's output before the ReLU."""
        weight, bias = self.affine()
        return nn.functional.linear(x, weight, bias)
