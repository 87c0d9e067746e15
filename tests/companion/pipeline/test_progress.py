import time

import pytest

from companion.pipeline.journal import Event
from companion.pipeline.progress import BuildProgress, spinner


def event(step: str, slug: str, what: str, when: float) -> Event:
    return Event.model_validate({"step": step, "slug": slug, "what": what, "time": when})


def test_without_a_terminal_each_chapter_leaves_a_line(capfd: pytest.CaptureFixture[str]) -> None:
    with BuildProgress({"toy": 5.0, "other": 5.0}, chapters=3, cores=2) as progress:
        progress.take(event("execute", "toy", "started", 10.0))
        progress.take(event("execute", "other", "started", 10.0))
        progress.take(event("execute", "toy", "finished", 12.5))
        progress.take(event("execute", "other", "failed", 13.0))
        progress.take(event("judge", "toy", "started", 13.0))
        progress.take(event("judge", "toy", "finished", 13.5))
        progress.show()
    said = capfd.readouterr().err.splitlines()
    assert said == ["  toy: executed after 2.5 s", "  other: execute failed after 3.0 s"]
    assert progress.executed == 1


def test_what_is_left_is_the_longest_chapter_or_the_sum_over_the_cores() -> None:
    now = time.time()
    with BuildProgress({"a": 100.0, "b": 40.0, "c": 40.0}, chapters=5, cores=2) as progress:
        assert progress.summary() == "2 of 5 chapters done · running: Snakemake · about 100 s left"
        progress.take(event("execute", "a", "started", now - 60))
        progress.take(event("execute", "b", "started", now))
        assert progress.summary() == "2 of 5 chapters done · running: a (execute), b (execute) · about 60 s left"
        progress.take(event("execute", "a", "finished", now))
        assert progress.summary().startswith("3 of 5 chapters done · running: b (execute) · about 40 s left")


def test_when_every_chapter_is_done_no_seconds_are_promised() -> None:
    with BuildProgress({}, chapters=2, cores=2) as progress:
        progress.take(event("render", "", "started", 1.0))
        assert progress.summary() == "2 of 2 chapters done · running: book (render)"


def test_the_spinner_is_silent_in_a_log(capfd: pytest.CaptureFixture[str]) -> None:
    with spinner("toy") as say_where:
        say_where("doubling")
    assert capfd.readouterr() == ("", "")
