"""On which side of its boundary is a neuron active? Boundaries alone do not say; sums over whole regions do."""

from typing import NamedTuple

import numpy as np
from jaxtyping import Bool, Float
from scipy.optimize import Bounds, LinearConstraint

from rectified.programs import solved_milp

SEEN = 1e-5  # a coefficient above this part of the largest is not rounding
MOST_SECONDS = 20.0  # for the integer programme; without an answer by then there is none
INDEPENDENT = 1e-9  # least singular value of parts that least squares may tell apart, relative to the largest


class Orientations(NamedTuple):
    """Which neurons look the other way, and how sure that is.

    Attributes:
        is_flipped: True where the active side is the one to which the given normal does not point.
        certainty: Between 0 and 1; 1 where all evidence agrees.
    """

    is_flipped: Bool[np.ndarray, " neurons"]
    certainty: Float[np.ndarray, " neurons"]

    @property
    def signs(self) -> Float[np.ndarray, " neurons"]:
        """-1 where flipped, else 1."""
        return np.where(self.is_flipped, -1.0, 1.0)


def orientations_by_votes(
    coefficients: Float[np.ndarray, "points neurons"], distances: Float[np.ndarray, "points neurons"]
) -> Orientations:
    """Orientations of a layer from gradients of the next one, expanded in the layer's own normals.

    In the gradient of a deeper neuron an inactive neuron has the coefficient 0. So at each point the coefficient is
    non-zero on one side of the neuron's boundary and zero on the other, and each point votes.

    Args:
        coefficients: Of gradients of deeper neurons, in the basis of the normals.
        distances: Of the points from the neurons' boundaries, signed along the normals.

    Returns:
        Orientation of each neuron by majority; certainty 0 where the vote is even, or there was none.

    Source:
        [rolnick2020reverse], the choice of signs; by zero coefficients, which needs at least as many inputs as neurons.
    """
    largest = np.abs(coefficients).max(axis=1, keepdims=True, initial=0.0)
    is_active = np.abs(coefficients) > SEEN * largest
    votes = np.where(is_active == (distances > 0), 1.0, -1.0)
    mean = votes.mean(axis=0) if len(votes) else np.zeros(coefficients.shape[1])
    return Orientations(mean < 0, np.abs(mean))


def orientations_by_sums(
    parts: Float[np.ndarray, "neurons equations"], total: Float[np.ndarray, " equations"], tolerance: float = 1e-3
) -> Orientations | None:
    """The subset of ``parts`` that adds up to ``total``: which neurons are flipped, given what all flips add.

    Flipping neuron i adds a known vector ``parts[i]``, since ReLU(-t) = ReLU(t) - t. With independent parts the subset
    comes from least squares, else from an integer programme.

    Args:
        parts: What each flip adds.
        total: What all flips together added.
        tolerance: Largest remainder, relative to the largest entry of the parts, that counts as zero.

    Returns:
        Which neurons are flipped, with certainty 1; None where no subset has that sum.

    Raises:
        ValueError: If the numbers of equations differ.
        ProgramFailed: If the integer programme gives no answer.

    Source:
        [rolnick2020reverse], the choice of signs; as a subset sum, own.
    """
    if parts.shape[1] != len(total):
        raise ValueError(f"total has {len(total)} entries; expected {parts.shape[1]}, as the rows of parts have")
    if len(parts) == 0:
        return None if total.any() else Orientations(np.zeros(0, dtype=bool), np.zeros(0))
    shares, _, rank, _ = np.linalg.lstsq(parts.T, total, rcond=INDEPENDENT)
    chosen = shares > 0.5 if rank == len(parts) else _subset(parts, total)
    remainder = np.abs(parts.T @ chosen.astype(float) - total).max()
    if remainder > tolerance * np.abs(parts).max():
        return None
    return Orientations(chosen, np.ones(len(parts)))


def _subset(parts: np.ndarray, total: np.ndarray) -> np.ndarray:
    """The subset with the smallest sum of absolute remainders, by an integer programme.

    Raises:
        ProgramFailed: If the time runs out.
    """
    count, equations = parts.shape
    cost = np.r_[np.zeros(count), np.ones(equations)]
    size = max(np.abs(parts).max(), np.abs(total).max()) or 1.0
    inside = np.c_[parts.T / size, -np.eye(equations)], np.c_[parts.T / size, np.eye(equations)]
    rows = [LinearConstraint(inside[0], -np.inf, total / size), LinearConstraint(inside[1], total / size, np.inf)]
    bounds = Bounds(np.zeros(count + equations), np.r_[np.ones(count), np.full(equations, np.inf)])
    found = solved_milp(cost, rows, integrality=np.arange(len(cost)) < count, bounds=bounds, seconds=MOST_SECONDS)
    return np.asarray(found.point[:count] > 0.5)
