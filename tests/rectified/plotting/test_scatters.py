import numpy as np
import pytest

from rectified.plotting.scatters import (
    draw_final_risks,
    draw_kinds,
    draw_radius_scatter,
    histogram_heights,
    plot_spectrum,
)


def test_the_scatter_has_one_group_each_and_a_diagonal_over_all(ax) -> None:
    radii = {"a": (np.array([1.0, 2.0]), np.array([1.5, 2.5])), "b": (np.array([4.0]), np.array([3.0]))}
    artists = draw_radius_scatter(ax, radii, ("x", "y"))
    assert [artist.get_label() for artist in artists] == ["a", "b"]
    assert artists[0].get_offsets().tolist() == [[1.0, 1.5], [2.0, 2.5]]
    diagonal = ax.lines[0].get_xydata()
    assert np.array_equal(diagonal[:, 0], diagonal[:, 1])
    assert (diagonal[0, 0], diagonal[1, 0]) == pytest.approx((0.9, 4.4))


def test_every_run_is_counted_once(ax):
    risks = {"ReLU": np.array([0.1, 0.1, 0.5]), "linear": np.full(4, 0.3)}
    first, second = draw_final_risks(ax, risks, np.array([0.1, 0.5, 9.0]))
    assert sum(patch.get_height() for patch in first) == 3
    assert sum(patch.get_height() for patch in second) == 4
    assert len(ax.collections[0].get_segments()) == 2  # the level beyond all runs is not drawn


def test_every_network_has_a_mark_in_the_row_of_its_kind(ax):
    kinds = {"training": np.array([1.0, 2.0]), "noise": np.array([3.0])}
    before, after = draw_kinds(ax, {"before": kinds, "after": kinds}, "units")
    assert before.get_offsets()[:, 0].tolist() == [1.0, 2.0, 3.0]
    assert (after.get_offsets()[:, 1] - before.get_offsets()[:, 1]).tolist() == pytest.approx([0.3] * 3)
    assert [label.get_text() for label in ax.get_yticklabels()] == ["training", "noise"]


def test_histogram_is_a_density_of_all_eigenvalues(ax):
    eigenvalues = np.array([0.0, 0.0, 0.5, 1.5])
    bars, line = plot_spectrum(eigenvalues, np.array([1.0, 2.0]), np.array([0.3, 0.0]), ax, bins=2)
    assert bars.get_data().values == pytest.approx([0.25, 0.25])  # half of the mass sits at 0 and is not drawn
    assert line.get_ydata() == pytest.approx([0.3, 0.0])


def test_heights_count_rounding_as_zero():
    heights = histogram_heights(np.array([1e-16, 0.5, 1.5, 9.0]), np.array([0.0, 1.0, 2.0]))
    assert heights == pytest.approx([0.25, 0.25])
