import matplotlib.pyplot as plt
import numpy as np
import pytest

from rectified.plotting.trails import (
    crossing_points,
    draw_along,
    draw_escape,
    draw_planar_curve,
    draw_search,
    draw_space_curve,
    draw_trajectories,
    draw_walk,
)


def test_the_search_shows_kinks_and_rounds() -> None:

    fig, axes = plt.subplots(2)
    x = np.linspace(-1.0, 1.0, 21)
    found, rows = draw_search(*axes, (x, np.maximum(x, 0.0)), np.array([0.0]), [np.array([-1.0, 1.0]), np.array([0.1])])
    assert found.get_xydata().tolist() == [[0.0, 0.0]]
    assert [row.get_xdata().tolist() for row in rows] == [[-1.0, 1.0], [0.1]]
    assert [set(row.get_ydata()) for row in rows] == [{1}, {2}]
    plt.close(fig)


def test_crossings_of_a_figure_eight(ax):
    vertices = np.array([[0.0, 0.0], [2.0, 2.0], [2.0, 0.0], [0.0, 2.0]])
    met = crossing_points(vertices, [(0, 2)])
    assert met == pytest.approx(np.array([[1.0, 1.0]]))
    assert crossing_points(vertices, []).shape == (0, 2)
    curve, rings = draw_planar_curve(ax, vertices, met)
    assert curve.get_xydata() == pytest.approx(vertices)
    assert rings.get_xydata() == pytest.approx(met)


def test_the_shadow_of_a_space_curve_lies_on_the_floor():

    fig = plt.figure()
    curve, shadow = draw_space_curve(fig.add_subplot(projection="3d"), np.arange(12.0).reshape(4, 3), -1.0)
    assert pytest.approx(np.arange(12.0).reshape(4, 3)) == np.asarray(curve.get_data_3d()).T
    assert np.asarray(shadow.get_data_3d()[2]) == pytest.approx(-1.0)
    plt.close(fig)


def test_trajectories_end_at_their_marker(ax):
    paths = {"first": np.arange(12.0).reshape(3, 2, 2), "second": np.zeros((3, 2, 2))}
    lines = draw_trajectories(ax, paths, 4.0)
    assert len(lines) == 4
    assert lines[1].get_xydata().tolist() == [[2.0, 3.0], [6.0, 7.0], [10.0, 11.0]]
    assert lines[0].get_markevery() == [-1]
    assert lines[0].get_marker() != lines[2].get_marker()
    assert ax.get_xlim() == (-4.0, 4.0)


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


def test_the_path_leaves_the_picture(ax) -> None:
    side = np.linspace(-2.0, 2.0, 9)
    path, circle = draw_escape(ax, side, np.ones((9, 9)), np.array([[0.0, 0.0], [0.0, 1.0]]), np.array([3.0, 0.0]), 1.5)
    assert path.get_xydata().tolist() == [[0.0, 0.0], [0.0, 1.0], [8.0, 1.0]]
    assert np.allclose(np.hypot(*circle.get_xydata().T), 1.5)
