r"""The least risk in each cell of a network with one hidden layer, exactly, by convex programs.

In a cell every unit j sees each example on a fixed side of zero, so that with :math:`M_j = v_j w_j` the predictions are
:math:`\sum_j A_{ji} M_j \cdot x_i`, linear in M. The closure of the cell allows :math:`M_j = \sigma_j u` with
:math:`\sigma_j` the sign of :math:`v_j` and u in a cone, whose rays are known: for each choice of signs this is a
least-squares problem with non-negative coefficients.
"""

import itertools
import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import torch
from jaxtyping import Float, Int8, Int64
from torch import Tensor

from rectified.landscape.piecewise import PiecewiseLinear
from rectified.landscape.shallow import ShallowNets, check_homogeneous
from rectified.polytopes import bounded_least_squares, cone_least_squares
from rectified.regions.arrangements import cell_rays, central_cells

ON_BOUNDARY = 1e-12  # of the product of a ray and an example, relative to its terms: rounding is a thousandth


class CellMinimum(NamedTuple):
    """The least risk on one closed cell.

    For given signs of the outer weights the predictions of the least risk are unique. Over all signs they are where the
    cell has a minimum inside, for that is a minimum over all products, and no choice of signs reaches it with other
    predictions. Elsewhere two choices may tie: two orthogonal examples with labels 1 and -1 and a ReLU that is on for
    both are predicted as (1, 0) or as (0, -1), with one risk.

    Attributes:
        risk: Half the mean squared error there.
        predictions: On the data, at one minimiser.
        products: One minimiser: the products of inner and outer weights, one row per unit.
        signs: Of the outer weights at that minimiser.
    """

    risk: float
    predictions: Float[Tensor, " samples"]
    products: Float[Tensor, "width d_in"]
    signs: tuple[int, ...]

    @property
    def network(self) -> ShallowNets:
        """A network with this risk; where it lies on the boundary of the cell, still a network."""
        outer = torch.tensor(self.signs, dtype=torch.float64)
        return ShallowNets(outer[:, None] * self.products, outer)


def cell_minimum(
    features: Float[Tensor, "samples d_in"],
    targets: Float[Tensor, " samples"],
    signs: Int8[Tensor, "width samples"],
    activation: PiecewiseLinear,
) -> CellMinimum:
    """The least risk on the closure of one cell, by two to the power of width convex programs.

    Args:
        features: The examples, with a one appended where there is a bias.
        targets: Their labels.
        signs: On which side of zero each unit sees each example, -1 or 1.
        activation: With one knot, at zero.

    Returns:
        Risk, predictions and a minimiser.

    Raises:
        ValueError: If shapes do not fit, the activation's cells are not cones, or no unit can have these signs.
        ProgramFailed: If a program does not settle.

    Source:
        [he2020piecewise], the theorem on one hidden layer, and [pilanci2020neural], convex programs over patterns; own
        in the use of rays.
    """
    _check(features, targets)
    rays = [cell_rays(features, row).numpy() for row in signs]
    blocks = [_slopes(row, activation)[:, None] * features.numpy() for row in signs]
    starts = np.cumsum([0, *(len(part) for part in rays)])
    generators = np.zeros((starts[-1], features.shape[1] * len(rays)))
    best: tuple[float, np.ndarray, tuple[int, ...]] = (math.inf, np.empty(0), ())
    for outer in itertools.product((1, -1), repeat=len(rays)):
        for unit, (sign, part) in enumerate(zip(outer, rays, strict=True)):
            columns = slice(unit * features.shape[1], (unit + 1) * features.shape[1])
            generators[starts[unit] : starts[unit + 1], columns] = sign * part
        point, value = cone_least_squares(np.concatenate(blocks, axis=1), targets.numpy(), generators)
        best = min(best, (value, point, outer), key=lambda found: found[0])
    value, point, outer = best
    products = torch.from_numpy(point).reshape(len(rays), -1)
    predictions = torch.from_numpy(np.concatenate(blocks, axis=1) @ point)
    return CellMinimum(value / (2 * len(targets)), predictions, products, outer)


