import matplotlib as mpl
import numpy as np
import pytest
import torch

from rectified.plotting.residual import (
    building_steps,
    clipped_path,
    draw_decision,
    draw_error_by_blocks,
    draw_escape,
    draw_functions,
    draw_states,
)
from rectified.residual.polylines import Polyline

mpl.use("agg")


def function(knots: list[float], values: list[float]) -> Polyline:
    return Polyline(torch.tensor(knots, dtype=torch.float64), torch.tensor(values, dtype=torch.float64))


@pytest.fixture
def ax():
    import matplotlib.pyplot as plt

    fig, axes = plt.subplots()
    yield axes
    plt.close(fig)


STATES = [function([0, 3], [0, 3]), function([0, 1, 3], [0, 1, 5]), function([0, 3], [1, 1])]


def test_a_path_runs_along_the_border_where_the_function_leaves() -> None:
    x, y = clipped_path(function([0, 2], [-2, 6]), -1.0, 2.0)
    assert x.tolist() == [0.0, 0.25, 1.0, 2.0]
    assert y.tolist() == [-1.0, -1.0, 2.0, 2.0]


def test_each_panel_has_its_state_and_its_name(ax) -> None:
    lines = draw_states([ax, ax], STATES, ["fold", "cut"], (-4.0, 4.0))
    assert [line.get_ydata().tolist() for line in lines] == [[0.0, 1.0, 4.0, 4.0], [1.0, 1.0]]
    assert [text.get_text() for text in ax.texts] == ["fold", "cut"]


def test_the_moving_figure_has_a_frame_for_each_state() -> None:
    steps = building_steps(STATES, function([0, 3], [2, 2]), (-4.0, 4.0), 1)
    assert len(steps.frames) == 3
    assert [trace["name"] for trace in steps.figure["data"]] == ["state before", "state after", "step function"]
    assert steps.frames[2][0]["y"] == [0.0, 1.0, 4.0, 4.0]
    assert steps.frames[2][1]["y"] == [1.0, 1.0]
    assert steps.frames[0][0] == steps.frames[0][1]
    assert steps.frames[1][2] == {}
    assert steps.figure["data"][1]["y"] == [0.0, 1.0, 4.0, 4.0]


def test_a_decision_has_both_groups_of_points(ax) -> None:
    side = np.linspace(-1.0, 1.0, 11)
    values = np.add.outer(side, side)
    points = np.array([[0.1, 0.2], [-0.5, -0.5], [0.3, 0.9]])
    inside, outside = draw_decision(ax, (side, side), values, points, np.array([True, False, True]))
    assert len(inside.get_xdata()) == 2
    assert len(outside.get_xdata()) == 1
    assert ax.get_xlim() == (-1.0, 1.0)


def test_a_decision_that_is_never_positive_is_drawn_without_a_boundary(ax) -> None:
    side = np.linspace(-1.0, 1.0, 5)
    artists = draw_decision(ax, (side, side), -np.ones((5, 5)), np.zeros((1, 2)), np.array([True]))
    assert len(artists) == 2


def test_functions_are_drawn_knot_by_knot_over_the_target(ax) -> None:
    (line,) = draw_functions(ax, {"a": STATES[1]}, STATES[0], (-9.0, 9.0))
    assert line.get_xydata().tolist() == [[0.0, 0.0], [1.0, 1.0], [3.0, 5.0]]
    assert ax.lines[-1].get_label() == "target"


def test_errors_have_markers_and_a_slope_through_the_last_point(ax) -> None:
    lines = draw_error_by_blocks(ax, {1: ([10, 100], [0.5, 0.1]), 2: ([10, 1_000], [0.5, 0.1])})
    assert [line.get_label() for line in lines] == ["$d = 1$", "$d = 2$"]
    slopes = [line for line in ax.lines if line.get_linestyle() == "--"]
    assert slopes[0].get_ydata().tolist() == pytest.approx([1.0, 0.1])
    assert slopes[1].get_ydata().tolist() == pytest.approx([1.0, 0.1])


def test_the_path_leaves_the_picture(ax) -> None:
    side = np.linspace(-2.0, 2.0, 9)
    path, circle = draw_escape(ax, side, np.ones((9, 9)), np.array([[0.0, 0.0], [0.0, 1.0]]), np.array([3.0, 0.0]), 1.5)
    assert path.get_xydata().tolist() == [[0.0, 0.0], [0.0, 1.0], [8.0, 1.0]]
    assert np.allclose(np.hypot(*circle.get_xydata().T), 1.5)
