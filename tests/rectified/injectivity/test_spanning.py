import pytest
import torch

from rectified.injectivity.spanning import active_rows, is_spanning, smallest_active_singular_value

AXES = torch.eye(2, dtype=torch.float64)


def test_rows_that_vanish_are_active():
    x = torch.tensor([[1.0, 0.0], [-1.0, 2.0]], dtype=torch.float64)
    assert active_rows(AXES, x).tolist() == [[True, True], [False, True]]


def test_the_bias_counts():
    x = torch.tensor([-0.5, -2.0], dtype=torch.float64)
    assert active_rows(AXES, x, torch.ones(2).double()).tolist() == [True, False]


def test_the_third_quadrant_of_two_axes_does_not_span():
    x = torch.tensor([[1.0, 1.0], [-1.0, 1.0], [-1.0, -1.0]], dtype=torch.float64)
    assert is_spanning(AXES, x).tolist() == [True, False, False]


def test_singular_values_are_those_of_the_rows_taken_alone(generator):
    weight = torch.randn(7, 3, generator=generator, dtype=torch.float64)
    active = torch.rand(20, 7, generator=generator) < 0.6
    expected = [float(torch.linalg.svdvals(weight[mask])[-1]) if mask.sum() >= 3 else 0.0 for mask in active]
    assert smallest_active_singular_value(weight, active).tolist() == pytest.approx(expected, abs=1e-12)


def test_fewer_rows_than_columns_never_span():
    weight = torch.tensor([[1.0, 2.0]], dtype=torch.float64)
    assert smallest_active_singular_value(weight, torch.tensor([True])).item() == 0.0


def test_inputs_of_another_form_are_refused(unchecked):
    with pytest.raises(ValueError, match=r"x has shape \(3,\)"):
        unchecked(active_rows)(AXES, torch.ones(3).double())
    with pytest.raises(ValueError, match="float32"):
        unchecked(active_rows)(AXES, torch.ones(2))
    with pytest.raises(ValueError, match="expected a mask"):
        unchecked(smallest_active_singular_value)(AXES, torch.ones(3, dtype=torch.bool))
