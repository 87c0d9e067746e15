import pytest
import torch

from rectified.bounds.backward import cut_columns, cut_rows, lowest_values, make_stage, pull_back, sorted_lines
from rectified.bounds.relaxations import Relaxation, relu_relaxation
from tests.cases import random_points

# Three neurons, two images: (curved, dead, active) and (dead, curved, active).
LOWER = torch.tensor([[-1.0, -2.0, 1.0], [-2.0, -1.0, 1.0]]).double()
UPPER = torch.tensor([[3.0, -1.0, 2.0], [-1.0, 1.0, 2.0]]).double()
BIAS = torch.tensor([10.0, 20.0, 30.0]).double()


def test_sorting_puts_curved_first_and_dead_last():
    lines = sorted_lines(relu_relaxation(LOWER, UPPER), BIAS)
    assert lines.order.tolist() == [[0, 2, 1], [1, 2, 0]]
    assert (lines.num_curved, lines.num_alive) == ([1, 1], [2, 2])
    assert lines.bias.tolist() == [[10.0, 30.0, 20.0], [20.0, 30.0, 10.0]]
    assert lines.slope[:, 0].tolist() == [[1.0, 1.0, 0.0], [0.0, 1.0, 0.0]]
    assert lines.extra_slope[:, 0].tolist() == [[-0.25, 0.0, 0.0], [0.5, 0.0, 0.0]]
    assert lines.intercept is None


def test_nothing_is_sorted_where_all_are_curved():
    lines = sorted_lines(relu_relaxation(-torch.ones(2, 3), torch.ones(2, 3)), torch.zeros(3))
    assert lines.order is None


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
    eps = torch.ones(1).double()
    assert lowest_values(pulled, stage.weight, eps, float("inf")).tolist() == [[1.5 - 2.5]]


@pytest.mark.parametrize("p", [1, 2])
def test_blocks_of_rows_change_nothing(p, monkeypatch):
    from rectified.bounds import backward

    lines = sorted_lines(relu_relaxation(LOWER, UPPER), BIAS)
    stage = make_stage(random_points(3, 4, seed=1), lines, slice(0, 2))
    pulled = pull_back(random_points(22, 2, seed=2).reshape(2, 11, 2), [stage])
    eps = torch.tensor([0.1, 0.2]).double()
    whole = lowest_values(pulled, stage.weight, eps, p)
    monkeypatch.setattr(backward, "_BLOCK_ENTRIES", 16)
    assert torch.allclose(lowest_values(pulled, stage.weight, eps, p), whole, atol=1e-13)


def test_lines_per_row_equal_shared_lines():
    shared = relu_relaxation(LOWER, UPPER)
    each = Relaxation(*(line[:, None].expand(-1, 5, -1) for line in shared))
    W, A = random_points(3, 4, seed=3), random_points(10, 2, seed=4).reshape(2, 5, 2)
    one, two = (pull_back(A, [make_stage(W, sorted_lines(lines, BIAS), slice(0, 2))]) for lines in (shared, each))
    assert torch.allclose(one.coefficients, two.coefficients)
    assert torch.allclose(one.values, two.values)
