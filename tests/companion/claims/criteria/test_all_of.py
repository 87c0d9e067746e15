import pytest
from pydantic import TypeAdapter

from companion.claims.criteria import AllOf, AnyCriterion, Mean, SamplesRefused
from companion.claims.verdicts import Outcome

PARTS = {
    "small": {"test": "at-most", "cases": 2, "bound": 1.0},
    "likely": {"test": "mean", "cases": 5, "above": 0.0},
    "sure": {"test": "sign", "cases": 20, "effect": 0.0},
}
GOOD = {"small": [0.5, 1.0], "likely": [1.0, 2.0, 3.0, 2.0, 2.0] * 4, "sure": [0.1] * 20}


def all_of(**parts) -> AllOf:
    return AllOf.model_validate({"test": "all-of", "parts": parts or PARTS})


def test_all_parts_hold() -> None:
    found = all_of().decide(GOOD)
    assert (found.outcome, [part.name for part in found.parts]) == (Outcome.HELD, ["small", "likely", "sure"])


def test_the_part_declared_first_gives_the_number_whatever_the_margins() -> None:
    parts = {"likely": PARTS["likely"], "small": PARTS["small"]}
    samples = {name: GOOD[name] for name in parts}
    assert all_of(**parts).decide(samples).number == pytest.approx(2.0)
    assert all_of(**dict(reversed(parts.items()))).decide(samples).number == pytest.approx(1.0)


@pytest.mark.parametrize(("part", "broken"), [("small", [2.0, 0.0]), ("likely", [-1.0] * 5), ("sure", [-0.1] * 20)])
def test_one_broken_part_violates_the_whole(part, broken) -> None:
    found = all_of().decide({**GOOD, part: broken})
    assert (found.outcome, found.name) == (Outcome.VIOLATED, part)


def test_sampled_parts_share_alpha_and_exact_ones_do_not_count() -> None:
    likely = next(part for part in all_of().decide(GOOD).parts if part.name == "likely")
    alone = Mean.model_validate({**PARTS["likely"], "alpha": 5e-4}).decide(GOOD["likely"])
    assert likely.interval == alone.interval


@pytest.mark.parametrize("samples", [[1.0, 2.0], {"small": [1.0]}, {**GOOD, "other": [1.0]}])
def test_samples_must_be_those_of_the_parts(samples) -> None:
    with pytest.raises(SamplesRefused, match="takes samples for the parts"):
        all_of().decide(samples)


def test_the_part_with_too_few_cases_is_named() -> None:
    with pytest.raises(SamplesRefused, match="part 'small': 1 cases"):
        all_of().decide({**GOOD, "small": [1.0]})


def test_kinds_are_those_of_the_parts() -> None:
    assert all_of().kinds == {"identity", "inequality", "threshold", "statistical", "tendency"}


def test_one_part_alone_is_refused() -> None:
    with pytest.raises(ValueError, match="at least 2"):
        all_of(small=PARTS["small"])


def test_all_of_inside_all_of_is_refused() -> None:
    with pytest.raises(ValueError, match="all-of"):
        all_of(small=PARTS["small"], nested={"test": "all-of", "parts": PARTS})


def test_an_unknown_test_is_refused() -> None:
    with pytest.raises(ValueError, match="about-right"):
        TypeAdapter(AnyCriterion).validate_python({"test": "about-right", "cases": 3})
