import numpy as np
import pytest
from scipy import stats

from companion.claims.criteria import Mean, Median, Proportion, Ratio, SamplesRefused, Sign
from companion.claims.criteria.sampled import _fieller, decision_by_interval
from companion.claims.verdicts import Outcome

HELD, VIOLATED, UNDECIDED = Outcome.HELD, Outcome.VIOLATED, Outcome.UNDECIDED


@pytest.mark.parametrize(
    ("interval", "region", "outcome"),
    [
        ((1.0, 2.0), (0.0, np.inf), HELD),
        ((-1.0, 2.0), (0.0, np.inf), UNDECIDED),
        ((-2.0, -1.0), (0.0, np.inf), VIOLATED),
        ((1.0, 2.0), (-np.inf, 3.0), HELD),
        ((1.0, 4.0), (0.0, 3.0), UNDECIDED),
        ((4.0, 5.0), (0.0, 3.0), VIOLATED),
        ((0.0, 0.0), (0.0, np.inf), VIOLATED),  # zero is not above zero
        ((3.0, 3.0), (-np.inf, 3.0), VIOLATED),
        ((0.0, 1.0), (0.0, np.inf), UNDECIDED),
        ((-np.inf, np.inf), (0.0, np.inf), UNDECIDED),
        ((-np.inf, 1.0), (-np.inf, 3.0), HELD),
        ((np.nan, np.nan), (0.0, np.inf), UNDECIDED),  # an estimator without an answer decides nothing
    ],
)
def test_where_the_interval_lies_decides(interval, region, outcome) -> None:
    assert decision_by_interval(1.0, interval, region, 5).outcome is outcome


def test_the_nearer_bound_is_reported() -> None:
    found = decision_by_interval(2.5, (2.4, 2.6), (0.0, 3.0), 5)
    assert (found.bound, found.margin, found.interval) == (3.0, 0.5, (2.4, 2.6))


def test_an_infinite_end_is_stored_as_none() -> None:
    assert decision_by_interval(2.5, (-np.inf, 2.6), (0.0, np.inf), 5).interval == (None, 2.6)


def test_mean_by_hand() -> None:
    values = np.array([1.0, 2.0, 3.0, 4.0, 5.0])
    half = stats.t.ppf(1 - 0.0005, df=4) * np.sqrt(2.5 / 5)  # variance 10 / 4 by hand
    found = Mean(test="mean", cases=5, above=-10.0).decide(values)
    assert found.outcome is HELD
    assert found.interval == pytest.approx((3 - half, 3 + half), rel=1e-12)


def test_mean_agrees_with_scipys_test(rng) -> None:
    values = rng.normal(3.0, 2.0, 40)
    found = Mean(test="mean", cases=5, above=0.0).decide(values)
    expected = stats.ttest_1samp(values, 0.0).confidence_interval(1 - 1e-3)
    assert found.interval == pytest.approx((expected.low, expected.high), rel=1e-12)


@pytest.mark.parametrize(("value", "outcome"), [(1.0, HELD), (0.0, VIOLATED), (-1.0, VIOLATED)])
def test_a_mean_without_spread(value, outcome) -> None:
    assert Mean(test="mean", cases=5, above=0.0).decide([value] * 5).outcome is outcome


def test_median_is_the_order_statistics_interval() -> None:
    values = np.arange(1.0, 21.0)  # 20 values: P(Bin(20, 1/2) <= 2) = 2.0e-4, <= 3: 1.3e-3 > 5e-4
    found = Median(test="median", cases=12, above=0.0).decide(values)
    assert (found.number, found.interval) == (10.5, (3.0, 18.0))


def test_median_with_too_few_values_for_its_alpha_is_undecided() -> None:
    found = Median(test="median", cases=12, above=0.0).decide({name: np.ones(12) for name in "abc"})
    assert found.outcome is UNDECIDED
    assert found.interval == (None, None)


def test_proportion_is_exact() -> None:
    found = Proportion(test="proportion", cases=10, above=0.1).decide([1.0] * 10)
    assert found.number == 1.0
    assert found.interval == pytest.approx((0.0005**0.1, 1.0), rel=1e-9)  # low solves low^10 = alpha / 2


def test_proportion_counts_positive_cases() -> None:
    found = Proportion(test="proportion", cases=10, below=0.9).decide([1.0, 0.0, -1.0, 0.5] * 5)
    assert found.number == 0.5


@pytest.mark.parametrize(
    ("positive", "outcome"),
    [(20, HELD), (18, HELD), (14, UNDECIDED), (10, UNDECIDED), (2, VIOLATED), (0, VIOLATED)],
)
def test_sign_is_the_binomial_test(positive, outcome) -> None:
    # two-sided at 1e-3 with 20 seeds: at most 2 against; P(Bin(20, 1/2) <= 2) = 2.0e-4
    effects = [0.2] * positive + [0.0] * (20 - positive)
    assert Sign(test="sign", cases=20, effect=0.1).decide(effects).outcome is outcome


def test_no_effect_in_any_seed_is_no_effect() -> None:
    assert Sign(test="sign", cases=20, effect=0.0).decide([0.0] * 20).outcome is VIOLATED


