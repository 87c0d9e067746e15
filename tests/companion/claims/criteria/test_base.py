import math

import pytest

from companion.claims.criteria import LARGEST_ALPHA, AtLeast, Mean, SamplesRefused
from companion.claims.criteria.base import combined, worst
from companion.claims.verdicts import Decision, Outcome


def decision(outcome: Outcome, margin: float | None, name: str = "a") -> Decision:
    return Decision(outcome=outcome, number=1.0, margin=margin, n=3, note="a note", name=name)


def at_least(cases: int = 2, bound: float = 0.0) -> AtLeast:
    return AtLeast(test="at-least", cases=cases, bound=bound)


def test_violated_comes_before_undecided_before_held() -> None:
    held, undecided, violated = (decision(o, 1.0) for o in (Outcome.HELD, Outcome.UNDECIDED, Outcome.VIOLATED))
    assert worst([held, undecided]) is undecided
    assert worst([undecided, violated, held]) is violated


def test_among_equal_outcomes_the_smallest_margin_counts() -> None:
    wide, tight = decision(Outcome.HELD, 2.0), decision(Outcome.HELD, 0.5)
    assert worst([wide, tight]) is tight


def test_combined_keeps_its_parts_and_says_where() -> None:
    parts = [decision(Outcome.HELD, 2.0, "wide"), decision(Outcome.HELD, 0.5, "tight")]
    whole = combined(parts)
    assert (whole.n, whole.parts, whole.margin) == (6, tuple(parts), 0.5)
    assert whole.note == "a note (in tight, the tightest of 2)"


def test_every_group_must_hold() -> None:
    found = at_least().decide({"relu": [1.0, 2.0], "tanh": [3.0, -1.0]})
    assert found.outcome is Outcome.VIOLATED
    assert found.number == -1.0
    assert [part.name for part in found.parts] == ["relu", "tanh"]


def test_groups_share_alpha() -> None:
    values = [1.0, 2.0, 3.0, 4.0, 5.5, 6.0]
    mean = Mean(test="mean", cases=5, above=0.0)
    alone, among_four = mean.decide(values), mean.decide(dict.fromkeys("abcd", values))
    expected = mean.model_copy(update={"alpha": LARGEST_ALPHA / 4}).decide(values)
    assert among_four.parts[0].interval == expected.interval
    assert among_four.interval[0] < alone.interval[0]


@pytest.mark.parametrize("samples", [[1.0], [], {"relu": [1.0, 2.0], "tanh": [1.0]}])
def test_too_few_cases_are_refused(samples) -> None:
    with pytest.raises(SamplesRefused, match="asks for at least 2"):
        at_least().decide(samples)


def test_the_short_group_is_named() -> None:
    with pytest.raises(SamplesRefused, match="1 cases in group 'tanh'"):
        at_least().decide({"relu": [1.0, 2.0], "tanh": [1.0]})


def test_no_group_is_refused() -> None:
    with pytest.raises(SamplesRefused, match="empty"):
        at_least().decide({})


def test_groups_inside_groups_are_refused() -> None:
    with pytest.raises(SamplesRefused, match="groups inside groups"):
        at_least().decide({"relu": {"deep": [1.0, 2.0]}})


@pytest.mark.parametrize("alpha", [0.05, 2e-3, 0.0, -1.0, math.nan])
def test_an_alpha_above_one_in_a_thousand_is_refused(alpha: float) -> None:
    with pytest.raises(ValueError, match="alpha"):
        Mean(test="mean", cases=5, above=0.0, alpha=alpha)


def test_a_criterion_without_cases_is_refused() -> None:
    with pytest.raises(ValueError, match="cases"):
        AtLeast.model_validate({"test": "at-least", "bound": 0.0})
