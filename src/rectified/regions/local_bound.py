r"""Upper bounds on the number of linear regions of a ReLU network inside a ball, from sign changes it cannot exclude.

A hidden unit is *stable* on a ball when it keeps its sign there, and *unstable* when that cannot be excluded. Within
one region of the first l - 1 layers, the pre-activations of layer l are affine, so that its :math:`k_l` unstable units
cut the region by at most :math:`k_l` hyperplanes. If the rank is at most :math:`d_l`, these make at most
:math:`\zeta(k_l, d_l)` pieces, and the ball meets at most :math:`\prod_l \zeta(k_l, d_l)` regions.

A region has an interior. Patterns may be more: a unit that takes in |x| = relu(x + 1) + 2 relu(-x) - 1 is stable and
cuts nothing, but it is off at 0 alone, which makes three patterns of two regions.

The levels differ in how they see that a unit is stable. All count activation regions, of which there are at least as
many as linear regions. They are sound in exact arithmetic; rounding can matter only for a unit whose boundary
touches the ball to within about 1e-14.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import NamedTuple

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

from rectified.bounds.ball import radii
from rectified.bounds.crown import crown_bounds
from rectified.networks import Layers, check_float64
from rectified.regions.counting import log10_zaslavsky_count, zaslavsky_count
from rectified.regions.row_subsets import row_subset_norms, row_subset_norms_below
from rectified.regions.signs import rounding, signed_layers

NUMBERS_AT_ONCE = 2**19  # in the composed matrices of one chunk of balls: 4 MB, less than a processor's cache


class Level(IntEnum):
    """How it is seen that a unit is stable."""

    SPECTRAL = 1
    """The ball's image grows by the spectral norm of each layer."""
    COMPOSED = 2
    """The exact linear map of stable units, and a ball for what the others add."""
    RELAXED = 3
    """The former, or CROWN's bounds of the unit."""


@dataclass(frozen=True)
class LocalBound:
    """Bounds on the number of regions in each of several balls.

    Attributes:
        unstable: Unstable units of each hidden layer, k.
        dims: Largest rank of each hidden layer on a region, d.
        log10: Decimal logarithm of the bound.
    """

    unstable: Int[Tensor, "balls depth"]
    dims: Int[Tensor, "balls depth"]
    log10: Float[Tensor, " balls"]

    def counts(self) -> list[int]:
        """The bounds as exact whole numbers, which may be too large for a float."""
        pairs = zip(self.unstable.tolist(), self.dims.tolist(), strict=True)
        return [math.prod(map(zaslavsky_count, k, d)) for k, d in pairs]


