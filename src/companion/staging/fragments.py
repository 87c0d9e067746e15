"""The generated parts of a chapter's page: its head, its table of verdicts with the map of the paper, its foot."""

from collections.abc import Mapping
from dataclasses import dataclass

from markupsafe import Markup

from companion.errors import RefusedInput
from companion.machine.browser import chromium_path
from companion.project import Project
from companion.record.history import History
from companion.record.judged import RunSummary
from companion.staging import markup
from companion.staging.bibliography import Paper, source_line
from companion.staging.chapters import Chapter
from companion.staging.citing import BookCitation
from companion.staging.claim_rows import claim_row, claims_table
from companion.staging.lacking import how_to_get
from companion.staging.moves import chapter_moves
from companion.staging.paper_map import paper_map
from companion.staging.reading import reading_time
from companion.staging.reports import report_link
from companion.staging.templates import fill


@dataclass(frozen=True)
class Sources:
    """What the frame of a chapter's page is made of besides the chapter: the papers, and how the book is cited."""

    papers: Mapping[str, Paper]
    citation: BookCitation


def chapter_header(project: Project, chapter: Chapter, sources: Sources) -> Markup:
    """What the chapter is about and what it asks of its reader, with folds for its run and for who cites it.

    Raises:
        RefusedInput: If the chapter's paper is not in the bibliography.
    """
    stamp = chapter.verdicts.stamp
    return fill(
        "staging/html/chapter_head.html",
        slug=chapter.slug,
        key=chapter.claims.paper,
        paper=_paper(chapter, sources.papers),
        joins=chapter.claims.joins,
        source=source_line(chapter.claims, sources.papers),
        failed=chapter.failure is not None,
        by_origin=chapter.by_origin,
        read=chapter.claims.read,
        reader=chapter.claims.reader,
        time=reading_time(project, chapter),
        downloads=chapter_downloads(chapter.slug, failed=chapter.failure is not None),
        run=_run(chapter, stamp) if stamp else {},  # else the box below the title says why
        stamp=stamp.digest[:12] if stamp else "",
        command=markup.command(chapter.slug, chapter.scale),
        entries=_entries(project, chapter, sources),
        licences=sources.citation.licences,
    )


def chapter_downloads(slug: str, *, failed: bool = False) -> tuple[tuple[str, str], ...]:
    """What readers can take away of a chapter: words, and the file under ``downloads/``; all lists come from here."""
    return (
        *([] if failed else [("as it was run", f"{slug}.run.ipynb")]),
        ("without outputs", f"{slug}.ipynb"),
        ("as text", f"{slug}.py"),
        *([("with this page as PDF", f"{slug}.pdf")] if chromium_path() else []),
    )


def verdicts_table(project: Project, chapter: Chapter) -> str:
    """All claims of a chapter with their verdicts, and below them the map of the paper, as a fragment of Markdown."""
    rows = (claim_row(project, chapter, claim, verdict) for claim, verdict in chapter.pairs)
    table = claims_table(rows, label=f"Claims of {chapter.claims.title}", name="verdicts")
    return f"{how_to_get(project, [chapter])}{table}\n{paper_map(project, chapter)}"


def chapter_foot(project: Project, chapter: Chapter, history: History) -> Markup:
    """How the verdicts have moved, and where to report a mistake, as a fragment of Markdown."""
    moves = chapter_moves(history, chapter.slug)
    return fill("staging/html/chapter_foot.html", moves=moves, report=report_link(project, chapter))


def _paper(chapter: Chapter, papers: Mapping[str, Paper]) -> Paper | None:
    """The paper; None where the chapter joins others, or its claims file says nothing.

    Raises:
        RefusedInput: If the paper is not in the bibliography.
    """
    key = chapter.claims.paper
    if key is not None and key not in papers:
        raise RefusedInput(f"{chapter.slug}.claims.yml names the paper {key!r}, which no .bib file in book/ has")
    return None if key is None else papers[key]


def _run(chapter: Chapter, stamp: RunSummary) -> dict[str, str]:
    """The run that this page shows."""
    threads = "one thread" if stamp.threads == 1 else f"{stamp.threads} threads"
    return {
        "Scale": f"{chapter.scale}, seed {chapter.verdicts.seed}",
        "Cost": f"{markup.duration(stamp.cpu_seconds)} of CPU time, {stamp.peak_megabytes:.0f} MB, {threads}",
        "Finished": f"{stamp.finished[:16].replace('T', ' ')} UTC",
        "Hardware": ", ".join(f"{name.replace('_', ' ')} {value}" for name, value in sorted(stamp.hardware.items())),
        "Versions": stamp.versions_text,
    }


def _entries(project: Project, chapter: Chapter, sources: Sources) -> list[str]:
    """What to cite, in BibTeX: the paper, if there is one, and the chapter."""
    own = sources.citation.bibtex(chapter.claims.title, project.repository)
    return [own] if chapter.claims.paper is None else [sources.papers[chapter.claims.paper].bibtex, own]
