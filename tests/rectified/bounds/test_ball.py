import math

import pytest
import torch
from scipy.optimize import minimize

from rectified.bounds.ball import dual_exponent, dual_norm, linear_extremes, project, radii, steepest_point
from tests.cases import NORMS, random_points


def length(x, p):
    return torch.linalg.vector_norm(x, ord=p, dim=-1)


@pytest.mark.parametrize("p", NORMS)
def test_dual_exponents(p):
    assert 1 / p + 1 / dual_exponent(p) == 1
    with pytest.raises(ValueError, match="p is 3; expected 1, 2 or infinity"):
        dual_exponent(3)


@pytest.mark.parametrize("p", NORMS)
def test_dual_norm_is_torchs(p):
    slope = random_points(7, 5, seed=0)
    expected = torch.linalg.vector_norm(slope, ord=dual_exponent(p), dim=-1)
    assert torch.allclose(dual_norm(slope, p), expected, rtol=1e-14)
    kept = slope.clone()
    assert torch.allclose(dual_norm(slope, p, overwrite=False), expected)
    assert torch.equal(slope, kept)
    assert torch.allclose(dual_norm(slope, p, overwrite=True), expected)


@pytest.mark.parametrize("p", NORMS)
def test_extremes_are_attained_and_never_passed(p, generator):
    from rectified.reference.sampling import sample_ball

    slope, center = random_points(1, 4, seed=1), random_points(1, 4, seed=2)
    eps = torch.tensor([0.7], dtype=torch.float64)
    low, high = linear_extremes(slope, torch.ones(1, dtype=torch.float64), center, eps, p)
    values = sample_ball(center[0], 0.7, p, 4000, generator) @ slope[0] + 1
    assert float(low) <= float(values.min()) + 1e-12
    assert float(high) >= float(values.max()) - 1e-12
    attained = steepest_point(slope, center, eps, p)
    assert float(length(attained - center, p)) == pytest.approx(0.7, rel=1e-12)
    assert float((attained @ slope[0])[0]) + 1 == pytest.approx(float(low), abs=1e-12)


@pytest.mark.parametrize("p", NORMS)
def test_projection_is_the_nearest_point(p):
    """By the variational inequality: x is nearest exactly if no point of the ball makes an acute angle."""
    center, x = random_points(1, 6, seed=3), random_points(20, 6, seed=4) * 2
    eps = torch.tensor([0.5], dtype=torch.float64)
    projected = project(x, center, eps, p)
    assert bool((length(projected - center, p) <= 0.5 + 1e-12).all())
    gap = x - projected
    furthest = steepest_point(-gap, center, eps, p)  # maximises <gap, z> over the ball
    assert bool(((gap * (furthest - projected)).sum(-1) <= 1e-10).all())
    inside = center + (x - center) * (0.4 / length(x - center, p))[:, None]
    assert torch.allclose(project(inside, center, eps, p), inside, atol=1e-15)


def test_projection_onto_the_l1_ball_by_a_solver():
    x = random_points(1, 3, seed=5)[0] * 2
    result = minimize(
        lambda z: ((z[:3] - z[3:] - x.numpy()) ** 2).sum(),
        [0.0] * 6,
        bounds=[(0, None)] * 6,
        constraints={"type": "ineq", "fun": lambda z: 0.5 - z.sum()},
        tol=1e-12,
    )
    expected = torch.from_numpy(result.x[:3] - result.x[3:])
    assert torch.allclose(project(x, torch.zeros(3).double(), torch.tensor(0.5), 1), expected, atol=1e-6)


def test_radii_are_checked(unchecked):
    center = torch.zeros(3, 2)
    assert radii(0.5, center).tolist() == [0.5] * 3
    assert radii(torch.tensor([1.0, 2.0, 3.0]), center).tolist() == [1.0, 2.0, 3.0]
    with pytest.raises(ValueError, match=r"eps has shape \(2,\); expected a number or \(3,\)"):
        unchecked(radii)(torch.ones(2), center)
    with pytest.raises(ValueError, match=r"eps is -0.1; expected finite numbers, not negative"):
        radii(-0.1, center)
    with pytest.raises(ValueError, match="eps is inf"):
        radii(math.inf, center)


def test_center_is_a_matrix(unchecked):
    with pytest.raises(ValueError, match=r"center has shape \(2,\); expected \(batch, d_in\)"):
        unchecked(radii)(0.1, torch.zeros(2))
