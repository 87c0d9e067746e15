import pytest
from pydantic import ValidationError

from companion.claims.verdicts import Decision, Origin, Outcome, Reason, Verdict

VERDICT = Verdict(
    id="sound",
    origin=Origin.PAPER,
    kind="inequality",
    place="Theorem 3.2",
    sentence="Bounds are sound.",
    verdict=Outcome.HELD,
    note="Held.",
    number=1e-17,
    interval=(None, 0.1 + 0.2),
    parts=(Decision(outcome=Outcome.HELD, number=1.0, n=3, note="one"),),
)


def test_the_words_are_those_of_the_scorecard() -> None:
    assert [str(outcome) for outcome in Outcome] == ["violated", "undecided", "held", "not judged"]
    assert [str(reason) for reason in Reason] == ["scale", "data", "unchecked", "failed"]


def test_a_verdict_survives_json_exactly() -> None:
    assert Verdict.model_validate_json(VERDICT.model_dump_json()) == VERDICT


def test_nobody_changes_a_verdict() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        VERDICT.verdict = Outcome.VIOLATED


def test_unknown_fields_are_refused() -> None:
    with pytest.raises(ValidationError, match="by_hand"):
        Verdict.model_validate({**VERDICT.model_dump(), "by_hand": True})
