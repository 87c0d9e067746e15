import pytest
import torch

from rectified.bounds import backward
from rectified.bounds.backward import (
    Sides,
    Stage,
    cut_columns,
    cut_rows,
    cut_sides,
    lowest_values,
    make_sides,
    make_stage,
    pull_back,
    sorted_lines,
)
from rectified.bounds.relaxations import LowerSlope, Relaxation, relu_relaxation
from tests.cases import random_points

# Three neurons, two images: (curved, dead, active) and (dead, curved, active).
LOWER = torch.tensor([[-1.0, -2.0, 1.0], [-2.0, -1.0, 1.0]]).double()
UPPER = torch.tensor([[3.0, -1.0, 2.0], [-1.0, 1.0, 2.0]]).double()
BIAS = torch.tensor([10.0, 20.0, 30.0]).double()


def test_sorting_puts_curved_first_and_dead_last():
    lines = sorted_lines(relu_relaxation(LOWER, UPPER), BIAS)
    assert lines.order.tolist() == [[0, 2, 1], [1, 2, 0]]
    assert (lines.num_curved, lines.num_alive) == ([1, 1], [2, 2])
    assert lines.slope[:, 0].tolist() == [[0.875, 1.0, 0.0], [0.25, 1.0, 0.0]]
    assert lines.slope_gap[:, 0].tolist() == [[-0.125, 0.0, 0.0], [0.25, 0.0, 0.0]]
    assert lines.value[:, 0].tolist() == [[0.875 * 10 + 0.375, 30.0, 0.0], [0.25 * 20 + 0.25, 30.0, 0.0]]
    assert lines.value_gap[:, 0].tolist() == [[-0.125 * 10 + 0.375, 0.0, 0.0], [0.25 * 20 + 0.25, 0.0, 0.0]]


@pytest.mark.parametrize("num_dead", [0, 1])
def test_nothing_is_sorted_where_few_are_dead(num_dead):
    upper = torch.ones(2, 6)
    upper[0, :num_dead] = -0.5
    lines = sorted_lines(relu_relaxation(-torch.ones(2, 6), upper), torch.zeros(6))
    assert lines.order is None
    assert lines.num_alive == lines.num_curved == [6, 6]


def test_a_stage_keeps_what_one_of_its_images_needs():
    lines = sorted_lines(relu_relaxation(LOWER, UPPER), BIAS)
    W = random_points(3, 4, seed=0)
    stage = make_stage(W, lines, slice(0, 2))
    assert torch.equal(stage.weight, torch.stack([W[[0, 2]], W[[1, 2]]]))
    assert torch.equal(cut_columns(W.T, [stage]), torch.stack([W.T[:, [0, 2]], W.T[:, [1, 2]]]))
    assert torch.equal(
        cut_rows(cut_columns(W.T, [stage]), stage.neurons),
        torch.stack([W.T[[0, 2]][:, [0, 2]], W.T[[1, 2]][:, [1, 2]]]),
    )
    assert cut_columns(W, []) is W


def test_pull_back_by_hand():
    """One row (2, -1) on two unstable neurons: 2 takes its lower line, -1 its upper line 0.5 y + 0.5."""
    lower, upper = torch.full((1, 2), -1.0).double(), torch.tensor([[3.0, 1.0]]).double()
    W = torch.tensor([[1.0, 0.0], [0.0, 1.0]]).double()
    stage = make_stage(W, sorted_lines(relu_relaxation(lower, upper), torch.tensor([[1.0, 0.0]]).double()), slice(0, 1))
    pulled = pull_back(torch.tensor([[[2.0, -1.0]]]).double(), [stage])
    assert pulled.coefficients.tolist() == [[[2.0, -0.5]]]
    assert pulled.values.tolist() == [[2.0 * 1.0 - 0.5]]


def test_lowest_values_by_hand():
    """Below the row (2, -1) of the test above, and below its negative (-2, 1): 2 takes its upper line 0.75 y + 0.75."""
    lower, upper = torch.full((1, 2), -1.0).double(), torch.tensor([[3.0, 1.0]]).double()
    lines = relu_relaxation(lower, upper, LowerSlope.ZERO)
    stages = [make_stage(torch.eye(2).double(), sorted_lines(lines, torch.tensor([1.0, 0.0]).double()), slice(0, 1))]
    sides = make_sides(torch.tensor([[2.0, -1.0]]).double(), torch.tensor([5.0]).double(), stages[0])
    eps, sign = torch.ones(1).double(), torch.ones(1, 1).double()
    below = lowest_values(sides, sign, stages, eps, float("inf"))  # -0.5 y2 - 0.5 + 5 at y2 = 0 + 1
    below_negative = lowest_values(sides, -sign, stages, eps, float("inf"))  # -1.5 y1 - 1.5 - 5 at y1 = 1 + 1
    assert (below.tolist(), below_negative.tolist()) == ([[4.0]], [[-9.5]])


def _random_sides() -> tuple[Sides, list[Stage]]:
    stage = make_stage(random_points(3, 4, seed=1), sorted_lines(relu_relaxation(LOWER, UPPER), BIAS), slice(0, 2))
    return make_sides(random_points(22, 2, seed=2).reshape(2, 11, 2), random_points(1, 11, seed=3)[0], stage), [stage]


@pytest.mark.parametrize("p", [1, 2, float("inf")])
def test_blocks_of_rows_change_nothing(p, monkeypatch):
    sides, stages = _random_sides()
    eps, sign = torch.tensor([0.1, 0.2]).double(), random_points(2, 11, seed=5).sign()
    whole = lowest_values(sides, sign, stages, eps, p)
    monkeypatch.setattr(backward, "_BLOCK_ENTRIES", 16)
    assert torch.allclose(lowest_values(sides, sign, stages, eps, p), whole, atol=1e-13)


def test_cut_sides_are_the_rows_of_all():
    sides, stages = _random_sides()
    eps, sign, rows = torch.ones(2).double(), torch.ones(2, 11).double(), torch.tensor([[3, 0], [7, 10]])
    part = lowest_values(cut_sides(sides, rows), sign[:, :2], stages, eps, 2)
    assert torch.allclose(part, lowest_values(sides, sign, stages, eps, 2).gather(1, rows), atol=1e-13)


def test_lines_per_row_equal_shared_lines():
    shared = relu_relaxation(LOWER, UPPER)
    each = Relaxation(*(line[:, None].expand(-1, 5, -1) for line in shared))
    W, A = random_points(3, 4, seed=3), random_points(10, 2, seed=4).reshape(2, 5, 2)
    one, two = (pull_back(A, [make_stage(W, sorted_lines(lines, BIAS), slice(0, 2))]) for lines in (shared, each))
    assert torch.allclose(one.coefficients, two.coefficients)
    assert torch.allclose(one.values, two.values)
