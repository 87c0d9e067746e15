import numpy as np
import pytest

from rectified.identification.accuracy import Accuracy
from rectified.identification.intervals import close_look, close_parts, explained, halves, whole_segments
from rectified.identification.segments import Segments, Stretches


class Asked:
    """|x| + 2 max(x - 0.4, 0), and at which points it was asked."""

    def __init__(self) -> None:
        self.points: list[float] = []

    def __call__(self, points: np.ndarray) -> np.ndarray:
        self.points += points[:, 0].tolist()
        return np.abs(points) + 2.0 * np.maximum(points - 0.4, 0.0)


@pytest.fixture
def asked() -> Asked:
    return Asked()


@pytest.fixture
def segments(asked) -> Segments:
    return Segments(asked, np.array([[-1.0]]), np.ones((1, 1)), np.array([2.0]), Accuracy())


def test_a_whole_segment_is_asked_at_both_ends_and_inside(asked, segments) -> None:
    whole = whole_segments(segments)
    assert sorted(asked.points) == pytest.approx([-1.0, -1.0 + 1e-5, 1.0 - 1e-5, 1.0])
    assert (whole.slope_low[0, 0], whole.slope_high[0, 0]) == pytest.approx((-1.0, 3.0))
    assert (whole.at_low[0, 0], whole.at_high[0, 0]) == pytest.approx((1.0, 2.2))


def test_halves_share_one_slope_and_cost_two_queries(asked, segments) -> None:
    whole = whole_segments(segments)
    asked.points.clear()
    both = halves(whole, segments)
    assert len(asked.points) == 2
    assert (both.low.tolist(), both.high.tolist()) == ([0.0, 1.0], [1.0, 2.0])
    assert both.slope_high[0] == both.slope_low[1] == pytest.approx([1.0])  # also left of the kink in the middle


def test_a_close_look_does_not_look_outside(asked, segments) -> None:
    seen = close_look(Stretches(np.array([0]), np.array([0.9]), np.array([1.0])), segments)
    assert seen.slope_high[0] == pytest.approx([-1.0])
    assert min(asked.points) >= -0.1 - 1e-15
    assert max(asked.points) <= 1e-15
    parts = close_parts(seen, segments)
    assert parts.high[0] == parts.low[1] != 0.95
    np.testing.assert_allclose(parts.slope_high, -1.0)


def test_its_steps_shrink_with_the_interval_to_the_finest_one(segments) -> None:
    line, low = np.zeros(3, dtype=np.int64), np.full(3, 0.2)
    steps = close_look(Stretches(line, low, low + np.array([1.0, 1.6e-5, 1e-9])), segments).step
    assert steps == pytest.approx([1e-5, 1e-6, Accuracy().finest_step])


def test_two_kinks_are_explained_and_nothing_is_left(segments) -> None:
    kinks, left_over = explained(whole_segments(segments), segments, close_parts, 1e-6)
    assert np.sort(kinks.low) == pytest.approx([1.0, 1.4])
    assert len(left_over.line) == 0


def test_a_kink_on_a_cut_is_left_over(segments) -> None:
    kinks, left_over = explained(whole_segments(segments), segments, halves, 1e-4)
    assert kinks.low == pytest.approx([1.4])
    assert (left_over.line.tolist(), len(left_over.low)) == ([0], 1)
    assert left_over.low[0] < 1.0 <= left_over.high[0]
