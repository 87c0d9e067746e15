"""The generated parts of the pages about the whole book: totals, scorecard, status."""

from collections.abc import Sequence

from markupsafe import Markup

from companion.claims.declared import Kind
from companion.claims.verdicts import Origin
from companion.project import Project
from companion.scales import Scale
from companion.staging import markup
from companion.staging.chapters import Chapter
from companion.staging.claim_rows import claim_row, claims_table
from companion.staging.lacking import how_to_get
from companion.staging.templates import fill


def totals(chapters: Sequence[Chapter], scale: Scale) -> Markup:
    """How many claims were held, violated, undecided and not judged, apart by whose they are.

    Those of the papers are a bar as well. Each count leads to the scorecard with those claims alone.
    """
    found = {origin: [o for c in chapters for o in c.by_origin.get(origin, ())] for origin in Origin}
    papers = sum(chapter.claims.paper is not None for chapter in chapters)
    said = {
        Origin.PAPER: "claims of one paper" if papers == 1 else f"claims of {papers} papers",
        Origin.OURS: "claims of ours: limits and controls",
        Origin.JOINT: "claims across papers",
    }
    return fill(
        "staging/html/totals.html",
        groups={
            said[origin]: (origin, [(outcome, outcomes.count(outcome)) for outcome in markup.OUTCOMES])
            for origin, outcomes in found.items()
            if outcomes
        },
        scale=scale,
        failed=[chapter for chapter in chapters if chapter.failure],
    )


def scorecard_table(project: Project, chapters: Sequence[Chapter]) -> Markup:
    """Every claim of the book in one table, with what the filter needs."""
    rows = (
        claim_row(project, chapter, claim, verdict, on_scorecard=True)
        for chapter in chapters
        for claim, verdict in chapter.pairs
    )
    return (
        how_to_get(project, chapters)
        + _filter(chapters)
        + claims_table(rows, label="Claims of all chapters", name="scorecard-claims")
    )


def costs_table(chapters: Sequence[Chapter]) -> str:
    """CPU time and memory of each chapter, and where it ran."""
    head = (
        "| Chapter | Claims | CPU seconds | Memory (MB) | Threads | Finished (UTC) |\n"
        "| --- | --- | ---: | ---: | ---: | --- |\n"
    )
    return head + "".join(map(_cost, chapters))


def _cost(chapter: Chapter) -> str:
    stamp = chapter.verdicts.stamp
    run = "failed | | |"
    if stamp is not None:
        finished = stamp.finished[:16].replace("T", " ")
        run = f"{stamp.cpu_seconds:.1f} | {stamp.peak_megabytes:.0f} | {stamp.threads} | {finished}"
    return f"| [{chapter.claims.title}]({chapter.slug}.md) | {len(chapter.outcomes)} | {run} |\n"


def versions_table(chapters: Sequence[Chapter]) -> str:
    """Versions and hardware; where chapters differ, each variant is shown with the chapters it belongs to."""
    head = "| What | Version or value | Chapters |\n| --- | --- | --- |\n"
    facts: dict[tuple[str, str], list[str]] = {}
    run = [chapter for chapter in chapters if chapter.verdicts.stamp is not None]
    for chapter in run:
        stamp = chapter.verdicts.stamp
        assert stamp is not None
        others = {f"{name}, differing from the lock file": text for name, text in stamp.other_versions.items()}
        for name, value in {**stamp.versions, **others, **stamp.hardware}.items():
            facts.setdefault((name, str(value)), []).append(chapter.slug)
    rows = (
        f"| {_label(name)} | {Markup.escape(value)} | {'all' if len(slugs) == len(run) else ', '.join(slugs)} |\n"
        for (name, value), slugs in sorted(facts.items())
    )
    return head + "".join(rows)


def _label(name: str) -> str:
    return name.replace("_gb", " (GB)").replace("_", " ")


def _filter(chapters: Sequence[Chapter]) -> Markup:
    choices = {
        "chapter": {chapter.slug: chapter.claims.title for chapter in chapters},
        "origin": {origin: markup.WHOSE[origin] for origin in Origin},
        "kind": {kind: kind for kind in Kind},
        "verdict": {outcome: outcome for outcome in markup.OUTCOMES},
    }
    return fill("staging/html/scorecard_filter.html", choices=choices)
