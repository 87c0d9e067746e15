"""The six steps of the pipeline, as the Snakefile calls them: execute, judge, scorecard, stage, render, print."""

import contextlib
import hashlib
import json
import traceback
from collections.abc import Callable
from pathlib import Path

from companion.errors import BuildFailed, RefusedInput
from companion.files import sha256_of, write_atomically
from companion.machine.lifeline import hold_on_to_build
from companion.pipeline.journal import Journal
from companion.project import Project
from companion.record.attempts import Failure, note_failure, note_success, read_attempt
from companion.scales import Scale


def run_step(project: Project, name: str, slug: str, scale: Scale) -> None:
    """Run one step and write into the journal what became of it.

    A chapter that fails is noted as such, and its step ends well: the others go on, and the book says so. Only what
    keeps us from writing at all ends the step itself.

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
        failure = Failure.of(name, error)
        with contextlib.suppress(OSError):  # on a full disk; the message goes to the step's own log as well
            journal.write(name, slug, "failed", message=failure.message, exit_code=failure.exit_code)
        if name not in PER_CHAPTER or isinstance(error, (BuildFailed, OSError)):
            raise
        traceback.print_exc()
        PER_CHAPTER[name](project, slug, scale, failure)
        return
    journal.write(name, slug, "finished")


def _execute(project: Project, slug: str, scale: Scale) -> None:
    from companion.running.execution import run_chapter

    run_chapter(project, slug, scale=scale, parameters={})
    note_success(project, slug, scale)


def _judge(project: Project, slug: str, scale: Scale) -> None:
    from companion.record.judged import judge_notebook, standing_verdicts, store_verdicts

    attempt, path = read_attempt(project, slug, scale), project.executed(slug, scale)
    if attempt is not None and attempt.failure is not None:
        _leave_unjudged(project, slug, scale, attempt.failure)
        return
    verdicts = standing_verdicts(project, path) or judge_notebook(project, path)
    if not store_verdicts(project, verdicts, path):
        project.verdicts(slug, scale).touch()  # or the pipeline would ask again: they were judged after their inputs


def _leave_unjudged(project: Project, slug: str, scale: Scale, failure: Failure) -> None:
    """Write that nothing of the chapter was judged; the judge did not write it, so the next build asks again."""
    from companion.record.unjudged import unjudged

    text = unjudged(project, slug, scale, failure).model_dump_json(indent=1) + "\n"
    write_atomically(project.verdicts(slug, scale), text)
    project.judged(slug, scale).unlink(missing_ok=True)


def _scorecard(project: Project, slug: str, scale: Scale) -> None:
    from companion.record.scorecard import write_scorecard

    write_scorecard(project, scale)


def _stage(project: Project, slug: str, scale: Scale) -> None:
    from companion.staging.book import stage

    stage(project, scale)
    folder = project.build(scale)
    write_atomically(folder / "staged.json", json.dumps(_content(folder / "source"), indent=1))


def _render(project: Project, slug: str, scale: Scale) -> None:
    from companion.site.rendering import render

    render(project, scale)
    folder = project.build(scale)
    write_atomically(folder / "rendered.json", (folder / "staged.json").read_bytes())  # what the pages were made from


def _print(project: Project, slug: str, scale: Scale) -> None:
    from companion.site.printing import print_book

    lacking = print_book(project, scale)
    folder = project.build(scale)
    note = {"of": sha256_of(folder / "rendered.json"), "lacking": lacking}
    write_atomically(folder / "printed.json", json.dumps(note, indent=1))


def _content(folder: Path) -> dict[str, str]:
    """Every file under ``folder`` with its hash: what rendering depends on."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


PER_CHAPTER: dict[str, Callable[[Project, str, Scale, Failure], None]] = {
    "execute": note_failure,
    "judge": _leave_unjudged,
}
STEPS: dict[str, Callable[[Project, str, Scale], None]] = {
    "execute": _execute,
    "judge": _judge,
    "scorecard": _scorecard,
    "stage": _stage,
    "render": _render,
    "print": _print,
}
