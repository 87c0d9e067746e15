import matplotlib
import numpy as np
import pytest

matplotlib.use("agg")
import matplotlib.pyplot as plt

from companion.notebook.figure_artists import MOST_POINTS, series_of_panel


@pytest.fixture
def ax():
    figure, ax = plt.subplots()
    yield ax
    plt.close(figure)


def only(ax):
    (one,) = series_of_panel(ax)
    return one


def test_a_line_gives_the_numbers_that_were_plotted(ax):
    x, y = np.linspace(0.1, 3.0, 7), np.logspace(-9, 3, 7)
    ax.loglog(x, y, label="decay")
    one = only(ax)
    assert (one.name, one.kind) == ("decay", "line")
    np.testing.assert_array_equal(one.rows[:, :2], np.column_stack([x, y]))
    assert np.isnan(one.rows[:, 2]).all()


def test_a_scatter_gives_its_points_and_what_their_colours_say(ax):
    points = np.random.default_rng(0).random((5, 3))
    ax.scatter(points[:, 0], points[:, 1], c=points[:, 2])
    assert only(ax).kind == "points"
    np.testing.assert_array_equal(only(ax).rows, points)


def test_bars_give_middle_end_and_width(ax):
    edges = np.array([0.0, 0.5, 2.0])
    ax.hist([0.1, 0.2, 1.0], bins=edges, label="counts")
    np.testing.assert_allclose(only(ax).rows, [[0.25, 2.0, 0.5], [1.25, 1.0, 1.5]])
    assert only(ax).name == "counts"


def test_bars_upon_others_say_where_they_start(ax):
    ax.bar([0, 1], [2, 3], bottom=[0.5, 4])
    assert "starts at 0.5, 4" in only(ax).note
    np.testing.assert_allclose(only(ax).rows[:, 1], [2.5, 7.0])


def test_a_band_goes_through_both_of_its_edges(ax):
    ax.fill_between([0, 1], [2, 3], [4, 5], label="range")
    points = {tuple(row[:2]) for row in only(ax).rows}
    assert {(0, 2), (1, 3), (0, 4), (1, 5)} <= points


def test_error_bars_have_the_name_of_their_line(ax):
    ax.errorbar([1, 2], [3.0, 5.0], yerr=[0.5, 1.0], label="median")
    line, bars = series_of_panel(ax)
    assert line.name == bars.name == "median"
    np.testing.assert_array_equal(line.rows[:, :2], [[1, 3], [2, 5]])
    assert bars.kind == "segments"
    np.testing.assert_allclose(bars.rows[:, 1], [2.5, 3.5, np.nan, 4.0, 6.0])


@pytest.mark.parametrize("origin", ["upper", "lower"])
def test_a_pixel_stands_where_it_is_drawn(ax, origin):
    values = np.arange(6.0).reshape(2, 3)
    ax.imshow(values, origin=origin, extent=(0.0, 3.0, 0.0, 2.0))
    rows = {tuple(row[:2]): row[2] for row in only(ax).rows}
    assert rows[0.5, 1.5] == values[0 if origin == "upper" else 1, 0]
    assert rows[2.5, 0.5] == values[1 if origin == "upper" else 0, 2]


def test_a_mesh_gives_the_middles_of_its_cells_and_the_name_of_its_colours(ax):
    values = np.arange(6.0).reshape(2, 3)
    mesh = ax.pcolormesh([0.0, 1.0, 3.0, 4.0], [0.0, 2.0, 4.0], values)
    ax.get_figure().colorbar(mesh, label="height")
    one = only(ax)
    assert one.note == "value: height"
    np.testing.assert_array_equal(one.rows[:3], [[0.5, 1.0, 0.0], [2.0, 1.0, 1.0], [3.5, 1.0, 2.0]])


def test_polygons_are_parted_by_empty_rows_and_carry_their_value(ax):
    square = np.array([[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0]])
    cells = matplotlib.collections.PolyCollection([square, square + 2.0], array=[7.0, 8.0])
    ax.add_collection(cells)
    rows = only(ax).rows
    gap = int(np.flatnonzero(np.isnan(rows[:, 0])).item())
    assert set(rows[:gap, 2]) == {7.0}
    assert set(rows[gap + 1 :, 2]) == {8.0}
    np.testing.assert_array_equal(rows[gap + 1 : gap + 5, :2], square + 2.0)


def test_contours_carry_their_level(ax):
    x = np.linspace(0.0, 1.0, 5)
    ax.contour(x, x, x[None, :] + 0.0 * x[:, None], levels=[0.3])
    rows = only(ax).rows
    np.testing.assert_allclose(rows[:, 0], 0.3)
    assert set(rows[:, 2]) == {0.3}


def test_a_circle_is_round(ax):
    ax.set(xlim=(-3, 3), ylim=(-3, 3))
    ax.add_patch(plt.Circle((1.0, 0.0), 2.0))
    distances = np.hypot(only(ax).rows[:, 0] - 1.0, only(ax).rows[:, 1])
    np.testing.assert_allclose(distances, 2.0, rtol=1e-2)


def test_of_a_line_from_edge_to_edge_only_its_own_coordinate_counts(ax):
    ax.axhline(0.5, label="half")
    ax.axvspan(1.0, 2.0)
    half, span = series_of_panel(ax)
    assert half.rows[:, 1].tolist() == [0.5]
    assert np.isnan(half.rows[:, 0]).all()
    assert span.rows[:, 0].tolist() == [1.0, 2.0]


def test_words_and_arrows_in_the_panel_are_told_and_those_beside_it_are_not(ax):
    ax.text(0.2, 0.4, "A")
    ax.text(0.2, 0.4, "beside", transform=ax.transAxes)
    ax.annotate("", (1.0, 2.0), (0.5, 0.5), arrowprops={"arrowstyle": "->"})
    word, arrow = series_of_panel(ax)
    assert (word.name, word.rows[0, :2].tolist()) == ("A", [0.2, 0.4])
    assert arrow.rows[:, :2].tolist() == [[0.5, 0.5], [1.0, 2.0]]


def test_what_is_thinned_says_so(ax):
    ax.plot(np.arange(3 * MOST_POINTS))
    ax.imshow(np.zeros((300, 300)))
    line, image = series_of_panel(ax)
    assert (len(line.rows), line.note) == (MOST_POINTS, "every 3rd point")
    assert len(image.rows) <= MOST_POINTS
    assert image.note == "every 5th row and column"


def test_what_is_not_known_and_pictures_in_colours_say_so(ax):
    ax.add_artist(matplotlib.lines.Line2D([0], [0]))  # known
    ax.imshow(np.zeros((2, 2, 3)))
    notes = [one.note for one in series_of_panel(ax)]
    assert "a picture in colours, not in numbers" in notes


def test_nameless_series_are_numbered_by_their_kind(ax):
    ax.plot([0, 1], [0, 1])
    ax.plot([0, 1], [1, 2])
    assert [one.name for one in series_of_panel(ax)] == ["line 1", "line 2"]


def test_a_line_in_space_gives_three_coordinates():
    figure = plt.figure()
    ax = figure.add_subplot(projection="3d")
    ax.plot([0.0, 1.0], [2.0, 3.0], [4.0, 5.0])
    np.testing.assert_array_equal(only(ax).rows, [[0, 2, 4], [1, 3, 5]])
    plt.close(figure)


def test_what_is_hidden_is_left_out(ax):
    ax.plot([0, 1], [0, 1], visible=False)
    assert list(series_of_panel(ax)) == []