class EnumeratedMinima(NamedTuple):
    """The least risk of every cell, units in any order.

    Attributes:
        signs: The cells of one unit.
        units: For each cell of the network, which cells of one unit its units are in, not decreasing.
        risks: The least risk on each closed cell.
        predictions: The predictions at one minimiser; unique where the cell has a minimum inside.
        programs: How many convex programs were solved.
    """

    signs: Int8[Tensor, "cells samples"]
    units: Int64[Tensor, "sets width"]
    risks: Float[Tensor, " sets"]
    predictions: Float[Tensor, "sets samples"]
    programs: int

    @property
    def least(self) -> float:
        """The global minimum of the risk (an infimum, taken at least on a boundary)."""
        return self.risks.min().item()

    @property
    def least_by_unit(self) -> Float[Tensor, " cells"]:
        """For each cell of one unit, the least risk with a unit in it and the others anywhere."""
        return torch.stack([self.risks[(self.units == cell).any(1)].min() for cell in range(len(self.signs))])

    @property
    def best_signs(self) -> Int8[Tensor, "width samples"]:
        """The signs of the best cell, for :func:`cell_minimum`, which gives a network."""
        best: Tensor = self.signs[self.units[self.risks.argmin()]]
        return best

    def levels(self, digits: int = 9) -> Float[Tensor, " levels"]:
        """The different minima, increasing; neighbours are one if closer than ``10**-digits`` of the largest risk.

        So the units of the labels do not matter, and no two risks that differ by rounding are parted by a decimal.
        """
        ordered = self.risks.sort().values
        apart = ordered.diff() > 10.0**-digits * ordered[-1]
        return ordered[torch.cat([apart.new_ones(1), apart])]

    def position(self, patterns: Int8[Tensor, "runs width samples"]) -> Int64[Tensor, " runs"]:
        """Index of the cell of each network.

        Args:
            patterns: The networks' signs.

        Returns:
            Positions in ``risks``.

        Raises:
            ValueError: If a pattern is none of the cells.
        """
        by_pattern = {row.tobytes(): idx for idx, row in enumerate(self.signs.numpy())}
        by_units = {tuple(row): idx for idx, row in enumerate(self.units.tolist())}
        found = []
        for pattern in patterns.numpy():
            members = [by_pattern.get(np.ascontiguousarray(row).tobytes()) for row in pattern]
            if None in members:
                raise ValueError("patterns holds signs that belong to no cell of these features")
            found.append(by_units[tuple(sorted(members))])  # type: ignore[type-var]
        return torch.tensor(found, dtype=torch.int64)


def enumerated_minima(
    features: Float[Tensor, "samples d_in"],
    targets: Float[Tensor, " samples"],
    width: int,
    activation: PiecewiseLinear,
    *,
    most_programs: int = 200_000,
) -> EnumeratedMinima:
    """The least risk on every closed cell; the smallest of them is the global minimum.

    Args:
        features: The examples, with a one appended where there is a bias.
        targets: Their labels.
        width: Number of hidden units.
        activation: With one knot, at zero.
        most_programs: Refuse to solve more convex programs than this.

    Returns:
        All cells of the network up to the order of its units, with their minima.

    Raises:
        ValueError: If shapes do not fit, the activation's cells are not cones, or there are too many programs.
        ProgramFailed: If a program does not settle.

    Source:
        [he2020piecewise] and [pilanci2020neural], as for :func:`cell_minimum`.
    """
    _check(features, targets)
    if width < 1:
        raise ValueError(f"width is {width}; expected at least 1")
    signs = central_cells(features).signs
    programs = math.comb(len(signs) + width - 1, width) * 2**width
    if programs > most_programs:
        raise ValueError(
            f"{len(signs)} cells a unit need {programs} programs for width {width}; most_programs is {most_programs}"
        )
    parts = [_outputs(features, row, activation) for row in signs]
    units = list(itertools.combinations_with_replacement(range(len(signs)), width))
    minima = [_least([parts[unit] for unit in members], targets.numpy()) for members in units]
    risks = torch.tensor([value for _, value in minima], dtype=torch.float64) / (2 * len(targets))
    predictions = torch.from_numpy(np.stack([point for point, _ in minima]))
    return EnumeratedMinima(signs, torch.tensor(units, dtype=torch.int64), risks, predictions, programs)


