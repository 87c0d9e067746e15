"""Why a chapter would or would not run in the next build."""

from typing import Literal

from pydantic import BaseModel, ConfigDict

from companion.errors import StaleResult
from companion.files import sha256_of
from companion.judging import read_verdicts
from companion.project import Project
from companion.scales import Scale
from companion.stamp import Stamp, check_stamp, current_inputs, moved


class Plan(BaseModel):
    """What the next build would do with one chapter, and the reasons."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    chapter: str
    scale: Scale
    action: Literal["execute", "judge", "nothing"]
    reasons: tuple[str, ...]

    @property
    def text(self) -> str:
        """The plan for a person."""
        would = {"execute": "would run", "judge": "would only be judged again", "nothing": "would not run"}[self.action]
        return "\n".join([f"{self.chapter} {would} at {self.scale} scale:", *(f"  - {why}" for why in self.reasons)])


def plan_of(project: Project, slug: str, scale: Scale) -> Plan:
    """What the next build would do with ``slug``.

    Raises:
        RefusedInput: If the chapter's notebook or claims file is refused.
    """
    moved = _reasons_to_execute(project, slug, scale)
    if moved:
        return Plan(chapter=slug, scale=scale, action="execute", reasons=tuple(moved))
    unjudged = _reasons_to_judge(project, slug, scale)
    if unjudged:
        return Plan(chapter=slug, scale=scale, action="judge", reasons=tuple(unjudged))
    same = "notebook, modules, parameters, lock file, data and claims are those of the last run"
    return Plan(chapter=slug, scale=scale, action="nothing", reasons=(same,))


def _reasons_to_execute(project: Project, slug: str, scale: Scale) -> list[str]:
    now, executed = current_inputs(project, slug, scale), project.executed(slug, scale)
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
    return ["its claims file changed"] if judged.claims_file != sha256_of(project.claims(slug)) else []
