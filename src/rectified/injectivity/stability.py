"""How far apart a layer keeps its outputs: two inputs that collapse, or the Lipschitz constant of the inverse."""

from typing import NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor

from rectified.injectivity._checks import check_layer
from rectified.injectivity.cells import bad_cells, weakest_cell
from rectified.injectivity.graded import unseen_direction
from rectified.injectivity.spanning import scaled_layer
from rectified.optimisers import Adam

CHORDS = 8  # pieces that are tried, those with most room first
SMALLEST_RATIO = 1e-12  # below it, relative to the largest weight, a stretch is rounding and is not descended
LONGEST = 1.0  # of a chord through a cell that ends on no side, in units of the point it starts from


class Pair(NamedTuple):
    """Two inputs of a layer."""

    first: Float[Tensor, " d_in"]
    second: Float[Tensor, " d_in"]


def collapsing_pair(
    weight: Float[Tensor, "d_out d_in"], bias: Float[Tensor, " d_out"] | None = None, *, most_cells: int = 200_000
) -> Pair:
    """Two inputs that a layer maps to one output, well apart where there is room.

    On a piece whose active rows do not span, move along a vector that all of them are orthogonal to: their values stay,
    and the other rows stay inactive up to the end of the piece. The longest such chord of the roomiest pieces is taken.

    Args:
        weight: The layer's rows.
        bias: The layer's bias; None for zeros. Without bias the longer input is scaled to length one.
        most_cells: Refuse where there may be more pieces than this.

    Returns:
        Both ends of the chord.

    Raises:
        ValueError: If the layer is injective, weight or bias has another form, or there may be too many pieces.

    Source:
        [puthawala2022globally], necessity in the theorem on layers; the construction is ours.
    """
    active, points = bad_cells(weight, bias, most_cells=most_cells)
    if len(active) == 0:
        raise ValueError("the layer is injective: on every piece the active rows span; there is no such pair")
    rows, offsets = scaled_layer(weight, bias)
    cutting = (rows != 0).any(dim=1)
    sides = points @ rows[cutting].T + offsets[cutting]
    room = sides.abs().amin(dim=1) / torch.linalg.vector_norm(points, dim=1) if bool(cutting.any()) else points[:, 0]
    roomy = room.argsort(descending=True)[:CHORDS].tolist()
    chords = [_chord(rows, offsets, active[cell], points[cell]) for cell in roomy]
    if bias is None:
        chords = [Pair(*(end / max(map(torch.linalg.vector_norm, chord)) for end in chord)) for chord in chords]
    return max(chords, key=lambda chord: float(torch.linalg.vector_norm(chord.first - chord.second)))


def _chord(weight: Tensor, bias: Tensor, active: Tensor, point: Tensor) -> Pair:
    """Both ends of the piece around ``point`` along a direction that its active rows do not see."""
    direction = unseen_direction(weight[active])
    values = weight @ point + bias
    slopes = (weight @ direction)[~active]
    steps = -values[~active] / slopes  # where each inactive row would become active
    reach = LONGEST * torch.linalg.vector_norm(point).clamp_min(1.0)
    forwards = torch.cat([steps[slopes > 0], reach[None]]).min()
    backwards = torch.cat([-steps[slopes < 0], reach[None]]).min()
    return Pair(point - backwards * direction, point + forwards * direction)


def inverse_lipschitz(
    weight: Float[Tensor, "d_out d_in"], bias: Float[Tensor, " d_out"] | None = None, *, most_cells: int = 200_000
) -> float:
    r"""The smallest singular value of the active rows over all pieces, :math:`\sigma = \min_x \sigma_{\min}(W_{S(x)})`.

    The layer stretches every distance by at least :math:`\sigma / \sqrt2`, and some distances by no more than
    :math:`\sigma`. So its inverse has a Lipschitz constant between :math:`1/\sigma` and :math:`\sqrt2/\sigma`.

    Args:
        weight: The layer's rows.
        bias: The layer's bias; None for zeros.
        most_cells: Refuse where there may be more pieces than this.

    Returns:
        The value; zero where the layer is not injective.

    Raises:
        ValueError: If weight or bias has another form, or there may be too many pieces.

    Source:
        [puthawala2022globally], the stability of the inverse; the factor root two is ours.
    """
    return float(weakest_cell(weight, bias, most_cells=most_cells).singular_value)


def stretch(
    weight: Float[Tensor, "d_out d_in"], first: Float[Tensor, "samples d_in"], second: Float[Tensor, "samples d_in"]
) -> Float[Tensor, " samples"]:
    r"""How much the layer without bias stretches the distance of two inputs, :math:`\|N(x) - N(x')\| / \|x - x'\|`.

    Args:
        weight: The layer's rows.
        first: The inputs x.
        second: The inputs x', none equal to its partner.

    Returns:
        One ratio for each pair.
    """
    outputs = torch.relu(first @ weight.T) - torch.relu(second @ weight.T)
    ratios: Tensor = torch.linalg.vector_norm(outputs, dim=-1) / torch.linalg.vector_norm(first - second, dim=-1)
    return ratios


def smallest_stretch(
    weight: Float[Tensor, "d_out d_in"],
    generator: torch.Generator,
    *,
    starts: int = 200,
    steps: int = 60,
) -> float:
    """The smallest ratio of output distance to input distance that a search finds, for a layer without bias.

    It starts from random pairs, from opposite pairs, and from both ends of a short step along the direction that the
    weakest piece stretches least, and descends the logarithm of the ratio.

    Args:
        weight: The layer's rows.
        generator: Source of the starting points.
        starts: Number of each kind of start.
        steps: Steps of descent.

    Returns:
        The smallest ratio on the way: an upper bound of the true infimum.

    Raises:
        ValueError: If weight has another form, or starts or steps are not positive.
    """
    check_layer(weight)
    if starts < 1 or steps < 1:
        raise ValueError(f"starts is {starts} and steps is {steps}; expected at least 1 of each")
    size = float(weight.abs().max())
    if size == 0.0:
        return 0.0
    scaled = weight / size
    pairs = _starting_pairs(scaled, generator, starts).requires_grad_()
    optimiser, smallest = Adam([pairs], 0.02), torch.inf
    for _ in range(steps):
        ratios = stretch(scaled, pairs[0], pairs[1])
        smallest = min(smallest, float(ratios.detach().min()))
        optimiser.step(torch.autograd.grad(ratios.clamp_min(SMALLEST_RATIO).log().sum(), [pairs]))
    return size * smallest


def _starting_pairs(weight: Tensor, generator: torch.Generator, starts: int) -> Tensor:
    """Pairs (2, 2 * starts + 2, d_in): random, opposite, and close and opposite ones along the weakest direction."""
    x, other = torch.randn(2, starts, weight.shape[1], generator=generator, dtype=weight.dtype)
    _, point, weak = weakest_cell(weight)
    rows, _ = scaled_layer(weight[(weight != 0).any(dim=1)])
    room = ((rows @ point).abs() / torch.linalg.vector_norm(rows, dim=1)).min()
    near, far = torch.stack([point, weak]), torch.stack([point + 0.5 * room * weak, -weak])
    return torch.stack([torch.cat([x, x, near]), torch.cat([other, -x, far])])
