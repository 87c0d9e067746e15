"""The rows of the tables of claims: one row a claim, with its verdict, its numbers and how to measure them again."""

import html
from collections.abc import Iterable

from companion.claims.declared import Claim
from companion.claims.verdicts import Outcome, Reason, Verdict
from companion.project import Project
from companion.scales import Scale
from companion.staging import markup
from companion.staging.chapters import Chapter
from companion.staging.lacking import why_no_number

_HEADS = ("Verdict", "Claim", "Number, interval", "Bound", "n")

# Blank lines matter: between them Markdown is read, so that sentences keep their mathematics and their citations.
_ROW = """<tr id="{anchor}" data-chapter="{slug}" data-kind="{kind}" data-verdict="{verdict}">
<td class="claim-verdict">{badge}</td>
<td class="claim-sentence">

{sentence}

<p class="claim-place">{origin}{place} · {kind}</p>
{reason}<details class="claim-details"><summary>Details, and the command</summary>

{why}

{note}<p>{measured}Measure it again: <code>{command}</code></p>
</details>
</td>
{numbers}
</tr>
"""


def claims_table(rows: Iterable[str], *, label: str, name: str) -> str:
    """A table of claims as a fragment of Markdown."""
    heads = "".join(f'<th scope="col">{head}</th>' for head in _HEADS)
    return (
        f'<div class="claims-scroll" role="region" aria-label="{html.escape(label)}" tabindex="0">\n'
        f'<table class="claims" id="{name}">\n<thead><tr>{heads}</tr></thead>\n<tbody>\n'
        f"{''.join(rows)}</tbody>\n</table>\n</div>\n"
    )


def claim_row(project: Project, chapter: Chapter, claim: Claim, verdict: Verdict, *, on_scorecard: bool = False) -> str:
    """One row; on the scorecard it names its chapter and links there."""
    link = chapter.link(claim.id)
    measured = claim.id in chapter.measured
    number = markup.number_text(verdict.number)
    interval = f'<span class="claim-interval">{markup.interval_text(verdict.interval)}</span>' * bool(verdict.interval)
    origin = f'<a href="{chapter.slug}.html#verdict-{claim.id}">{chapter.slug}/{claim.id}</a> · '
    return _ROW.format(
        anchor=f"{chapter.slug}-{claim.id}" if on_scorecard else f"verdict-{claim.id}",
        slug=chapter.slug,
        kind=claim.kind,
        verdict=verdict.verdict,
        badge=markup.badge(verdict.verdict),
        sentence=claim.sentence,
        origin=origin if on_scorecard else "",
        place=markup.inline_html(claim.place),
        reason=_reason(project, chapter, claim, verdict),
        why=""
        if not claim.why
        else f"{'Why it is not checked' if verdict.reason is Reason.UNCHECKED else 'Why this tolerance'}: {claim.why}",
        note=_notes(claim, verdict),
        measured=f'<a href="{link}">The cell that measured it</a>. ' if measured else "",
        command=markup.command(chapter.slug, again_at(claim, chapter.scale)),
        numbers=_number_cells(
            (f'<a href="{link}">{number}</a>' if measured and verdict.number is not None else number) + interval,
            markup.number_text(verdict.bound),
            markup.DASH if verdict.n is None else str(verdict.n),
        ),
    )


def again_at(claim: Claim, scale: Scale) -> Scale:
    """The scale at which the command of a row measures: that of the build, or the lowest that judges the claim."""
    return scale if scale.reaches(claim.lowest_scale) else claim.lowest_scale


def _number_cells(*texts: str) -> str:
    """The numbers of a row; an empty one is marked, since a narrow screen leaves it out."""
    classes = ("claim-number empty" if text == markup.DASH else "claim-number" for text in texts)
    return "\n".join(f'<td class="{name}">{text}</td>' for name, text in zip(classes, texts, strict=True))


def _reason(project: Project, chapter: Chapter, claim: Claim, verdict: Verdict) -> str:
    if verdict.verdict is not Outcome.NOT_JUDGED:
        return ""
    why = why_no_number(project, chapter, claim, verdict)
    sentence = f"Not checked. {claim.why}" if verdict.reason is Reason.UNCHECKED else f"Not judged: {why}."
    return f'<p class="claim-reason">{markup.inline_html(sentence)}</p>\n'


def _notes(claim: Claim, verdict: Verdict) -> str:
    notes = [verdict.note] if verdict.verdict is not Outcome.NOT_JUDGED else []
    if claim.paper_value is not None:
        notes.append(f"The paper's value: {claim.paper_value}.")
    return "".join(f"<p>{markup.inline_html(note)}</p>\n" for note in notes)
