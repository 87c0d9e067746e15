import numpy as np
import pytest

from rectified.identification.accuracy import Accuracy
from rectified.identification.completeness import EACH, fresh_answers, fresh_points, onsets
from rectified.identification.hyperplanes import Hyperplanes

NONE = Hyperplanes(np.zeros((0, 3)), np.zeros(0))


def ramp(at: float):
    """The first input beyond a place, else zero."""
    return lambda x: np.maximum(x[:, :1] - at, 0.0)


def zero(x: np.ndarray) -> np.ndarray:
    return np.zeros((len(x), 1))


def compared(query, rebuilt, rng):
    return fresh_answers(query, rebuilt, fresh_points(np.zeros((0, 3)), NONE, 1.0, rng), 1.0, Accuracy())


def test_all_laws_are_asked(rng) -> None:
    first = Hyperplanes(np.eye(3)[:2], np.array([0.5, -2.0]))
    points = fresh_points(np.array([[7.0, 0.0, 0.0]]), first, 2.0, rng)
    near, rays, kinks, sides = points.reshape(4, EACH, 3)
    assert near.std() == pytest.approx(2.0 * np.sqrt((1 + 16 + 256) / 3), rel=0.1)
    assert np.linalg.norm(rays, axis=1).min() < 1.0
    assert np.linalg.norm(rays, axis=1).max() > 1e6
    assert np.linalg.norm(kinks - [7.0, 0.0, 0.0], axis=1).max() <= 8.0
    share = [
        ((sides[:, :2] > first.offset) == choice).all(axis=1).mean() for choice in ([0, 0], [0, 1], [1, 0], [1, 1])
    ]
    assert share == pytest.approx([1 / 3, 1 / 6, 1 / 6, 1 / 3], abs=0.03)


@pytest.mark.parametrize("at", [0.0, 30.0, 1e3, 1e5])
def test_what_is_on_only_far_away_is_seen(rng, at: float) -> None:
    fresh = compared(ramp(at), zero, rng)
    assert fresh.is_wrong.mean() > 0.01
    place = onsets(ramp(at), zero, fresh, 1.0, rng, 4)
    assert place[:, 0] == pytest.approx(np.full(4, at), abs=1e-3 + 1e-4 * at)


def test_a_neuron_on_one_side_of_all_others_is_seen(rng) -> None:
    width = 9
    lone = lambda x: np.maximum(x[:, :1] - 100.0 * np.maximum(x[:, 1:], 0.0).sum(axis=1, keepdims=True) - 5.0, 0.0)  # noqa: E731
    absent = lambda x: 0.0 * x[:, :1]  # noqa: E731
    kinks = np.zeros((0, width))
    for first, seen in ((Hyperplanes(np.eye(width), np.zeros(width)), True), (Hyperplanes(kinks, np.zeros(0)), False)):
        points = fresh_points(kinks, first, 1.0, rng)
        assert fresh_answers(lone, absent, points, 1.0, Accuracy()).is_wrong.mean() > 0.002 or not seen


def test_equal_functions_are_equal_whatever_their_size(rng) -> None:
    for factor, shift in ((1.0, 0.0), (1e-6, 0.0), (1.0, 1e6), (0.0, 5.0), (0.0, 0.0)):
        one = lambda x, f=factor, s=shift: f * np.abs(x) + s  # noqa: E731
        other = lambda x, f=factor, s=shift: s + (f * np.maximum(x, 0.0) + f * np.maximum(-x, 0.0))  # noqa: E731
        fresh = compared(one, other, rng)
        assert not fresh.is_wrong.any()
        assert onsets(one, other, fresh, 1.0, rng, 4).shape == (0, 3)


def test_a_number_that_is_none_is_wrong(rng) -> None:
    assert compared(ramp(0.0), lambda x: np.full((len(x), 1), np.nan), rng).is_wrong.all()
