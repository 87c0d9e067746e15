import json

import numpy as np
import pytest

from rectified.plotting.moving_planes import moving_bend, moving_disc, moving_trajectory, trajectory_frame


def moving():
    numbers = {"exact": [1, 2, 3, 4, 5, 6], "level 1": [1, 2, 3, 4, 5, 600_000]}
    return moving_disc([SQUARE, TRIANGLE], np.array([1, 4]), POSITIONS, numbers, (1, 0, 1))


SQUARE = np.array([[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0]])


TRIANGLE = np.array([[1.0, 0.0], [2.0, 0.0], [1.0, 1.0]])


POSITIONS = ((0.0, 1.0), (0.5,), (0.1, 0.2, 0.3))


def test_trajectory_starts_with_its_frame():
    path = np.array([[1.0, 2.0], [1.23456, 2.5], [3.0, 4.0]])
    frame = trajectory_frame(path, 2)
    assert frame[0]["x"].tolist() == [1.0, 1.235]
    assert frame[1]["y"].tolist() == [2.5]
    figure = moving_trajectory(frame, 5.0)
    assert [trace["x"].tolist() for trace in figure["data"]] == [[1.0, 1.235], [1.235]]
    assert figure["layout"]["yaxis"]["range"] == [0, 5.0]


def test_trajectory_refuses_what_it_has_not():
    with pytest.raises(ValueError, match="shown is 3; expected between 1 and 2"):
        trajectory_frame(np.ones((2, 2)), 3)


def test_the_moving_bend_turns_where_its_line_is_crossed() -> None:
    values, biases = (0.5, 2.0), (-1.0, -0.5, 1.0)
    moving = moving_bend((np.eye(2), np.zeros(2)), np.array([1.0, 2.0]), 1, values, biases, shown=(1, 0))
    assert len(moving.frames) == 6
    assert [frame[:2] for frame in moving.frames] == [[{}, {}]] * 6
    drawn = moving.frames[3][2]  # v2 = 2, c = -1: the toy
    corners = {(x, y) for x, y in zip(drawn["x"], drawn["y"], strict=True) if x is not None}
    assert corners == {(1.0, -3.0), (1.0, 0.0), (0.0, 0.5), (-3.0, 0.5)}
    assert moving.figure["data"][2]["x"] == drawn["x"]
    assert moving.frames[5][2] == {"x": [], "y": []}  # always on: no boundary
    assert len(json.dumps(moving.frames)) < 10_000


def test_only_the_disc_and_its_numbers_move():
    figure, frames = moving()
    assert len(frames) == 6
    assert all(frame[:2] == [{}, {}] for frame in frames)
    assert len(figure["data"]) == len(frames[0]) == 4
    disc, numbers = frames[5][2:]
    assert disc["x"][0] == pytest.approx(1.3)
    assert np.hypot(np.array(disc["x"]) - 1.0, np.array(disc["y"]) - 0.5) == pytest.approx(0.3, abs=1e-3)
    assert numbers["text"] == ["exact<br><b>6</b>", "level 1<br><b>6.0e+05</b>"]


def test_the_figure_begins_with_the_position_shown():
    figure, frames = moving()
    assert figure["data"][2]["x"] == frames[4][2]["x"]
    assert figure["data"][3]["text"] == frames[4][3]["text"]


def test_polygons_are_closed_and_apart():
    square = moving().figure["data"][0]
    assert square["x"] == [0.0, 1.0, 1.0, 0.0, 0.0, None]
    assert square["fill"] == "toself"


def test_other_numbers_of_values_are_refused():
    with pytest.raises(ValueError, match="there are 1 shades; expected 2, one per polygon"):
        moving_disc([SQUARE, TRIANGLE], np.array([1]), POSITIONS, {}, (0, 0, 0))
    with pytest.raises(ValueError, match=r"counts\['exact'\] has 2 numbers; expected 6, one per frame"):
        moving_disc([SQUARE], np.array([1]), POSITIONS, {"exact": [1, 2]}, (0, 0, 0))
