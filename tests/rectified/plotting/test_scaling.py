import numpy as np
import pytest

from rectified.plotting.scaling import (
    draw_counts_by_radius,
    draw_distance_course,
    draw_error_by_blocks,
    draw_errors_by_queries,
    draw_share_by_rounding,
    draw_width_by_depth,
    plot_accuracy_by_depth,
    plot_decay,
    plot_distance_by_width,
)


def test_widths_are_drawn_as_multiples_of_the_exact_ones(ax) -> None:
    widths = {"interval": np.array([[1.0, 3.0], [0.0, 8.0]])}
    (line,) = draw_width_by_depth(ax, [1, 2], widths, np.array([[0.5, 0.5], [0.0, 4.0]]))
    assert line.get_ydata().tolist() == [4.0, 2.0]
    assert ax.lines[-1].get_ydata().tolist() == [1.0, 1.0]
    assert ax.get_yscale() == "log"


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


def test_errors_are_clipped_to_the_axis(ax) -> None:
    errors = {"first layer": np.array([[1.0, 2.0], [0.0, 1e-9]]), "second layer": np.array([[1.0], [1e-6]])}
    first, second = draw_errors_by_queries(ax, np.array([100.0, 1000.0]), errors, (1e-2, 1e-1))
    assert first.get_ydata().tolist() == [1.0, 1.0, 1e-13, 1e-9]
    assert first.get_xdata().tolist() == [100.0, 100.0, 1000.0, 1000.0]
    assert second.get_marker() != first.get_marker()
    assert ax.get_xscale() == ax.get_yscale() == "log"


def test_shares_are_drawn_by_median_and_quartiles(ax) -> None:
    shares = np.array([[0.0, 1.0], [0.0, 0.5], [0.4, 1.0]])
    bars = draw_share_by_rounding(ax, [1e-3, 1e-6], shares)
    assert bars.lines[0].get_ydata().tolist() == [0.0, 1.0]
    assert ax.xaxis_inverted()


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


def test_errors_have_markers_and_a_slope_through_the_last_point(ax) -> None:
    lines = draw_error_by_blocks(ax, {1: ([10, 100], [0.5, 0.1]), 2: ([10, 1_000], [0.5, 0.1])})
    assert [line.get_label() for line in lines] == ["$d = 1$", "$d = 2$"]
    slopes = [line for line in ax.lines if line.get_linestyle() == "--"]
    assert slopes[0].get_ydata().tolist() == pytest.approx([1.0, 0.1])
    assert slopes[1].get_ydata().tolist() == pytest.approx([1.0, 0.1])


def test_distances_show_the_median(ax):
    line, _ = plot_distance_by_width([10, 100], np.array([[1.0, 2.0, 9.0], [0.1, 0.2, 0.3]]), ax, label="x")
    assert line.get_ydata() == pytest.approx([2.0, 0.2])
    assert ax.get_yscale() == "log"
