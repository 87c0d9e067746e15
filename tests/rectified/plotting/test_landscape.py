import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pytest

from rectified.plotting.landscape import (
    draw_cells,
    draw_double_well,
    draw_final_risks,
    draw_risk_slices,
    draw_trajectories,
    sector,
)

mpl.use("agg")

QUADRANT = np.array([[2.0, 0.0], [0.0, 5.0]])


@pytest.fixture
def ax():
    fig, axes = plt.subplots()
    yield axes
    plt.close(fig)


def test_a_sector_is_a_piece_of_a_disc():
    polygon = sector(QUADRANT, 3.0)
    assert polygon[0].tolist() == [0.0, 0.0]
    assert np.linalg.norm(polygon[1:], axis=1) == pytest.approx(np.full(len(polygon) - 1, 3.0))
    assert polygon[[1, -1]].ravel() == pytest.approx([3.0, 0.0, 0.0, 3.0])


def test_cells_carry_their_risks(ax):
    cells = draw_cells(ax, [sector(QUADRANT, 1.0), sector(-QUADRANT, 1.0)], np.array([0.1, 0.4]))
    assert cells.get_array().tolist() == [0.1, 0.4]
    assert len(cells.get_paths()) == 2


def test_trajectories_end_at_their_marker(ax):
    paths = {"first": np.arange(12.0).reshape(3, 2, 2), "second": np.zeros((3, 2, 2))}
    lines = draw_trajectories(ax, paths, 4.0)
    assert len(lines) == 4
    assert lines[1].get_xydata().tolist() == [[2.0, 3.0], [6.0, 7.0], [10.0, 11.0]]
    assert lines[0].get_markevery() == [-1]
    assert lines[0].get_marker() != lines[2].get_marker()
    assert ax.get_xlim() == (-4.0, 4.0)


def test_slices_lie_over_the_affine_level(ax):
    x = np.linspace(-1, 1, 5)
    lines = draw_risk_slices(ax, {"a": (x, x**2 + 0.5), "b": (2 * x, x**2 + 0.7)}, 0.5)
    assert [line.get_label() for line in lines] == ["a", "b"]
    assert ax.lines[-1].get_xydata().tolist() == [[-2.0, 0.5], [2.0, 0.5]]
    assert ax.lines[-1].get_linestyle() == "--"


def test_every_run_is_counted_once(ax):
    risks = {"ReLU": np.array([0.1, 0.1, 0.5]), "linear": np.full(4, 0.3)}
    first, second = draw_final_risks(ax, risks, np.array([0.1, 0.5, 9.0]))
    assert sum(patch.get_height() for patch in first) == 3
    assert sum(patch.get_height() for patch in second) == 4
    assert len(ax.collections[0].get_segments()) == 2  # the level beyond all runs is not drawn


def test_the_double_well_stands_between_bottom_and_wall(ax):
    weights = np.array([-1.0, 0.0, 1.0])
    (line,) = draw_double_well(ax, weights, {"bound": np.array([0.1, 0.9, 0.1])}, 0.9, 0.1)
    assert line.get_ydata().tolist() == [0.1, 0.9, 0.1]
    assert [theory.get_ydata()[0] for theory in ax.lines[1:]] == [0.9, 0.1]
