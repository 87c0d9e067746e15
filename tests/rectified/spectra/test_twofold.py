from fractions import Fraction

import numpy as np
import pytest

from rectified.spectra.twofold import Twofold, add, multiply, polynomial, twofold

ROUNDING = 2.0**-100


def exact(x):
    """Real and imaginary part of one twofold number, as fractions."""
    return [Fraction(getattr(x.high, p).item()) + Fraction(getattr(x.low, p).item()) for p in ("real", "imag")]


def drawn(rng):
    parts = (rng.standard_normal(2) * 10.0 ** rng.integers(-8, 9) for _ in range(2))
    high, low = (complex(*part) for part in parts)
    return add(Twofold(np.array([high]), np.array([0j])), Twofold(np.array([low * 1e-25]), np.array([0j])))


def test_rational_numbers_keep_thirty_digits():
    third = twofold(Fraction(1, 3))
    assert abs(exact(third)[0] - Fraction(1, 3)) < Fraction(1, 10**32)
    assert exact(third)[1] == 0


def test_sums_and_products_are_those_of_fractions(rng):
    for _ in range(100):
        x, y = drawn(rng), drawn(rng)
        (a, b), (c, d) = exact(x), exact(y)
        size = abs(a) + abs(b) + abs(c) + abs(d)
        for found, wanted in zip(exact(add(x, y)), (a + c, b + d), strict=True):
            assert abs(found - wanted) <= Fraction(ROUNDING) * size
        size = (abs(a) + abs(b)) * (abs(c) + abs(d))
        for found, wanted in zip(exact(multiply(x, y)), (a * c - b * d, a * d + b * c), strict=True):
            assert abs(found - wanted) <= Fraction(ROUNDING) * size


def test_polynomial_keeps_digits_where_doubles_cancel():
    # (x - 1/3)^3 one part in 10^8 beside its root: doubles are left with noise of 1e-16
    third = Fraction(1, 3)
    coefficients = [twofold(c) for c in (-(third**3), 3 * third**2, -3 * third, Fraction(1))]
    x = third + Fraction(1, 10**8)
    assert polynomial(coefficients, twofold(x)).high.real.item() == pytest.approx(1e-24, rel=1e-6)
