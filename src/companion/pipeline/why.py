"""Why a chapter would or would not run in the next build."""

from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict

from companion.errors import RefusedInput, StaleResult
from companion.files import sha256_of
from companion.project import Project
from companion.record.attempts import read_attempt
from companion.record.judged import read_verdicts
from companion.scales import Scale
from companion.source.stamp import Inputs, Stamp, check_stamp, current_inputs, moved


class Forecast(BaseModel):
    """What the next build would do with one chapter, and the reasons."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    chapter: str
    scale: Scale
    action: Literal["execute", "judge", "nothing"]
    reasons: tuple[str, ...]

    @property
    def text(self) -> str:
        """The forecast for a person."""
        would = {"execute": "would run", "judge": "would only be judged again", "nothing": "would not run"}[self.action]
        return "\n".join([f"{self.chapter} {would} at {self.scale} scale:", *(f"  - {why}" for why in self.reasons)])


def forecast_of(project: Project, slug: str, scale: Scale) -> Forecast:
    """What the next build would do with ``slug``.

    Raises:
        RefusedInput: If the chapter's notebook or claims file is refused.
    """
    try:
        moved = _reasons_to_execute(project, slug, scale)
    except RefusedInput as error:
        if not project.inputs(slug, scale).is_file():
            raise  # no build has tried it
        return Forecast(chapter=slug, scale=scale, action="execute", reasons=(f"it is tried at each build: {error}",))
    if moved:
        return Forecast(chapter=slug, scale=scale, action="execute", reasons=tuple(moved))
    unjudged = _reasons_to_judge(project, slug, scale)
    if unjudged:
        return Forecast(chapter=slug, scale=scale, action="judge", reasons=tuple(unjudged))
    same = "notebook, modules, parameters, lock file, data and claims are those of the last run"
    return Forecast(chapter=slug, scale=scale, action="nothing", reasons=(same,))


def _reasons_to_execute(project: Project, slug: str, scale: Scale) -> list[str]:
    now, executed = current_inputs(project, slug, scale), project.executed(slug, scale)
    return [*_last_failure(project, slug, scale), *_moved(now, executed, scale)]


def _last_failure(project: Project, slug: str, scale: Scale) -> list[str]:
    """That the last try failed, unless an edit is undone and the former run stands again."""
    attempt = read_attempt(project, slug, scale)
    if attempt is None or attempt.failure is None:
        return []
    try:
        check_stamp(project, project.executed(slug, scale))
    except StaleResult:
        return [f"it failed in the last build and is tried again: {attempt.failure.headline}"]
    return []


def _moved(now: Inputs, executed: Path, scale: Scale) -> list[str]:
    if not executed.is_file():
        return [f"it was never executed at {scale} scale here"]
    try:
        return [f"moved since its run: {what}" for what in moved(Stamp.read(executed), now)]
    except StaleResult as error:
        return [str(error)]


def _reasons_to_judge(project: Project, slug: str, scale: Scale) -> list[str]:
    try:
        check_stamp(project, project.executed(slug, scale))
    except StaleResult as error:
        return [f"the judge will refuse it: {error}"]
    if not project.verdicts(slug, scale).is_file():
        return ["it was executed and not yet judged"]
    judged = read_verdicts(project.verdicts(slug, scale))
    if judged.failure is not None:
        return [f"it could not be judged, and this is tried again: {judged.failure.headline}"]
    return ["its claims file changed"] if judged.claims_file != sha256_of(project.claims(slug)) else []
