import matplotlib.pyplot as plt
import numpy as np
import pytest

from rectified.plotting.spectra import (
    histogram_heights,
    interactive_spectrum,
    plot_distance_by_width,
    plot_hermite_bars,
    plot_spectrum,
    plot_training_error,
    spectrum_frame,
)


@pytest.fixture
def ax():
    fig, ax = plt.subplots()
    yield ax
    plt.close(fig)


def test_histogram_is_a_density_of_all_eigenvalues(ax):
    eigenvalues = np.array([0.0, 0.0, 0.5, 1.5])
    bars, line = plot_spectrum(eigenvalues, np.array([1.0, 2.0]), np.array([0.3, 0.0]), ax, bins=2)
    assert bars.get_data().values == pytest.approx([0.25, 0.25])  # half of the mass sits at 0 and is not drawn
    assert line.get_ydata() == pytest.approx([0.3, 0.0])


def test_hermite_bars_are_shares(ax):
    bars = plot_hermite_bars(np.array([0.0, 1.0, 1.0]), ax)
    assert [bar.get_height() for bar in bars] == pytest.approx([0, 0.5, 0.5])
    assert bars[1].get_hatch() == "///"


def test_training_error_is_drawn_over_log_gamma(ax):
    gamma = np.array([0.1, 1.0])
    line, dots = plot_training_error(gamma, gamma / 2, gamma, gamma / 3, ax, order=1, label="ReLU")
    assert ax.get_xscale() == "log"
    assert line.get_linestyle() == "--"
    assert dots.get_label() == "ReLU"


def test_distances_show_the_median(ax):
    line, _ = plot_distance_by_width([10, 100], np.array([[1.0, 2.0, 9.0], [0.1, 0.2, 0.3]]), ax, label="x")
    assert line.get_ydata() == pytest.approx([2.0, 0.2])
    assert ax.get_yscale() == "log"


def test_heights_count_rounding_as_zero():
    heights = histogram_heights(np.array([1e-16, 0.5, 1.5, 9.0]), np.array([0.0, 1.0, 2.0]))
    assert heights == pytest.approx([0.25, 0.25])


def test_interactive_spectrum_starts_with_its_frame():
    frame = spectrum_frame(np.array([0.5]), np.array([0.0, 1.0]), np.array([0.12345]), np.array([0.5]))
    figure = interactive_spectrum(frame, 1.5)
    assert [trace["y"].tolist() for trace in figure["data"]] == [[1.0], [0.5]]
    assert figure["data"][1]["x"] == pytest.approx([0.123])
    assert figure["layout"]["yaxis"]["range"] == [0, 1.5]
