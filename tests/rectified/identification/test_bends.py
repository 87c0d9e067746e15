import numpy as np
import pytest

from rectified.identification.bends import bend_weights, crossing_points, measured_bends, segments_behind


def unit(vectors: np.ndarray) -> np.ndarray:
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def test_the_toy_by_hand() -> None:
    # at (1, 0) x2 switches on, at (0, 1/2) x1 switches off
    before, after = np.array([[1.0, 0.0], [1.0, 2.0]]), np.array([[1.0, 2.0], [0.0, 2.0]])
    bend = bend_weights(unit(before), unit(after), np.array([[0.0, 1.0], [1.0, 0.0]]))
    assert bend.weight == pytest.approx([2.0, -1.0 / np.sqrt(5.0)])
    assert bend.growth == pytest.approx([np.sqrt(5.0), 2.0 / np.sqrt(5.0)])
    assert bend.residual == pytest.approx([0.0, 0.0], abs=1e-15)


@pytest.mark.parametrize("turn", [1.0, -1.0])
def test_random_bends_in_three_dimensions(rng, turn: float) -> None:
    before, crossed, v = rng.standard_normal((50, 3)), rng.standard_normal((50, 3)), rng.standard_normal(50)
    after = before + v[:, None] * crossed
    bend = bend_weights(unit(before), turn * unit(after), crossed)
    assert bend.weight * np.linalg.norm(before, axis=1) == pytest.approx(v, rel=1e-9)
    assert (bend.growth > 0).all()


def test_normals_that_do_not_fit_leave_a_residual(rng) -> None:
    rows = unit(rng.standard_normal((3, 20, 4)).reshape(60, 4)).reshape(3, 20, 4)
    assert bend_weights(*rows).residual.min() > 1e-3


def test_one_input_is_refused() -> None:
    with pytest.raises(ValueError, match="before has one input; expected at least two"):
        bend_weights(*(np.ones((1, 1)) for _ in range(3)))


@pytest.mark.parametrize("widths", [[8, 6, 4, 1], [3, 6, 4, 1]])
def test_crossings_lie_on_both_boundaries(rng, random_network, widths) -> None:
    (W, b), (V, c), _ = random_network(widths, 1).layers
    points, gradients = crossing_points(W, b, V[0], float(c[0]), 2, rng=rng, most=10)
    assert len(points) > 3
    assert points @ W[2] + b[2] == pytest.approx(np.zeros(len(points)), abs=1e-12)
    z = np.maximum(points @ W.T + b, 0.0) @ V[0] + c[0]
    assert z == pytest.approx(np.zeros(len(points)), abs=1e-10)
    off = points - 1e-7 * W[2] / np.linalg.norm(W[2])
    assert gradients == pytest.approx((V[0] * (off @ W.T + b > 0)) @ W)


def test_unknown_weights_are_kept_out_of_the_way(rng, random_network) -> None:
    (W, b), (V, c), _ = random_network([6, 5, 4, 1], 1).layers
    partial = V[0].copy()
    partial[[1, 3]] = np.nan
    points, _ = crossing_points(W, b, partial, float(c[0]), 1, rng=rng, most=50)
    assert (points @ W[3] + b[3] <= 1e-9).all()
    assert (np.abs(np.maximum(points @ W.T + b, 0.0) @ V[0] + c[0]) < 1e-9).all()


def test_segments_stay_on_their_side(rng) -> None:
    points, gradients, crossed = rng.standard_normal((3, 5, 4))
    for side in (1.0, -1.0):
        starts, ends = segments_behind(points, gradients, side * crossed, 0.1)
        heights = [((end - points) * unit(crossed)).sum(axis=1) for end in (starts, ends)]
        assert heights == pytest.approx(np.full((2, 5), side * 0.1))
        assert np.linalg.norm(ends - starts, axis=1) == pytest.approx(np.full(5, 2.0))


@pytest.mark.parametrize("widths", [[8, 6, 4, 1], [3, 6, 4, 1]])
def test_queries_measure_the_weight(rng, random_network, widths) -> None:
    network = random_network(widths, 2)
    (W, b), (V, c), _ = network.layers
    errors = []
    for neuron in range(4):
        for crossed in range(6):
            points, gradients = crossing_points(W, b, V[neuron], float(c[neuron]), crossed, rng=rng, most=2)
            if len(points):
                bend, seen = measured_bends(network, points, gradients, np.tile(W[crossed], (len(points), 1)), 0.01)
                v = bend.weight * np.linalg.norm(gradients, axis=1)
                errors += list(np.abs(v[seen] / V[neuron, crossed] - 1.0))
                assert np.isnan(bend.weight[~seen]).all()
    assert len(errors) > 20
    assert np.quantile(errors, 0.9) < 1e-6
