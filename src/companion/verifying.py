"""The published record, and how the present results stand against it."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict

from companion.errors import ClaimMoved, RefusedInput
from companion.files import write_atomically
from companion.judging import ChapterVerdicts, judge_notebook, write_verdicts
from companion.project import Project
from companion.scales import Scale
from companion.scorecard import scorecard


class Comparison(BaseModel):
    """One claim: its verdict now and in the published record; ``published`` is None where the record lacks it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    chapter: str
    claim: str
    now: str
    published: str | None

    @property
    def moved(self) -> bool:
        """Whether the record has another verdict."""
        return self.published is not None and self.now != self.published

    @property
    def broke(self) -> bool:
        """Whether it was held and is violated."""
        return self.published == "held" and self.now == "violated"


def verify_chapters(project: Project, slugs: Sequence[str], scale: Scale, *, execute: bool = False) -> list[Comparison]:
    """Judge the executed notebooks again and compare each claim with the published record.

    Args:
        project: The book.
        slugs: Which chapters.
        scale: Size of the runs.
        execute: Run each chapter first.

    Raises:
        StaleResult: If an executed notebook is missing, stale or edited.
        ExecutionFailed: If a chapter fails, or its measurements do not fit its claims.
        RefusedInput: If a claims file or the record is refused.
    """
    record = published_verdicts(project, scale)
    found = []
    for slug in slugs:
        verdicts = _judged(project, slug, scale, execute)
        for verdict in verdicts.claims:
            was = record.get((slug, verdict.id))
            found.append(Comparison(chapter=slug, claim=verdict.id, now=str(verdict.verdict), published=was))
    return found


def check_nothing_broke(comparisons: Sequence[Comparison]) -> None:
    """Refuse a result in which a published claim that was held is violated.

    Raises:
        ClaimMoved: If there is one; the message names them all.
    """
    broken = [f"{comparison.chapter}/{comparison.claim}" for comparison in comparisons if comparison.broke]
    if broken:
        raise ClaimMoved(f"held in published.json, violated now: {', '.join(broken)}")


def published_verdicts(project: Project, scale: Scale) -> dict[tuple[str, str], str]:
    """Chapter and claim to the verdict of the published run; empty where nothing is published at ``scale``."""
    chapters = _record(project).get(str(scale), {}).get("chapters", [])
    return {(chapter["slug"], claim["id"]): claim["verdict"] for chapter in chapters for claim in chapter["claims"]}


def publish_scale(project: Project, scale: Scale) -> Path:
    """Put the scorecard of the last build at ``scale`` into the record; the other scales stay."""
    content = {**_record(project), str(scale): scorecard(project, scale)}
    write_atomically(project.published, json.dumps(content, indent=1, sort_keys=True, ensure_ascii=False) + "\n")
    return project.published


def _judged(project: Project, slug: str, scale: Scale, execute: bool) -> ChapterVerdicts:
    if execute:
        from companion.execution import run_chapter

        run_chapter(project, slug, scale=scale, parameters={})
    verdicts = judge_notebook(project, project.executed(slug, scale))
    write_verdicts(verdicts, project.verdicts(slug, scale))
    return verdicts


def _record(project: Project) -> dict[str, Any]:
    """The content of published.json: scale to scorecard; empty before anything was published.

    Raises:
        RefusedInput: If it is not JSON.
    """
    if not project.published.is_file():
        return {}
    try:
        content: dict[str, Any] = json.loads(project.published.read_text(encoding="utf-8"))
    except json.JSONDecodeError as error:
        raise RefusedInput(f"{project.published.name} is not valid JSON: {error}") from None
    return content