@pytest.mark.parametrize("wrong", [{"cases": 19}, {"effect": -0.1}])
def test_sign_needs_twenty_seeds_and_an_effect_that_is_not_negative(wrong) -> None:
    with pytest.raises(ValueError, match=next(iter(wrong))):
        Sign.model_validate({"test": "sign", "cases": 20, "effect": 0.1, **wrong})


def ratio(**sides: float) -> Ratio:
    return Ratio(test="ratio", cases=20, resamples=9_999, **sides)


def test_ratio_of_paired_means(rng) -> None:
    bottom = rng.uniform(1.0, 2.0, 40)
    top = 1.5 * bottom + rng.normal(0.0, 0.01, 40)
    found = ratio(above=1.4, below=1.6).decide({"numerator": top, "denominator": bottom})
    assert found.outcome is HELD
    assert found.number == top.sum() / bottom.sum()
    assert found.interval[0] < 1.5 < found.interval[1]


def test_ratio_says_the_same_twice(rng) -> None:
    pair = {"numerator": rng.uniform(1, 2, 20), "denominator": rng.uniform(1, 2, 20)}
    assert ratio(above=1.0).decide(pair) == ratio(above=1.0).decide(pair)


def test_ratio_in_groups(rng) -> None:
    bottom = rng.uniform(1.0, 2.0, 20)
    pairs = {name: {"numerator": factor * bottom, "denominator": bottom} for name, factor in (("a", 2.0), ("b", 0.5))}
    found = ratio(above=1.0).decide(pairs)
    assert (found.outcome, found.name, found.number) == (VIOLATED, "b", 0.5)


def test_a_ratio_of_exactly_one_is_not_above_one(rng) -> None:
    values = rng.uniform(1.0, 2.0, 20)
    assert ratio(above=1.0).decide({"numerator": values, "denominator": values}).outcome is VIOLATED


def test_the_wider_interval_counts(rng) -> None:
    top, bottom = rng.normal(1.0, 0.3, 25), rng.normal(1.0, 0.3, 25)
    low, high = ratio(above=0.1).decide({"numerator": top, "denominator": bottom}).interval
    for end in (low, high):  # scipy's t test does not reject beyond the ends what the bootstrap alone would
        assert stats.ttest_1samp(top - end * bottom, 0.0).pvalue <= 1e-3 * (1 + 1e-9)


def test_fieller_inverts_the_t_test(rng) -> None:
    values = np.stack([rng.exponential(2.0, 30), rng.uniform(0.5, 1.5, 30)])
    for end in _fieller(values, 0.01):
        assert stats.ttest_1samp(values[0] - end * values[1], 0.0).pvalue == pytest.approx(0.01, rel=1e-9)


def test_without_a_sure_denominator_nothing_is_decided() -> None:
    bottom = [1.0] * 11 + [0.0] * 7 + [100.0, 0.5]
    found = ratio(above=0.01).decide({"numerator": [1.0] * 19 + [2.0], "denominator": bottom})
    assert (found.outcome, found.interval) == (UNDECIDED, (None, None))


def test_a_small_shared_alpha_draws_enough_resamples(rng) -> None:
    small = ratio(above=0.0).shared_between(2)
    assert small.alpha == 5e-4
    found = small.decide({"numerator": rng.uniform(1, 2, 20), "denominator": rng.uniform(1, 2, 20)})
    assert found.outcome is HELD


@pytest.mark.parametrize(
    ("samples", "message"),
    [
        ([1.0] * 20, "ratio takes"),
        ({}, "ratio takes"),
        ({"a": [1.0] * 20}, "in group 'a' takes numerator and denominator"),
        ({"numerator": [1.0] * 20, "denominator": [1.0] * 21}, "20 numerators, but 21 denominators"),
        ({"numerator": [1.0] * 19, "denominator": [1.0] * 19}, "19 cases"),
        ({"numerator": [1.0] * 20, "denominator": [-1.0] * 20}, "must not be negative"),
        ({"numerator": [1.0] * 20, "denominator": [0.0] * 15 + [1.0] * 5}, "most of them positive"),
    ],
)
def test_ratio_refuses_other_forms(samples, message) -> None:
    with pytest.raises(SamplesRefused, match=message):
        ratio(above=1.0).decide(samples)


@pytest.mark.parametrize("sides", [{}, {"above": 2.0, "below": 1.0}, {"above": 1.0, "below": 1.0}])
def test_a_criterion_that_could_not_fail_or_hold_is_refused(sides) -> None:
    with pytest.raises(ValueError, match="above"):
        Mean(test="mean", cases=5, **sides)


@pytest.mark.parametrize(
    ("kind", "least"), [(Mean, 5), (Median, 12), (Proportion, 10), (Ratio, 20), (Sign, 20)], ids=lambda v: str(v)[-12:]
)
def test_too_small_minimal_sizes_are_refused(kind, least) -> None:
    extra = {"effect": 0.0} if kind is Sign else {"above": 0.0}
    name = kind.model_fields["test"].annotation.__args__[0]
    assert kind.model_validate({"test": name, "cases": least, **extra}).cases == least
    with pytest.raises(ValueError, match="cases"):
        kind.model_validate({"test": name, "cases": least - 1, **extra})


def test_notes_are_readable() -> None:
    note = Mean(test="mean", cases=5, above=0.0, below=9.0).decide([1.0] * 5).note
    assert note == "the mean is 1, its 99.9% interval 1 to 1 from 5 cases; between 0 and 9 was claimed"
