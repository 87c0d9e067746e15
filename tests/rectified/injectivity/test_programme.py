import pytest
import torch

from rectified.injectivity.programme import programmed_active_count
from rectified.reference.arrangements import sign_patterns


@pytest.mark.parametrize(("rows", "dim"), [(5, 2), (7, 3), (7, 4)])
def test_the_programme_finds_the_fewest_positive_signs(rows, dim, generator):
    weight = torch.randn(rows, dim, generator=generator, dtype=torch.float64)
    assert programmed_active_count(weight) == (sign_patterns(weight.numpy()) > 0).sum(axis=1).min()


def test_axes_have_an_empty_orthant():
    assert programmed_active_count(torch.eye(3).double()) == 0


def test_a_row_of_zeros_is_refused():
    with pytest.raises(ValueError, match=r"weight\[1\] is zero"):
        programmed_active_count(torch.tensor([[1.0, 0.0], [0.0, 0.0]]).double())
