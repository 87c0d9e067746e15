import json

import pytest

from companion.claims.verdicts import Outcome, Verdict
from companion.errors import RefusedInput
from companion.record.judged import ChapterVerdicts, RunSummary
from companion.record.published import (
    TABLE_BEGIN,
    TABLE_END,
    Move,
    Published,
    chapters_table,
    compare,
    read_published,
    record,
    with_chapters_table,
)
from companion.scales import Scale

COST = {"seconds": 20.0, "cpu_seconds": 12.345, "peak_megabytes": 321.4, "threads": 1}
RUN = RunSummary(**COST, versions={}, hardware={}, finished="2026-01-01", digest="0")


def verdicts(slug: str = "toy", scale: str = "book", title: str = "A toy", **outcomes: str) -> ChapterVerdicts:
    claims = tuple(
        Verdict(
            id=name,
            origin="paper",
            kind="inequality",
            place="ours",
            sentence="So.",
            verdict=outcome,
            note="So.",
            number=0.1,
            n=3,
        )
        for name, outcome in (outcomes or {"sound": "held", "tight": "violated"}).items()
    )
    return ChapterVerdicts(
        chapter=slug, title=title, scale=Scale(scale), seed=0, stamp=RUN, claims_file="0", claims=claims
    )


@pytest.fixture
def path(tmp_path):
    return tmp_path / "published"


def test_before_the_first_release_nothing_is_published(path) -> None:
    assert read_published(path) == Published({})
    assert compare(read_published(path), [verdicts()]) == []


def test_a_record_is_read_again(path) -> None:
    assert record(path, [verdicts()]) is True
    chapter = read_published(path).chapter(Scale.BOOK, "toy")
    assert [(c.id, str(c.verdict), c.number, c.n) for c in chapter.claims] == [
        ("sound", "held", 0.1, 3),
        ("tight", "violated", 0.1, 3),
    ]
    assert (chapter.cpu_seconds, chapter.peak_mb) == (12.3, 321.0)
    assert record(path, [verdicts()]) is False


def test_other_chapters_and_scales_stay(path) -> None:
    record(path, [verdicts(), verdicts("other", "quick"), verdicts("toy", "quick")])
    record(path, [verdicts("toy", "quick", sound="violated")])
    published = read_published(path)
    assert list(json.loads((path / "toy.json").read_text(encoding="utf-8"))) == ["quick", "book"]
    assert [c.slug for c in published.at(Scale.QUICK)] == ["other", "toy"]
    assert published.chapter(Scale.BOOK, "toy").claims[0].verdict is Outcome.HELD
    assert published.chapter(Scale.QUICK, "toy").claims[0].verdict is Outcome.VIOLATED


def test_nothing_moved(path) -> None:
    record(path, [verdicts()])
    assert compare(read_published(path), [verdicts()]) == []


def test_every_move_is_told(path) -> None:
    record(path, [verdicts(sound="held", tight="held", gone="held")])
    moves = compare(read_published(path), [verdicts(sound="violated", tight="held", new="held")])
    assert [(m.claim, m.was, m.now, m.is_lost) for m in moves] == [
        ("toy/sound", Outcome.HELD, Outcome.VIOLATED, True),
        ("toy/new", None, Outcome.HELD, False),
        ("toy/gone", Outcome.HELD, None, False),
    ]
    assert str(moves[0]) == "toy/sound at book scale: held (0.1) → violated (0.1)"
    assert str(moves[2]) == "toy/gone at book scale: held (0.1) → absent"


@pytest.mark.parametrize(
    ("was", "now"), [("violated", "held"), ("held", "undecided"), ("held", "not judged"), ("not judged", "violated")]
)
def test_only_held_to_violated_is_lost(was, now) -> None:
    assert not Move("toy/sound", Scale.BOOK, Outcome(was), Outcome(now), None, None).is_lost


def test_a_scale_that_was_not_published_has_not_moved(path) -> None:
    record(path, [verdicts()])
    assert compare(read_published(path), [verdicts(scale="quick", sound="violated")]) == []


def test_one_chapter_twice_is_refused(path) -> None:
    with pytest.raises(RefusedInput, match="given twice"):
        record(path, [verdicts(), verdicts()])
    assert not path.exists()


OTHER = '{"book": {"slug": "other", "title": "A toy", "cpu_seconds": 1, "peak_mb": 1, "claims": []}}'


@pytest.mark.parametrize("content", ["x", "[]", '{"huge": {}}', '{"book": {"slug": "toy"}}', OTHER])
def test_another_file_is_refused(path, content) -> None:
    path.mkdir()
    (path / "toy.json").write_text(content, encoding="utf-8")
    with pytest.raises(RefusedInput, match=r"published/toy\.json (is not a|holds the) record of"):
        read_published(path)


def test_a_claim_that_moves_changes_one_line_of_one_file(path) -> None:
    record(path, [verdicts(), verdicts("other")])
    before = {file.name: file.read_text(encoding="utf-8").splitlines() for file in path.iterdir()}
    record(path, [verdicts(sound="violated", tight="violated"), verdicts("other")])
    after = {file.name: file.read_text(encoding="utf-8").splitlines() for file in path.iterdir()}
    changed = [(name, new) for name in before for old, new in zip(before[name], after[name], strict=True) if old != new]
    assert changed == [("toy.json", '{"id":"sound","origin":"paper","verdict":"violated","number":0.1,"n":3},')]


def test_the_table_counts_at_the_largest_published_scale(path) -> None:
    record(path, [verdicts(scale="quick"), verdicts(a="held", b="held", c="not judged", d="undecided")])
    record(path, [verdicts("another", "quick", title="One | two")])
    assert chapters_table(read_published(path)).splitlines() == [
        "| Chapter | Scale | Claims of the paper | Ours, and across papers |",
        "|---|---|---|---|",
        r"| [One \| two](book/another.md) | quick | 1 held, 1 violated |  |",
        "| [A toy](book/toy.md) | book | 2 held, 1 undecided, 1 not judged |  |",
    ]


def test_the_table_takes_the_place_between_the_markers() -> None:
    text = f"# Book\n{TABLE_BEGIN}\nold\n{TABLE_END}\nrest\n"
    written = with_chapters_table(text, Published({}))
    assert written == f"# Book\n{TABLE_BEGIN}\n{chapters_table(Published({}))}{TABLE_END}\nrest\n"
    assert with_chapters_table(written, Published({})) == written


@pytest.mark.parametrize("text", ["", TABLE_BEGIN, TABLE_END + TABLE_BEGIN, (TABLE_BEGIN + TABLE_END) * 2])
def test_a_readme_without_a_place_for_the_table_is_refused(text) -> None:
    with pytest.raises(RefusedInput, match=r"README\.md needs the lines"):
        with_chapters_table(text, Published({}))