def least_risk_by_outer_weight(
    features: Float[Tensor, "samples d_in"],
    targets: Float[Tensor, " samples"],
    signs: Int8[Tensor, "width samples"],
    activation: PiecewiseLinear,
    outer_weights: Float[Tensor, " points"],
    largest: float,
) -> Float[Tensor, " points"]:
    """The least risk in a closed cell when the first unit's outer weight is given and its inner weights are bounded.

    Args:
        features: The examples.
        targets: Their labels.
        signs: On which side of zero each unit sees each example.
        activation: With one knot, at zero.
        outer_weights: The first unit's outer weights.
        largest: Bound of the first unit's coefficients in the unit rays of its cone; without one, any outer weight but
            zero would do as well as any other.

    Returns:
        One risk per outer weight.

    Raises:
        ValueError: If shapes do not fit, or ``largest`` is not positive.
        ProgramFailed: If a program does not settle.
    """
    _check(features, targets)
    if not largest > 0.0:
        raise ValueError(f"largest is {largest}; expected a positive bound")
    parts = [_outputs(features, row, activation) for row in signs]
    found = []
    for weight in outer_weights.tolist():
        values = []
        for outer in itertools.product((1, -1), repeat=len(parts) - 1):
            columns = [weight * parts[0], *(sign * part for sign, part in zip(outer, parts[1:], strict=True))]
            upper = np.full(sum(part.shape[1] for part in columns), np.inf)
            upper[: parts[0].shape[1]] = largest
            values.append(bounded_least_squares(np.concatenate(columns, axis=1), targets.numpy(), upper).value)
        found.append(min(values))
    return torch.tensor(found, dtype=torch.float64) / (2 * len(targets))


def _least(parts: Sequence[np.ndarray], targets: np.ndarray) -> tuple[np.ndarray, float]:
    """Best predictions over all signs of the outer weights, and their squared error."""
    identity = np.eye(len(targets))
    found = [
        cone_least_squares(
            identity, targets, np.concatenate([sign * part.T for sign, part in zip(outer, parts, strict=True)])
        )
        for outer in itertools.product((1.0, -1.0), repeat=len(parts))
    ]
    return min(found, key=lambda optimum: optimum.value)


def _outputs(features: Tensor, signs: Tensor, activation: PiecewiseLinear) -> np.ndarray:
    """What a unit on each ray of its cell gives on the examples, one column per ray; on the boundary exactly zero."""
    rays = cell_rays(features, signs)
    z, terms = (features @ rays.T).numpy(), (features.abs() @ rays.abs().T).numpy()
    z[np.abs(z) <= ON_BOUNDARY * terms] = 0.0
    columns: np.ndarray = _slopes(signs, activation)[:, None] * z
    return columns


def _slopes(signs: Tensor, activation: PiecewiseLinear) -> np.ndarray:
    left, right = check_homogeneous(activation)
    return np.where(signs.numpy() > 0, right, left)


def _check(features: Tensor, targets: Tensor) -> None:
    if features.ndim != 2 or targets.shape != features.shape[:1]:
        shapes = f"{tuple(features.shape)} and {tuple(targets.shape)}"
        raise ValueError(f"features and targets have shapes {shapes}; expected (samples, d_in) and (samples,)")
    if {features.dtype, targets.dtype} != {torch.float64}:
        raise ValueError(f"features and targets are {features.dtype} and {targets.dtype}; expected float64")
