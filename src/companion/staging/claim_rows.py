"""The rows of the tables of claims: one row a claim, with its verdict, its numbers and how to measure them again."""

from collections.abc import Collection, Iterable

from markupsafe import Markup

from companion.claims.criteria import AllOf
from companion.claims.declared import Claim
from companion.claims.verdicts import Outcome, Reason, Verdict
from companion.project import Project
from companion.scales import Scale
from companion.staging import markup
from companion.staging.chapters import Chapter
from companion.staging.lacking import why_no_number
from companion.staging.templates import fill


def claims_table(rows: Iterable[Markup], *, label: str, name: str) -> Markup:
    """A table of claims as a fragment of Markdown."""
    return fill("staging/html/claims_table.html", rows=rows, label=label, name=name)


def claim_row(
    project: Project, chapter: Chapter, claim: Claim, verdict: Verdict, *, on_scorecard: bool = False
) -> Markup:
    """One row; on the scorecard it names its chapter and links there."""
    return fill(
        "staging/html/claim_row.html",
        slug=chapter.slug,
        claim=claim,
        verdict=verdict,
        anchor=f"{chapter.slug}-{claim.id}" if on_scorecard else f"verdict-{claim.id}",
        on_scorecard=on_scorecard,
        is_unchecked=verdict.reason is Reason.UNCHECKED,
        reason=_reason(project, chapter, claim, verdict),
        result="" if verdict.verdict is Outcome.NOT_JUDGED else markup.result_text(verdict),
        parts=[part for part in verdict.parts if part.name in _parts(claim) and part.note not in verdict.note],
        is_open=verdict.verdict in {Outcome.VIOLATED, Outcome.UNDECIDED},
        link=chapter.link(claim.id) if claim.id in chapter.measured else "",
        command=markup.command(chapter.slug, again_at(claim, chapter.scale)),
    )


def again_at(claim: Claim, scale: Scale) -> Scale:
    """The scale at which the command of a row measures: that of the build, or the lowest that judges the claim."""
    return scale if scale.reaches(claim.lowest_scale) else claim.lowest_scale


def _reason(project: Project, chapter: Chapter, claim: Claim, verdict: Verdict) -> str:
    if verdict.verdict is not Outcome.NOT_JUDGED:
        return ""
    if verdict.reason is Reason.UNCHECKED:
        return f"Not checked. {claim.why}"
    return f"Not judged: {why_no_number(project, chapter, claim, verdict)}."


def _parts(claim: Claim) -> Collection[str]:
    """The conditions that must hold together; none where there is one alone."""
    return claim.criterion.parts if isinstance(claim.criterion, AllOf) else ()