def local_region_bound(
    layers: Layers,
    center: Float[Tensor, "balls d_in"],
    radius: float | int | Float[Tensor, " balls"],
    *,
    level: Level | int = Level.COMPOSED,
) -> LocalBound:
    """An upper bound on the number of linear regions, those with an interior, that meet each of several open l2 balls.

    A higher level costs more and is never larger. Patterns of points without an interior are not counted: there may be
    more patterns in the ball than the bound says.

    Args:
        layers: Pairs (weight, bias) of a ReLU network in float64, first to last, with at least one hidden layer.
        center: Centres of the balls.
        radius: One for all or one for each; not negative.
        level: How stable units are found: 1, 2 or 3.

    Returns:
        The bounds, and what they are made of.

    Raises:
        ValueError: If shapes or dtypes do not fit, a radius is negative, there is no hidden layer, or no such level.

    Example:
        >>> one, zero = torch.ones(1, 2).double(), torch.zeros(2).double()
        >>> layers = [(torch.eye(2).double(), zero), (one, zero[:1])]
        >>> local_region_bound(layers, torch.tensor([[1.0, 0.5]]).double(), 0.8).counts()
        [2]

    Source:
        own; the kind of bound is that of [zhu2020bounding], whose recursion may differ.
    """
    widths = check_float64(layers)
    level = _checked_level(level)
    if len(layers) == 1:
        raise ValueError("layers has no hidden layer; expected at least two (weight, bias) pairs")
    if center.ndim != 2 or center.shape[1] != widths[0] or center.dtype != torch.float64:
        raise ValueError(
            f"center is {center.dtype} of shape {tuple(center.shape)}; expected float64 (balls, {widths[0]})"
        )
    r, norms = radii(radius, center), [_spectral_norm(W) for W, _ in layers[:-1]]
    if level is Level.SPECTRAL:
        return _counted(_spectral_signs(layers, center, r, norms), widths)
    size = max(1, NUMBERS_AT_ONCE // max(W.shape[0] * min(W.shape[0], widths[0]) for W, _ in layers[:-1]))
    chunks = zip(torch.split(center, size), torch.split(r, size), strict=True)
    first = _row_space(layers[0][0])
    parts = [_composed_signs(layers, first, points, part, norms) for points, part in chunks]
    signs = [Signs(*(torch.cat(masks) for masks in zip(*layer, strict=True))) for layer in zip(*parts, strict=True)]
    return _counted(signs if level is Level.COMPOSED else _relaxed(signs, layers, center, r), widths)


class Signs(NamedTuple):
    """For the units of one layer, on each ball: what is not excluded."""

    unstable: Bool[Tensor, "balls width"]
    live: Bool[Tensor, "balls width"]  # active somewhere, for all we know


def _spectral_signs(layers: Layers, center: Tensor, r: Tensor, norms: Sequence[Tensor]) -> list[Signs]:
    """Level 1: the image of the ball after l layers lies in a ball whose radius is the product of the norms."""
    signs, h, reach = [], center, r[:, None]
    for (W, b), norm in zip(layers[:-1], norms, strict=True):
        z = torch.nn.functional.linear(h, W, b)
        unstable = z.abs() < torch.linalg.vector_norm(W, dim=1) * reach
        signs.append(Signs(unstable, torch.ones_like(unstable)))
        h, reach = z.relu(), reach * norm
    return signs


def _composed_signs(layers: Layers, first: Tensor, center: Tensor, r: Tensor, norms: Sequence[Tensor]) -> list[Signs]:
    """Level 2: the image lies around ``h + M (x - x0)``, M exact for stable units, at most ``e`` away.

    Only lengths of M's rows and combinations matter, so that ``first``, the row space of the first layer, replaces it.
    """
    signs, state = [], _State(first, torch.zeros_like(r), r, None)
    for depth, ((W, _), step) in enumerate(zip(layers[:-1], signed_layers(layers[:-1], center), strict=True)):
        z = step.values * ~step.undecided
        composed = state.M if depth == 0 else _composed(W, state)
        lengths = torch.linalg.vector_norm(W, dim=1)
        by_map = r[:, None] * _lengths(composed, W, state) + state.e[:, None] * lengths
        is_last = depth + 2 == len(layers)
        reach = _needed_reach(state, lengths, (z.abs(), by_map) if is_last else None)
        row = torch.minimum(by_map, lengths * reach[:, None])
        active, inactive = z >= row, z <= -row
        signs.append(Signs(~active & ~inactive, ~inactive))
        if not is_last:
            moves = _Moves(W if depth else composed, norms[depth], row, r)
            state = _next_state(moves, composed, state._replace(reach=reach), active, signs[-1])
    return signs


class _State(NamedTuple):
    """What is known of one layer's activations on each ball."""

    M: Tensor  # linear part, (width, rank) or (balls, width, rank), before the rows that are not active become 0
    e: Tensor  # (balls,): how far from the linear part at most
    reach: Tensor  # (balls,): how far from the activations of the centre at most
    growth: "_Growth | None"  # how to shorten the reach; None where that is done
    active: Tensor | None = None  # (balls, width): the rows of M that count; None for all


class _Growth(NamedTuple):
    """The reach behind a layer: the norm of its live rows times the reach before it, or the length of all moves."""

    W: Tensor
    live: Tensor
    whole: Tensor
    moved: Tensor


class _Moves(NamedTuple):
    """A layer, the spectral norm of all of it, and how far each pre-activation moves at most on each ball."""

    W: Tensor
    whole: Tensor
    row: Tensor
    r: Tensor


def _composed(W: Tensor, state: _State) -> Tensor:
    """``W @ M`` with the rows of M that are not active left out, for each ball."""
    assert state.active is not None
    size = int(state.active.sum(1).max())
    kept = (~state.active).byte().argsort(dim=1, stable=True)[:, :size]
    weights = state.active.gather(1, kept).to(W.dtype)
    rows = state.M[kept] if state.M.ndim == 2 else state.M.gather(1, kept[..., None].expand(-1, -1, state.M.shape[2]))
    product: Tensor = W.T.contiguous()[kept].mT @ (rows * weights[..., None])
    return product


def _lengths(composed: Tensor, W: Tensor, state: _State) -> Tensor:
    """The lengths of the composed rows; zero where only rounding keeps a unit's map from being zero."""
    found: Tensor = torch.linalg.vector_norm(composed, dim=-1)
    if state.active is None:
        return found
    squares = (torch.linalg.vector_norm(state.M, dim=-1) * state.active) ** 2
    sizes = torch.nn.functional.linear(squares, W**2).sqrt()
    return torch.where(found > rounding(W.shape[1], torch.finfo(W.dtype).eps) * sizes, found, 0.0)


def _needed_reach(state: _State, lengths: Tensor, last: tuple[Tensor, Tensor] | None) -> Tensor:
    """The reach; in front of the last layer it is exact only on balls where a unit's stability depends on it.

    Elsewhere a lower bound is returned. It depends on it where the map leaves a unit unstable, and the reach, were it
    as short as its lower bound, would not.
    """
    if state.growth is None:
        return state.reach
    W, live, whole, moved = state.growth
    reach = torch.minimum(row_subset_norms_below(W, live).clamp_max(whole) * state.reach, moved)
    wanted = torch.ones_like(moved, dtype=torch.bool)
    if last is not None:
        size, by_map = last
        wanted = ((size < by_map) & (size >= lengths * reach[:, None])).any(1)
    chosen = W if W.ndim == 2 else W[wanted]
    exact = row_subset_norms(chosen, live[wanted]).clamp_max(whole) * state.reach[wanted]
    reach[wanted] = torch.minimum(exact, moved[wanted])
    return reach


def _next_state(moves: _Moves, composed: Tensor, state: _State, active: Tensor, signs: Signs) -> _State:
    """The state behind one more layer, by the three ways to bound what the unstable units add."""
    W, whole, row, r = moves
    norm = row_subset_norms(W, signs.unstable).clamp_max(whole)
    by_map = row_subset_norms(composed, signs.unstable) * r + norm * state.e if W is not composed else norm * r
    moved = [torch.linalg.vector_norm(row * mask, dim=1) for mask in signs]
    e_unstable = torch.minimum(torch.minimum(by_map, norm * state.reach), moved[0])
    e_active = torch.zeros_like(r)
    if bool((state.e > 0).any()):
        e_active = row_subset_norms(W, active).clamp_max(whole) * state.e
    growth = _Growth(W, signs.live, whole, moved[1])
    return _State(composed, torch.hypot(e_active, e_unstable), state.reach, growth, active)


def _relaxed(signs: list[Signs], layers: Layers, center: Tensor, r: Tensor) -> list[Signs]:
    """Level 3: without the units that CROWN's bounds show to be stable, too."""
    boxes = crown_bounds(layers, center, r, 2, lower_only=True).hidden
    found = []
    for (unstable, live), (lower, upper) in zip(signs, boxes, strict=True):
        found.append(Signs(unstable & (lower < 0) & (upper > 0), live & (upper > 0)))
    return found


def _counted(signs: list[Signs], widths: list[int]) -> LocalBound:
    """The product over layers, from the units that are unstable and those that are live."""
    unstable = torch.stack([layer.unstable.sum(1) for layer in signs], dim=1)
    live = torch.stack([layer.live.sum(1) for layer in signs], dim=1)
    dims = torch.cat([torch.full_like(live[:, :1], widths[0]), live[:, :-1]], dim=1).cummin(1).values
    return LocalBound(unstable, dims, log10_zaslavsky_count(unstable, dims).sum(1))


def _row_space(W: Tensor) -> Tensor:
    """A matrix whose rows have the same lengths and angles, with no more columns than rows."""
    return W if W.shape[0] >= W.shape[1] else torch.linalg.qr(W.T, mode="r").R.T


def _spectral_norm(W: Tensor) -> Tensor:
    """The same float for a matrix and its row space, so that no level exceeds another by rounding."""
    norm: Tensor = torch.linalg.matrix_norm(_row_space(W), 2)
    return norm


def _checked_level(level: Level | int) -> Level:
    """The level.

    Raises:
        ValueError: If there is none of this number.
    """
    if level not in tuple(Level):
        raise ValueError(f"level is {level!r}; expected 1, 2 or 3")
    return Level(level)
