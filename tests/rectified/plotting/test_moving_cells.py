import json

import matplotlib as mpl
import numpy as np

from rectified.plotting.fields import sector
from rectified.plotting.moving_cells import PlacedExample, RecordedRun, cells_by_example, cells_in_training

mpl.use("agg")

QUADRANT = np.array([[2.0, 0.0], [0.0, 5.0]])
SECTORS = [sector(QUADRANT, 1.0), sector(-QUADRANT, 1.0)]


def test_training_has_a_frame_for_each_run_and_step():
    units = np.arange(24.0).reshape(3, 2, 2, 2)
    runs = [RecordedRun(one, np.ones((2, 5)) * k, np.array([[0.1, 0.2], [0.3, 0.4]])) for k, one in enumerate(units)]
    moving = cells_in_training(SECTORS, runs, np.linspace(0, 1, 5), (np.zeros(3), np.ones(3)), 2.0, (1, 0))
    assert len(moving.frames) == 6
    assert {len(frame) for frame in moving.frames} == {len(moving.figure["data"])}
    colours = [frame[0]["fillcolor"] for frame in moving.frames[:2]]
    assert colours[0] != colours[1]
    first = moving.frames[1]  # the second step of the first run: the way so far, drawn at most at the edge
    way = np.column_stack([first[2]["x"], first[2]["y"]])
    assert way.shape == (2, 2)
    assert np.linalg.norm(way, axis=1).max() <= 2.0 + 1e-3
    assert first[4]["x"].tolist() == first[2]["x"][-1:].tolist()
    assert moving.figure["data"][6]["y"].tolist() == [1.0] * 5
    assert json.dumps(moving.figure["layout"])


def test_a_dragged_example_has_a_frame_for_each_place():
    grid = np.linspace(-1, 1, 5)
    places = [
        PlacedExample((0.5, 1.0), SECTORS, np.array([0.1, 0.4]), np.zeros(5)),
        PlacedExample((0.7, 1.0), SECTORS[:1], np.array([0.4]), np.ones(5)),
    ]
    moving = cells_by_example(places, grid, (np.zeros(3), np.ones(3)), 2.0, 1)
    assert {len(frame) for frame in moving.frames} == {len(moving.figure["data"])}
    curve, _, dragged, first, second, _ = moving.frames[1]
    assert curve["y"].tolist() == [1.0] * 5
    assert (dragged["x"], dragged["y"]) == ([0.7], [1.0])
    assert first["fillcolor"] == moving.frames[0][4]["fillcolor"]  # the same risk has the same colour everywhere
    assert (second["x"], second["y"]) == ([0.0], [0.0])  # a cell that has vanished
    assert moving.figure["data"][2]["x"] == [0.7]
