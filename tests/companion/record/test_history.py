import datetime
import itertools
from pathlib import Path

import pytest

from companion.claims.verdicts import Outcome
from companion.errors import RefusedInput
from companion.record.history import Change, Entry, History, append, changes_between, read_history
from companion.record.published import Published, PublishedChapter, read_published
from companion.scales import Scale

ROOT = Path(__file__).parents[3]
DAY = datetime.date(2026, 1, 2)


def published(**chapters: dict[str, str]) -> Published:
    """A record at book scale: ``toy={"sound": "held"}``."""
    content = [
        {
            "slug": slug,
            "title": slug,
            "cpu_seconds": 1.0,
            "peak_mb": 1.0,
            "claims": [{"id": name, "origin": "ours", "verdict": verdict} for name, verdict in claims.items()],
        }
        for slug, claims in chapters.items()
    ]
    return Published({c["slug"]: {Scale.BOOK: PublishedChapter.model_validate(c)} for c in content})


def entry(*changes: tuple[str, str | None, str | None], **fields) -> Entry:
    return Entry.model_validate(
        {
            "date": DAY,
            "scale": "book",
            "changes": [dict(zip(("claim", "was", "now"), change, strict=True)) for change in changes],
            **fields,
        }
    )


MOVED = entry(("toy/sound", "held", "violated"), ("far/wide", None, "held"))


def test_a_step_is_a_claim_whose_verdict_differs():
    before = published(toy={"sound": "held", "tight": "held", "old": "undecided"})
    after = published(toy={"sound": "violated", "tight": "held", "new": "not judged"})
    assert changes_between(before, after, Scale.BOOK) == (
        Change(claim="toy/sound", was=Outcome.HELD, now=Outcome.VIOLATED),
        Change(claim="toy/new", was=None, now=Outcome.NOT_JUDGED),
        Change(claim="toy/old", was=Outcome.UNDECIDED, now=None),
    )
    assert changes_between(before, after, Scale.QUICK) == ()


def test_the_history_leads_to_the_record_it_was_made_of(tmp_path):
    states = [
        Published({}),
        published(toy={"sound": "held", "old": "held"}),
        published(toy={"sound": "undecided"}, far={"wide": "held"}),
    ]
    for before, after in itertools.pairwise(states):
        append(tmp_path / "h.json", entry().model_copy(update={"changes": changes_between(before, after, Scale.BOOK)}))
    assert read_history(tmp_path / "h.json").verdicts(Scale.BOOK) == {
        "toy/sound": Outcome.UNDECIDED,
        "far/wide": Outcome.HELD,
    }


def test_entries_are_added_behind_the_others_and_read_again(tmp_path):
    path = tmp_path / "h.json"
    noted = entry(note="An erratum.", about=("toy",))
    assert [append(path, MOVED), append(path, noted)] == [True, True]
    assert read_history(path) == History((MOVED, noted))
    assert path.read_text().count("\n") == 6  # one line for each change


def test_an_entry_that_says_nothing_or_the_same_again_is_not_written(tmp_path):
    path = tmp_path / "h.json"
    assert append(path, entry()) is False
    assert not path.exists()
    noted = entry(note="An erratum.")
    assert [append(path, noted), append(path, noted)] == [True, False]


def test_a_chapter_sees_its_own_steps_and_the_note_on_them():
    noted = MOVED.model_copy(update={"note": "A bug was mended."})
    (found,) = History((noted,)).of_chapter("toy")
    assert (found.note, [change.claim for change in found.changes]) == ("A bug was mended.", ["toy/sound"])
    assert History((noted,)).of_chapter("other") == ()


def test_a_note_about_one_chapter_is_not_shown_in_another_whose_verdicts_moved_too():
    noted = MOVED.model_copy(update={"note": "A bug was mended.", "about": ("toy",)})
    (found,) = History((noted,)).of_chapter("far")
    assert found.note == ""


def test_an_erratum_without_a_move_stands_in_its_chapter():
    (found,) = History((entry(note="A misprint.", about=("toy",)),)).of_chapter("toy")
    assert (found.note, found.changes) == ("A misprint.", ())


def test_before_the_first_publication_there_is_no_history(tmp_path):
    assert read_history(tmp_path / "h.json") == History(())


@pytest.mark.parametrize(
    "text", ["", "{}", '[{"date": "today", "scale": "book"}]', '[{"scale": "book", "changes": []}]']
)
def test_a_broken_history_is_refused_by_name(tmp_path, text):
    path = tmp_path / "history.json"
    path.write_text(text)
    with pytest.raises(RefusedInput, match=r"history\.json is not a record of publications"):
        read_history(path)


@pytest.mark.parametrize("scale", list(Scale))
def test_the_history_of_this_book_leads_to_its_published_verdicts(scale):
    chapters = read_published(ROOT / "published").at(scale)
    published_now = {f"{c.slug}/{claim.id}": claim.verdict for c in chapters for claim in c.claims}
    assert read_history(ROOT / "history.json").verdicts(scale) == published_now
