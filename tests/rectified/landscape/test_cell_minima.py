"""Minima of cells against a general solver on the inequalities, and against random networks of the cell."""

import itertools

import numpy as np
import pytest
import torch
from scipy.optimize import lsq_linear, minimize

from rectified.landscape.affine import affine_fit, with_ones
from rectified.landscape.cell_minima import cell_minimum, enumerated_minima, least_risk_by_outer_weight
from rectified.landscape.losses import SQUARED
from rectified.landscape.piecewise import ABSOLUTE, HARD_TANH, LEAKY_RELU, RELU
from rectified.landscape.shallow import random_nets, shallow_risk, unit_signs
from rectified.reference.arrangements import sign_patterns
from rectified.regions.arrangements import cell_rays
from tests.cases import random_points

X, Y = random_points(5, 1, 3), random_points(5, 1, 4)[:, 0]
FEATURES = with_ones(X)
SQUARE = torch.tensor([[1, 0.2], [0.2, 1], [0.8, 0.9], [1, 0.6]]).double()
LABELS = torch.tensor([1, -1, 0.3, 0.5]).double()
ALL_ON = torch.ones(2, 4, dtype=torch.int8)


def general_minimum(features, targets, signs, activation):
    """The cell's least risk by sequential quadratic programming on the inequalities, over all outer signs."""
    slopes = np.where(signs > 0, activation.slopes[-1], activation.slopes[0])
    best = np.inf
    for outer in itertools.product((1.0, -1.0), repeat=len(signs)):
        M = np.concatenate([o * s[:, None] * features for o, s in zip(outer, slopes, strict=True)], axis=1)
        size = features.shape[1]
        G = np.zeros((len(signs) * len(features), M.shape[1]))
        for unit, row in enumerate(signs):
            block = slice(unit * len(features), (unit + 1) * len(features))
            G[block, unit * size : (unit + 1) * size] = row[:, None] * features
        start = np.zeros(M.shape[1])
        for _ in range(3):
            found = minimize(
                lambda u, M=M: np.sum((M @ u - targets) ** 2),
                start,
                jac=lambda u, M=M: 2 * M.T @ (M @ u - targets),
                constraints={"type": "ineq", "fun": lambda u, G=G: G @ u, "jac": lambda u, G=G: G},
                method="SLSQP",
                options={"ftol": 1e-15, "maxiter": 500},
            )
            start = found.x
        best = min(best, found.fun)
    return best / (2 * len(targets))


@pytest.mark.parametrize("activation", [RELU, LEAKY_RELU, ABSOLUTE], ids=lambda h: h.name)
def test_every_cell_against_a_general_solver(activation):
    table = enumerated_minima(FEATURES, Y, 2, activation)
    assert {tuple(row) for row in table.signs.tolist()} == {
        tuple(row) for row in sign_patterns(FEATURES.numpy()).tolist()
    }
    assert len(table.risks) == 55
    assert table.programs == 220
    for members, risk in zip(table.units[::5], table.risks[::5], strict=True):
        signs = table.signs[members]
        expected = general_minimum(FEATURES.numpy(), Y.numpy(), signs.numpy(), activation)
        assert risk.item() == pytest.approx(expected, abs=1e-7)
        alone = cell_minimum(FEATURES, Y, signs, activation)
        assert alone.risk == pytest.approx(risk.item(), abs=1e-12)


def test_a_minimiser_lies_in_its_cell_and_has_its_predictions():
    table = enumerated_minima(FEATURES, Y, 2, LEAKY_RELU)
    for members, predictions in zip(table.units, table.predictions, strict=True):
        signs = table.signs[members]
        found = cell_minimum(FEATURES, Y, signs, LEAKY_RELU)
        unsigned = torch.tensor(found.signs)[:, None] * found.products
        z = unsigned @ FEATURES.T
        assert (signs * z >= -1e-9).all()
        outputs = torch.tensor(found.signs).double() @ LEAKY_RELU.value(torch.where(signs > 0, z.abs(), -z.abs()))
        assert torch.allclose(outputs, predictions, atol=1e-9)
        assert torch.allclose(found.predictions, predictions, atol=1e-9)


