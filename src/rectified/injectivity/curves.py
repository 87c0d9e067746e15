"""Networks with one input: their image is a polygonal curve, injective exactly if the curve does not meet itself."""

import torch
from jaxtyping import Float
from torch import Tensor

from rectified.injectivity._checks import check_layer
from rectified.networks import Layer


def curve_vertices(
    weight: Float[Tensor, "d_out 1"], bias: Float[Tensor, " d_out"], low: float, high: float
) -> tuple[Float[Tensor, " points"], Float[Tensor, "points d_out"]]:
    r"""Inputs and outputs at the ends and at all kinks of :math:`t \mapsto \mathrm{ReLU}(w t + b)` on an interval.

    Args:
        weight: One weight per row.
        bias: One bias per row.
        low: Left end of the interval.
        high: Right end.

    Returns:
        The inputs in increasing order, and the vertices of the curve.

    Raises:
        ValueError: If the layer has more than one input, or the interval is empty.

    Source:
        own.
    """
    if check_layer(weight, bias)[1] != 1 or not low < high:
        came = f"weight has shape {tuple(weight.shape)} and the interval is [{low}, {high}]"
        raise ValueError(f"{came}; expected one column and low < high")
    kinks = -bias / weight[:, 0]
    inside = kinks[(kinks > low) & (kinks < high)]
    inputs = torch.cat([inside, inside.new_tensor([low, high])]).sort().values
    return inputs, torch.relu(inputs[:, None] * weight[:, 0] + bias)


def polyline_separation(vertices: Float[Tensor, "points dim"]) -> float:
    """The smallest distance between two pieces of a polygonal curve that are not neighbours.

    Args:
        vertices: The vertices in order, at least four.

    Returns:
        The distance; zero exactly if the curve meets itself (but for neighbours that fold back onto each other).

    Raises:
        ValueError: If there are fewer than four vertices.

    Source:
        [ericson2005collision], the closest points of two segments.
    """
    if len(vertices) < 4:
        raise ValueError(f"vertices has {len(vertices)} points; expected four or more: fewer pieces are all neighbours")
    first, second = torch.triu_indices(len(vertices) - 1, len(vertices) - 1, offset=2)
    ends = (vertices[first], vertices[first + 1]), (vertices[second], vertices[second + 1])
    return float(segment_distance(*ends[0], *ends[1]).min())


def segment_distance(
    a: Float[Tensor, "samples dim"],
    b: Float[Tensor, "samples dim"],
    c: Float[Tensor, "samples dim"],
    d: Float[Tensor, "samples dim"],
) -> Float[Tensor, " samples"]:
    """Distances between the segments from a to b and from c to d, pair by pair.

    The closest points are either inside both segments, where the lines are closest, or one of them is an end.

    Args:
        a: Starts of the first segments.
        b: Their ends.
        c: Starts of the second segments.
        d: Their ends.

    Returns:
        The distances.

    Source:
        [ericson2005collision], the closest points of two segments; here all candidates are compared.
    """
    u, v, w = b - a, d - c, c - a
    uu, vv, uv = (u * u).sum(-1), (v * v).sum(-1), (u * v).sum(-1)
    uw, vw = (u * w).sum(-1), (v * w).sum(-1)
    determinant = uu * vv - uv * uv
    s = ((uw * vv - vw * uv) / determinant).nan_to_num(0.0, 0.0, 0.0).clamp(0.0, 1.0)
    t = ((uw * uv - vw * uu) / determinant).nan_to_num(0.0, 0.0, 0.0).clamp(0.0, 1.0)
    inner = torch.linalg.vector_norm(a + s[:, None] * u - c - t[:, None] * v, dim=-1)
    ends = [_point_distance(a, c, d), _point_distance(b, c, d), _point_distance(c, a, b), _point_distance(d, a, b)]
    return torch.stack([inner, *ends]).amin(dim=0)


def _point_distance(p: Tensor, a: Tensor, b: Tensor) -> Tensor:
    """Distances from points to segments."""
    u = b - a
    s = (((p - a) * u).sum(-1) / (u * u).sum(-1)).nan_to_num(0.0, 0.0, 0.0).clamp(0.0, 1.0)
    distances: Tensor = torch.linalg.vector_norm(p - a - s[:, None] * u, dim=-1)
    return distances


def interpolating_layers(knots: Float[Tensor, " points"], values: Float[Tensor, "points d_out"]) -> list[Layer]:
    r"""The network with one hidden layer that is linear between the knots and takes the given values there.

    With slopes :math:`s_k` between the knots it is :math:`v_0 + \sum_k (s_k - s_{k-1})\, \mathrm{ReLU}(t - t_k)`.

    Args:
        knots: Inputs in increasing order, at least two.
        values: The value at each knot.

    Returns:
        Pairs (weight, bias), exact up to rounding between the first and the last knot.

    Raises:
        ValueError: If knots do not increase, or there is not one value for each.

    Source:
        own.
    """
    if knots.ndim != 1 or len(knots) < 2 or values.shape[:1] != knots.shape:
        raise ValueError(
            f"knots has shape {tuple(knots.shape)} and values {tuple(values.shape)}; expected one row per knot"
        )
    if not bool((knots.diff() > 0).all()):
        raise ValueError("knots must increase; two of them are equal or out of order")
    slopes = values.diff(dim=0) / knots.diff()[:, None]
    changes = slopes.diff(dim=0, prepend=torch.zeros_like(slopes[:1]))
    return [(torch.ones_like(knots[:-1, None]), -knots[:-1]), (changes.T.contiguous(), values[0])]
