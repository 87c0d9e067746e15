import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from rectified.reference.counting import cover_by_recurrence, zaslavsky_by_recurrence
from rectified.regions.counting import cover_count, layered_count, log10_zaslavsky_count, zaslavsky_count


@given(st.integers(0, 60), st.integers(0, 70))
def test_as_by_deletion_and_restriction(k, d):
    assert zaslavsky_count(k, d) == zaslavsky_by_recurrence(k, d)
    assert cover_count(k, d + 1) == cover_by_recurrence(k, d + 1)


def test_with_as_many_dimensions_as_hyperplanes_every_sign_vector_is_met():
    assert zaslavsky_count(200, 200) == zaslavsky_count(200, 1000) == 2**200
    assert cover_count(200, 200) == 2**200


def test_the_product_over_layers_takes_the_smallest_width_so_far():
    assert layered_count([2]) == 1
    assert layered_count([2, 3]) == 7
    assert layered_count([5, 1, 4]) == 2 * 5  # behind one neuron the network lives on a line
    assert layered_count([2, 3, 3]) == 7 * 7


def test_the_table_has_the_logarithms(rng):
    k, d = torch.tensor(rng.integers(0, 300, size=(4, 50))), torch.tensor(rng.integers(0, 300, size=(4, 50)))
    expected = [
        [math.log10(zaslavsky_by_recurrence(*pair)) for pair in zip(*row, strict=True)]
        for row in zip(k.tolist(), d.tolist(), strict=True)
    ]
    torch.testing.assert_close(
        log10_zaslavsky_count(k, d), torch.tensor(expected, dtype=torch.float64), rtol=1e-15, atol=0.0
    )


def test_the_table_of_nothing_is_empty():
    none = torch.zeros(0, 3, dtype=torch.int64)
    assert log10_zaslavsky_count(none, none).shape == (0, 3)


@pytest.mark.parametrize("count", [zaslavsky_count, cover_count])
def test_counts_refuse_what_is_no_count(count, unchecked):
    with pytest.raises(ValueError, match=r"num_hyperplanes is -1; expected a whole number, at least 0"):
        unchecked(count)(-1, 2)
    with pytest.raises(ValueError, match=r"dim is 2\.0; expected a whole number"):
        unchecked(count)(1, 2.0)


def test_a_central_arrangement_needs_a_dimension():
    with pytest.raises(ValueError, match="dim is 0; expected a whole number, at least 1"):
        cover_count(3, 0)


@pytest.mark.parametrize("widths", [[], [2, 0]])
def test_widths_are_positive(widths):
    with pytest.raises(ValueError, match=r"widths is .*; expected at least one number, all positive"):
        layered_count(widths)


def test_the_table_refuses_negative_entries_and_other_shapes(unchecked):
    table = unchecked(log10_zaslavsky_count)
    with pytest.raises(ValueError, match="dim has the entry -2; expected none below 0"):
        table(torch.tensor([1, 2]), torch.tensor([0, -2]))
    with pytest.raises(ValueError, match=r"dim has shape \(1,\); expected \(2,\)"):
        table(torch.tensor([1, 2]), torch.tensor([0]))
