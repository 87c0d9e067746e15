import pytest

from rectified.residual.tasks import disc_and_ring


def test_points_lie_in_the_disc_and_in_the_ring(generator) -> None:
    points, in_disc = disc_and_ring(3_001, generator)
    radius = points.norm(dim=1)
    assert int(in_disc.sum()) == 1_000
    assert radius[in_disc].max() <= 1
    assert radius[~in_disc].min() >= 2
    assert radius[~in_disc].max() <= 3


def test_points_are_spread_evenly(generator) -> None:
    points, in_disc = disc_and_ring(60_000, generator)
    radius = points.norm(dim=1)
    assert (radius[in_disc] < 0.5).double().mean().item() == pytest.approx(0.25, abs=0.01)
    assert (radius[~in_disc] < 2.5).double().mean().item() == pytest.approx((2.5**2 - 4) / 5, abs=0.01)
    assert points.mean(0).abs().max() < 0.03


@pytest.mark.parametrize("given", [(2, 2.0, 3.0), (300, 0.5, 3.0), (300, 3.0, 3.0)])
def test_what_makes_no_task_is_refused(generator, given) -> None:
    with pytest.raises(ValueError, match="expected 3 or more, and 1 <= inner < outer"):
        disc_and_ring(given[0], generator, inner=given[1], outer=given[2])
