"""Judging again what was executed, and how that stands against the published record."""

from collections.abc import Sequence

from companion.errors import ClaimMoved
from companion.files import write_if_different
from companion.judging import ChapterVerdicts, judge_notebook, read_verdicts, write_verdicts
from companion.project import Project
from companion.published import Move, read_published, record, with_chapters_table
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
    if execute:
        from companion.execution import run_chapter

        for slug in slugs:
            run_chapter(project, slug, scale=scale)
    found = [judge_notebook(project, project.executed(slug, scale)) for slug in slugs]
    for verdicts in found:
        write_verdicts(verdicts, project.verdicts(verdicts.chapter, scale))
    return found


def check_nothing_lost(moves: Sequence[Move]) -> None:
    """Refuse a result in which a claim that was published as held is violated.

    Raises:
        ClaimMoved: If there is one; the message names them all.
    """
    lost = [str(move) for move in moves if move.is_lost]
    if lost:
        raise ClaimMoved("held in published.json and violated now:\n" + "\n".join(lost))


def publish(project: Project, scale: Scale) -> bool:
    """Put the verdicts of the last build at ``scale`` into the record and the README's table; says whether it changed.

    Raises:
        RefusedInput: If a chapter was not built at ``scale``, or the README has no place for the table.
    """
    changed = record(project.published, [read_verdicts(project.verdicts(slug, scale)) for slug in project.slugs])
    readme = project.root / "README.md"
    if readme.is_file():
        table = with_chapters_table(readme.read_text(encoding="utf-8"), read_published(project.published))
        write_if_different(readme, table)
    return changed
