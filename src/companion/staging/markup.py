"""Small pieces of HTML and Markdown that every generated page uses: badges, numbers, links, commands."""

import math
import re
from collections.abc import Sequence

from markupsafe import Markup

from companion.claims.verdicts import Origin, Outcome, Verdict
from companion.scales import Scale

ANY = "*"  # among the claims that the role shows: each that a chapter which failed may declare
_NOTHING = "(no "  # begins what may stand in the place of a number; no format of numbers applies to it

_INLINE = re.compile(r"(\$[^$\s][^$]*\$|`[^`]+`|\*\*[^*\s][^*]*\*\*|\*[^*\s][^*]*\*)")

_AROUND = (
    ("$", Markup(r'<span class="mathjax_process">\({}\)</span>')),
    ("`", Markup("<code>{}</code>")),
    ("**", Markup("<strong>{}</strong>")),
    ("*", Markup("<em>{}</em>")),
)

FAILED_BADGE = Markup('<span class="verdict chapter-failed-badge">failed</span>')

WHOSE = {Origin.PAPER: "of the paper", Origin.OURS: "ours", Origin.JOINT: "across papers"}

# the order in which totals are told
OUTCOMES = (Outcome.HELD, Outcome.VIOLATED, Outcome.UNDECIDED, Outcome.NOT_JUDGED)


def css_name(outcome: Outcome) -> str:
    """The CSS class of an outcome."""
    return "verdict-" + str(outcome).replace(" ", "-")


def badge(outcome: Outcome, *, count: int | None = None) -> Markup:
    """A verdict as HTML: the word, and in totals how many; the style sheet adds a mark, so that colour is not all."""
    number = "" if count is None else Markup('<span class="verdict-count">{}</span> ').format(count)
    return Markup('<span class="verdict {}">{}{}</span>').format(css_name(outcome), number, outcome)


def totals(outcomes: Sequence[Outcome], *, empty: bool = False) -> Markup:
    """The counts of ``outcomes`` as a row of badges; those that do not occur are left out unless ``empty``."""
    counts = [(outcome, outcomes.count(outcome)) for outcome in OUTCOMES]
    badges = [badge(outcome, count=count) for outcome, count in counts if count or empty]
    return Markup('<span class="verdict-totals">{}</span>').format(Markup(" ").join(badges))


def result_text(verdict: Verdict) -> str:
    """What came out, as the judge's note says it without the verdict that stands beside it."""
    text = verdict.note.removeprefix(f"{str(verdict.verdict).capitalize()}: ")
    return text[:1].upper() + text[1:]


def nothing(what: str, why: str | None) -> str:
    """What stands in prose in the place of a number that there is not."""
    return f"{_NOTHING}{what})" if why is None else f"{_NOTHING}{what}: {why})"


def is_nothing(text: str) -> bool:
    """Whether a text stands in the place of a number."""
    return text.startswith(_NOTHING)


def plain_interval(interval: tuple[float | None, float | None]) -> str:
    """An interval with four digits, as text without markup."""
    low, high = interval
    return f"[{-math.inf if low is None else low:.4g}, {math.inf if high is None else high:.4g}]"


def command(slug: str, scale: Scale) -> str:
    """The command that measures a chapter again."""
    return f"companion run {slug} --scale {scale}"


def inline_html(text: str) -> Markup:
    """A claim's sentence as HTML for a place where Markdown is not read: code, emphasis and mathematics survive."""
    return Markup("").join(_piece_html(piece) for piece in _INLINE.split(text))


def _piece_html(piece: str) -> Markup:
    for mark, around in _AROUND:
        if len(piece) > 2 * len(mark) and piece.startswith(mark) and piece.endswith(mark):
            return around.format(piece.strip("$`*"))
    return Markup.escape(piece)


def duration(seconds: float) -> str:
    """A span of time as a reader says it."""
    if seconds < 90:
        return f"{seconds:.0f} s" if seconds >= 10 else f"{seconds:.1f} s"
    return f"{seconds / 60:.1f} min"
