import pytest

from rectified.spectra._checks import check_moments, check_ratios


def test_moments_are_returned_as_linear_part_and_rest():
    assert check_moments(2.0, 0.5) == (0.5, 1.5)


def test_rounding_of_a_quadrature_is_snapped():
    assert check_moments(1.0, 1 + 1e-15) == (1.0, 0.0)
    assert check_moments(1.0, -1e-30) == (0.0, 1.0)


def test_bad_ratios_are_named():
    check_ratios(1.0, 2.0)
    with pytest.raises(ValueError, match="phi must be positive and finite; got inf"):
        check_ratios(float("inf"), 1.0)
