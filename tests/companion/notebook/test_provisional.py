import pytest

from companion.claims.declared import ChapterClaims
from companion.notebook.provisional import PROVISIONAL, provisional_badge

COST = {"cpu_seconds": 1, "megabytes": 10}
READER = {"topics": ["toys", "games"], "assumes": "Nothing.", "difficulty": "introductory", "figure": "toy-car"}
CLAIM = {
    "id": "sound",
    "sentence": "Bounds are <sound>.",
    "place": "Theorem 1",
    "of": "paper",
    "kind": "inequality",
    "why": "Rounding.",
    "from": "paper",
    "needs": ["stars"],
    "criterion": {"test": "at-least", "cases": 2, "bound": 0.0, "reads": "the smallest is {number}"},
}
CLAIMS = ChapterClaims.model_validate(
    {
        "chapter": "toy",
        "title": "A toy",
        "part": "Toys",
        "position": 1,
        "paper": "toy2020paper",
        "read": {"sources": ["abstract"], "sentence": "The abstract; not the body."},
        "reader": READER,
        "budget": {"quick": COST, "book": COST, "paper": COST},
        "claims": [CLAIM],
    }
)


@pytest.mark.parametrize(
    ("samples", "outcome", "note"),
    [
        ([1.0, 2.0], "held", "the smallest is 1"),
        ([1.0, -2.0], "violated", "the smallest is \N{MINUS SIGN}2"),
        ([1.0], "not judged", "1 cases; the criterion asks for at least 2"),
    ],
)
def test_the_judge_answers_at_once_whatever_scale_and_data(samples, outcome, note) -> None:
    badge = provisional_badge("toy", CLAIMS, "sound", samples)
    for text in (badge.markup, badge.words):
        assert f"sound: {outcome}" in text
        assert PROVISIONAL in text
        assert note in text


def test_what_people_wrote_is_escaped() -> None:
    assert "Bounds are &lt;sound&gt;." in provisional_badge("toy", CLAIMS, "sound", [1.0, 2.0]).markup
    assert "<script>" not in provisional_badge("toy", None, "<script>", [1.0]).markup


def test_without_claims_numbers_are_counted() -> None:
    badge = provisional_badge("toy", None, "any", {"a": [1.0], "b": [2.0, 3.0]})
    assert badge.words == (
        f"any: not judged ({PROVISIONAL}). 3 numbers measured; without a claims file nothing is judged."
    )
