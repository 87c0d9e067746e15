import numpy as np
import pytest
import torch

from rectified.identification.kinks import kinks_on_segments
from rectified.identification.lines import Lines, random_lines
from rectified.identification.normals import boundary_points, jump_directions, numerical_gradients
from rectified.networks import forward
from rectified.reference.breakpoints import segment_breakpoints


def tensors(layers):
    return [(torch.tensor(W), torch.tensor(b)) for W, b in layers]


def autograd_gradients(layers, points) -> np.ndarray:
    jacobian = torch.func.vmap(torch.func.jacrev(lambda x: forward(tensors(layers), x)))
    return jacobian(torch.tensor(points)).numpy()


def test_gradients_are_those_of_autograd(rng, random_network) -> None:
    network = random_network([6, 9, 8, 3], 0)
    points = 2.0 * rng.standard_normal((50, 6))
    expected = autograd_gradients(network.layers, points)
    plain = numerical_gradients(network, points, np.full(50, 1e-6))
    assert np.median(np.abs(plain - expected)) < 1e-8
    directions = points / np.linalg.norm(points, axis=1, keepdims=True)
    slopes = np.einsum("boi,bi->bo", expected, directions)
    before = network.queries
    values = network(points)
    saved = numerical_gradients(network, points, np.full(50, 1e-6), values=values, directions=directions, slopes=slopes)
    assert network.queries - before == 50 * (1 + 5)  # d_in - 1 beside the value
    assert np.median(np.abs(saved - expected)) < 1e-8


@pytest.mark.parametrize("axis", [0, 1, 2])
@pytest.mark.parametrize("sign", [1.0, -1.0])
def test_any_direction_begins_a_basis(axis: int, sign: float) -> None:
    W = np.array([[1.0, -2.0, 3.0]])
    direction = sign * np.eye(3)[[axis]]
    found = numerical_gradients(
        lambda x: x @ W.T, np.ones((1, 3)), np.array([1e-3]), directions=direction, slopes=direction @ W.T
    )
    assert found[0] == pytest.approx(W, abs=1e-10)


def test_the_toy_s_normals_by_hand(counted, toy) -> None:
    # three points on the boundary of z, one on that of x1 where it can be seen
    starts = np.array([[0.5, -1.0], [0.2, 0.3], [-1.0, 0.3], [-0.5, 2.0]])
    ends = np.array([[1.5, -1.0], [0.5, 0.5], [-1.0, 0.8], [0.7, 2.0]])
    batch = Lines(starts, ends, kinks_on_segments(counted(toy), starts, ends))
    found = boundary_points(counted(toy), batch, np.arange(4))
    expected = np.array([[1.0, 0.0], [1.0, 2.0] / np.sqrt(5.0), [0.0, 1.0], [1.0, 0.0]])
    signs = np.sign((found.normal * expected).sum(axis=1, keepdims=True))
    assert found.normal * signs == pytest.approx(expected, abs=1e-9)
    assert found.jump == pytest.approx([1.0, np.sqrt(5.0), 2.0, 1.0])
    assert found.offset * signs[:, 0] == pytest.approx([1.0, 1.0 / np.sqrt(5.0), 0.5, 0.0], abs=1e-9)


def test_normals_are_the_gradients_of_the_neurons(rng, random_network) -> None:
    network = random_network([7, 9, 8, 2], 1)
    starts, ends = random_lines(10, 7, 1.0, rng)
    batch = Lines(starts, ends, kinks_on_segments(network, starts, ends))
    clean = batch.kinks.is_clean
    chosen = np.flatnonzero(clean[batch.kinks.left] & clean[batch.kinks.left + 1])
    found = boundary_points(network, batch, chosen)
    cosines = []
    for point, normal, line in zip(found.point, found.normal, batch.kinks.line[chosen], strict=True):
        exact = segment_breakpoints(network.layers, starts[line], ends[line])
        t = (point - starts[line]) @ (ends[line] - starts[line]) / ((ends[line] - starts[line]) ** 2).sum()
        idx = np.abs(exact.positions - t).argmin()
        head = [*network.layers[: exact.layer[idx]]]
        W, b = network.layers[exact.layer[idx]]
        gradient = autograd_gradients([*head, (W, b)], point[None])[0, exact.neuron[idx]]
        cosines.append(abs(normal @ gradient) / np.linalg.norm(gradient))
    assert np.median(1.0 - np.array(cosines)) < 1e-12
    assert np.mean(np.array(cosines) > 1 - 1e-8) > 0.95  # a step aside may cross a boundary now and then
    assert np.median(found.rank_ratio) < 1e-7


def test_a_jump_of_rank_one_shows_its_direction(rng) -> None:
    direction, sizes = rng.standard_normal((5, 4)), rng.standard_normal((5, 3))
    normal, jump, ratio = jump_directions(sizes[:, :, None] * direction[:, None, :])
    unit = direction / np.linalg.norm(direction, axis=1, keepdims=True)
    assert np.abs((normal * unit).sum(axis=1)) == pytest.approx(np.ones(5))
    assert jump == pytest.approx(np.linalg.norm(sizes, axis=1) * np.linalg.norm(direction, axis=1))
    assert ratio.max() < 1e-12
    assert jump_directions(rng.standard_normal((5, 3, 4)))[2].min() > 0.01  # two neurons at once


def test_incomplete_arguments_are_refused(unchecked) -> None:
    points = np.zeros((1, 2))
    with pytest.raises(ValueError, match="directions and slopes come together"):
        unchecked(numerical_gradients)(lambda x: x, points, np.ones(1), directions=points)
    with pytest.raises(ValueError, match=r"steps has the entry 0.0; expected positive"):
        unchecked(numerical_gradients)(lambda x: x, points, np.zeros(1))
