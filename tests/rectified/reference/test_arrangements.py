import numpy as np
import pytest

from rectified.reference import solving
from rectified.reference.arrangements import sign_patterns
from rectified.reference.solving import ProgramFailed


def test_axes_have_all_patterns():
    assert sign_patterns(np.eye(3)).tolist() == [[a, b, c] for a in (-1, 1) for b in (-1, 1) for c in (-1, 1)]


def test_lines_in_the_plane_have_two_sectors_each(rng):
    assert len(sign_patterns(rng.standard_normal((6, 2)))) == 12


def test_every_sampled_point_has_a_listed_pattern(rng):
    rows = rng.standard_normal((6, 3))
    sampled = {tuple(signs) for signs in np.sign(rng.standard_normal((20_000, 3)) @ rows.T).astype(int)}
    listed = {tuple(pattern) for pattern in sign_patterns(rows).tolist()}
    assert sampled <= listed
    assert len(sampled) >= 0.9 * len(listed)  # thin cells may be missed


def test_a_row_of_zeros_has_no_side():
    assert sign_patterns(np.array([[1.0, 0.0], [0.0, 0.0]])).shape == (0, 2)


def test_a_failed_solver_is_reported(monkeypatch, rng):
    class Failed:
        success, message, status = False, "no optimum", 1

    monkeypatch.setattr(solving, "linprog", lambda *a, **k: Failed)
    with pytest.raises(ProgramFailed, match="no optimum"):
        sign_patterns(rng.standard_normal((2, 2)))
