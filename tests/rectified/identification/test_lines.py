import numpy as np
import pytest

from rectified.identification.kinks import kinks_on_segments
from rectified.identification.lines import HALF_LENGTH, SPREADS, Lines, random_lines


def test_lines_have_lengths_on_three_scales(rng) -> None:
    starts, ends = random_lines(3_000, 4, 0.5, rng)
    lengths = np.linalg.norm(ends - starts, axis=1)
    for spread in SPREADS:
        mine = np.isclose(lengths, 2 * HALF_LENGTH * spread * 0.5)
        assert 900 < mine.sum() < 1_100
        assert ((starts + ends)[mine] / 2).std() == pytest.approx(0.5 * spread, rel=0.1)


def test_points_on_lines(counted, toy) -> None:
    starts, ends = np.array([[-1.0, 1.0]]), np.array([[3.0, 1.0]])
    lines = Lines(starts, ends, kinks_on_segments(counted(toy), starts, ends))
    assert lines.directions.tolist() == [[1.0, 0.0]]
    assert lines.kink_points == pytest.approx(np.array([[0.0, 1.0]]), abs=1e-9)
    assert lines.anchor_points == pytest.approx(np.array([[-0.5, 1.0], [1.5, 1.0]]))
