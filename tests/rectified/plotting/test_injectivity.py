import matplotlib as mpl
import numpy as np
import pytest

from rectified.plotting.injectivity import (
    crossing_points,
    draw_first_moment,
    draw_planar_curve,
    draw_probabilities,
    draw_space_curve,
    phase_explorer,
)

mpl.use("agg")


@pytest.fixture
def ax():
    import matplotlib.pyplot as plt

    fig, axes = plt.subplots()
    yield axes
    plt.close(fig)


def test_probabilities_have_a_line_for_each_n_and_one_theory_label(ax):
    lines = {2: ([3.0, 6.0], [0.2, 0.95]), 3: ([3.0, 6.0], [0.0, 0.9])}
    artists = draw_probabilities(ax, lines, lines, {"3.40": 3.4})
    assert [artist.get_label() for artist in artists] == ["$n = 2$", "$n = 3$"]
    assert artists[1].get_ydata().tolist() == [0.0, 0.9]
    labels = [text.get_text() for text in ax.get_legend().get_texts()]
    assert labels == ["$n = 2$", "$n = 3$", "theory: 1 - expected bad cells"]


def test_first_moments_have_a_line_for_each_expansivity(ax):
    artists = draw_first_moment(ax, [10, 100], {9.0: [-3.0, -2.4], 10.5: [-6.3, -33.6]})
    assert [artist.get_ydata().tolist() for artist in artists] == [[-3.0, -2.4], [-6.3, -33.6]]


def test_crossings_of_a_figure_eight(ax):
    vertices = np.array([[0.0, 0.0], [2.0, 2.0], [2.0, 0.0], [0.0, 2.0]])
    met = crossing_points(vertices, [(0, 2)])
    assert met == pytest.approx(np.array([[1.0, 1.0]]))
    assert crossing_points(vertices, []).shape == (0, 2)
    curve, rings = draw_planar_curve(ax, vertices, met)
    assert curve.get_xydata() == pytest.approx(vertices)
    assert rings.get_xydata() == pytest.approx(met)


def test_the_shadow_of_a_space_curve_lies_on_the_floor():
    import matplotlib.pyplot as plt

    fig = plt.figure()
    curve, shadow = draw_space_curve(fig.add_subplot(projection="3d"), np.arange(12.0).reshape(4, 3), -1.0)
    assert pytest.approx(np.arange(12.0).reshape(4, 3)) == np.asarray(curve.get_data_3d()).T
    assert np.asarray(shadow.get_data_3d()[2]) == pytest.approx(-1.0)
    plt.close(fig)


def test_the_explorer_shows_shares_and_counts():
    depths = {2: {3.0: [1, 1, 2, 3], 6.0: [2, 3, 40, 3]}, 3: {3.0: [1, 2, 2, 2], 6.0: [3, 2, 4, 5]}}
    moving = phase_explorer(depths, (1, 1), most=10)
    assert len(moving.frames) == 4
    assert moving.figure["data"][0]["y"] == [0.5, 1.0]
    frame = moving.frames[0]
    assert frame[2] == {"x": [3.0], "y": [0.5]}
    assert frame[3] == {"x": [0, 1], "y": [0.0, 0.5]}
    assert sum(frame[3]["y"]) + sum(frame[4]["y"]) == pytest.approx(1.0)
    assert moving.frames[1][4]["y"][-1] == 0.25  # the count beyond the axis
    assert [trace["name"] for trace in moving.figure["data"]][:3] == ["n = 2", "n = 3", "chosen"]
    assert moving.figure["data"][2]["y"] == [0.75]