def test_no_random_network_is_below_its_cell(generator):
    table, nets = enumerated_minima(FEATURES, Y, 2, RELU), random_nets(2000, 2, 2, generator)
    gap = shallow_risk(nets, FEATURES, Y, RELU) - table.risks[table.position(unit_signs(nets, FEATURES))]
    assert gap.min() >= -1e-12
    assert table.least <= affine_fit(X, Y[:, None], SQUARED).risk
    levels = table.levels()
    assert (levels.diff() > 0).all()
    for expected in (Y.square().mean() / 2, affine_fit(X, Y[:, None], SQUARED).risk):  # dead units, and affine ones
        assert (levels - expected).abs().min() < 1e-8


def test_the_best_network_has_the_least_risk():
    for activation in (RELU, LEAKY_RELU, ABSOLUTE):
        table = enumerated_minima(FEATURES, Y, 2, activation)
        network = cell_minimum(FEATURES, Y, table.best_signs, activation).network
        assert shallow_risk(network, FEATURES, Y, activation).item() == pytest.approx(table.least, abs=1e-12)
        single = enumerated_minima(FEATURES, Y, 1, activation)
        assert table.least_by_unit.min().item() == table.least
        assert (table.least_by_unit <= single.risks + 1e-12).all()  # a second unit does no harm


def test_two_inputs_and_the_order_of_units(generator):
    x, y = random_points(6, 2, 5), random_points(6, 1, 6)[:, 0]
    table, nets = enumerated_minima(with_ones(x), y, 2, RELU), random_nets(30, 2, 3, generator)
    signs = unit_signs(nets, with_ones(x))
    assert torch.equal(table.position(signs), table.position(signs.flip(1)))
    expected = [cell_minimum(with_ones(x), y, row, RELU).risk for row in signs]
    assert torch.allclose(table.risks[table.position(signs)], torch.tensor(expected).double(), atol=1e-12)


def test_the_double_well_between_its_known_ends():
    bottom, wall = cell_minimum(SQUARE, LABELS, ALL_ON, RELU), cell_minimum(SQUARE, LABELS, ALL_ON[:1], RELU)
    assert bottom.risk == pytest.approx(0.0141361, abs=1e-6)
    assert wall.risk == pytest.approx(0.141363, abs=1e-6)
    weights = torch.tensor([-5.0, 0.0, 5.0]).double()
    assert least_risk_by_outer_weight(SQUARE, LABELS, ALL_ON, RELU, weights, 4.0).tolist() == pytest.approx(
        [bottom.risk, wall.risk, bottom.risk]
    )
    assert sum(bottom.signs) == 0


def test_refuses_what_has_no_cells_or_too_many(unchecked):
    with pytest.raises(ValueError, match="expected one knot, at 0"):
        enumerated_minima(FEATURES, Y, 2, HARD_TANH)
    with pytest.raises(ValueError, match=r"10 cells a unit need 220 programs for width 2; most_programs is 100"):
        enumerated_minima(FEATURES, Y, 2, RELU, most_programs=100)
    with pytest.raises(ValueError, match="width is 0; expected at least 1"):
        enumerated_minima(FEATURES, Y, 0, RELU)
    with pytest.raises(ValueError, match=r"shapes \(5, 2\) and \(4,\); expected"):
        unchecked(enumerated_minima)(FEATURES, Y[:4], 2, RELU)
    with pytest.raises(ValueError, match=r"torch.float32 and torch.float64; expected float64"):
        enumerated_minima(FEATURES.float(), Y, 2, RELU)
    alternating = torch.tensor([[1, -1, 1, -1, 1]], dtype=torch.int8)
    table = enumerated_minima(FEATURES[X[:, 0].argsort()], Y, 1, RELU)
    with pytest.raises(ValueError, match="no point lies strictly"):
        cell_minimum(FEATURES[X[:, 0].argsort()], Y, alternating, RELU)
    with pytest.raises(ValueError, match=r"largest is 0.0; expected a positive bound"):
        least_risk_by_outer_weight(SQUARE, LABELS, ALL_ON, RELU, torch.zeros(1).double(), 0.0)
    with pytest.raises(ValueError, match="signs that belong to no cell"):
        table.position(alternating[None])


