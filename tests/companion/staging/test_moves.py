import datetime

from bs4 import BeautifulSoup

from companion.record.history import Entry, History
from companion.staging.moves import book_moves, chapter_moves


def entry(day: int, *steps: tuple[str, str | None, str | None], **fields) -> Entry:
    named = [dict(zip(("claim", "was", "now"), step, strict=True)) for step in steps]
    return Entry.model_validate({"date": datetime.date(2026, 1, day), "scale": "book", "changes": named, **fields})


HISTORY = History(
    (
        entry(1, ("toy/round", None, "held"), ("toy/old", None, "held"), ("far/wide", None, "undecided")),
        entry(2, ("toy/round", "held", "violated"), ("toy/old", "held", None), note="A bug *was* mended."),
        entry(3, note="A misprint.", about=("far",)),
    )
)


def items(fragment: str) -> list[str]:
    """Each publication's text, as a reader sees it."""
    listed = BeautifulSoup(fragment, "html.parser").select("ol.moves-list > li")
    return [" ".join(item.get_text(" ").split()) for item in listed]


def test_a_chapter_shows_its_moves_with_the_newest_first():
    assert items(chapter_moves(HISTORY, "toy")) == [
        "2026-01-02 , book scale A bug was mended. toy/round : held → violated toy/old: held → withdrawn",
        "2026-01-01 , book scale 2 claims declared: 2 held",
    ]


def test_an_erratum_is_shown_in_its_chapter():
    assert items(chapter_moves(HISTORY, "far"))[0] == "2026-01-03 , book scale A misprint."


def test_a_claim_that_is_still_declared_links_to_its_row():
    links = BeautifulSoup(chapter_moves(HISTORY, "toy"), "html.parser").select("a")
    assert [link["href"] for link in links] == ["toy.html#verdict-round"]


def test_the_whole_book_names_the_chapters():
    found = items(book_moves(HISTORY, {"toy": "Circles", "far": "Far away"}))
    assert found[0] == "2026-01-03 , book scale A misprint. (on Far away)"
    assert found[2] == (
        "2026-01-01 , book scale Circles : 2 claims declared: 2 held Far away : 1 claim declared: 1 undecided"
    )


def test_before_the_first_publication_it_says_so():
    assert "Nothing of this has been published yet." in chapter_moves(History(()), "toy")
    assert "Nothing of this has been published yet." in book_moves(History(()), {})


def test_no_blank_line_breaks_the_html():
    assert "\n\n" not in chapter_moves(HISTORY, "toy")
