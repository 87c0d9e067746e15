from fractions import Fraction

import pytest
import torch

from rectified.networks import forward
from rectified.reference.rationals import exact_outputs, exact_residual_outputs, exact_scalar_pieces
from tests.cases import random_network, random_points


def test_outputs_are_those_of_float_arithmetic_up_to_rounding() -> None:
    layers = random_network([3, 4, 4, 2], 0)
    for x in random_points(10, 3, 1):
        exact = [float(value) for value in exact_outputs(layers, x.tolist())]
        assert exact == pytest.approx(forward(layers, x).tolist(), rel=1e-12)


def test_nothing_is_rounded() -> None:
    layers = [(torch.tensor([[1.0, 1.0]]).double(), torch.tensor([0.0]).double())]
    assert exact_outputs(layers, [1e30, 1e-30])[0] - Fraction(1e30) == Fraction(1e-30)


def test_a_block_acts_where_its_neuron_is_positive() -> None:
    third = Fraction(1, 3)
    assert exact_residual_outputs([[1.0, 2.0]], [[3.0, 0.0]], [0.0], [third, 0.0]) == [third + 1, Fraction(2)]
    assert exact_residual_outputs([[1.0, 2.0]], [[3.0, 0.0]], [0.0], [-third, 0.0]) == [-third, Fraction(0)]


def test_a_hat_has_four_pieces() -> None:
    V, U, u = [2.0, -2.0, 1.0, 1.0], [-1.0, 1.0, 0.0, -1.0], [0.0, 0.0, 1.0, 0.0]
    pieces = exact_scalar_pieces(V, U, u, -2.0, 2.0)
    assert [(left, slope, offset) for left, _, slope, offset in pieces] == [
        (-2, 0, 0),
        (-1, 1, 1),
        (0, -1, 1),
        (1, 0, 0),
    ]


def test_what_does_not_fit_is_refused() -> None:
    with pytest.raises(ValueError, match=r"layers\[0\] does not fit; expected rows of 2 weights"):
        exact_outputs([([[1.0]], [0.0])], [0.0, 1.0])
    with pytest.raises(ValueError, match="outgoing has 13 blocks; expected at most 12"):
        exact_scalar_pieces([1.0] * 13, [1.0] * 13, [1.0] * 13, 0.0, 1.0)
