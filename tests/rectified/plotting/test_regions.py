import matplotlib as mpl
import numpy as np
import pytest

from rectified.plotting.regions import (
    draw_counts_by_radius,
    draw_disc,
    draw_distance_course,
    draw_kinds,
    draw_plane,
    draw_polygons,
    plane_through,
)

mpl.use("agg")

SQUARE = np.array([[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0]])
TRIANGLE = np.array([[1.0, 0.0], [2.0, 0.0], [1.0, 1.0]])


@pytest.fixture
def ax():
    import matplotlib.pyplot as plt

    fig, axes = plt.subplots()
    yield axes
    plt.close(fig)


def test_polygons_have_their_values(ax):
    faces = draw_polygons(ax, [SQUARE, TRIANGLE], np.array([3, 7]))
    assert np.asarray(faces.get_array()).tolist() == [3.0, 7.0]
    assert [len(path.vertices) for path in faces.get_paths()] == [5, 4]


def test_the_disc_has_centre_and_radius(ax):
    disc = draw_disc(ax, (0.5, 2.0), 0.25)
    assert disc.center == (0.5, 2.0)
    assert disc.radius == 0.25


def test_counts_are_drawn_below_the_whole_space(ax):
    radii = np.array([0.1, 1.0, 10.0])
    lines = draw_counts_by_radius(ax, radii, {"exact": np.array([0.0, 1.0, 2.0])}, 4.0)
    assert [line.get_label() for line in lines] == ["exact", "bound for the whole space"]
    assert lines[1].get_ydata().tolist() == [4.0] * 3
    assert ax.get_xscale() == "log"


def test_the_course_shows_medians_and_one_band(ax):
    distances = {"training": np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 9.0]]), "noise": np.ones((2, 3))}
    lines = draw_distance_course(ax, [0, 10], distances)
    assert lines[0].get_ydata().tolist() == [2.0, 5.0]
    assert len(ax.collections) == 1


def test_every_network_has_a_mark_in_the_row_of_its_kind(ax):
    kinds = {"training": np.array([1.0, 2.0]), "noise": np.array([3.0])}
    before, after = draw_kinds(ax, {"before": kinds, "after": kinds}, "units")
    assert before.get_offsets()[:, 0].tolist() == [1.0, 2.0, 3.0]
    assert (after.get_offsets()[:, 1] - before.get_offsets()[:, 1]).tolist() == pytest.approx([0.3] * 3)
    assert [label.get_text() for label in ax.get_yticklabels()] == ["training", "noise"]


def test_the_plane_shows_values_and_names(ax):
    side, values = np.linspace(0, 1, 3), np.arange(9.0).reshape(3, 3)
    field = draw_plane(ax, side, values, {"A": (0.0, 1.0)}, (-1.0, 9.0))
    assert np.allclose(np.ravel(field.get_array()), values.ravel())
    assert field.get_clim() == (-1.0, 9.0)
    assert [text.get_text() for text in ax.texts] == ["A"]


def test_the_plane_keeps_distances_and_holds_the_points(rng):
    three = rng.normal(size=(3, 9))
    side, grid, corners = plane_through(three, 5)
    assert grid.shape == (25, 9)
    for i in range(3):
        assert np.hypot(*np.subtract(corners[i], corners[i - 1])) == pytest.approx(
            np.linalg.norm(three[i] - three[i - 1])
        )
    assert grid[12] == pytest.approx(three.mean(0))
    assert np.linalg.norm(grid[1] - grid[0]) == pytest.approx(side[1] - side[0])
    assert np.linalg.norm(grid[5] - grid[0]) == pytest.approx(side[1] - side[0])
    here = np.array(corners[0]) @ np.stack([grid[13] - grid[12], grid[17] - grid[12]]) / (side[1] - side[0])
    assert grid[12] + here == pytest.approx(three[0])


def test_a_plane_needs_three_points_that_span_it():
    with pytest.raises(ValueError, match="three has its points on one line"):
        plane_through(np.array([[0.0, 1.0], [1.0, 1.0], [2.0, 1.0]]), 5)
    with pytest.raises(ValueError, match="count is 1; expected at least 2"):
        plane_through(np.eye(3), 1)


def test_other_numbers_of_values_are_refused(ax):
    with pytest.raises(ValueError, match="there are 1 values; expected 2, one per polygon"):
        draw_polygons(ax, [SQUARE, TRIANGLE], np.array([1.0]))
