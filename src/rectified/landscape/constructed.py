"""Local minima that are no better than the best affine map: every hidden unit works in one linear piece."""

from collections.abc import Sequence
from typing import NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor

from rectified.landscape.affine import AffineFit
from rectified.landscape.piecewise import Piece, PiecewiseLinear

FILL = 0.5  # share of the half piece that carried signals use: the rest is the distance to the knots


class WorkingPoints(NamedTuple):
    """Where on the carrying piece every hidden unit works.

    The first ``d_out`` units of each hidden layer are *carriers*: unit k has the pre-activation
    ``centre + amplitude F_k(x)``. The others are *idle*: constant at their centre, with no outgoing weight.

    Attributes:
        amplitudes: One (d_out,) per hidden layer, not zero.
        centres: One (width,) per hidden layer, inside the piece.
    """

    amplitudes: list[Float[Tensor, " d_out"]]
    centres: list[Float[Tensor, " _width"]]


def working_points(
    carried: Sequence[Float[Tensor, "samples d_out"]],
    hidden: Sequence[int],
    activation: PiecewiseLinear,
    *,
    fill: float = FILL,
) -> WorkingPoints:
    """Working points in the middle of the carrying piece, with amplitudes that keep all signals inside it.

    Args:
        carried: What the carriers of each hidden layer must carry on the data; one entry is used for all layers.
        hidden: Widths of the hidden layers.
        activation: Its steepest piece carries.
        fill: Share of the half piece that the largest signal uses, between 0 and 1.

    Returns:
        The working points.

    Raises:
        ValueError: If a hidden layer is not wider than the output, ``fill`` is not between 0 and 1, or ``carried``
            has neither one entry nor one for each layer.

    Source:
        [he2020piecewise], the construction behind the abstract's spurious local minima; details own.
    """
    d_out = carried[0].shape[-1]
    if min(hidden, default=0) <= d_out:
        raise ValueError(f"hidden is {list(hidden)}; expected every width above d_out = {d_out}: one unit must be idle")
    if not 0.0 < fill < 1.0:
        raise ValueError(f"fill is {fill}; expected a share between 0 and 1, so that signals stay off the knots")
    if len(carried) not in (1, len(hidden)):
        raise ValueError(f"carried has {len(carried)} entries; expected 1 or {len(hidden)}, one per hidden layer")
    low, high = activation.carrying_piece.working_interval
    sizes = [signal.abs().amax(dim=-2).clamp_min(1e-3) for signal in carried]  # a zero signal needs no more room
    half, middle = (high - low) / 2, (low + high) / 2
    amplitudes = [fill * half / size for size in sizes]
    amplitudes = amplitudes * len(hidden) if len(sizes) == 1 else amplitudes
    return WorkingPoints(amplitudes, [torch.full((width,), middle, dtype=torch.float64) for width in hidden])


def carrier_network(
    coefficients: Float[Tensor, "d_in_plus_one d_out"], points: WorkingPoints, piece: Piece
) -> list[tuple[Tensor, Tensor]]:
    r"""The network whose carriers pass an affine map on, layer by layer, through one piece of the activation.

    With :math:`h(z) = s z + c` on the piece, unit k of the next layer takes :math:`a'/(s a)` times the output of unit
    k, shifted so that its pre-activation is :math:`m' + a' F_k`; the last layer undoes amplitude and centre.

    Args:
        coefficients: Of the affine map, the constant in the last row.
        points: Amplitudes and centres.
        piece: The piece; its slope is not zero.

    Returns:
        Pairs (weight, bias), first to last. Where all pre-activations stay inside the piece, the network is the map.

    Raises:
        ValueError: If the slope of the piece is zero.

    Source:
        [he2020piecewise], as for :func:`working_points`.
    """
    if piece.slope == 0.0:
        raise ValueError("piece has slope 0; expected a slope that passes signals on")
    d_out = coefficients.shape[1]
    first, *others = points.amplitudes
    W, b = _padded(first[:, None] * coefficients[:-1].T, points.centres[0])
    layers, below, centre = [(W, _shifted(b, first * coefficients[-1]))], first, points.centres[0][:d_out]
    for amplitude, centres in zip(others, points.centres[1:], strict=True):
        gain = amplitude / (piece.slope * below)
        inner = torch.diag(gain)
        W, b = _padded(torch.cat([inner, inner.new_zeros(d_out, len(layers[-1][1]) - d_out)], dim=1), centres)
        layers.append((W, _shifted(b, -gain * (piece.slope * centre + piece.intercept))))
        below, centre = amplitude, centres[:d_out]
    gain = 1.0 / (piece.slope * below)
    W = torch.cat([torch.diag(gain), gain.new_zeros(d_out, len(layers[-1][1]) - d_out)], dim=1)
    return [*layers, (W, -gain * (piece.slope * centre + piece.intercept))]


def constructed_minimum(
    fit: AffineFit, hidden: Sequence[int], activation: PiecewiseLinear, *, points: WorkingPoints | None = None
) -> list[tuple[Tensor, Tensor]]:
    """A network that computes the best affine map, and is a local minimum of the risk.

    All pre-activations on the data are strictly inside one piece. After any small change of parameters they still are,
    so the network is still affine on the data, and no affine map is better.

    Args:
        fit: The best affine map.
        hidden: Widths of the hidden layers, each above the number of outputs.
        activation: Piecewise linear; its steepest piece carries.
        points: Working points; None puts them into the middle of the piece.

    Returns:
        Pairs (weight, bias), first to last.

    Raises:
        ValueError: If a width is too small, or a working point leaves the piece on the data.

    Source:
        [he2020piecewise], abstract and main theorem; the construction is re-derived.
    """
    piece = activation.carrying_piece
    points = working_points([fit.predictions], hidden, activation) if points is None else points
    d_out = fit.predictions.shape[1]
    for idx, (amplitude, centres) in enumerate(zip(points.amplitudes, points.centres, strict=True)):
        carried = centres[:d_out] + amplitude * fit.predictions
        if not (piece.low < min(carried.min(), centres.min()) and max(carried.max(), centres.max()) < piece.high):
            raise ValueError(
                f"points: hidden layer {idx} works from {min(carried.min(), centres.min()):.3g} to "
                f"{max(carried.max(), centres.max()):.3g}; expected strictly inside ({piece.low}, {piece.high})"
            )
    return carrier_network(fit.coefficients, points, piece)


def _padded(rows: Tensor, centres: Tensor) -> tuple[Tensor, Tensor]:
    """The carriers' rows with rows of zeros for the idle units, and the centres as biases."""
    return torch.cat([rows, rows.new_zeros(len(centres) - len(rows), rows.shape[1])]), centres


def _shifted(centres: Tensor, shift: Tensor) -> Tensor:
    """The centres, the first of them moved."""
    return centres + torch.nn.functional.pad(shift, (0, len(centres) - len(shift)))
