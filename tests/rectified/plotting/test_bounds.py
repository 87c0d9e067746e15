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
    sandwich_traces,
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
    assert labels == ["relu", "parallel, above", "parallel, below", "adaptive, below"]
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


def test_widths_are_averaged_geometrically(ax) -> None:
    (line,) = draw_width_by_depth(ax, [1, 2], {"interval": np.array([[1.0, 4.0], [2.0, 8.0]])})
    assert np.allclose(line.get_ydata(), [2.0, 4.0])
    assert ax.get_yscale() == "log"


def test_a_line_has_its_values() -> None:
    assert line_values(2.0, -1.0, torch.tensor([0.0, 3.0])).tolist() == [-1.0, 5.0]


def test_the_traces_come_in_the_documented_order_and_rounded() -> None:
    relu = {"parallel": relaxation(*CHORD, 0.75, 0.0), "adaptive": relaxation(*CHORD, 1.0, 0.0)}
    tanh = relaxation(1 / 3, 0.0, 0.25, -0.5)
    traces = sandwich_traces(relu, torch.tensor([0.0, 0.5, 3.0]), tanh, (-1.0, 3.0))
    assert [trace["y"] for trace in traces] == [
        [0.0, 3.0],
        [-0.75, 2.25],
        [-1.0, 3.0],
        [0.0, 0.5, 3.0],
        [-0.3333, 1.0],
        [-0.75, 0.25],
    ]
    assert traces[3]["x"] == [-1.0, 1.0, 3.0]


def test_without_a_quadratic_its_trace_is_empty() -> None:
    relu = {"parallel": relaxation(1, 0, 1, 0), "adaptive": relaxation(1, 0, 1, 0)}
    assert sandwich_traces(relu, None, relaxation(1, 0, 1, 0), (0.0, 1.0))[3] == {"x": [], "y": []}
