import matplotlib.pyplot as plt
import numpy as np
import pytest

from rectified.plotting.depth import (
    draw_regions,
    moving_trajectory,
    plot_accuracy_by_depth,
    plot_decay,
    square_panels,
    trajectory_frame,
)


@pytest.fixture
def ax():
    fig, ax = plt.subplots()
    yield ax
    plt.close(fig)


TRIANGLES = [np.array([[0.0, 0], [1, 0], [0, 1]]), np.array([[1.0, 0], [1, 1], [0, 1]])]


def test_panels_are_square():
    fig, axes = square_panels(2, 4)
    assert axes.shape == (2, 4)
    assert fig.get_size_inches()[0] == pytest.approx(2 * fig.get_size_inches()[1])
    plt.close(fig)


def test_regions_have_their_values(ax):
    drawn = draw_regions(ax, TRIANGLES, np.array([0.25, 1.0]))
    assert drawn.get_array().tolist() == [0.25, 1.0]
    assert len(drawn.get_paths()) == 2
    assert drawn.get_clim() == (0.0, 1.0)


def test_regions_refuse_missing_values(ax, unchecked):
    with pytest.raises(ValueError, match="values has length 1"):
        unchecked(draw_regions)(ax, TRIANGLES, np.array([0.5]))


def test_decay_shows_the_median_and_the_bound(ax):
    distances = np.array([[1.0, 2.0, 9.0], [0.1, 0.2, 0.3]])
    line, _, bound = plot_decay([10, 100], distances, ax, order=1, label="a = 2", bound=np.array([10.0, 1.0]))
    assert line.get_ydata() == pytest.approx([2.0, 0.2])
    assert bound.get_linestyle() == "--"
    assert bound.get_color() == "black"
    assert (ax.get_xscale(), ax.get_yscale()) == ("log", "log")
    assert [text.get_text() for text in ax.texts] == ["bound, a = 2"]


def test_decay_without_bound(ax):
    assert len(plot_decay([10, 100], np.ones((2, 3)), ax)) == 2


def test_accuracies_show_the_median(ax):
    line, _ = plot_accuracy_by_depth([10, 50], np.array([[0.8, 0.9, 1.0], [0.1, 0.2, 0.7]]), ax, order=2, label="He")
    assert line.get_ydata() == pytest.approx([0.9, 0.2])
    assert line.get_linestyle() == "-."


def test_trajectory_starts_with_its_frame():
    path = np.array([[1.0, 2.0], [1.23456, 2.5], [3.0, 4.0]])
    frame = trajectory_frame(path, 2)
    assert frame[0]["x"].tolist() == [1.0, 1.235]
    assert frame[1]["y"].tolist() == [2.5]
    figure = moving_trajectory(frame, 5.0)
    assert [trace["x"].tolist() for trace in figure["data"]] == [[1.0, 1.235], [1.235]]
    assert figure["layout"]["yaxis"]["range"] == [0, 5.0]


def test_trajectory_refuses_what_it_has_not():
    with pytest.raises(ValueError, match="shown is 3; expected between 1 and 2"):
        trajectory_frame(np.ones((2, 2)), 3)
