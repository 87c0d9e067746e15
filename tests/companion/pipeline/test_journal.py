from pathlib import Path

import pytest

from companion.errors import BuildFailed
from companion.pipeline.journal import Journal


def test_events_are_read_once_and_in_order(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    journal.begin()
    journal.write("execute", "toy", "started")
    assert [(e.step, e.slug, e.what) for e in journal.news()] == [("execute", "toy", "started")]
    assert journal.news() == []
    journal.write("execute", "toy", "failed", message="no\nluck", exit_code=3)
    (event,) = journal.news()
    assert (event.what, event.message, event.exit_code) == ("failed", "no\nluck", 3)


def test_half_a_line_waits_for_its_end(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    journal.begin()
    journal.write("stage", "", "started")
    line = journal.path.read_bytes()
    journal.path.write_bytes(line[:20])
    assert journal.news() == []
    journal.path.write_bytes(line)
    assert len(journal.news()) == 1


def test_a_new_build_forgets_the_former_one(tmp_path: Path) -> None:
    Journal(tmp_path).write("stage", "", "started")
    Journal(tmp_path).begin()
    assert Journal(tmp_path).news() == []


def test_no_journal_no_news(tmp_path: Path) -> None:
    assert Journal(tmp_path).news() == []


def test_a_journal_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "logs").write_text("in the way")
    with pytest.raises(BuildFailed, match=r"cannot write .*journal\.jsonl"):
        Journal(tmp_path).begin()
