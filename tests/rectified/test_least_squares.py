"""Affine least squares against exact fits, in units and at places where a default cut-off drops what matters."""

import ast
from pathlib import Path

import pytest
import torch

from rectified import programs
from rectified.least_squares import affine_basis, affine_least_squares
from tests.cases import random_points

PLACES = Path(programs.__file__).parents[2]
EXPLICIT = {
    "matrix_rank": {"tol", "rtol", "atol"},
    "pinv": {"rcond", "rtol", "atol"},
    "pinvh": {"rtol", "atol"},
    "lstsq": {"rcond", "cond"},
    "null_space": {"rcond"},
    "orth": {"rcond"},
    "allclose": {"rtol", "atol"},
    "isclose": {"rtol", "atol", "rel_tol", "abs_tol"},
    "quad": {"epsabs"},
    "eigsh": {"tol"},
    "svds": {"tol"},
}


@pytest.mark.parametrize("unit", [1e-200, 1e-18, 1.0, 1e18])
def test_an_affine_function_is_found_in_every_unit(unit):
    x, slope = random_points(9, 3, 0), random_points(3, 2, 1)
    y = x @ slope + 5.0
    units = torch.tensor([unit, 1.0, 1.0], dtype=torch.float64)
    found = affine_least_squares(x * units, y)
    assert (x * units @ found[:-1] + found[-1] - y).abs().max() < 1e-13
    assert (found[:-1] * units[:, None] - slope).abs().max() < 1e-13
    assert affine_basis(x * units).shape == (9, 4)


def test_the_fit_is_that_of_the_normal_equations():
    x, y = random_points(12, 3, 0), random_points(12, 2, 1)
    features = torch.cat([x, torch.ones(12, 1).double()], dim=1)
    expected = torch.linalg.solve(features.T @ features, features.T @ y)
    assert (affine_least_squares(x, y) - expected).abs().max() < 1e-12
    basis = affine_basis(x)
    assert (basis.T @ basis - torch.eye(4).double()).abs().max() < 1e-14
    assert (basis @ (basis.T @ features) - features).abs().max() < 1e-13


@pytest.mark.parametrize("shift", [0.0, 1e6])
def test_what_says_nothing_has_no_slope(shift):
    line = random_points(9, 1, 0) @ torch.tensor([[1.0, 3.0]]).double() + shift
    x = torch.cat([line, torch.full((9, 1), 0.1 + 0.2).double()], dim=1)
    found = affine_least_squares(x, line[:, :1])
    assert affine_basis(x).shape == (9, 2)
    assert (x @ found[:-1] + found[-1] - line[:, :1]).abs().max() < 1e-14 * (1.0 + shift)
    assert found[:-1].abs().max() < 1.0


def test_one_degenerate_problem_of_a_batch_leaves_the_others_alone():
    x, y = random_points(9, 2, 0), random_points(9, 1, 1)
    found = affine_least_squares(torch.stack([x, torch.ones_like(x)]), torch.stack([y, y]))
    assert (found[0] - affine_least_squares(x, y)).abs().max() < 1e-14
    assert found[1, :2].abs().max() == 0.0
    assert found[1, 2, 0].item() == pytest.approx(y.mean().item(), abs=1e-15)


def test_unequal_numbers_of_rows_are_refused(unchecked):
    with pytest.raises(ValueError, match=r"shapes \(3, 1\) and \(2, 1\); expected as many rows"):
        unchecked(affine_least_squares)(torch.zeros(3, 1).double(), torch.zeros(2, 1).double())


def unstated(path):
    """Calls in a file that decide something by a tolerance which they do not name."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute | ast.Name):
            name = ast.unparse(node.func).split(".")[-1]
            given = {keyword.arg: ast.unparse(keyword.value) for keyword in node.keywords}
            by_qr = name == "lstsq" and given.get("driver") == "'gels'"  # which has no tolerance
            if name in EXPLICIT and not by_qr and not any(given.get(key, "None") != "None" for key in EXPLICIT[name]):
                yield f"{path.relative_to(PLACES.parent).as_posix()}: {ast.unparse(node)}"


def test_no_rank_is_decided_by_a_default():
    """A default cut-off knows neither the units of the operands nor what the answer is for."""
    places = [*(PLACES / "rectified").rglob("*.py"), *(PLACES.parent / "notebooks").glob("*.py")]
    found = [call for path in places for call in unstated(path)]
    assert found == []


def test_the_scan_sees_what_it_is_for(tmp_path, monkeypatch):
    monkeypatch.setitem(globals(), "PLACES", tmp_path / "src")
    (tmp_path / "module.py").write_text(
        "np.linalg.matrix_rank(A)\nnp.linalg.lstsq(A, b, rcond=None)\ntorch.linalg.lstsq(A, b, driver='gels')\n"
        "np.linalg.pinv(A, rcond=0.0)\nmath.isclose(a, b)\n",
        encoding="utf-8",
    )
    calls = [call.split(": ")[1] for call in unstated(tmp_path / "module.py")]
    assert calls == ["np.linalg.matrix_rank(A)", "np.linalg.lstsq(A, b, rcond=None)", "math.isclose(a, b)"]
