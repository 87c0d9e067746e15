import pytest

from companion.claims.criteria import Agree, AtLeast, AtMost, Exists, SamplesRefused, TwoSided
from companion.claims.verdicts import Outcome

HELD, VIOLATED = Outcome.HELD, Outcome.VIOLATED


@pytest.mark.parametrize(
    ("samples", "slack", "outcome", "margin"),
    [
        ([3.0, 2.5], 0.0, HELD, 0.5),
        ([3.0, 2.0], 0.0, HELD, 0.0),  # the bound itself is allowed
        ([3.0, 1.75], 0.0, VIOLATED, -0.25),
        ([3.0, 1.75], 0.5, HELD, 0.25),
        ([3.0, 1.25], 0.5, VIOLATED, -0.25),
    ],
)
def test_at_least(samples, slack, outcome, margin) -> None:
    found = AtLeast(test="at-least", cases=2, bound=2.0, slack=slack).decide(samples)
    assert (found.outcome, found.number, found.bound, found.margin) == (outcome, min(samples), 2.0, margin)


@pytest.mark.parametrize(
    ("samples", "slack", "outcome", "margin"),
    [
        ([1.0, 1.5], 0.0, HELD, 0.5),
        ([1.0, 2.0], 0.0, HELD, 0.0),
        ([1.0, 2.25], 0.0, VIOLATED, -0.25),
        ([1.0, 2.25], 0.5, HELD, 0.25),
    ],
)
def test_at_most(samples, slack, outcome, margin) -> None:
    found = AtMost(test="at-most", cases=2, bound=2.0, slack=slack).decide(samples)
    assert (found.outcome, found.number, found.bound, found.margin) == (outcome, max(samples), 2.0, margin)


@pytest.mark.parametrize(
    ("computed", "floor", "outcome", "error"),
    [
        ([4.0, 0.5], 1.0, HELD, 0.0),
        ([4.5, 0.5], 1.0, VIOLATED, 0.125),  # relative where the expected value is large: 0.5 / 4
        ([4.0, 0.5625], 1.0, HELD, 0.0625),  # absolute below the floor
        ([4.0, 0.5625], 0.5, VIOLATED, 0.125),  # relative again, with a lower floor
        ([4.0, -0.5], 1.0, VIOLATED, 1.0),
    ],
)
def test_agree(computed, floor, outcome, error) -> None:
    criterion = Agree(test="agree", cases=2, tolerance=0.1, floor=floor)
    found = criterion.decide({"computed": computed, "expected": [4.0, 0.5]})
    assert (found.outcome, found.number, found.n) == (outcome, error, 2)
    assert found.margin == pytest.approx(0.1 - error)


@pytest.mark.parametrize(
    ("samples", "message"),
    [
        ([1.0, 2.0], "agree takes"),
        ({"computed": [1.0, 2.0]}, "agree takes"),
        ({"computed": [1.0, 2.0], "expected": [1.0, 2.0, 3.0]}, "2 computed numbers, but 3 expected"),
        ({"computed": [1.0], "expected": [1.0]}, "1 cases in 'computed'"),
        ({"computed": [1.0, 2.0], "expected": {"a": [1.0, 2.0]}}, "groups inside groups"),
    ],
)
def test_agree_refuses_other_forms(samples, message) -> None:
    with pytest.raises(SamplesRefused, match=message):
        Agree(test="agree", cases=2, tolerance=0.1).decide(samples)


@pytest.mark.parametrize(
    ("below", "above", "outcome"),
    [
        ([1.0, 0.5], [-1.0, -0.25], HELD),
        ([1.0, -0.5], [-1.0, -0.25], VIOLATED),  # fails already below the threshold
        ([1.0, 0.5], [-1.0, 0.25], VIOLATED),  # still holds above it
    ],
)
def test_two_sided(below, above, outcome) -> None:
    found = TwoSided(test="two-sided", cases=2).decide({"below": below, "above": above})
    assert found.outcome is outcome
    assert found.margin == min(*below, *(-value for value in above))


def test_two_sided_refuses_one_side() -> None:
    with pytest.raises(SamplesRefused, match="two-sided takes"):
        TwoSided(test="two-sided", cases=2).decide({"below": [1.0, 1.0]})


@pytest.mark.parametrize(
    ("samples", "witnesses", "outcome"),
    [([0.0, 2.0], 1, HELD), ([0.0, 1.0], 1, VIOLATED), ([2.0, 2.0], 2, HELD), ([0.0, 2.0], 2, VIOLATED)],
)
def test_exists(samples, witnesses, outcome) -> None:
    found = Exists(test="exists", cases=2, bound=1.0, witnesses=witnesses).decide(samples)
    assert (found.outcome, found.number, found.bound) == (outcome, sum(v > 1.0 for v in samples), witnesses)


@pytest.mark.parametrize("slack", [-0.1])
def test_negative_slack_is_refused(slack) -> None:
    with pytest.raises(ValueError, match="slack"):
        AtLeast(test="at-least", cases=1, bound=0.0, slack=slack)


def test_notes_are_readable() -> None:
    note = AtLeast(test="at-least", cases=2, bound=2.0).decide([3.0, 2.5]).note
    assert note == "smallest of 2 is 2.5; at least 2 was claimed"


@pytest.mark.parametrize(("computed", "outcome"), [([1.0, 2.0], "held"), ([1.0, 2.0 + 1e-15], "violated")])
def test_a_tolerance_of_zero_asks_for_equality(computed, outcome) -> None:
    criterion = Agree(test="agree", cases=2, tolerance=0.0)
    assert criterion.decide({"computed": computed, "expected": [1.0, 2.0]}).outcome == outcome
