"""Random points of balls and spaces, and how many activation patterns are met among them."""

from typing import Any

import torch
from jaxtyping import Float, Int64
from torch import Tensor

from rectified.bounds.ball import radii
from rectified.networks import Layers, check_float64
from rectified.regions.signs import behind, largest_plain_size, layers_on, rounding, signed

BITS = 52  # of a pattern in one word: whole numbers that float64 holds exactly
MIXERS = (-7046029254386353131, -4417276706812531889)  # odd numbers of 64 bits, without a pattern
SAMPLES_AT_ONCE = 4_000  # 2 MB for 64 neurons: they stay in a processor's cache


def uniform_in_ball(
    center: Float[Tensor, "*batch d_in"], radius: float | int, num_samples: int, generator: torch.Generator
) -> Float[Tensor, "*batch samples d_in"]:
    r"""Points drawn uniformly from the l2 ball around each centre.

    A uniform direction times :math:`r u^{1/n}`, with u uniform on [0, 1], since a ball of radius t has a share
    :math:`(t / r)^n` of the volume. In many dimensions n nearly all points lie near the surface.

    Args:
        center: Centres.
        radius: Of the balls, not negative.
        num_samples: Points in each ball.
        generator: Source of the points.

    Returns:
        The points.

    Raises:
        ValueError: If the radius or the number is negative.

    Source:
        own; standard.
    """
    _check_draws(radius, num_samples)
    dim = center.shape[-1]
    shape = (*center.shape[:-1], num_samples)
    return center[..., None, :] + _projected_steps(shape, (dim, dim), generator, center.dtype) * radius


