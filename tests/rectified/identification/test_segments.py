import numpy as np

from rectified.identification.accuracy import Accuracy
from rectified.identification.segments import Segments, Stretches, together


def stretches(*rows) -> Stretches:
    line, low, high = zip(*rows, strict=True)
    return Stretches(np.array(line), np.array(low), np.array(high))


def rows(some: Stretches) -> list[tuple[float, ...]]:
    return list(zip(*(part.tolist() for part in some), strict=True))


def test_stretches_that_touch_become_one() -> None:
    some = stretches((1, 0.5, 0.6), (0, 0.6, 0.7), (0, 0.5, 0.6), (0, 0.65, 0.8), (0, 0.9, 1.0), (1, 0.7, 0.8))
    assert rows(some.joined()) == [(0, 0.5, 0.8), (0, 0.9, 1.0), (1, 0.5, 0.6), (1, 0.7, 0.8)]


def test_the_same_place_on_two_segments_stays_two() -> None:
    assert rows(stretches((0, 0.1, 0.2), (1, 0.2, 0.3)).joined()) == [(0, 0.1, 0.2), (1, 0.2, 0.3)]


def test_nothing_is_joined_to_nothing() -> None:
    assert rows(together([])) == []
    assert rows(together([]).joined()) == []


def test_lists_are_put_together() -> None:
    assert rows(together([stretches((0, 0.1, 0.2)), stretches((0, 0.0, 0.1))])) == [(0, 0.1, 0.2), (0, 0.0, 0.1)]


def test_slopes_are_per_unit_of_length_on_either_side() -> None:
    direction = np.array([[0.6, 0.8]])
    segments = Segments(lambda x: np.abs(x[:, :1]), np.array([[-0.6, 0.0]]), direction, np.array([2.0]), Accuracy())
    line, at = np.zeros(2, dtype=np.int64), np.array([1.0, 1.0])
    values, slopes = segments.outputs_and_slopes(line, at, np.array([0.25, -0.25]))
    np.testing.assert_allclose(values[:, 0], 0.0, atol=1e-15)
    np.testing.assert_allclose(slopes[:, 0], [0.6, -0.6], atol=1e-12)
