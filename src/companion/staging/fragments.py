"""The generated parts of a chapter's page: its head, its table of verdicts with the map of the paper, its foot."""

import html
from collections.abc import Mapping
from dataclasses import dataclass

from companion.errors import RefusedInput
from companion.machine.browser import chromium_path
from companion.project import Project
from companion.record.history import History
from companion.staging import markup
from companion.staging.bibliography import Paper
from companion.staging.chapters import Chapter
from companion.staging.citing import BookCitation
from companion.staging.claim_rows import claim_row, claims_table
from companion.staging.failed import BADGE
from companion.staging.lacking import how_to_get
from companion.staging.moves import chapter_moves
from companion.staging.paper_map import paper_map
from companion.staging.reading import reading_time
from companion.staging.reports import report_link


@dataclass(frozen=True)
class Sources:
    """What the frame of a chapter's page is made of besides the chapter: the papers, and how the book is cited."""

    papers: Mapping[str, Paper]
    citation: BookCitation


def chapter_header(project: Project, chapter: Chapter, sources: Sources) -> str:
    """What the chapter is about and what it asks of its reader, with folds for its run and for who cites it.

    Raises:
        RefusedInput: If the chapter's paper is not in the bibliography.
    """
    return (
        f'<div class="chapter-head">\n\n{_subject(chapter, sources.papers)}\n\n'
        f'<dl class="chapter-facts">\n{_facts(project, chapter)}</dl>\n<div class="chapter-folds">\n'
        f"{_run(chapter)}{_cite(project, chapter, sources)}</div>\n</div>\n"
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


def chapter_foot(project: Project, chapter: Chapter, history: History) -> str:
    """How the verdicts have moved, and where to report a mistake, as a fragment of Markdown."""
    moves = chapter_moves(history, chapter.slug)
    return f'<div class="chapter-foot">\n{moves}{report_link(project, chapter)}</div>\n'


def _subject(chapter: Chapter, papers: Mapping[str, Paper]) -> str:
    """The paper, or the chapters that this one joins.

    Raises:
        RefusedInput: If the paper is not in the bibliography.
    """
    key = chapter.claims.paper
    if key is None and not chapter.claims.joins:
        return "Its claims file does not say which paper it is about."
    if key is None:
        return "Joins the chapters " + " · ".join(f"[](<{slug}.md>)" for slug in chapter.claims.joins)
    if key not in papers:
        raise RefusedInput(f"{chapter.slug}.claims.yml names the paper {key!r}, which no .bib file in book/ has")
    return _paper_line(key, papers[key])


def _paper_line(key: str, paper: Paper) -> str:
    links = " · ".join(f'<a href="{html.escape(url)}">{html.escape(text)}</a>' for text, url in paper.links)
    place = ", ".join(part for part in (paper.venue, paper.year) if part)
    head = f"**{paper.title}** {{cite}}`{key}`<br>\n{paper.authors}<br>\n{place}"
    return head + (f" · {links}" if links else "")


def _facts(project: Project, chapter: Chapter) -> str:
    """What a reader wants to know before the first line: verdicts, what is needed, minutes, the notebook."""
    reader, time = chapter.claims.reader, reading_time(project, chapter)
    files = ", ".join(
        f'<a href="../downloads/{name}" download>{text}</a>'
        for text, name in chapter_downloads(chapter.slug, failed=chapter.failure is not None)
    )
    notebook = f'<a href="../notebooks/{chapter.slug}.html">the notebook</a>'
    facts = {
        "Verdicts": f"{BADGE} " * (chapter.failure is not None)
        + f'<a class="totals-link" href="#verdicts">{markup.totals(chapter.outcomes)}</a>',
        "You need": markup.inline_html(reader.assumes),
        "Reading": f"{reader.difficulty}; {time.page} min, and {time.notebook} min for {notebook} that measures",
        "Download": f"the notebook {files}",
    }
    return "".join(f"<div><dt>{name}</dt><dd>{text}</dd></div>\n" for name, text in facts.items())


def _run(chapter: Chapter) -> str:
    """The fold on the run that this page shows."""
    stamp = chapter.verdicts.stamp
    if stamp is None:
        return ""  # the box below the title says why
    hardware = ", ".join(f"{name.replace('_', ' ')} {value}" for name, value in sorted(stamp.hardware.items()))
    facts = {
        "Scale": f"{chapter.scale}, seed {chapter.verdicts.seed}",
        "Cost": f"{markup.duration(stamp.cpu_seconds)} of CPU time, {stamp.peak_megabytes:.0f} MB, "
        + ("one thread" if stamp.threads == 1 else f"{stamp.threads} threads"),
        "Finished": f"{stamp.finished[:16].replace('T', ' ')} UTC",
        "Hardware": html.escape(hardware),
        "Versions": html.escape(stamp.versions_text),
        "Stamp": f"<code>{stamp.digest[:12]}</code>",
        "Again": f"<code>{markup.command(chapter.slug, chapter.scale)}</code>",
    }
    lines = "".join(f"<div><dt>{name}</dt><dd>{text}</dd></div>\n" for name, text in facts.items())
    return f'<details class="chapter-fold">\n<summary>This run</summary>\n<dl>\n{lines}</dl>\n</details>\n'


def _cite(project: Project, chapter: Chapter, sources: Sources) -> str:
    """The fold with what to cite, ready to be copied, and what may be done with the text and the code."""
    entries = [sources.citation.bibtex(chapter.claims.title, project.repository)]
    if chapter.claims.paper is not None:
        entries.insert(0, sources.papers[chapter.claims.paper].bibtex)
    blocks = "\n\n".join(f"```bibtex\n{entry}\n```" for entry in entries)
    return (
        f'<details class="chapter-fold">\n<summary>Cite, and licences</summary>\n\n{blocks}\n\n'
        f'<p class="licences">{html.escape(sources.citation.licences)}</p>\n</details>\n'
    )
