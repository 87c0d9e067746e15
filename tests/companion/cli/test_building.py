import json
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from typer.testing import CliRunner

from companion.claims.verdicts import Outcome
from companion.cli import app
from companion.errors import Busy
from companion.machine import lifeline
from companion.pipeline import building as pipeline
from companion.pipeline import steps, verifying
from companion.pipeline.building import BuildReport
from companion.pipeline.verifying import Publication
from companion.project import Project
from companion.record.history import Change, Entry
from companion.scales import Scale
from companion.site import serving

NEW = Change(claim="toy/new", was=None, now=Outcome.HELD)
GONE = Change(claim="toy/old", was=Outcome.HELD, now=None)


@pytest.fixture
def asked(scratch_project: Project, monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """What the commands ask of the machinery, which here only remembers it."""
    monkeypatch.chdir(scratch_project.root)
    asked = SimpleNamespace()

    def build(project: Project, scale: Scale, **options: Any) -> BuildReport:
        asked.build = (scale, options)
        return BuildReport(
            scale=scale, executed=1, verdicts={"held": 2, "violated": 1}, seconds=61.4, page=Path("/book/index.html")
        )

    def publish(project: Project, scale: Scale, *, note: str, about: tuple[str, ...], **_: bool) -> Publication:
        asked.publish = (scale, note, about)
        changes = (Change(claim="toy/sound", was=Outcome.HELD, now=Outcome.VIOLATED), NEW, GONE) if note else ()
        entry = Entry(date=date(2026, 1, 2), scale=scale, note=note, about=about, changes=changes) if note else None
        return Publication(scale is Scale.BOOK, entry)

    monkeypatch.setattr(pipeline, "build_book", build)
    monkeypatch.setattr(lifeline, "hold_on_to", lambda pid: setattr(asked, "parent", pid))
    monkeypatch.setattr(steps, "run_step", lambda project, *step: setattr(asked, "step", step))
    monkeypatch.setattr(serving, "serve_book", lambda project, scale, port, announce: announce(f"{scale} {port}"))
    monkeypatch.setattr(verifying, "publish", publish)
    return asked


def say(*arguments: str) -> str:
    result = CliRunner().invoke(app, arguments)
    assert result.exit_code == 0, result.output
    return result.stdout


def test_build_ends_with_scorecard_seconds_and_address(asked: SimpleNamespace) -> None:
    assert say("build") == (
        "Scorecard at book scale: 3 claims: 2 held, 1 violated, 0 undecided, 0 not judged.\n"
        "61 s; 1 chapter executed.\nThe book: /book/index.html\n"
    )
    assert asked.build == (Scale.BOOK, {"cores": None, "memory": None, "engine_arguments": ()})
    assert not hasattr(asked, "parent")


def test_build_passes_on_cores_memory_and_what_follows_the_dashes(asked: SimpleNamespace) -> None:
    options = ("--scale", "paper", "--cores", "3", "--memory", "900", "--json", "--with-parent", "77")
    answer = json.loads(say("build", *options, "--", "--executor", "slurm"))
    assert answer["executed"] == 1
    engine = ("--executor", "slurm")
    assert asked.build == (Scale.PAPER, {"cores": 3, "memory": 900, "engine_arguments": engine})
    assert asked.parent == 77


def test_a_second_build_ends_with_its_own_exit_code(asked: SimpleNamespace, monkeypatch: pytest.MonkeyPatch) -> None:
    def busy(*_: object, **__: object) -> None:
        raise Busy("another build is running")

    monkeypatch.setattr(pipeline, "build_book", busy)
    result = CliRunner().invoke(app, ["build"])
    assert (result.exit_code, result.stderr) == (5, "companion: another build is running\n")


def test_step_serve_and_publish_reach_the_machinery(asked: SimpleNamespace) -> None:
    say("step", "judge", "toy", "--scale", "quick")
    assert asked.step == ("judge", "toy", Scale.QUICK)
    assert say("serve", "--scale", "quick", "--port", "8123") == "quick 8123\n"
    assert say("publish") == "published/ holds the book run.\n"
    assert say("publish", "--scale", "quick") == "published/ holds the quick run, as it did before.\n"


def test_publish_says_what_moved_and_keeps_the_note(asked: SimpleNamespace) -> None:
    assert say("publish", "--note", "A bug was mended.", "--about", "toy") == (
        "published/ holds the book run.\ntoy/sound: held → violated\ntoy/new: declared → held\n"
        "toy/old: held → withdrawn\nhistory.json has your note.\n"
    )
    assert asked.publish == (Scale.BOOK, "A bug was mended.", ("toy",))
