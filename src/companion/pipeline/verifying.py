"""Judging again what was executed, and how that stands against the published record."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from companion.errors import ClaimMoved, CompanionError, ExecutionFailed, RefusedInput, StaleResult
from companion.files import write_if_different
from companion.project import Project
from companion.record.attempts import read_attempt
from companion.record.history import Entry, append, changes_between
from companion.record.judged import ChapterVerdicts, judge_notebook, read_verdicts, store_verdicts, verdicts_beside
from companion.record.published import Move, read_published, record, with_chapters_table
from companion.scales import Scale


def judged_again(
    project: Project, slugs: Sequence[str], scale: Scale, *, execute: bool = False
) -> list[ChapterVerdicts]:
    """The verdicts on the executed notebooks of ``slugs``, whose stamps are checked first.

    Args:
        project: The book.
        slugs: Which chapters.
        scale: Size of the runs.
        execute: Run each chapter first.

    Raises:
        StaleResult: If an executed notebook is missing, stale or edited.
        ExecutionFailed: If a chapter fails, or its measurements do not fit its claims.
        RefusedInput: If a claims file is refused.
    """
    verdicts, failures = judged_each(project, slugs, scale, execute=execute)
    check_none_failed(failures)
    return verdicts


def judged_each(
    project: Project, slugs: Sequence[str], scale: Scale, *, execute: bool = False
) -> tuple[list[ChapterVerdicts], dict[str, CompanionError]]:
    """As :func:`judged_again`, and why there are no verdicts on the others: one that fails does not end the rest."""
    verdicts: list[ChapterVerdicts] = []
    failures: dict[str, CompanionError] = {}
    for slug in slugs:
        try:
            verdicts.append((_run_again if execute else _judged_again)(project, slug, scale))
        except (StaleResult, ExecutionFailed, RefusedInput) as error:
            attempt = read_attempt(project, slug, scale)
            failure = attempt.failure if attempt is not None else None
            why = f". Its last build failed: {failure.headline}" if failure else ""
            failures[slug] = type(error)(f"{error}{why}")
    return verdicts, failures


def check_none_failed(failures: Mapping[str, CompanionError]) -> None:
    """Refuse a verification in which some chapter could not be judged.

    Raises:
        CompanionError: Of the first one's kind; the message has what each said.
    """
    if failures:
        first = next(iter(failures.values()))
        raise type(first)("\n".join(str(error) for error in failures.values()))


def _run_again(project: Project, slug: str, scale: Scale) -> ChapterVerdicts:
    from companion.running.execution import run_chapter

    return read_verdicts(verdicts_beside(run_chapter(project, slug, scale=scale)))


def _judged_again(project: Project, slug: str, scale: Scale) -> ChapterVerdicts:
    path = project.executed(slug, scale)
    verdicts = judge_notebook(project, path)
    store_verdicts(project, verdicts, path)
    return verdicts


def check_nothing_lost(moves: Sequence[Move]) -> None:
    """Refuse a result in which a claim that was published as held is violated.

    Raises:
        ClaimMoved: If there is one; the message names them all.
    """
    lost = [str(move) for move in moves if move.is_lost]
    if lost:
        raise ClaimMoved("held in the published record and violated now:\n" + "\n".join(lost))


@dataclass(frozen=True)
class Publication:
    """What publishing changed: whether the record is another now, and what was entered into the history, if any."""

    changed: bool
    entry: Entry | None


def publish(
    project: Project,
    scale: Scale,
    *,
    note: str = "",
    about: Sequence[str] = (),
    with_other_versions: bool = False,
) -> Publication:
    """Put the verdicts of the last build at ``scale`` into the record, its history and the README's table.

    Args:
        project: The book.
        scale: Which build.
        note: What readers should know of it; it is kept even if no verdict moved.
        about: The chapters that the note is about, if not those whose verdicts moved.
        with_other_versions: Publish runs whose versions are not those of the lock file, too.

    Raises:
        RefusedInput: If a chapter was not built at ``scale`` or failed in the last build, one of ``about`` is none, or
            comes without a note, the README has no place for the table, or a run had other versions than the lock file
            names.
    """
    if about and not note:
        raise RefusedInput("--about names the chapters that a note is about; write the note with --note")
    chapters = tuple(project.check_slug(slug) for slug in about)
    before = read_published(project.published)
    verdicts = [read_verdicts(project.verdicts(slug, scale)) for slug in project.slugs]
    _check_none_failed_in_build(project, verdicts)
    if not with_other_versions:
        _check_versions(verdicts)
    changed = record(project.published, verdicts)
    after = read_published(project.published)
    today = datetime.now(UTC).date()
    changes = changes_between(before, after, scale)
    entry = Entry(date=today, scale=scale, about=chapters, note=" ".join(note.split()), changes=changes)
    entered = append(project.history, entry)
    readme = project.root / "README.md"
    if readme.is_file():
        write_if_different(readme, with_chapters_table(readme.read_text(encoding="utf-8"), after))
    return Publication(changed, entry if entered else None)


def _check_none_failed_in_build(project: Project, verdicts: Sequence[ChapterVerdicts]) -> None:
    """Refuse the record of a build in which a chapter failed: what it held before is not what it holds today.

    Raises:
        RefusedInput: If there is one; the message names them all.
    """
    failed = []
    for chapter in verdicts:
        attempt = read_attempt(project, chapter.chapter, chapter.scale)
        failure = chapter.failure or (attempt.failure if attempt is not None else None)
        failed += [f"{chapter.chapter}: {failure.headline}"] if failure is not None else []
    if failed:
        raise RefusedInput("\n".join(["chapters failed in the last build, so it is not published:", *failed]))


def _check_versions(verdicts: Sequence[ChapterVerdicts]) -> None:
    """Refuse runs with other versions than the lock file names.

    Raises:
        RefusedInput: If there is one; the message names chapters and versions.
    """
    others = [
        f"{chapter.chapter}: {name} {difference}"
        for chapter in verdicts
        for name, difference in (chapter.stamp.other_versions if chapter.stamp else {}).items()
    ]
    if others:
        raise RefusedInput(
            "these runs had other versions than requirements.lock names, so they are not published:\n"
            + "\n".join(others)
            + "\n`make setup` installs the lock's versions; --with-other-versions publishes them as they are"
        )
