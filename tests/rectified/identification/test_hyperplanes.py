import numpy as np
import pytest

from rectified.identification.hyperplanes import (
    ALL_POINTS,
    FIRST_POINTS,
    Hyperplanes,
    distinct_planes,
    is_whole_hyperplane,
    layer_planes,
    plane_differences,
    plane_errors,
)


def planes_of(*rows) -> Hyperplanes:
    table = np.array(rows, dtype=float)
    return Hyperplanes(table[:, :-1], table[:, -1])


def test_distances_are_signed() -> None:
    found = planes_of((1, 0, 2), (0, -1, 1)).distance(np.array([[3.0, 0.5]]))
    assert found.tolist() == [[1.0, -1.5]]


def test_a_layer_s_boundaries_have_unit_normals() -> None:
    planes = layer_planes(np.array([[3.0, 4.0]]), np.array([10.0]))
    assert planes.normal == pytest.approx(np.array([[0.6, 0.8]]))
    assert planes.offset == pytest.approx([-2.0])
    with pytest.raises(ValueError, match="weight has the zero row 0"):
        layer_planes(np.zeros((1, 2)), np.zeros(1))


def test_a_hyperplane_and_its_negative_are_one() -> None:
    one, other = planes_of((1, 0, 2), (0, 1, 3)), planes_of((-1, 0, -2), (0, 1, 2.5))
    assert plane_differences(one, other).tolist() == [[0.0, 1.0], [2.0 + 3.0 - 4.0, 0.5]]
    joined = one.joined(other)
    assert distinct_planes(joined, 0.1).tolist() == [0, 1, 0, 3]
    assert distinct_planes(joined, 0.6).tolist() == [0, 1, 0, 1]
    assert distinct_planes(joined.where(np.zeros(0, dtype=int)), 0.1).shape == (0,)


def test_errors_and_spurious_ones() -> None:
    true = planes_of((1, 0, 2), (0, 1, 3))
    errors, spurious = plane_errors(true, planes_of((-1, 0, -2.001), (0.6, 0.8, 0)), 0.01)
    assert errors == pytest.approx([0.001, 1.0])
    assert spurious == 1
    assert plane_errors(true, true.where(np.zeros(0, dtype=int)), 0.01)[0].tolist() == [1.0, 1.0]


def test_first_layer_boundaries_pass_and_facets_do_not(rng, random_network) -> None:
    network = random_network([8, 10, 10, 1], 0)
    (W, b), (V, c), _ = network.layers
    true = layer_planes(W, b)
    # facets of second-layer neurons: their hyperplanes on the region of a point of the boundary
    points = rng.standard_normal((40, 8))
    active = points @ W.T + b > 0
    slopes = np.einsum("kj,bj,ji->bki", V, active, W).reshape(-1, 8)
    constants = (np.einsum("kj,bj,j->bk", V, active, b) + c).reshape(-1)
    facets = layer_planes(slopes[:100], constants[:100])
    assert is_whole_hyperplane(network, true, np.ones(10), rng).all()
    assert is_whole_hyperplane(network, facets, np.ones(100), rng).mean() < 0.02


def test_hopeless_candidates_are_not_asked_further(rng, random_network) -> None:
    network = random_network([8, 10, 1], 1)
    wrong = layer_planes(rng.standard_normal((20, 8)), rng.standard_normal(20))
    assert not is_whole_hyperplane(network, wrong, np.ones(20), rng).any()
    assert network.queries == 20 * 3 * FIRST_POINTS
    network.queries = 0
    is_whole_hyperplane(network, layer_planes(*network.layers[0]), np.ones(10), rng)
    assert network.queries == 10 * 3 * ALL_POINTS


def test_a_piece_that_is_invisible_is_forgiven(rng, counted) -> None:
    # the second neuron is seen only where the gate x2 > -1 is on: five of six points of its boundary or so
    gated = [
        (np.eye(2), np.array([0.0, 1.0])),
        (np.array([[1.0, 30.0]]), np.array([-1.0])),
        (np.ones((1, 1)), np.zeros(1)),
    ]
    line = planes_of((1, 0, 0))
    shown = [
        bool(is_whole_hyperplane(counted(gated), line, np.ones(1), np.random.default_rng(k))[0]) for k in range(20)
    ]
    assert 0 < sum(shown) < 20  # half the line is hidden: eight of twelve is a matter of luck there
