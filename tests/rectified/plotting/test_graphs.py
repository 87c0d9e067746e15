import numpy as np
import pytest
import torch

from rectified.activations.elementwise import RELU
from rectified.bounds.relaxations import Relaxation
from rectified.plotting.graphs import (
    clipped_path,
    draw_double_well,
    draw_functions,
    draw_risk_slices,
    draw_sandwich,
    draw_states,
    line_values,
    plot_hermite_bars,
)
from rectified.residual.polylines import Polyline


def relaxation(*four: float) -> Relaxation:
    return Relaxation(*(torch.tensor(number, dtype=torch.float64) for number in four))


CHORD = (0.75, 0.75)  # of the ReLU on [-1, 3]


def function(knots: list[float], values: list[float]) -> Polyline:
    return Polyline(torch.tensor(knots, dtype=torch.float64), torch.tensor(values, dtype=torch.float64))


STATES = [function([0, 3], [0, 3]), function([0, 1, 3], [0, 1, 5]), function([0, 3], [1, 1])]


def test_the_sandwich_draws_the_curve_and_each_line_once(ax) -> None:
    lines = {"parallel": relaxation(*CHORD, 0.75, 0.0), "adaptive": relaxation(*CHORD, 1.0, 0.0)}
    artists = draw_sandwich(ax, RELU, -1.0, 3.0, lines)
    labels = [artist.get_label() for artist in artists]
    assert labels == ["ReLU", "above, shared", "parallel, below", "adaptive, below"]
    assert artists[1].get_ydata().tolist() == [0.0, 3.0]
    assert artists[3].get_ydata().tolist() == [-1.0, 3.0]


def test_a_line_has_its_values() -> None:
    assert line_values(2.0, -1.0, torch.tensor([0.0, 3.0])).tolist() == [-1.0, 5.0]


def test_slices_lie_over_the_affine_level(ax):
    x = np.linspace(-1, 1, 5)
    lines = draw_risk_slices(ax, {"a": (x, x**2 + 0.5), "b": (2 * x, x**2 + 0.7)}, 0.5)
    assert [line.get_label() for line in lines] == ["a", "b"]
    assert ax.lines[-1].get_xydata().tolist() == [[-2.0, 0.5], [2.0, 0.5]]
    assert ax.lines[-1].get_linestyle() == "--"


def test_the_double_well_stands_between_bottom_and_wall(ax):
    weights = np.array([-1.0, 0.0, 1.0])
    (line,) = draw_double_well(ax, weights, {"bound": np.array([0.1, 0.9, 0.1])}, 0.9, 0.1)
    assert line.get_ydata().tolist() == [0.1, 0.9, 0.1]
    assert [theory.get_ydata()[0] for theory in ax.lines[1:]] == [0.9, 0.1]


def test_a_path_runs_along_the_border_where_the_function_leaves() -> None:
    x, y = clipped_path(function([0, 2], [-2, 6]), -1.0, 2.0)
    assert x.tolist() == [0.0, 0.25, 1.0, 2.0]
    assert y.tolist() == [-1.0, -1.0, 2.0, 2.0]


def test_each_panel_has_its_state_and_its_name(ax) -> None:
    lines = draw_states([ax, ax], STATES, ["fold", "cut"], (-4.0, 4.0))
    assert [line.get_ydata().tolist() for line in lines] == [[0.0, 1.0, 4.0, 4.0], [1.0, 1.0]]
    assert [text.get_text() for text in ax.texts] == ["fold", "cut"]


def test_functions_are_drawn_knot_by_knot_over_the_target(ax) -> None:
    (line,) = draw_functions(ax, {"a": STATES[1]}, STATES[0], (-9.0, 9.0))
    assert line.get_xydata().tolist() == [[0.0, 0.0], [1.0, 1.0], [3.0, 5.0]]
    assert ax.lines[-1].get_label() == "target"


def test_hermite_bars_are_shares(ax):
    bars = plot_hermite_bars(np.array([0.0, 1.0, 1.0]), ax)
    assert [bar.get_height() for bar in bars] == pytest.approx([0, 0.5, 0.5])
    assert bars[1].get_hatch() == "///"
