"""Piecewise linear functions against torch's own and against a sum of hinges."""

import math

import pytest
import torch

from rectified.landscape.piecewise import (
    ABSOLUTE,
    HARD_TANH,
    IDENTITY,
    LEAKY_RELU,
    RELU,
    PiecewiseLinear,
    random_pieces,
)

Z = torch.linspace(-4, 4, 401).double()


@pytest.mark.parametrize(
    ("activation", "function"),
    [
        (RELU, torch.relu),
        (LEAKY_RELU, lambda z: torch.nn.functional.leaky_relu(z, 0.1)),
        (ABSOLUTE, torch.abs),
        (HARD_TANH, torch.nn.functional.hardtanh),
        (IDENTITY, lambda z: z),
    ],
    ids=lambda value: getattr(value, "name", "torch"),
)
def test_named_functions_are_torch_s(activation, function):
    assert torch.allclose(activation.value(Z), function(Z), atol=1e-15)


@pytest.mark.parametrize("count", [2, 3, 6])
def test_a_function_is_a_line_and_hinges(count, generator):
    h = random_pieces(count, generator)
    bends = zip(h.knots, h.slopes, h.slopes[1:], strict=False)
    expected = h.anchor + h.slopes[0] * (Z - h.knots[0]) + sum((b - a) * torch.relu(Z - t) for t, a, b in bends)
    assert torch.allclose(h.value(Z), expected, atol=1e-12)
    assert len(h.pieces) == count
    assert min([b - a for a, b in zip(h.knots, h.knots[1:], strict=False)], default=1.0) >= 0.5


def test_derivatives_are_those_of_autograd(generator):
    h = random_pieces(4, generator)
    z = (Z + 0.0123).requires_grad_()
    (gradient,) = torch.autograd.grad(h.value(z).sum(), z)
    assert torch.equal(h.derivative(z.detach()), gradient)


def test_pieces_and_distances():
    z = torch.tensor([-3.0, -1.0, 0.25, 1.5]).double()
    assert HARD_TANH.piece_index(z).tolist() == [0, 0, 1, 2]
    assert HARD_TANH.distance(z).tolist() == [2.0, 0.0, 0.75, 0.5]
    assert IDENTITY.distance(z).isinf().all()
    assert HARD_TANH.carrying_piece == (-1.0, 1.0, 1.0, 0.0)
    assert [piece.working_interval for piece in HARD_TANH.pieces] == [(-3.0, -1.0), (-1.0, 1.0), (1.0, 3.0)]
    assert IDENTITY.carrying_piece.working_interval == (-1.0, 1.0)
    assert ABSOLUTE.carrying_piece.slope == 1.0  # the rightmost of two equally steep pieces
    assert PiecewiseLinear("one", (0.0, 1.0), (1.0, 1.0, 2.0)).bends == (1,)


def test_refuses_what_is_no_such_function(generator):
    with pytest.raises(ValueError, match="slopes has 1 entries; expected 2"):
        PiecewiseLinear("short", (0.0,), (1.0,))
    with pytest.raises(ValueError, match="knots must be strictly increasing"):
        PiecewiseLinear("backwards", (1.0, 0.0), (1.0, 2.0, 3.0))
    with pytest.raises(ValueError, match="must be finite"):
        PiecewiseLinear("endless", (math.inf,), (1.0, 2.0))
    with pytest.raises(ValueError, match="count is 1; expected at least 2"):
        random_pieces(1, generator)
    with pytest.raises(ValueError, match="'flat' is constant"):
        _ = PiecewiseLinear("flat", (0.0,), (0.0, 0.0)).carrying_piece
