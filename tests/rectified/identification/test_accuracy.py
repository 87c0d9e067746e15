import numpy as np
import pytest

from rectified.identification.accuracy import Accuracy


def test_steps_follow_the_noise() -> None:
    assert (Accuracy().step, Accuracy(1e-9).step) == pytest.approx((1e-5, 1e-3))
    assert Accuracy(1e-3).error(np.array([2.0])) == pytest.approx(1e-3)
    with pytest.raises(ValueError, match="noise is -1"):
        Accuracy(-1.0)


@pytest.mark.parametrize("noise", [0.0, 1e-12, 1e-9, 1e-3])
def test_the_close_look_is_closer(noise: float) -> None:
    accuracy = Accuracy(noise)
    assert accuracy.finest_step < accuracy.step
    assert accuracy.resolution < accuracy.gap


def test_with_the_finest_step_half_of_the_digits_are_left() -> None:
    error, step = Accuracy().error(np.ones(1)), Accuracy().finest_step
    assert error / step == pytest.approx(np.sqrt(error))
