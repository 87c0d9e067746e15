import json

import matplotlib as mpl
import numpy as np
import pytest
import torch

from rectified.plotting.identification import (
    boundary_edges,
    draw_boundaries,
    draw_errors_by_queries,
    draw_search,
    draw_share_by_rounding,
    moving_bend,
)
from rectified.regions.planar import planar_partition

mpl.use("agg")

# z = ReLU(x1) + 2 ReLU(x2) - 1
TOY = [
    (torch.eye(2).double(), torch.zeros(2).double()),
    (torch.tensor([[1.0, 2.0]]).double(), torch.tensor([-1.0]).double()),
    (torch.ones(1, 1).double(), torch.zeros(1).double()),
]


@pytest.fixture
def ax():
    import matplotlib.pyplot as plt

    fig, axes = plt.subplots()
    yield axes
    plt.close(fig)


@pytest.fixture
def partition():
    return planar_partition(TOY, (-2.0, -2.0), (2.0, 2.0))


def test_the_toy_s_boundary_by_hand(partition) -> None:
    edges = boundary_edges(partition, 2)
    found = {tuple(sorted(map(tuple, np.round(edge, 9).tolist()))) for edge in edges}
    assert found == {((1.0, -2.0), (1.0, 0.0)), ((0.0, 0.5), (1.0, 0.0)), ((-2.0, 0.5), (0.0, 0.5))}


def test_first_layer_boundaries_are_whole_lines(partition) -> None:
    edges = boundary_edges(partition, 0)
    assert np.abs(edges[:, :, 0]).max() < 1e-12
    assert np.abs(np.diff(edges[:, :, 1], axis=1)).sum() == pytest.approx(4.0)


def test_layers_are_drawn_apart(ax, partition) -> None:
    first, second = draw_boundaries(ax, partition, [2, 1], ["straight", "bent"])
    assert len(second.get_segments()) == 3
    assert sum(np.abs(np.diff(s, axis=0)).sum() for s in first.get_segments()) == pytest.approx(8.0)
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["straight", "bent"]


def test_wrong_widths_are_refused(ax, partition) -> None:
    with pytest.raises(ValueError, match=r"widths is \[2, 2\] with 2 names; expected 3 neurons in all"):
        draw_boundaries(ax, partition, [2, 2], ["a", "b"])


def test_the_moving_bend_turns_where_its_line_is_crossed() -> None:
    values, biases = (0.5, 2.0), (-1.0, -0.5, 1.0)
    moving = moving_bend((np.eye(2), np.zeros(2)), np.array([1.0, 2.0]), 1, values, biases, shown=(1, 0))
    assert len(moving.frames) == 6
    assert [frame[:2] for frame in moving.frames] == [[{}, {}]] * 6
    drawn = moving.frames[3][2]  # v2 = 2, c = -1: the toy
    corners = {(x, y) for x, y in zip(drawn["x"], drawn["y"], strict=True) if x is not None}
    assert corners == {(1.0, -3.0), (1.0, 0.0), (0.0, 0.5), (-3.0, 0.5)}
    assert moving.figure["data"][2]["x"] == drawn["x"]
    assert moving.frames[5][2] == {"x": [None], "y": [None]}  # always on: no boundary
    assert len(json.dumps(moving.frames)) < 10_000


def test_the_search_shows_kinks_and_rounds() -> None:
    import matplotlib.pyplot as plt

    fig, axes = plt.subplots(2)
    x = np.linspace(-1.0, 1.0, 21)
    found, rows = draw_search(*axes, (x, np.maximum(x, 0.0)), np.array([0.0]), [np.array([-1.0, 1.0]), np.array([0.1])])
    assert found.get_xydata().tolist() == [[0.0, 0.0]]
    assert [row.get_xdata().tolist() for row in rows] == [[-1.0, 1.0], [0.1]]
    assert [set(row.get_ydata()) for row in rows] == [{1}, {2}]
    plt.close(fig)


def test_errors_are_clipped_to_the_axis(ax) -> None:
    errors = {"first layer": np.array([[1.0, 2.0], [0.0, 1e-9]]), "second layer": np.array([[1.0], [1e-6]])}
    first, second = draw_errors_by_queries(ax, np.array([100.0, 1000.0]), errors, (1e-2, 1e-1))
    assert first.get_ydata().tolist() == [1.0, 1.0, 1e-13, 1e-9]
    assert first.get_xdata().tolist() == [100.0, 100.0, 1000.0, 1000.0]
    assert second.get_marker() != first.get_marker()
    assert ax.get_xscale() == ax.get_yscale() == "log"


def test_shares_are_drawn_by_median_and_quartiles(ax) -> None:
    shares = np.array([[0.0, 1.0], [0.0, 0.5], [0.4, 1.0]])
    bars = draw_share_by_rounding(ax, [1e-3, 1e-6], shares)
    assert bars.lines[0].get_ydata().tolist() == [0.0, 1.0]
    assert ax.xaxis_inverted()
