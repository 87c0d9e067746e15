import matplotlib.pyplot as plt
import numpy as np
import pytest
import torch

from rectified.plotting.fields import (
    ball_outline,
    boundary_edges,
    draw_boundaries,
    draw_decision,
    draw_disc,
    draw_faces,
    draw_margin_field,
    draw_plane,
    plane_through,
    sector,
    square_panels,
)
from rectified.regions.planar import planar_partition

TOY = [
    (torch.eye(2).double(), torch.zeros(2).double()),
    (torch.tensor([[1.0, 2.0]]).double(), torch.tensor([-1.0]).double()),
    (torch.ones(1, 1).double(), torch.zeros(1).double()),
]
QUADRANT = np.array([[2.0, 0.0], [0.0, 5.0]])
SQUARES = [np.array([(x, 0.0), (x + 1.0, 0.0), (x + 1.0, 1.0), (x, 1.0)]) for x in (0.0, 1.0)]
TRIANGLE = np.array([[1.0, 0.0], [2.0, 0.0], [1.0, 1.0]])


@pytest.fixture
def partition():
    return planar_partition(TOY, (-2.0, -2.0), (2.0, 2.0))


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


def test_panels_are_square():
    fig, axes = square_panels(2, 4)
    assert axes.shape == (2, 4)
    assert fig.get_size_inches()[0] == pytest.approx(2 * fig.get_size_inches()[1])
    plt.close(fig)


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


def test_a_sector_is_a_piece_of_a_disc():
    polygon = sector(QUADRANT, 3.0)
    assert polygon[0].tolist() == [0.0, 0.0]
    assert np.linalg.norm(polygon[1:], axis=1) == pytest.approx(np.full(len(polygon) - 1, 3.0))
    assert polygon[[1, -1]].ravel() == pytest.approx([3.0, 0.0, 0.0, 3.0])


def test_each_polygon_gets_its_value_and_all_are_in_view(ax):
    faces = draw_faces(ax, [*SQUARES, TRIANGLE], np.array([3, 5, 7]))
    assert faces.get_array().tolist() == [3.0, 5.0, 7.0]
    assert [len(path.vertices) for path in faces.get_paths()] == [5, 5, 4]
    assert ax.get_xlim() == (0.0, 2.0)
    assert ax.get_ylim() == (0.0, 1.0)


def test_a_value_for_each_polygon_is_asked_for(ax):
    with pytest.raises(ValueError, match="values has length 1; expected one per polygon, 2"):
        draw_faces(ax, SQUARES, np.array([3.0]))


def test_the_disc_has_centre_and_radius(ax):
    disc = draw_disc(ax, (0.5, 2.0), 0.25)
    assert disc.center == (0.5, 2.0)
    assert disc.radius == 0.25


def test_the_plane_shows_values_and_names(ax):
    side, values = np.linspace(0, 1, 3), np.arange(9.0).reshape(3, 3)
    field = draw_plane(ax, side, values, {"A": (0.0, 1.0)}, (-1.0, 9.0))
    assert np.allclose(np.ravel(field.get_array()), values.ravel())
    assert field.get_clim() == (-1.0, 9.0)
    assert [text.get_text() for text in ax.texts] == ["A"]


def test_the_plane_keeps_distances_and_holds_the_points(rng):
    three = rng.normal(size=(3, 9))
    side, grid, corners = plane_through(three, 5)
    assert grid.shape == (25, 9)
    for i in range(3):
        assert np.hypot(*np.subtract(corners[i], corners[i - 1])) == pytest.approx(
            np.linalg.norm(three[i] - three[i - 1])
        )
    assert grid[12] == pytest.approx(three.mean(0))
    assert np.linalg.norm(grid[1] - grid[0]) == pytest.approx(side[1] - side[0])
    assert np.linalg.norm(grid[5] - grid[0]) == pytest.approx(side[1] - side[0])
    here = np.array(corners[0]) @ np.stack([grid[13] - grid[12], grid[17] - grid[12]]) / (side[1] - side[0])
    assert grid[12] + here == pytest.approx(three[0])


def test_a_plane_needs_three_points_that_span_it():
    with pytest.raises(ValueError, match="three has its points on one line"):
        plane_through(np.array([[0.0, 1.0], [1.0, 1.0], [2.0, 1.0]]), 5)
    with pytest.raises(ValueError, match="count is 1; expected at least 2"):
        plane_through(np.eye(3), 1)


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
