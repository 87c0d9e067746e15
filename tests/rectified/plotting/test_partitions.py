import matplotlib.pyplot as plt
import numpy as np
import pytest

from rectified.plotting.partitions import draw_along, draw_partition, draw_walk

SQUARES = [np.array([(x, 0.0), (x + 1.0, 0.0), (x + 1.0, 1.0), (x, 1.0)]) for x in (0.0, 1.0)]


@pytest.fixture
def ax():
    _, ax = plt.subplots()
    yield ax
    plt.close("all")


def test_each_polygon_gets_its_value_and_all_are_in_view(ax):
    faces = draw_partition(ax, SQUARES, np.array([3.0, 5.0]))
    assert faces.get_array().tolist() == [3.0, 5.0]
    assert len(faces.get_paths()) == 2
    assert ax.get_xlim() == (0.0, 2.0)
    assert ax.get_ylim() == (0.0, 1.0)


def test_a_value_for_each_polygon_is_asked_for(ax):
    with pytest.raises(ValueError, match="values has length 1; expected one per polygon, 2"):
        draw_partition(ax, SQUARES, np.array([3.0]))


def test_a_walk_has_its_points_and_circles(ax):
    ends = np.array([[0.0, 0.0], [1.0, 1.0]])
    line, dots = draw_walk(ax, ends, 0.5 * ends[1:], [(np.zeros(2), 0.5, "-")])
    assert line.get_xydata().tolist() == ends.tolist()
    assert dots.get_offsets().tolist() == [[0.5, 0.5]]
    assert [patch.radius for patch in ax.patches] == [0.5]


def test_kinks_lie_on_the_curve(ax):
    positions = np.linspace(0.0, 2.0, 5)
    line, dots = draw_along(ax, positions, positions**2, np.array([0.5]))
    assert line.get_ydata().tolist() == (positions**2).tolist()
    assert dots.get_offsets().tolist() == [[0.5, 0.25]]
