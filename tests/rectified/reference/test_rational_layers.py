from fractions import Fraction

import pytest
import torch

from rectified.reference.arrangements import sign_patterns
from rectified.reference.rational_layers import exact_active_sets, exact_is_injective, exact_rank


@pytest.mark.parametrize(
    ("rows", "rank"),
    [
        ([[1.0, 0.0], [0.0, 1e-200]], 2),
        ([[1.0, 2.0], [2.0, 4.0]], 1),
        ([[0.0, 0.0]], 0),
        ([[Fraction(1, 3), 1, 0], [1, 3, 1], [2, 6, 1]], 2),
    ],
)
def test_ranks_by_hand(rows, rank):
    assert exact_rank(rows) == rank


@pytest.mark.parametrize(("planes", "dim"), [(4, 1), (6, 2), (5, 3)])
def test_active_sets_are_the_patterns_of_the_programmes(planes, dim, generator):
    rows = torch.randn(planes, dim, generator=generator, dtype=torch.float64)
    assert exact_active_sets(rows) == {tuple(row) for row in (sign_patterns(rows.numpy()) > 0).tolist()}


@pytest.mark.parametrize(
    ("weight", "bias", "answer"),
    [
        ([[1e10, 0.0], [-1e10, 0.0], [0.0, 1.0], [0.0, -1.0]], None, True),
        ([[1.0, 0.0], [0.0, 1.0]], None, False),
        ([[1.0, 0.0], [-1.0, 0.0], [2.0, 0.0], [-3.0, 0.0]], None, False),
        ([[1.0], [-1.0]], [-1.0, 1.0], True),
        ([[1.0], [-1.0]], [-1.0, 0.999], False),
        ([[1.0], [-1.0], [0.0]], [-1.0, -1.0, 1.0], False),
        ([[1.0], [-1.0]], [-1e10, 1e10 - 1.0], False),
    ],
)
def test_layers_decided_by_hand(weight, bias, answer):
    assert exact_is_injective(weight, bias) is answer


def test_a_common_null_space_is_refused():
    with pytest.raises(ValueError, match="rank 1; expected full column rank 2"):
        exact_active_sets([[1.0, 0.0], [2.0, 0.0]])