def predictions_by_signs(features, targets, signs):
    """Risk and predictions of the least risk for each choice of outer signs of ReLUs, by bounded least squares."""
    found = []
    for outer in itertools.product((1.0, -1.0), repeat=len(signs)):
        columns = [
            sign * torch.where(row[:, None] > 0, features, 0.0) @ cell_rays(features, row).T
            for sign, row in zip(outer, signs, strict=True)
        ]
        result = lsq_linear(torch.cat(columns, dim=1).numpy(), targets.numpy(), (0.0, np.inf), method="bvls", tol=1e-14)
        found.append((result.cost / len(targets), targets.numpy() + result.fun))
    return found


def test_predictions_on_a_boundary_may_tie():
    """Two orthogonal points with labels 1 and -1: an outer weight of either sign fits one of them."""
    points, labels = torch.eye(2, dtype=torch.float64), torch.tensor([1.0, -1.0], dtype=torch.float64)
    signs = torch.ones(1, 2, dtype=torch.int8)
    (risk, first), (other, second) = predictions_by_signs(points, labels, signs)
    assert risk == pytest.approx(other)
    assert first.tolist() == pytest.approx([1.0, 0.0], abs=1e-12)
    assert second.tolist() == pytest.approx([0.0, -1.0], abs=1e-12)
    found = cell_minimum(points, labels, signs, RELU)
    assert found.risk == pytest.approx(risk)
    assert any(found.predictions.tolist() == pytest.approx(each.tolist(), abs=1e-12) for each in (first, second))


def test_predictions_are_unique_where_a_cell_has_a_minimum_inside():
    found = cell_minimum(SQUARE, LABELS, ALL_ON, RELU)
    fitted = SQUARE @ torch.linalg.lstsq(SQUARE, LABELS[:, None]).solution[:, 0]
    reached = [values for risk, values in predictions_by_signs(SQUARE, LABELS, ALL_ON) if risk < found.risk + 1e-12]
    assert len(reached) == 2
    for predictions in (*reached, found.predictions):
        assert predictions.tolist() == pytest.approx(fitted.tolist(), abs=1e-10)


def test_minima_do_not_depend_on_the_unit_of_the_inputs():
    unit = torch.tensor([1e10, 1.0], dtype=torch.float64)
    table, scaled = enumerated_minima(FEATURES, Y, 1, RELU), enumerated_minima(FEATURES * unit, Y, 1, RELU)
    assert torch.equal(table.signs, scaled.signs)
    assert scaled.risks.tolist() == pytest.approx(table.risks.tolist(), abs=1e-12)


def test_nearly_opposite_rays_do_not_stop_at_a_wrong_minimum():
    """Seven points in the plane for which SciPy's NNLS keeps two opposite rays and stops 4 % above a cell's minimum."""
    generator = torch.Generator().manual_seed(13_402)
    inputs, targets = (torch.randn(7, d, generator=generator, dtype=torch.float64) for d in (2, 1))
    table = enumerated_minima(with_ones(inputs), targets[:, 0], 2, RELU)
    checked = [k for k, units in enumerate(table.units.tolist()) if units[0] == units[1]][::4]
    for k in checked:
        best = min(
            risk for risk, _ in predictions_by_signs(with_ones(inputs), targets[:, 0], table.signs[table.units[k]])
        )
        assert table.risks[k].item() == pytest.approx(best, abs=1e-9)


@pytest.mark.parametrize("unit", [1e-6, 1.0, 1e6])
def test_levels_are_told_apart_in_every_unit_and_by_no_decimal(unit):
    risks = unit * torch.tensor(
        [0.5, 0.1000000005, 0.1000000005 + 1e-15, 0.1000000005 - 1e-15, 0.2], dtype=torch.float64
    )
    table = enumerated_minima(FEATURES, Y, 1, RELU)._replace(risks=risks)
    assert table.levels().tolist() == pytest.approx([0.1000000005 * unit, 0.2 * unit, 0.5 * unit], rel=1e-12)
