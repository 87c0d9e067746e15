import matplotlib as mpl
import numpy as np
import pytest
import torch

from rectified.activations.elementwise import RELU
from rectified.bounds.relaxations import Relaxation
from rectified.plotting.bounds import (
    ball_outline,
    draw_margin_field,
    draw_radius_scatter,
    draw_sandwich,
    draw_width_by_depth,
    line_values,
    moving_sandwich,
)

mpl.use("agg")


def relaxation(*four: float) -> Relaxation:
    return Relaxation(*(torch.tensor(number, dtype=torch.float64) for number in four))


CHORD = (0.75, 0.75)  # of the ReLU on [-1, 3]


@pytest.fixture
def ax():
    import matplotlib.pyplot as plt

    fig, axes = plt.subplots()
    yield axes
    plt.close(fig)


def test_the_sandwich_draws_the_curve_and_each_line_once(ax) -> None:
    lines = {"parallel": relaxation(*CHORD, 0.75, 0.0), "adaptive": relaxation(*CHORD, 1.0, 0.0)}
    artists = draw_sandwich(ax, RELU, -1.0, 3.0, lines)
    labels = [artist.get_label() for artist in artists]
    assert labels == ["ReLU", "above, shared", "parallel, below", "adaptive, below"]
    assert artists[1].get_ydata().tolist() == [0.0, 3.0]
    assert artists[3].get_ydata().tolist() == [-1.0, 3.0]


@pytest.mark.parametrize("p", [1.0, 2.0, np.inf])
def test_the_outline_has_the_ball_s_radius_everywhere(p: float) -> None:
    center = np.array([1.0, -2.0])
    points = ball_outline(center, 0.3, p)
    assert np.allclose(np.linalg.norm(points - center, ord=p, axis=1), 0.3)


def test_the_margin_field_shows_values_and_ball(ax) -> None:
    x = np.linspace(-1, 1, 5)
    values = np.add.outer(x, x)
    field, ball = draw_margin_field(ax, (x, x), values, values - 0.2, ball_outline(np.zeros(2), 0.5, np.inf))
    assert np.allclose(np.ravel(field.get_array()), values.ravel())
    assert field.get_clim() == (-2.0, 2.0)
    assert np.abs(ball.get_xy()).max() == pytest.approx(0.5)


def test_the_scatter_has_one_group_each_and_a_diagonal_over_all(ax) -> None:
    radii = {"a": (np.array([1.0, 2.0]), np.array([1.5, 2.5])), "b": (np.array([4.0]), np.array([3.0]))}
    artists = draw_radius_scatter(ax, radii, ("x", "y"))
    assert [artist.get_label() for artist in artists] == ["a", "b"]
    assert artists[0].get_offsets().tolist() == [[1.0, 1.5], [2.0, 2.5]]
    diagonal = ax.lines[0].get_xydata()
    assert np.array_equal(diagonal[:, 0], diagonal[:, 1])
    assert (diagonal[0, 0], diagonal[1, 0]) == pytest.approx((0.9, 4.4))


def test_widths_are_drawn_as_multiples_of_the_exact_ones(ax) -> None:
    widths = {"interval": np.array([[1.0, 3.0], [0.0, 8.0]])}
    (line,) = draw_width_by_depth(ax, [1, 2], widths, np.array([[0.5, 0.5], [0.0, 4.0]]))
    assert line.get_ydata().tolist() == [4.0, 2.0]
    assert ax.lines[-1].get_ydata().tolist() == [1.0, 1.0]
    assert ax.get_yscale() == "log"


def test_a_line_has_its_values() -> None:
    assert line_values(2.0, -1.0, torch.tensor([0.0, 3.0])).tolist() == [-1.0, 5.0]


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
