import pytest

from companion.claims.declared import read_claims
from companion.errors import RefusedInput
from companion.record.salvaging import UNREADABLE, readable_claims
from companion.scales import Scale

IDS = ["doubles", "halves-grow", "numbers-positive", "too-large"]


@pytest.fixture
def broken(scratch_project):
    """A function that breaks the claims file and returns what can still be read of it."""

    def change(before, after):
        path = scratch_project.claims("toy")
        text = path.read_text()
        assert before in text
        path.write_text(text.replace(before, after, 1))
        with pytest.raises(RefusedInput):
            read_claims(path)
        return readable_claims(path)

    return change


def test_a_file_that_is_right_is_read_as_always(scratch_project):
    assert readable_claims(scratch_project.claims("toy")) == read_claims(scratch_project.claims("toy"))


def test_of_a_file_with_one_wrong_claim_all_are_named(broken):
    claims = broken("kind: identity", "kind: opinion")
    assert [claim.id for claim in claims.claims] == IDS
    assert claims.claims[0].sentence == "Doubling is adding a number to itself."
    assert (claims.title, claims.paper, claims.reader.figure) == ("Toy", "nobody2020toy", "toy-circle")
    assert claims.budget[Scale.BOOK].megabytes == 300


def test_of_a_file_that_is_no_yaml_the_ids_are_named(broken):
    claims = broken("chapter: toy", "][ chapter: toy")
    assert [claim.id for claim in claims.claims] == IDS
    assert {claim.sentence for claim in claims.claims} == {UNREADABLE}
    assert claims.title == "toy"


@pytest.mark.parametrize(
    ("before", "after"), [("  figure: toy-circle", ""), ("reader:", "readers:"), ("budget:", "cost:")]
)
def test_what_cannot_be_read_has_a_default(broken, before, after):
    claims = broken(before, after)
    assert [claim.id for claim in claims.claims] == IDS
    assert set(claims.budget) == set(Scale)
    assert claims.reader.assumes


def test_without_a_file_there_is_a_chapter_without_claims(scratch_project):
    scratch_project.claims("toy").unlink()
    assert readable_claims(scratch_project.claims("toy")).claims == ()
