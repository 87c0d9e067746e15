import numpy as np

from rectified.plotting.sweeps import draw_first_moment, draw_probabilities, plot_training_error


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


def test_training_error_is_drawn_over_log_gamma(ax):
    gamma = np.array([0.1, 1.0])
    line, dots = plot_training_error(gamma, gamma / 2, gamma, gamma / 3, ax, order=1, label="ReLU")
    assert ax.get_xscale() == "log"
    assert line.get_linestyle() == "--"
    assert dots.get_label() == "ReLU"
