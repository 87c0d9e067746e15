import matplotlib as mpl
import numpy as np
import pytest

from rectified.plotting.regions import (
    draw_counts_by_radius,
    draw_disc,
    draw_distance_course,
    draw_kinds,
    draw_plane_through,
    draw_polygons,
    moving_disc,
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
    field = draw_plane_through(ax, side, values, {"A": (0.0, 1.0)})
    assert np.allclose(np.ravel(field.get_array()), values.ravel())
    assert [text.get_text() for text in ax.texts] == ["A"]


POSITIONS = ((0.0, 1.0), (0.5,), (0.1, 0.2, 0.3))


def moving():
    numbers = {"exact": [1, 2, 3, 4, 5, 6], "level 1": [1, 2, 3, 4, 5, 600_000]}
    return moving_disc([SQUARE, TRIANGLE], np.array([1, 4]), POSITIONS, numbers, (1, 0, 1))


def test_only_the_disc_and_its_numbers_move():
    figure, frames = moving()
    assert len(frames) == 6
    assert all(frame[:2] == [{}, {}] for frame in frames)
    assert len(figure["data"]) == len(frames[0]) == 4
    disc, numbers = frames[5][2:]
    assert disc["x"][0] == pytest.approx(1.3)
    assert np.hypot(np.array(disc["x"]) - 1.0, np.array(disc["y"]) - 0.5) == pytest.approx(0.3, abs=1e-3)
    assert numbers["text"] == ["exact<br><b>6</b>", "level 1<br><b>6.0e+05</b>"]


def test_the_figure_begins_with_the_position_shown():
    figure, frames = moving()
    assert figure["data"][2]["x"] == frames[4][2]["x"]
    assert figure["data"][3]["text"] == frames[4][3]["text"]


def test_polygons_are_closed_and_apart():
    square = moving().figure["data"][0]
    assert square["x"] == [0.0, 1.0, 1.0, 0.0, 0.0, None]
    assert square["fill"] == "toself"


def test_other_numbers_of_values_are_refused(ax, unchecked):
    with pytest.raises(ValueError, match="there are 1 values; expected 2, one per polygon"):
        draw_polygons(ax, [SQUARE, TRIANGLE], np.array([1.0]))
    with pytest.raises(ValueError, match=r"counts\['exact'\] has 2 numbers; expected 6, one per frame"):
        moving_disc([SQUARE], np.array([1]), POSITIONS, {"exact": [1, 2]}, (0, 0, 0))
