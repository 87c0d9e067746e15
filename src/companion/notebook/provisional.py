"""The badge that a live notebook shows at once: the judge's answer, marked as not stored."""

from dataclasses import dataclass

from markupsafe import Markup

from companion.claims.colours import DAY
from companion.claims.declared import ChapterClaims
from companion.claims.judging import judge_claim
from companion.claims.samples import Plain, count
from companion.claims.verdicts import Outcome
from companion.errors import CompanionError

PROVISIONAL = "provisional, not stored as a verdict"
_BADGE = Markup(
    '<div class="companion-badge" data-claim="{claim}" style="border-left: 4px solid {ink}; padding-left: 0.6em">'
    "<strong>{claim}: {outcome}</strong> <em>({stored})</em>{said}</div>"
)


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
    lines = [note] if claims is None else [claims.by_id[claim_id].sentence, note]
    said = Markup("").join(Markup("<br>{}").format(line) for line in lines)
    markup = _BADGE.format(claim=claim_id, ink=DAY[outcome].ink, outcome=outcome, stored=PROVISIONAL, said=said)
    return Badge(str(markup), f"{claim_id}: {outcome} ({PROVISIONAL}). {note}")


def _answer(slug: str, claims: ChapterClaims | None, claim_id: str, samples: Plain) -> tuple[Outcome, str]:
    if claims is None:
        return Outcome.NOT_JUDGED, f"{count(samples)} numbers measured; without a claims file nothing is judged."
    try:
        verdict = judge_claim(slug, claims.by_id[claim_id], samples, None)
    except CompanionError as error:
        return Outcome.NOT_JUDGED, str(error)
    return verdict.verdict, verdict.note
