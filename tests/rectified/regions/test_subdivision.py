import numpy as np
import pytest

from rectified.regions.subdivision import PlanarMap


def cut_by_lines(lines, tolerance=1e-12):
    """The square [-1, 1]^2, cut along a x + b y + c = 0 for each (a, b, c)."""
    plane = PlanarMap((-1.0, -1.0), (1.0, 1.0))
    for a, b, c in lines:
        plane.cut((plane.points @ (a, b) + c)[None], np.array([tolerance]))
    return plane


def check_is_planar_map(plane):
    """Euler's formula, and no edge without length or with one face on both sides."""
    assert plane.num_points - plane.num_edges + plane.num_faces == 1
    ends, sides = plane.ends, plane.sides
    assert (np.linalg.norm(plane.points[ends[0]] - plane.points[ends[1]], axis=1) > 0).all()
    assert (sides[0] != sides[1]).all()
    assert set(sides.ravel()) == set(range(-1, plane.num_faces))


@pytest.mark.parametrize(
    ("lines", "faces"),
    [
        ([(1, 0, 5)], 1),  # passes by
        ([(1, 0, 1)], 1),  # along a side
        ([(1, 1, 2)], 1),  # through a corner only
        ([(1, 0, 0)], 2),
        ([(1, -1, 0)], 2),  # through two corners
        ([(1, 0, 0), (1, 0, 0)], 2),  # twice the same
        ([(1, 0, 0), (0, 1, 0)], 4),
        ([(1, 0, 0), (0, 1, 0), (1, 1, 0)], 6),  # three through one point
        ([(1, 0, 0), (0, 1, 0), (1, 1, 0), (1, -1, 0), (1, 2, 0)], 10),
        ([(1, 0, 0), (0, 1, 0), (1, 1, -0.5)], 7),
        ([(1, 0, 0.5), (1, 0, 0), (1, 0, -0.5)], 4),
        ([(1, 0, 0), (0, 1, 0), (1, -1, -1)], 5),  # through the corner (1, 0) of two faces on the side
    ],
)
def test_lines_make_as_many_faces_as_one_counts(lines, faces):
    plane = cut_by_lines(lines)
    assert plane.num_faces == faces
    check_is_planar_map(plane)


def test_many_random_lines_make_one_face_more_for_each_line_and_each_crossing(rng):
    angles, offsets = rng.uniform(0, np.pi, 40), rng.uniform(-0.8, 0.8, 40)
    lines = np.stack([np.cos(angles), np.sin(angles), offsets], axis=1)
    crossings = 0
    for i in range(40):
        for j in range(i):
            point = np.linalg.solve(lines[[i, j], :2], -lines[[i, j], 2])
            crossings += bool(np.all(np.abs(point) < 1))
    corners = np.array([(1, 1), (1, -1), (-1, 1), (-1, -1)])
    in_square = sum(np.ptp(np.sign(corners @ line[:2] + line[2])) > 0 for line in lines)
    plane = cut_by_lines(lines)
    assert plane.num_faces == 1 + in_square + crossings
    check_is_planar_map(plane)


def test_several_functions_are_cut_as_one_after_the_other():
    lines = [(1.0, 0.2, 0.1), (0.3, -1.0, 0.2), (1.0, 1.0, -0.4)]
    together = PlanarMap((-1.0, -1.0), (1.0, 1.0))
    together.cut(np.stack([together.points @ line[:2] + line[2] for line in lines]), np.full(len(lines), 1e-12))
    assert together.num_faces == cut_by_lines(lines).num_faces == 7


def test_a_line_within_rounding_of_a_vertex_cuts_no_sliver():
    plane = cut_by_lines([(1, 0, 0), (0, 1, 0), (1, 1, 1e-15)])
    assert plane.num_faces == 6
    check_is_planar_map(plane)


def test_a_function_that_is_constant_on_a_face_leaves_it_whole():
    plane = cut_by_lines([(1, 0, 0)])
    bent = np.maximum(plane.points[:, 0], 0.0) - 0.5  # constant on the left, changes sign on the right
    plane.cut(bent[None], np.array([1e-12]))
    assert plane.num_faces == 3


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: PlanarMap((0.0, 0.0), (0.0, 1.0)), "expected low below high in both coordinates"),
        (
            lambda: PlanarMap((0.0, 0.0), (1.0, 1.0)).cut(np.ones((1, 3)), np.zeros(1)),
            r"values has shape \(1, 3\); expected \(f",
        ),
    ],
)
def test_what_cannot_be_done_is_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def test_a_function_that_is_not_affine_is_noticed():
    plane = PlanarMap((-1.0, -1.0), (1.0, 1.0))
    with pytest.raises(ArithmeticError, match="not affine"):
        plane.cut(np.array([[1.0, -1.0, 1.0, -1.0]]), np.array([1e-12]))


def test_cuts_through_vertices_alone_find_room_for_their_chords():
    count = 15  # 480 edges, of 512 that have room; the diagonals of 225 cells need more
    inner = -1.0 + 2.0 * np.arange(1, count) / count
    plane = cut_by_lines([line for at in inner for line in ((1, 0, -at), (0, 1, -at))])
    assert (plane.num_faces, plane.num_edges) == (count**2, 2 * count * (count + 1))
    column, row = np.rint((plane.points.T + 1.0) * count / 2.0)
    plane.cut(((-1.0) ** column + (-1.0) ** row)[None], np.array([1e-12]))  # at the corners of each cell: 2, 0, -2, 0
    assert plane.num_faces == 2 * count**2
    check_is_planar_map(plane)
