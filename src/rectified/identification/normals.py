"""Gradients of linear pieces by finite differences, and the normals of boundaries from the jumps of gradients."""

from typing import NamedTuple

import numpy as np
from jaxtyping import Float, Int

from rectified.identification.accuracy import Accuracy, Query
from rectified.identification.lines import Lines

LARGEST_STEP = 1e-3  # in units of the piece's length: a step aside rarely leaves the region


class BoundaryPoints(NamedTuple):
    """Points at which one neuron changes its sign, with what the jump of the gradient says about it.

    Attributes:
        point: The points.
        normal: Unit normals of the boundary, of arbitrary sign.
        jump: Length of the gradient's jump, for all outputs together.
        rank_ratio: Second singular value of the jump over the first; near 0 where one neuron alone changes.
        kink: Which kink of the segments each point is.
    """

    point: Float[np.ndarray, "kinks d_in"]
    normal: Float[np.ndarray, "kinks d_in"]
    jump: Float[np.ndarray, " kinks"]
    rank_ratio: Float[np.ndarray, " kinks"]
    kink: Int[np.ndarray, " kinks"]

    @property
    def offset(self) -> Float[np.ndarray, " kinks"]:
        """The number o with normal . x = o on the boundary near each point."""
        return np.asarray((self.normal * self.point).sum(axis=1))


def numerical_gradients(
    query: Query,
    points: Float[np.ndarray, "batch d_in"],
    steps: Float[np.ndarray, " batch"],
    *,
    values: Float[np.ndarray, "batch d_out"] | None = None,
    directions: Float[np.ndarray, "batch d_in"] | None = None,
    slopes: Float[np.ndarray, "batch d_out"] | None = None,
) -> Float[np.ndarray, "batch d_out d_in"]:
    """Gradients of all outputs by one-sided differences, exact up to rounding where no boundary is within the step.

    With a direction in which the slope is known the differences are taken in an orthonormal basis that begins with it,
    which saves one query of each ``d_in + 1``; with known values it saves another.

    Args:
        query: The function.
        points: Where.
        steps: Length of the step at each point, positive.
        values: Outputs at the points, if they are known.
        directions: Unit vectors along which the slopes are known.
        slopes: Slopes of the outputs along them.

    Returns:
        One row for each output.

    Raises:
        ValueError: If only one of ``directions`` and ``slopes`` is given, or a step is not positive.
    """
    if (directions is None) != (slopes is None):
        raise ValueError("directions and slopes come together; one of them is None")
    if len(points) and not steps.min() > 0:
        raise ValueError(f"steps has the entry {steps.min()}; expected positive numbers")
    count, dim = points.shape
    basis = np.broadcast_to(np.eye(dim), (count, dim, dim)) if directions is None else _bases(directions)
    asked = basis if directions is None else basis[:, 1:]
    values = query(points) if values is None else values
    around = points[:, None] + steps[:, None, None] * asked
    answers = query(around.reshape(-1, dim)).reshape(count, asked.shape[1], values.shape[1])
    differences = (answers - values[:, None]) / steps[:, None, None]
    if slopes is not None:
        differences = np.concatenate([slopes[:, None], differences], axis=1)
    return np.asarray(np.einsum("bko,bki->boi", differences, basis))


def boundary_points(
    query: Query, batch: Lines, chosen: Int[np.ndarray, " kept"], accuracy: Accuracy | None = None
) -> BoundaryPoints:
    """Normals of the boundaries at chosen kinks.

    Both gradients are taken in the middle of the pieces before and after the kink. A piece between two chosen kinks is
    asked once.

    Args:
        query: The function.
        batch: Segments with their kinks.
        chosen: Indices of kinks.
        accuracy: Of the answers; None stands for that of float64.

    Returns:
        One point for each chosen kink.

    Source:
        [rolnick2020reverse], the inference of a boundary's hyperplane near a point; by gradients instead of regression.
    """
    accuracy, kinks = accuracy or Accuracy(), batch.kinks
    pieces, place = np.unique(np.r_[kinks.left[chosen], kinks.left[chosen] + 1], return_inverse=True)
    gradients = numerical_gradients(
        query,
        batch.anchor_points[pieces],
        np.maximum(accuracy.step, LARGEST_STEP * np.minimum(kinks.piece_length[pieces], 1.0)),
        values=kinks.value[pieces],
        directions=batch.directions[kinks.piece_line[pieces]],
        slopes=kinks.slope[pieces],
    )
    left, right = gradients[place.reshape(2, -1)]
    return BoundaryPoints(batch.kink_points[chosen], *jump_directions(right - left), chosen)


def jump_directions(
    jumps: Float[np.ndarray, "batch d_out d_in"],
) -> tuple[Float[np.ndarray, "batch d_in"], Float[np.ndarray, " batch"], Float[np.ndarray, " batch"]]:
    r"""The common direction of the outputs' gradient jumps.

    Where one neuron z changes its sign, the jump of output o is :math:`(\partial f_o / \partial z)\, \nabla z`: a
    matrix of rank one, whose right singular vector is the neuron's own gradient, up to its sign.

    Args:
        jumps: Gradient after minus gradient before, one row for each output.

    Returns:
        Unit direction, length of the jump, and second singular value over the first (0 with one output).

    Source:
        [rolnick2020reverse], the normal of a boundary; the form with several outputs is the chain rule.
    """
    _, sizes, right = np.linalg.svd(jumps, full_matrices=False)
    second = sizes[:, 1] if sizes.shape[1] > 1 else np.zeros(len(sizes))
    return right[:, 0], sizes[:, 0], second / np.maximum(sizes[:, 0], np.finfo(float).tiny)


def _bases(directions: Float[np.ndarray, "batch d_in"]) -> Float[np.ndarray, "batch d_in d_in"]:
    """Orthonormal bases as rows, each beginning with the given unit vector: a reflection of the first axis."""
    dim = directions.shape[1]
    sign = np.where(directions[:, :1] > 0, -1.0, 1.0)
    mirror = np.eye(dim)[:1] - sign * directions  # e_1 minus its image, never short
    mirror = mirror / np.linalg.norm(mirror, axis=1, keepdims=True)
    basis = np.eye(dim) - 2.0 * mirror[:, :, None] * mirror[:, None, :]
    basis[:, 0] *= sign
    return np.asarray(basis)
