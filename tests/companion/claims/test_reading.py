import math

import pytest

from companion.claims.criteria import AllOf, AtMost, Exists, Mean
from companion.claims.reading import reading


@pytest.mark.parametrize(
    ("value", "spec", "text"),
    [
        (3e-14, ".1g", "3\N{MULTIPLICATION SIGN}10⁻¹⁴"),
        (1e-9, ".1g", "10⁻⁹"),
        (-0.25, ".2f", "\N{MINUS SIGN}0.25"),
        (0.0, ".1g", "0"),
        (0.035, ".1%", "3.5%"),
        (math.inf, ".2f", "∞"),
        (-2.5e12, "", "\N{MINUS SIGN}2.5\N{MULTIPLICATION SIGN}10¹²"),
        (1234.5678, "", "1235"),
    ],
)
def test_numbers_are_typographic(value, spec, text) -> None:
    assert reading(f"{{number:{spec}}}", number=value) == text


def test_an_interval_says_both_ends_and_an_open_one_is_infinite() -> None:
    assert reading("from {interval:.1%}", interval=(0.01, math.inf)) == "from 1.0% to ∞%"


def test_a_count_is_a_whole_number() -> None:
    criterion = Exists(
        test="exists", cases=3, bound=0.5, reads="{number} of {n} exceed {allowed}; {bound:.0f} was needed"
    )
    assert criterion.decide([0.0, 1.0, 1.0]).note == "2 of 3 exceed 0.5; 1 was needed"


def test_a_sentence_may_name_what_the_slack_allows() -> None:
    criterion = AtMost(
        test="at-most", cases=1, bound=0.0, slack=1e-9, reads="{number:.1g} away; {allowed:.1g} is allowed"
    )
    assert criterion.decide([3e-12]).note == "3\N{MULTIPLICATION SIGN}10⁻¹² away; 10⁻⁹ is allowed"


def test_a_sentence_may_name_interval_and_confidence_shared_among_groups() -> None:
    criterion = Mean(test="mean", cases=5, above=0.0, reads="{number:.1f} ({confidence} {interval:.1f})")
    decision = criterion.decide({"one": [1.0] * 5, "two": [2.0] * 5})
    assert decision.note == "1.0 (99.95% interval 1.0 to 1.0) (in one, the tightest of 2)"


def test_each_part_reads_by_its_own_sentence() -> None:
    parts = {
        "small": {"test": "at-most", "cases": 1, "bound": 1.0, "reads": "at most {number:.0f}"},
        "large": {"test": "at-least", "cases": 1, "bound": 5.0, "reads": "at least {number:.0f}"},
    }
    decision = AllOf.model_validate({"test": "all-of", "parts": parts}).decide({"small": [0.0], "large": [4.0]})
    assert decision.note == "at least 4"
    assert [part.note for part in decision.parts] == ["at most 0", "at least 4"]


@pytest.mark.parametrize("template", ["{nothing}", "{number:.1x}", "{}"])
def test_what_cannot_be_filled_is_refused(template) -> None:
    with pytest.raises(ValueError, match="reads"):
        reading(template, number=1.0)
