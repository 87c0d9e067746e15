"""What a build lacks: how many claims are not judged in it, for want of what, and the one command that helps."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence

from markupsafe import Markup

from companion.claims.declared import Claim
from companion.claims.verdicts import Reason, Verdict
from companion.project import Project
from companion.scales import Scale
from companion.source.datasets import DataSetCard, registered_data
from companion.staging.chapters import Chapter
from companion.staging.templates import fill

FAILED = "the run of its chapter failed"
_COMMAND = re.compile(r"`[^`]+`")


def names_lacking(chapter: Chapter, claim: Claim) -> tuple[str, ...]:
    """What the claim needs and the run of its chapter did not have."""
    had = chapter.notebook.metadata.get("companion", {}).get("stamp", {}).get("data", {})
    return tuple(name for name in claim.needs if had.get(name) is None)


def why_no_number(project: Project, chapter: Chapter, claim: Claim, verdict: Verdict) -> str | None:
    """Why a claim has no number, to stand in the place of one; None where it was judged."""
    if verdict.reason is Reason.DATA:
        cards = registered_data(project)
        lacking = " and ".join(cards[name].title for name in names_lacking(chapter, claim))
        return f"it needs {lacking}, not found on this machine"
    whys = {
        Reason.SCALE: f"it is measured from {claim.lowest_scale} scale on",
        Reason.UNCHECKED: "it was not checked",
        Reason.FAILED: FAILED,
    }
    return None if verdict.reason is None else whys[verdict.reason]


def lacking_box(project: Project, chapters: Sequence[Chapter]) -> Markup:
    """What would let this build judge more claims, in a box, as a fragment of Markdown; empty if nothing would."""
    cards = registered_data(project)
    verdicts = [pair for chapter in chapters for pair in chapter.pairs]
    scales = Counter(claim.lowest_scale for claim, verdict in verdicts if verdict.reason is Reason.SCALE)
    lines = [
        f"{_claims(scales[scale], 'is', 'are')} measured from `{scale}` scale on: `companion build --scale {scale}`"
        for scale in Scale
        if scales[scale]
    ]
    lines += [
        f"{_claims(count, 'needs', 'need')} {cards[name].title}: {_command(cards[name])}"
        for name, count in sorted(_wanted(chapters).items())
    ]
    return fill("staging/html/lacking.html", lines=lines) if lines else Markup("")


def how_to_get(project: Project, chapters: Iterable[Chapter]) -> Markup:
    """One sentence for each thing that claims of a table lack, as a fragment of Markdown; empty where none does."""
    cards = registered_data(project)
    ways = [cards[name].how_to_get for name in sorted(_wanted(chapters))]
    return fill("staging/html/how_to_get.html", ways=ways) if ways else Markup("")


def _wanted(chapters: Iterable[Chapter]) -> Counter[str]:
    """How many claims were not judged for want of each thing."""
    return Counter(
        name
        for chapter in chapters
        for claim, verdict in chapter.pairs
        if verdict.reason is Reason.DATA
        for name in names_lacking(chapter, claim)
    )


def _command(card: DataSetCard) -> str:
    """The first command among the ways to get it; the first way where none is one."""
    found = _COMMAND.search(", ".join(card.ways))
    return found[0] if found else card.ways[0]


def _claims(count: int, one: str, many: str) -> str:
    return f"1 claim {one}" if count == 1 else f"{count} claims {many}"
