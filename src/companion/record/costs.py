"""What runs cost against what their chapters declare."""

from collections.abc import Sequence

from companion.claims.declared import read_claims
from companion.errors import BudgetExceeded
from companion.project import Project
from companion.record.judged import ChapterVerdicts

ALLOWED = 2  # times the budget: CPU time differs that much between machines, and with what else a machine does


def overrun(project: Project, verdicts: ChapterVerdicts) -> str:
    """One sentence where a run took more than twice the CPU time of its chapter's budget; nothing where it did not.

    Raises:
        RefusedInput: If the claims file of the chapter is refused.
    """
    budget = read_claims(project.claims(verdicts.chapter)).budget[verdicts.scale].cpu_seconds
    used = verdicts.stamp.cpu_seconds if verdicts.stamp is not None else 0.0
    if used <= ALLOWED * budget:
        return ""
    return (
        f"{verdicts.chapter} at {verdicts.scale} scale took {used:.0f} CPU seconds, more than twice its budget of "
        f"{budget:g}: make it cheaper, or declare in {verdicts.chapter}.claims.yml what it costs"
    )


def check_costs(project: Project, verdicts: Sequence[ChapterVerdicts]) -> None:
    """Refuse runs that took more than twice their budget.

    Raises:
        BudgetExceeded: If there is one; the message names them all.
    """
    over = [sentence for chapter in verdicts if (sentence := overrun(project, chapter))]
    if over:
        raise BudgetExceeded("\n".join(over))
