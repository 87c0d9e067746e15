"""Complex numbers in twice the working precision: real and imaginary parts are unevaluated sums of two doubles.

Some thirty digits, for whole arrays at once, from Dekker's and Knuth's exact sums and products. ``high`` alone is the
number rounded to a double, real and imaginary parts each.
"""

from collections.abc import Sequence
from fractions import Fraction
from typing import NamedTuple

import numpy as np
from jaxtyping import Complex, Float

_SPLITTER = 2.0**27 + 1  # splits 53 bits into two halves of 26, whose products are exact


class Twofold(NamedTuple):
    """The number ``high + low``, where low is at most half a unit in the last place of high."""

    high: Complex[np.ndarray, "*points"]
    low: Complex[np.ndarray, "*points"]


def twofold(value: Fraction) -> Twofold:
    """The rational number, correct to twice the working precision.

    Args:
        value: Any rational number in the range of doubles.

    Returns:
        An array of this one number, which broadcasts against all others.
    """
    high = float(value)
    return Twofold(np.array([high], dtype=complex), np.array([float(value - Fraction(high))], dtype=complex))


def add(x: Twofold, y: Twofold) -> Twofold:
    """The sum, with an error of some 2^-104 of the larger summand.

    Args:
        x: First summand.
        y: Second summand.

    Returns:
        The sum; axes are broadcast.
    Source:
        [dekker1971floating], add2.
    """
    high, low = _two_sum(x.high, y.high)
    return _normalised(high, low + (x.low + y.low))


def multiply(x: Twofold, y: Twofold) -> Twofold:
    """The product, with an error of some 2^-103 of its modulus.

    Args:
        x: First factor.
        y: Second factor.

    Returns:
        The product; axes are broadcast.
    Source:
        [dekker1971floating], mul2, for the four real products.
    """
    a, b, c, d = x.high.real, x.high.imag, y.high.real, y.high.imag
    (ac, ac_rest), (bd, bd_rest), (ad, ad_rest), (bc, bc_rest) = (
        _two_product(*p) for p in ((a, c), (b, d), (a, d), (b, c))
    )
    real, real_rest = _two_sum(ac, -bd)
    imag, imag_rest = _two_sum(ad, bc)
    small = x.high * y.low + x.low * y.high
    low = (real_rest + (ac_rest - bd_rest)) + 1j * (imag_rest + (ad_rest + bc_rest)) + small
    return _normalised(real + 1j * imag, low)


def polynomial(coefficients: Sequence[Twofold], x: Twofold) -> Twofold:
    """The value at x of the polynomial with these coefficients, lowest first, by Horner's rule.

    Args:
        coefficients: At least one.
        x: Where to evaluate.

    Returns:
        The value; axes are broadcast.
    """
    value = coefficients[-1]
    for coefficient in coefficients[-2::-1]:
        value = add(multiply(value, x), coefficient)
    return value


def _normalised(high: np.ndarray, low: np.ndarray) -> Twofold:
    """The same sum with the rounded sum in front; low is small against high."""
    front = high + low
    return Twofold(np.asarray(front), np.asarray(low - (front - high)))


def _two_sum(a: np.ndarray, b: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The rounded sum and what rounding took away, both exact; real and imaginary parts do not mix."""
    total = a + b
    part = total - a
    return total, (a - (total - part)) + (b - part)


def _two_product(
    a: Float[np.ndarray, "..."], b: Float[np.ndarray, "..."]
) -> tuple[Float[np.ndarray, "..."], Float[np.ndarray, "..."]]:
    """The rounded product of real numbers and what rounding took away, both exact."""
    product = np.asarray(a * b)
    (a_high, a_low), (b_high, b_low) = _halves(a), _halves(b)
    rest = ((a_high * b_high - product) + a_high * b_low + a_low * b_high) + a_low * b_low
    return product, np.asarray(rest)


def _halves(a: Float[np.ndarray, "..."]) -> tuple[Float[np.ndarray, "..."], Float[np.ndarray, "..."]]:
    """Two numbers of 26 bits whose sum is a."""
    scaled = _SPLITTER * a
    high = np.asarray(scaled - (scaled - a))
    return high, np.asarray(a - high)
