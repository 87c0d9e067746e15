import numpy as np
import pytest

from rectified.reference.segments import crossings, segments_meet


@pytest.mark.parametrize(
    ("first", "second", "meet"),
    [
        (((0, 0), (2, 2)), ((0, 2), (2, 0)), True),
        (((0, 0), (1, 1)), ((2, 0), (0, 2.5)), False),
        (((0, 0), (1, 0)), ((1, 0), (1, 5)), True),
        (((0, 0), (1, 0)), ((2, 0), (3, 0)), False),
        (((0, 0), (2, 0)), ((1, 0), (3, 0)), True),
        (((0, 0), (2, 0)), ((0, 1), (2, 1)), False),
        (((0, 0, 0), (1, 1, 1)), ((1, 0, 0), (0, 1, 1)), True),
        (((0, 0, 0), (1, 1, 1)), ((1, 0, 0.01), (0, 1, 1)), False),
        (((1, 1), (1, 1)), ((0, 0), (2, 2)), True),
        (((1, 1), (1, 1)), ((1, 1), (1, 1)), True),
        (((1, 1), (1, 1)), ((1, 2), (1, 2)), False),
        (((0, 0), (1, 1)), ((0.5, 0.5), (0.5, 0.5)), True),
    ],
)
def test_segments_by_hand(first, second, meet):
    first, second = np.array(first, dtype=float), np.array(second, dtype=float)
    assert segments_meet(first, second) is meet
    assert segments_meet(second, first) is meet


def test_an_ulp_decides():
    diagonal = np.array([[0.0, 0.0], [1.0, 1.0]])
    middle = np.nextafter(0.5, 1.0)
    assert segments_meet(diagonal, np.array([[0.5, 0.5], [1.0, 0.0]]))
    assert not segments_meet(diagonal, np.array([[middle, 0.5], [1.0, 0.0]]))


def test_points_of_two_dimensions_are_refused():
    with pytest.raises(ValueError, match=r"first has shape \(2, 2\), second \(2, 3\)"):
        segments_meet(np.zeros((2, 2)), np.zeros((2, 3)))


def test_planar_segments_agree_with_orientations(rng):
    def side(p, q, r):
        return np.sign((q[0] - p[0]) * (r[1] - p[1]) - (q[1] - p[1]) * (r[0] - p[0]))

    for a, b, c, d in rng.standard_normal((300, 4, 2)):
        expected = side(a, b, c) != side(a, b, d) and side(c, d, a) != side(c, d, b)
        assert segments_meet(np.array([a, b]), np.array([c, d])) == expected


def test_a_figure_eight_crosses_once():
    points = np.array([[0, 0], [2, 2], [2, 0], [0, 2.0]])
    assert crossings(points) == [(0, 2)]


def test_a_line_that_folds_back_meets_its_neighbour():
    assert crossings(np.array([[0, 0], [2, 0], [1, 0.0]])) == [(0, 1)]
    assert crossings(np.array([[0, 0], [0, 0], [1, 0.0]])) == [(0, 1)]
    assert crossings(np.array([[0, 0], [2, 0], [3, 0.0]])) == []
