"""The badge that a live notebook shows at once: the judge's answer, marked as not stored."""

import html
from dataclasses import dataclass

from companion.claims.colours import DAY
from companion.claims.declared import ChapterClaims
from companion.claims.judging import judge_claim
from companion.claims.samples import Plain, count
from companion.claims.verdicts import Outcome
from companion.errors import CompanionError

PROVISIONAL = "provisional, not stored as a verdict"


@dataclass(frozen=True)
class Badge:
    """One badge, as HTML for Jupyter and as words for a terminal."""

    markup: str
    words: str


def provisional_badge(slug: str, claims: ChapterClaims | None, claim_id: str, samples: Plain) -> Badge:
    """What the judge says of ``samples`` now, whatever the scale and the data.

    Args:
        slug: The chapter.
        claims: Its declared claims, or None: then the badge only counts the numbers.
        claim_id: The claim; declared where there are claims.
        samples: The numbers measured for it.

    Returns:
        The badge. Samples that do not fit the claim's criterion give a badge that says so.
    """
    outcome, note = _answer(slug, claims, claim_id, samples)
    sentence = "" if claims is None else f"<br>{html.escape(claims.by_id[claim_id].sentence)}"
    markup = (
        f'<div class="companion-badge" data-claim="{html.escape(claim_id)}" '
        f'style="border-left: 4px solid {DAY[outcome].ink}; padding-left: 0.6em">'
        f"<strong>{html.escape(claim_id)}: {outcome}</strong> <em>({PROVISIONAL})</em>"
        f"{sentence}<br>{html.escape(note)}</div>"
    )
    return Badge(markup, f"{claim_id}: {outcome} ({PROVISIONAL}). {note}")


def _answer(slug: str, claims: ChapterClaims | None, claim_id: str, samples: Plain) -> tuple[Outcome, str]:
    if claims is None:
        return Outcome.NOT_JUDGED, f"{count(samples)} numbers measured; without a claims file nothing is judged."
    try:
        verdict = judge_claim(slug, claims.by_id[claim_id], samples, None)
    except CompanionError as error:
        return Outcome.NOT_JUDGED, str(error)
    return verdict.verdict, verdict.note