def sampled_region_counts(
    layers: Layers,
    center: Float[Tensor, "balls d_in"],
    radius: float | int | Float[Tensor, " balls"],
    num_samples: int,
    generator: torch.Generator,
) -> Int64[Tensor, " balls"]:
    """How many different activation patterns uniform points of each ball have: a lower bound on the number of regions.

    A step from the centre acts on the network only through the row space of the first layer. So it is drawn there: the
    projection of a uniform point of the ball, with the length of the rest from its own law, which has one number
    instead of hundreds. The draws are in single precision, which is eight times faster; all else is in double.

    Args:
        layers: Pairs (weight, bias) of a ReLU network in float64, first to last, with at least one hidden layer.
        center: Centres of the balls.
        radius: One for all or one for each.
        num_samples: Points in each ball, at least 1.
        generator: Source of the points.

    Returns:
        The counts, at most ``num_samples``. A pre-activation that is zero up to rounding is off. Patterns are compared
        by 64-bit words; for more than 52 neurons two different ones have one word with a probability of 5e-20, and the
        count is too small.

    Raises:
        ValueError: If shapes or dtypes do not fit, there is no hidden layer, or a radius or number is out of range.
    """
    widths = check_float64(layers)
    if len(layers) == 1:
        raise ValueError("layers has no hidden layer; expected at least two (weight, bias) pairs")
    if center.ndim != 2 or center.shape[1] != widths[0] or center.dtype != torch.float64:
        raise ValueError(
            f"center is {center.dtype} of shape {tuple(center.shape)}; expected float64 (balls, {widths[0]})"
        )
    if num_samples < 1:
        raise ValueError(f"num_samples is {num_samples}; expected at least 1")
    eps = radii(radius, center)
    size = max(1, SAMPLES_AT_ONCE // num_samples)
    chunks = zip(torch.split(center, size), torch.split(eps, size), strict=True)
    return torch.cat([_chunk_counts(layers, points, part, num_samples, generator) for points, part in chunks])


def matched_gaussian(
    points: Float[Tensor, "samples d_in"], num_samples: int, generator: torch.Generator
) -> Float[Tensor, "_samples d_in"]:
    """Gaussian points with the mean and the covariance of the given ones.

    Args:
        points: At least two.
        num_samples: How many to draw.
        generator: Source of the points.

    Returns:
        The new points.

    Raises:
        ValueError: If there are fewer than two points, or the number is negative.

    Source:
        own; standard.
    """
    _check_draws(0.0, num_samples)
    if points.shape[0] < 2:
        raise ValueError(f"points has {points.shape[0]} rows; expected at least 2, for a covariance")
    values, vectors = torch.linalg.eigh(torch.cov(points.T).reshape(points.shape[1], -1))
    noise = torch.randn(num_samples, points.shape[1], generator=generator, dtype=points.dtype, device=points.device)
    result: Tensor = points.mean(0) + (noise * values.clamp_min(0.0).sqrt()) @ vectors.T
    return result


def points_of_five_kinds(
    train: Float[Tensor, "train d_in"], test: Float[Tensor, "test d_in"], count: int, generator: torch.Generator
) -> dict[str, Float[Tensor, "_ d_in"]]:
    """Points of data, and points that are arbitrary in one sense or another.

    Args:
        train: Inputs that networks are trained on, with entries from 0 to 1.
        test: Others of the same origin.
        count: How many of each kind, at most as many as there are inputs.
        generator: Source of choices and points.

    Returns:
        ``training``: some of ``train``, at random. ``held-out``: the first of ``test``. ``uniform``: every entry
        uniform from 0 to 1. ``Gaussian``: with mean and covariance of ``train``. ``midpoint``: between each of the
        training points and another.

    Raises:
        ValueError: If there are fewer inputs than ``count`` in ``train``.
    """
    if not 1 <= count <= len(train):
        raise ValueError(f"count is {count}; expected 1 to {len(train)}, the number of inputs in train")
    first, second = (train[torch.randperm(len(train), generator=generator)[:count]] for _ in range(2))
    return {
        "training": first,
        "held-out": test[:count],
        "uniform": torch.rand(first.shape, generator=generator, dtype=train.dtype, device=train.device),
        "Gaussian": matched_gaussian(train, count, generator),
        "midpoint": (first + second) / 2,
    }


def _chunk_counts(layers: Layers, center: Tensor, eps: Tensor, num_samples: int, generator: torch.Generator) -> Tensor:
    W, b = layers[0]
    rank = min(W.shape)
    rows = W.T if rank == W.shape[1] else torch.linalg.qr(W.T, mode="r").R
    steps = _projected_steps((len(center), num_samples), (W.shape[1], rank), generator, torch.float32).double()
    z = torch.baddbmm((center @ W.T + b)[:, None], steps * eps[:, None, None], rows.expand(len(center), -1, -1))
    reach = torch.linalg.vector_norm(center, dim=1) + eps
    squares = ((torch.linalg.vector_norm(W, dim=1) * reach[:, None]) ** 2 + b**2)[:, None]
    on, h, sizes = _first_on(z, squares, W.shape[1])
    words = _words(torch.cat([on, *layers_on(layers[1:-1], h, sizes)], dim=-1)).sort(dim=1).values
    return 1 + (words[:, 1:] != words[:, :-1]).sum(1)


def _first_on(z: Tensor, squares: Tensor, longest: int) -> tuple[Tensor, Tensor, Tensor]:
    """Which neurons are on, what is behind them, and its sizes, or one for all."""
    sizes = largest_plain_size(z, squares.amax().sqrt(), longest)
    if sizes is not None:
        return z > 0, z.relu(), sizes
    first = signed(z, squares.expand_as(z), rounding(longest, torch.finfo(z.dtype).eps))
    h, later = behind(first)
    return first.on, h, later.sqrt()


def _projected_steps(
    shape: tuple[int, ...], dims: tuple[int, int], generator: torch.Generator, dtype: torch.dtype
) -> Float[Tensor, "..."]:
    """The first ``dims[1]`` coordinates of uniform points of the unit ball of dimension ``dims[0]``."""
    dim, rank = dims
    options: dict[str, Any] = {"generator": generator, "dtype": dtype, "device": generator.device}
    step = torch.randn(*shape, rank, **options)
    square = (step * step).sum(-1, keepdim=True)
    if rank < dim:  # the other coordinates' squares add up to twice a gamma variable
        square = square + 2.0 * torch._standard_gamma(torch.full_like(square, (dim - rank) / 2), generator=generator)
    share = torch.rand(*shape, 1, **options)
    result: Tensor = step * (share ** (1.0 / dim) / square.sqrt())
    return result


def _words(patterns: Tensor) -> Tensor:
    """One 64-bit word for each pattern; equal patterns have equal words."""
    powers = 2.0 ** torch.arange(BITS, dtype=torch.float64, device=patterns.device)
    words = torch.zeros(patterns.shape[:-1], dtype=torch.int64, device=patterns.device)
    for part in torch.split(patterns, BITS, dim=-1):
        mixed = (words ^ (words >> 29)) * MIXERS[0]
        words = (mixed ^ (mixed >> 32)) * MIXERS[1] + (part.double() @ powers[: part.shape[-1]]).long()
    return words


def _check_draws(radius: float, num_samples: int) -> None:
    """Refuse a number of points or a radius that means nothing.

    Raises:
        ValueError: If one is out of range.
    """
    if not 0 <= radius < float("inf"):
        raise ValueError(f"radius is {radius}; expected a finite number, not negative")
    if num_samples < 0:
        raise ValueError(f"num_samples is {num_samples}; expected at least 0")
