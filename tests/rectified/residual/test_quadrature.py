import pytest
import torch

from rectified.residual.breakpoints import residual_function
from rectified.residual.networks import random_residual_network
from rectified.residual.polylines import Polyline, l1_distance
from rectified.residual.quadrature import l1_error_on_grid, strip_quadrature
from rectified.residual.staircase import one_pass_network, step_network


def test_nodes_lie_in_their_parts_and_weights_add_up() -> None:
    edges = torch.tensor([0.0, 1.0, 3.0]).double()
    nodes, weights = strip_quadrature(edges, 0.25, inner=2, strip=1)
    assert nodes.tolist() == [0.125, 0.375, 0.625, 0.875, 1.125, 1.625, 2.375, 2.875]
    assert weights.tolist() == [0.25, 0.25, 0.25, 0.25, 0.25, 0.75, 0.75, 0.25]


def test_in_one_dimension_the_error_is_the_exact_one() -> None:
    edges, values = torch.linspace(0.0, 1.0, 5).double(), torch.tensor([1.0, -1.0, 2.0, 0.5]).double()
    network = one_pass_network(edges, values, 0.01)
    exact = l1_distance(residual_function(network, 0.0, 1.0), Polyline(edges[[0, -1]], edges[[0, -1]]))
    found = l1_error_on_grid(network, lambda x: x[:, 0], edges, 0.01, inner=400, strip=400)
    assert found == pytest.approx(exact, rel=1e-4)


def test_in_two_dimensions_a_constant_is_integrated_exactly_but_for_the_strips() -> None:
    edges = torch.linspace(0.0, 2.0, 3).double()
    network = step_network(edges, torch.full((2, 2), 3.0).double(), 1e-9)
    error = l1_error_on_grid(network, lambda x: torch.ones(len(x)).double(), edges, 1e-9, inner=3)
    assert error == pytest.approx(2.0 * 4.0, rel=1e-6)


def test_more_points_than_fit_at_once_are_all_counted(generator) -> None:
    network = random_residual_network(2, 3, generator)
    edges = torch.linspace(-1.0, 1.0, 3).double()
    coarse, fine = (
        l1_error_on_grid(network, lambda x: x.sum(1), edges, 0.1, inner=inner, strip=inner // 4) for inner in (20, 100)
    )
    assert coarse == pytest.approx(fine, rel=0.01)


def test_what_does_not_fit_is_refused(generator) -> None:
    edges = torch.linspace(0.0, 1.0, 3).double()
    with pytest.raises(ValueError, match="inner and strip are 0 and 1"):
        strip_quadrature(edges, 0.1, 0, 1)
    with pytest.raises(ValueError, match=r"transition is 0.3"):
        strip_quadrature(edges, 0.3, 1, 1)
    network = random_residual_network(1, 2, generator)
    two = network._replace(readout_weight=torch.ones(2, 1).double(), readout_bias=torch.ones(2).double())
    with pytest.raises(ValueError, match="network has 2 outputs; expected 1"):
        l1_error_on_grid(two, lambda x: x[:, 0], edges, 0.1, inner=1)
