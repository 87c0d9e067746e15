import numpy as np
import pytest
import torch

from rectified.identification.accuracy import Accuracy
from rectified.identification.kinks import kinks_on_segments
from rectified.networks import random_layers
from rectified.oracles.serving import relu_outputs
from rectified.reference.breakpoints import segment_breakpoints


def segments(rng, count: int, dim: int):
    middles, directions = 2.0 * rng.standard_normal((count, dim)), 6.0 * rng.standard_normal((count, dim))
    return middles - directions, middles + directions


@pytest.mark.parametrize("widths", [[10, 10, 1], [10, 30, 1], [10, 12, 12, 1], [4, 9, 8, 7, 3], [1, 6, 5, 1]])
def test_all_kinks_are_those_of_the_exact_path(rng, widths, random_network) -> None:
    network = random_network(widths, 1)
    starts, ends = segments(rng, 20, widths[0])
    found = kinks_on_segments(network, starts, ends)
    missed, errors = 0, []
    for idx, (start, end) in enumerate(zip(starts, ends, strict=True)):
        exact = segment_breakpoints(network.layers, start, end)
        length = np.linalg.norm(end - start)
        expected = exact.positions[exact.jump > 1e-4 * length] * length
        mine = found.position[found.line == idx]
        distances = np.abs(mine[:, None] - expected[None]).min(axis=0, initial=np.inf)
        missed += int((distances > 1e-5).sum())
        errors += list(distances[distances <= 1e-5])
        # no kink is invented
        every = exact.positions * length
        assert np.abs(mine[:, None] - every[None]).min(axis=1, initial=np.inf).max(initial=0.0) < 1e-5
    assert missed <= 2 + found.unresolved.sum()  # two kinks in one gap
    assert np.median(errors) < 1e-12


def test_the_toy_by_hand(counted, toy) -> None:
    network = counted(toy)
    found = kinks_on_segments(network, np.array([[-1.0, 1.0], [-2.0, -1.0]]), np.array([[3.0, 1.0], [-1.0, -3.0]]))
    # on the first line f = 1 for x1 < 0 and 1 + x1 after; the second stays where f = 0
    assert found.line.tolist() == [0]
    assert found.position == pytest.approx([1.0])
    assert found.piece_line.tolist() == [0, 0, 1]
    assert found.slope[:, 0] == pytest.approx([0.0, 1.0, 0.0])
    assert found.value[:, 0] == pytest.approx([1.0, 2.5, 0.0])
    assert found.left.tolist() == [0]
    assert found.is_clean.all()


def test_slopes_and_values_are_those_of_the_pieces(rng, random_network) -> None:
    network = random_network([6, 8, 7, 2], 2)
    starts, ends = segments(rng, 10, 6)
    found = kinks_on_segments(network, starts, ends)
    directions = (ends - starts) / np.linalg.norm(ends - starts, axis=1, keepdims=True)
    near = starts[found.piece_line] + (found.anchor + 1e-3 * found.piece_length)[:, None] * directions[found.piece_line]
    expected = found.value + found.slope * 1e-3 * found.piece_length[:, None]
    assert network(near)[found.is_clean] == pytest.approx(expected[found.is_clean], abs=1e-9)


def test_a_kink_costs_about_ten_queries(rng, random_network) -> None:
    network = random_network([10, 40, 1], 3)
    found = kinks_on_segments(network, *segments(rng, 20, 10))
    assert network.queries / len(found.line) < 12


def test_rounded_answers_give_coarser_positions(rng, random_network) -> None:
    starts, ends = segments(rng, 10, 6)
    errors = []
    for rounding in (1e-8, 1e-5):
        network = random_network([6, 6, 1], 5, rounding)
        found = kinks_on_segments(network, starts, ends, Accuracy(rounding / 2))
        nearest = []
        for idx, (start, end) in enumerate(zip(starts, ends, strict=True)):
            exact = segment_breakpoints(network.layers, start, end).positions * np.linalg.norm(end - start)
            mine = found.position[found.line == idx]
            nearest += list(np.abs(mine[:, None] - exact[None]).min(axis=1, initial=np.inf))
        errors.append(np.median(nearest))
    assert 1e-10 < errors[0] < 1e-6 < errors[1] < 1e-2


def broken_line(kinks, jumps):
    """A function of one variable with slope 0.3 at first."""
    return lambda x: 0.3 * x + np.maximum(x - np.array(kinks), 0.0) @ np.array(jumps)[:, None]


def along_unit_line(query):
    """Kinks from 0 to 1; the first cut is in the middle."""
    return kinks_on_segments(query, np.zeros((1, 1)), np.ones((1, 1)))


