import pytest
import torch

from rectified.reference.sampling import sample_ball
from tests.cases import NORMS, random_points

CENTER = random_points(1, 5, seed=0)[0]


@pytest.mark.parametrize("p", NORMS)
def test_inside_and_on_the_boundary(p, generator):
    points = sample_ball(CENTER, 0.3, p, 4000, generator)
    distance = torch.linalg.vector_norm(points - CENTER, ord=p, dim=1)
    assert points.shape == (4000, 5)
    assert float(distance.max()) <= 0.3 + 1e-12
    assert int((distance > 0.3 - 1e-12).sum()) == 2000
    assert float(distance[:2000].min()) < 0.01


@pytest.mark.parametrize(("p", "count"), [(1.0, 10), (float("inf"), 32)])
def test_all_corners_are_met(p, count, generator):
    corners = (sample_ball(CENTER, 0.3, p, 4000, generator)[3000:] - CENTER) / 0.3
    assert len(torch.unique(corners.round(decimals=9), dim=0)) == count


def test_exponent_is_checked(generator):
    with pytest.raises(ValueError, match=r"p is 0\.5; expected 1, 2 or infinity"):
        sample_ball(CENTER, 0.3, 0.5, 10, generator)
