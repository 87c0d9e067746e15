"""The six steps of the pipeline, as the Snakefile calls them: execute, judge, scorecard, stage, render, print."""

import contextlib
import hashlib
import json
from collections.abc import Callable
from pathlib import Path

from companion.errors import CompanionError, RefusedInput
from companion.files import sha256_of, write_atomically
from companion.journal import Journal
from companion.lifeline import hold_on_to_build
from companion.project import Project
from companion.scales import Scale


def run_step(project: Project, name: str, slug: str, scale: Scale) -> None:
    """Run one step and write into the journal what became of it.

    Raises:
        RefusedInput: If there is no such step or chapter.
    """
    if name not in STEPS:
        raise RefusedInput(f"there is no step {name!r}; the steps: {', '.join(STEPS)}")
    if name in PER_CHAPTER:
        project.check_slug(slug)
    hold_on_to_build()
    journal = Journal(project.build(scale))
    journal.write(name, slug, "started")
    try:
        STEPS[name](project, slug, scale)
    except Exception as error:
        code = error.exit_code if isinstance(error, CompanionError) else 1
        message = str(error) if isinstance(error, CompanionError) else f"{type(error).__name__}: {error}"
        with contextlib.suppress(OSError):  # on a full disk; the message goes to the step's own log as well
            journal.write(name, slug, "failed", message=message, exit_code=code)
        raise
    journal.write(name, slug, "finished")


def _execute(project: Project, slug: str, scale: Scale) -> None:
    from companion.execution import run_chapter

    run_chapter(project, slug, scale=scale, parameters={})


def _judge(project: Project, slug: str, scale: Scale) -> None:
    from companion.judging import judge_notebook, standing_verdicts, store_verdicts

    path = project.executed(slug, scale)
    verdicts = standing_verdicts(project, path) or judge_notebook(project, path)
    if not store_verdicts(project, verdicts, path):
        project.verdicts(slug, scale).touch()  # or the pipeline would ask again: they were judged after their inputs


def _scorecard(project: Project, slug: str, scale: Scale) -> None:
    from companion.scorecard import write_scorecard

    write_scorecard(project, scale)


def _stage(project: Project, slug: str, scale: Scale) -> None:
    from companion.staging.book import stage

    stage(project, scale)
    folder = project.build(scale)
    write_atomically(folder / "staged.json", json.dumps(_content(folder / "source"), indent=1))


def _render(project: Project, slug: str, scale: Scale) -> None:
    from companion.rendering import render

    render(project, scale)
    folder = project.build(scale)
    write_atomically(folder / "rendered.json", (folder / "staged.json").read_bytes())  # what the pages were made from


def _print(project: Project, slug: str, scale: Scale) -> None:
    from companion.printing import print_book

    lacking = print_book(project, scale)
    folder = project.build(scale)
    note = {"of": sha256_of(folder / "rendered.json"), "lacking": lacking}
    write_atomically(folder / "printed.json", json.dumps(note, indent=1))


def _content(folder: Path) -> dict[str, str]:
    """Every file under ``folder`` with its hash: what rendering depends on."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


PER_CHAPTER = ("execute", "judge")
STEPS: dict[str, Callable[[Project, str, Scale], None]] = {
    "execute": _execute,
    "judge": _judge,
    "scorecard": _scorecard,
    "stage": _stage,
    "render": _render,
    "print": _print,
}
