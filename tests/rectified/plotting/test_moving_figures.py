import numpy as np

from rectified.plotting.moving_figures import trace, with_gaps


def test_a_trace_has_four_digits_after_the_point():
    assert trace(np.array([0.123456, 2.0]), np.array([1e-9, -1.0])) == {"x": [0.1235, 2.0], "y": [0.0, -1.0]}


def test_lines_have_gaps_between_them_and_none_are_none():
    pieces = [np.array([[0.0, 1.0], [2.0, 3.00049]]), np.array([[4.0, 5.0]])]
    assert with_gaps(pieces) == {"x": [0.0, 2.0, None, 4.0, None], "y": [1.0, 3.0, None, 5.0, None]}
    assert with_gaps([]) == {"x": [], "y": []}
