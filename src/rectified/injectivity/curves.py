"""Networks with one input: their image is a polygonal curve, injective exactly if the curve does not meet itself."""

from collections.abc import Sequence

import torch
from jaxtyping import Float
from torch import Tensor

from rectified.networks import Layer, check_float64


def curve_vertices(
    layers: Sequence[Layer], low: float, high: float
) -> tuple[Float[Tensor, " points"], Float[Tensor, "points d_out"]]:
    r"""Inputs and outputs at the ends and at all kinks of a chain of ReLU layers with one input, on an interval.

    Between two vertices the pre-activations of the next layer are linear. So they vanish where a line between two
    values does, and there the next layer adds its kinks.

    Args:
        layers: Pairs (weight, bias) in float64; a ReLU follows each of them, the last one too.
        low: Left end of the interval.
        high: Right end.

    Returns:
        The inputs in increasing order, and the vertices of the curve.

    Raises:
        ValueError: If the chain has more than one input, or the interval is empty.
    """
    if check_float64(layers)[0] != 1 or not low < high:
        came = f"layers has {layers[0][0].shape[1]} inputs and the interval is [{low}, {high}]"
        raise ValueError(f"{came}; expected one input and low < high")
    inputs = torch.tensor([low, high], dtype=torch.float64)
    vertices = inputs[:, None]
    for W, b in layers:
        inputs, values = _with_zeros(inputs, vertices @ W.T + b)
        vertices = torch.relu(values)
    return inputs, vertices


def _with_zeros(inputs: Tensor, values: Tensor) -> tuple[Tensor, Tensor]:
    """The same piecewise linear functions with further vertices, wherever one of them changes sign."""
    left, right = values[:-1], values[1:]
    piece, column = torch.nonzero(left.sign() * right.sign() < 0, as_tuple=True)  # the product itself may underflow
    share = left[piece, column] / (left[piece, column] - right[piece, column])
    at = inputs[piece] + share * (inputs[piece + 1] - inputs[piece])
    between = left[piece] + share[:, None] * (right[piece] - left[piece])
    between[torch.arange(len(piece)), column] = 0.0
    order = torch.cat([inputs, at]).argsort(stable=True)
    return torch.cat([inputs, at])[order], torch.cat([values, between])[order]


def polyline_separation(vertices: Float[Tensor, "points dim"]) -> float:
    """The smallest distance between two pieces of a polygonal curve that are not neighbours.

    Args:
        vertices: The vertices in order, at least four.

    Returns:
        The distance; zero, up to rounding, if the curve meets itself (neighbours that fold back onto each other are
        not looked at), so that only a distance well above rounding of the curve's size says that it does not.

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


def summed_layers(first: Sequence[Layer], second: Sequence[Layer]) -> list[Layer]:
    r"""The network with two inputs that computes :math:`f(t) + h(u)` from two networks with one input each.

    Args:
        first: Pairs (weight, bias) of f: one input, one hidden layer.
        second: Pairs of h, with as many outputs.

    Returns:
        Pairs (weight, bias) of the sum, whose hidden layer holds both hidden layers.

    Raises:
        ValueError: If a network has another form, or the outputs differ in number.
    """
    widths = check_float64(first), check_float64(second)
    if any(len(each) != 3 or each[0] != 1 for each in widths) or widths[0][-1] != widths[1][-1]:
        raise ValueError(
            f"first and second have widths {widths[0]} and {widths[1]}; expected [1, width, d_out] for both"
        )
    (W, b), (V, c) = first
    (P, q), (R, s) = second
    hidden = torch.cat([torch.cat([W, torch.zeros_like(W)], dim=1), torch.cat([torch.zeros_like(P), P], dim=1)])
    return [(hidden, torch.cat([b, q])), (torch.cat([V, R], dim=1), c + s)]
