"""Paths through parameter space: along a valley of constant risk, and out of it without ever rising."""

from collections.abc import Sequence

import torch
from jaxtyping import Float
from torch import Tensor

from rectified.landscape.affine import AffineFit
from rectified.landscape.constructed import WorkingPoints, carrier_network, constructed_minimum, working_points
from rectified.landscape.kink import Kink, kink_network, kink_working_points
from rectified.landscape.piecewise import PiecewiseLinear
from rectified.regions.equilibration import unit_rows

SHARES = (0.25, 0.25, 0.5)  # of an escape path: shrinking the signals, moving the idle unit, growing the kink
LEAST_SINGULAR = 1e-9  # of scaled directions that count as independent: rounding leaves about 1e-15


def valley_path(
    fit: AffineFit, hidden: Sequence[int], activation: PiecewiseLinear, steps: int, generator: torch.Generator
) -> list[tuple[Tensor, Tensor]]:
    """Constructed minima on a path along which every amplitude and every centre moves at once.

    Args:
        fit: The best affine map.
        hidden: Widths of the hidden layers.
        activation: Between each two layers.
        steps: Number of points, at least 2.
        generator: Source of where the path ends.

    Returns:
        A stack of ``steps`` networks; the first is the constructed minimum itself.

    Raises:
        ValueError: If ``steps`` is below 2 or a width too small.

    Source:
        [he2020piecewise], abstract: minima of one cell joined by a continuous path; details own.
    """
    if steps < 2:
        raise ValueError(f"steps is {steps}; expected at least 2 points of a path")
    start = working_points([fit.predictions], hidden, activation)
    low, high = activation.carrying_piece.working_interval
    networks = []
    shrink = [0.5 * torch.rand(a.shape, generator=generator, dtype=torch.float64) for a in start.amplitudes]
    shift = [torch.rand(c.shape, generator=generator, dtype=torch.float64) - 0.5 for c in start.centres]
    for share in torch.linspace(0.0, 1.0, steps, dtype=torch.float64):
        amplitudes = [a * (1.0 - share * by) for a, by in zip(start.amplitudes, shrink, strict=True)]
        centres = [c + share * by * (high - low) / 3 for c, by in zip(start.centres, shift, strict=True)]
        networks.append(constructed_minimum(fit, hidden, activation, points=WorkingPoints(amplitudes, centres)))
    return stacked(networks)


def valley_dimension(fit: AffineFit, hidden: Sequence[int], activation: PiecewiseLinear) -> int:
    """Number of directions in which the valley of constructed minima extends: the rank of its parametrisation.

    The rank is that of the scaled Jacobian: neither the units of the targets nor those of a parameter change it, while
    amplitudes and centres have derivatives of very different size.

    Args:
        fit: The best affine map.
        hidden: Widths of the hidden layers.
        activation: Between each two layers.

    Returns:
        The rank, by automatic differentiation at the middle of the piece.

    Raises:
        ValueError: If a width is too small.
    """
    points = working_points([fit.predictions], hidden, activation)
    sizes = [len(part) for part in (*points.amplitudes, *points.centres)]
    depth, piece = len(hidden), activation.carrying_piece

    def parameters(free: Tensor) -> Tensor:
        parts = list(torch.split(free, sizes))
        layers = carrier_network(fit.coefficients, WorkingPoints(parts[:depth], parts[depth:]), piece)
        return torch.cat([part.flatten() for layer in layers for part in layer])

    free = torch.cat([*points.amplitudes, *points.centres])
    jacobian: Tensor = torch.autograd.functional.jacobian(parameters, free)  # type: ignore[no-untyped-call]
    directions = torch.from_numpy(unit_rows(jacobian.T.numpy()))
    return int(torch.linalg.matrix_rank(directions, rtol=LEAST_SINGULAR))


def escape_path(
    fit: AffineFit,
    kink: Kink,
    inputs: Float[Tensor, "samples d_in"],
    hidden: Sequence[int],
    activation: PiecewiseLinear,
    steps: int,
) -> list[tuple[Tensor, Tensor]]:
    """A path from the constructed minimum to the network with the kink, on which the risk never rises.

    First the carried signals shrink until there is room for the kink; then the idle unit, which nothing reads, takes
    the weights of the kink; both leave the network as it is. Last the kink's strength grows from 0 to its best: along
    it the risk is convex and falls.

    Args:
        fit: The best affine map.
        kink: The kink to reach.
        inputs: The examples.
        hidden: Widths of the hidden layers.
        activation: Between each two layers.
        steps: Number of points, at least 8.

    Returns:
        A stack of ``steps`` networks.

    Raises:
        ValueError: If ``steps`` is below 8 or a width too small.

    Source:
        own; that wide networks have no setwise strict bad minima: [li2018over].
    """
    if steps < 8:
        raise ValueError(f"steps is {steps}; expected at least 8 points, some for each of the three parts")
    middle = working_points([fit.predictions], hidden, activation)
    roomy = kink_working_points(fit, kink, inputs, hidden, activation, kink.strength)
    piece, counts = activation.carrying_piece, [int(steps * part) for part in SHARES]
    shrinking = []
    for share in torch.linspace(0.0, 1.0, counts[0], dtype=torch.float64):
        amplitudes = [a * (b / a) ** share for a, b in zip(middle.amplitudes, roomy.amplitudes, strict=True)]
        shrinking.append(carrier_network(fit.coefficients, WorkingPoints(amplitudes, middle.centres), piece))
    silent, loud = (
        kink_network(fit, kink, inputs, hidden, activation, strength=strength, points=roomy)
        for strength in (0.0, kink.strength)
    )  # with fixed working points every parameter is affine in the strength
    moving = straight_path(shrinking[-1], silent, counts[1])
    growing = straight_path(silent, loud, steps - counts[0] - counts[1])
    parts = zip(stacked(shrinking), moving, growing, strict=True)
    return [(torch.cat([W for W, _ in layer]), torch.cat([b for _, b in layer])) for layer in parts]


def straight_path(
    first: Sequence[tuple[Tensor, Tensor]], last: Sequence[tuple[Tensor, Tensor]], steps: int
) -> list[tuple[Tensor, Tensor]]:
    """The networks on the segment between two networks in parameter space.

    Args:
        first: Pairs (weight, bias) of the start.
        last: The same for the end.
        steps: Number of points, at least 2, both ends included.

    Returns:
        A stack of ``steps`` networks.

    Raises:
        ValueError: If ``steps`` is below 2.
    """
    if steps < 2:
        raise ValueError(f"steps is {steps}; expected at least 2 points of a path")
    share = torch.linspace(0.0, 1.0, steps, dtype=torch.float64)
    return [
        (torch.lerp(W, V, share[:, None, None]), torch.lerp(b, c, share[:, None]))
        for (W, b), (V, c) in zip(first, last, strict=True)
    ]


def stacked(networks: Sequence[Sequence[tuple[Tensor, Tensor]]]) -> list[tuple[Tensor, Tensor]]:
    """Many networks of one shape as one network whose weights carry a leading dimension.

    Args:
        networks: Of equal widths.

    Returns:
        Pairs (weight, bias), first to last.

    Raises:
        ValueError: If there is no network.
    """
    if not networks:
        raise ValueError("networks is empty; expected at least one network to stack")
    return [
        (torch.stack([W for W, _ in layer]), torch.stack([b for _, b in layer]))
        for layer in zip(*networks, strict=True)
    ]
