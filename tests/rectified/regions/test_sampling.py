import pytest
import torch
from scipy import stats

from rectified.regions.ball import regions_in_ball
from rectified.regions.patterns import activation_pattern, num_distinct
from rectified.regions.sampling import (
    matched_gaussian,
    points_of_five_kinds,
    sampled_region_counts,
    uniform_in_ball,
)
from tests.cases import random_network, random_points


@pytest.mark.parametrize("dim", [1, 2, 5, 60])
def test_radii_and_coordinates_have_the_laws_of_the_uniform_ball(dim, generator):
    center = random_points(1, dim, 0)[0]
    points = (uniform_in_ball(center, 0.5, 20_000, generator) - center) / 0.5
    length = torch.linalg.vector_norm(points, dim=1)
    assert stats.kstest(length**dim, "uniform").pvalue > 1e-3
    # the square of a coordinate of a uniform point of the unit ball is Beta(1/2, (dim + 1)/2)
    assert stats.kstest(points[:, 0] ** 2, stats.beta(0.5, (dim + 1) / 2).cdf).pvalue > 1e-3
    assert float(length.max()) <= 1.0


def test_one_set_of_points_for_each_centre(generator):
    center = random_points(6, 3, 0).reshape(2, 3, 3)
    points = uniform_in_ball(center, 0.1, 7, generator)
    assert points.shape == (2, 3, 7, 3)
    assert float(torch.linalg.vector_norm(points - center[:, :, None], dim=-1).max()) <= 0.1


@pytest.mark.parametrize("widths", [[3, 8, 8, 1], [2, 60, 1]])
def test_the_counts_stay_below_the_exact_ones_and_reach_them(widths, generator):
    layers, center = random_network(widths, 0), random_points(3, widths[0], 1)
    exact = torch.tensor([len(regions_in_ball(layers, x, 0.2, most_regions=1000)) for x in center])
    few = sampled_region_counts(layers, center, 0.2, 5, generator)
    many = sampled_region_counts(layers, center, 0.2, 40_000, generator)
    assert bool((few <= exact).all())
    assert bool((few <= 5).all())
    assert bool((many <= exact).all())
    assert bool((many >= 0.75 * exact).all())


def test_the_projection_has_the_law_of_the_whole_ball(generator):
    """In 40 dimensions behind 6 units: mean counts of 300 balls by full and by projected points."""
    layers, center = random_network([40, 6, 5, 1], 0), random_points(1, 40, 1)[0]
    center = center.expand(300, -1)
    fast = sampled_region_counts(layers, center, 4.0, 20, generator).double()
    points = uniform_in_ball(center, 4.0, 20, generator)
    slow = torch.tensor([num_distinct(activation_pattern(layers, ball)) for ball in points]).double()
    assert stats.ttest_ind(fast, slow).pvalue > 1e-3
    assert float(slow.std()) > 0


def test_every_ball_has_its_radius_and_patterns_longer_than_a_word_count(generator):
    layers, center = random_network([5, 130, 1], 0), random_points(2, 5, 1)
    counts = sampled_region_counts(layers, center, torch.tensor([1e-9, 2.0]).double(), 500, generator)
    assert counts[0] == 1
    assert counts[1] > 450


def test_many_balls_go_in_chunks(generator):
    layers, center = random_network([2, 4, 1], 0), random_points(300, 2, 1)
    assert sampled_region_counts(layers, center, 0.3, 1000, generator).shape == (300,)


def test_matched_points_have_mean_and_covariance(generator):
    points = torch.cat([random_points(500, 3, 0) @ random_points(3, 3, 1), torch.ones(500, 1).double()], dim=1)
    drawn = matched_gaussian(points, 200_000, generator)
    torch.testing.assert_close(drawn.mean(0), points.mean(0), rtol=0.0, atol=0.03)
    torch.testing.assert_close(torch.cov(drawn.T), torch.cov(points.T), rtol=0.02, atol=0.03)


def test_one_coordinate_is_enough(generator):
    assert matched_gaussian(torch.tensor([[0.0], [2.0]]), 3, generator).shape == (3, 1)


def test_five_kinds_of_points(generator):
    train, test = torch.rand(40, 3, generator=generator).double(), torch.rand(7, 3, generator=generator).double()
    kinds = points_of_five_kinds(train, test, 30, generator)
    assert {name: len(points) for name, points in kinds.items()} == {
        "training": 30,
        "held-out": 7,
        "uniform": 30,
        "Gaussian": 30,
        "midpoint": 30,
    }
    among = (kinds["training"][:, None] == train).all(2)
    assert among.sum(1).tolist() == [1] * 30
    assert int(among.sum(0).max()) == 1
    others = 2 * kinds["midpoint"] - kinds["training"]
    assert float((others[:, None] - train).abs().amax(2).amin(1).max()) < 1e-12
    assert bool(((kinds["uniform"] >= 0) & (kinds["uniform"] <= 1)).all())


def test_there_are_no_more_points_than_inputs(generator):
    train = torch.rand(4, 3, generator=generator).double()
    with pytest.raises(ValueError, match="count is 5; expected 1 to 4, the number of inputs in train"):
        points_of_five_kinds(train, train, 5, generator)


def test_bad_input_is_refused(generator, unchecked):
    layers, center = random_network([2, 3, 1], 0), torch.zeros(1, 2).double()
    counts = unchecked(sampled_region_counts)
    with pytest.raises(ValueError, match=r"radius is -1\.0; expected a finite number, not negative"):
        uniform_in_ball(center, -1.0, 3, generator)
    with pytest.raises(ValueError, match="num_samples is -3; expected at least 0"):
        uniform_in_ball(center, 1.0, -3, generator)
    with pytest.raises(ValueError, match="num_samples is 0; expected at least 1"):
        counts(layers, center, 1.0, 0, generator)
    with pytest.raises(ValueError, match="layers has no hidden layer"):
        counts(random_network([2, 1], 0), center, 1.0, 5, generator)
    with pytest.raises(ValueError, match=r"center is torch.float32 of shape \(1, 2\); expected float64 \(balls, 2\)"):
        counts(layers, center.float(), 1.0, 5, generator)
    with pytest.raises(ValueError, match="points has 1 rows; expected at least 2"):
        matched_gaussian(center, 5, generator)