@pytest.mark.parametrize("beside", [-1.0e-5, -2.0e-6, 0.0, 1.0e-9, 3.0e-8, 3.0e-6, 1.0e-5, 2.0e-5])
@pytest.mark.parametrize("cut", [0.5, 0.25, 0.375])
@pytest.mark.parametrize("other", [0.3, 0.50731])
def test_a_kink_near_a_cut_is_found(beside: float, cut: float, other: float) -> None:
    places = sorted([other, cut + beside])
    found = along_unit_line(broken_line(places, [1.0, -0.7]))
    assert found.position == pytest.approx(places, abs=1e-12)
    assert found.unresolved.tolist() == [0]


@pytest.mark.parametrize("jumps", [[1.0, 0.4], [1.0, -1.0], [0.02, -0.03], [-1.0, 1.001]])
@pytest.mark.parametrize("apart", [1.1e-4, 8.0e-5, 2.0e-5, 1.0e-5, 1.0e-6])
def test_two_kinks_close_to_each_other_are_told_apart(rng, jumps: list[float], apart: float) -> None:
    told, count = 0, 20
    for first in rng.uniform(0.1, 0.9, count):
        places = [first, first + apart]
        found = along_unit_line(broken_line(places, jumps))
        told += len(found.position) == 2
        if len(found.position) == 2:
            assert found.position == pytest.approx(places, abs=Accuracy().resolution)
            assert not found.is_clean[1] or apart > 1e-4  # too short for finite steps on it
        else:
            assert found.unresolved.tolist() == [1]
    assert told == count or (apart == 1e-6 and told >= 0.7 * count)


@pytest.mark.parametrize("jumps", [[1.0, 0.4], [1.0, -1.0]])
def test_what_cannot_be_told_apart_is_one_kink_or_none(rng, jumps: list[float]) -> None:
    for first in rng.uniform(0.1, 0.9, 20):
        found = along_unit_line(broken_line([first, first + 1e-8], jumps))
        assert len(found.position) <= 1
        assert found.position == pytest.approx([first] * len(found.position), abs=2.0 * Accuracy().resolution)


# Walks on which the search once lost kinks: two 1.1e-4 apart, and one on which a step ended.
@pytest.mark.parametrize("walk", [36, 72])
def test_no_kink_is_lost_on_walks_through_the_plane(walk: int) -> None:
    generator = torch.Generator().manual_seed(202)
    random = random_layers([2, 8, 8, 1], generator)
    layers = [(W.numpy(), 0.5 * torch.randn(len(b), generator=generator).double().numpy()) for W, b in random]
    starts, ends = torch.randn(2, 100, 2, generator=torch.Generator().manual_seed(212)).double().numpy()
    found = kinks_on_segments(lambda x: relu_outputs(layers, x), starts[[walk]], ends[[walk]])
    exact = segment_breakpoints(layers, starts[walk], ends[walk])
    expected = exact.positions[exact.jump > 1e-9] * np.linalg.norm(ends[walk] - starts[walk])
    assert found.position == pytest.approx(expected, abs=1e-10)
    assert found.unresolved.tolist() == [0]


@pytest.mark.parametrize(
    ("starts", "ends", "message"),
    [
        (np.zeros((2, 3)), np.ones((2, 2)), r"ends is float64 of shape \(2, 2\)"),
        (np.zeros((2, 3), dtype=np.float32), np.ones((2, 3), dtype=np.float32), "starts is float32"),
        (np.zeros((0, 3)), np.zeros((0, 3)), "starts is float64 of shape"),
        (np.zeros((1, 3)), np.full((1, 3), 1e-6), "the shortest segment has length"),
    ],
)
def test_segments_that_cannot_be_searched_are_refused(unchecked, starts, ends, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        unchecked(kinks_on_segments)(lambda x: x, starts, ends)


def test_answers_noisier_than_said_end_the_search() -> None:
    noise = np.random.default_rng(0)
    noisy = lambda x: x[:, :1] + 1e-3 * noise.standard_normal((len(x), 1))  # noqa: E731
    found = kinks_on_segments(noisy, np.zeros((1, 2)), np.array([[1_000.0, 0.0]]))
    assert found.unresolved.tolist() != [0]


def test_units_of_length_can_be_changed(rng) -> None:
    query = lambda x: np.abs(x[:, :1] - 3.0)  # noqa: E731
    starts, ends = np.zeros((1, 2)), np.array([[8.0, 0.0]])
    plain = kinks_on_segments(query, starts, ends)
    scaled = kinks_on_segments(lambda x: query(4.0 * x) / 4.0, starts / 4.0, ends / 4.0).scaled(4.0)
    for one, other in zip(plain, scaled, strict=True):
        assert one == pytest.approx(other, abs=1e-9)
