import numpy as np
import pytest
import torch

from rectified.plotting.moving_graphs import (
    building_steps,
    interactive_spectrum,
    moving_sandwich,
    phase_explorer,
    spectrum_frame,
)
from rectified.residual.polylines import Polyline


def function(knots: list[float], values: list[float]) -> Polyline:
    return Polyline(torch.tensor(knots, dtype=torch.float64), torch.tensor(values, dtype=torch.float64))


STATES = [function([0, 3], [0, 3]), function([0, 1, 3], [0, 1, 5]), function([0, 3], [1, 1])]


def test_the_moving_sandwich_has_the_lines_of_each_interval() -> None:
    moving = moving_sandwich([-2.0, -1.0], [1.0, 3.0], (1, 1))
    assert len(moving.frames) == 4
    names = [trace["name"] for trace in moving.figure["data"]]
    assert names == ["ReLU", "tanh", "chord above", "Fast-Lin", "CROWN", "parabola", "above tanh", "below tanh"]
    last = moving.frames[3]  # on [-1, 3] the chord is 3/4 y + 3/4, and the adaptive line y
    assert last[:2] == [{}, {}]
    assert [trace["y"] for trace in last[2:5]] == [[0.0, 3.0], [-0.75, 2.25], [-1.0, 3.0]]
    assert (last[5]["y"][0], last[5]["y"][-1]) == (0.0, 3.0)
    assert moving.figure["data"][4]["y"] == last[4]["y"]


def test_tanh_stays_between_its_moving_lines() -> None:
    for frame, (lower, upper) in zip(
        moving_sandwich([-2.0, 0.0], [1.0], (0, 0)).frames, [(-2, 1), (0, 1)], strict=True
    ):
        y = np.linspace(lower, upper, 50)
        above, below = (np.interp(y, trace["x"], trace["y"]) for trace in frame[6:])
        assert (above >= np.tanh(y) - 1e-4).all()
        assert (below <= np.tanh(y) + 1e-4).all()


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


def test_the_moving_figure_has_a_frame_for_each_state() -> None:
    steps = building_steps(STATES, function([0, 3], [2, 2]), (-4.0, 4.0), 1)
    assert len(steps.frames) == 3
    assert [trace["name"] for trace in steps.figure["data"]] == ["state before", "state after", "step function"]
    assert steps.frames[2][0]["y"] == [0.0, 1.0, 4.0, 4.0]
    assert steps.frames[2][1]["y"] == [1.0, 1.0]
    assert steps.frames[0][0] == steps.frames[0][1]
    assert steps.frames[1][2] == {}
    assert steps.figure["data"][1]["y"] == [0.0, 1.0, 4.0, 4.0]


def test_interactive_spectrum_starts_with_its_frame():
    frame = spectrum_frame(np.array([0.5]), np.array([0.0, 1.0]), np.array([0.12345]), np.array([0.5]))
    figure = interactive_spectrum(frame, 1.5)
    assert [trace["y"].tolist() for trace in figure["data"]] == [[1.0], [0.5]]
    assert figure["data"][1]["x"] == pytest.approx([0.123])
    assert figure["layout"]["yaxis"]["range"] == [0, 1.5]
