"""The generated parts of a chapter's page: its head and its table of verdicts."""

import html
from collections.abc import Mapping

from companion.errors import RefusedInput
from companion.project import Project
from companion.staging import markup
from companion.staging.bibliography import Paper
from companion.staging.chapters import Chapter
from companion.staging.claim_rows import claim_row, claims_table


def chapter_header(chapter: Chapter, papers: Mapping[str, Paper]) -> str:
    """What the chapter is about, the way to its checks, and what this run cost, as a fragment of Markdown.

    Raises:
        RefusedInput: If the chapter's paper is not in the bibliography.
    """
    return (
        f'<div class="chapter-head">\n\n{_subject(chapter, papers)}\n\n'
        f"**Verdicts:** {markup.totals(chapter.outcomes)}\n\n"
        f"**Checks:** [the notebook](../notebooks/{chapter.slug}.ipynb) that measured them · {_downloads(chapter)}\n\n"
        f"**This run:** {_cost(chapter)}\n\n</div>\n"
    )


def verdicts_table(project: Project, chapter: Chapter) -> str:
    """All claims of a chapter with their verdicts, as a fragment of Markdown."""
    rows = (claim_row(project, chapter, claim, verdict) for claim, verdict in chapter.pairs)
    return claims_table(rows, label=f"Claims of {chapter.claims.title}", name="verdicts")


def _subject(chapter: Chapter, papers: Mapping[str, Paper]) -> str:
    """The paper, or the chapters that this one joins.

    Raises:
        RefusedInput: If the paper is not in the bibliography.
    """
    key = chapter.claims.paper
    if key is None:
        return "**Joins the chapters:** " + " · ".join(f"[](<{slug}.md>)" for slug in chapter.claims.joins)
    if key not in papers:
        raise RefusedInput(f"{chapter.slug}.claims.yml names the paper {key!r}, which book/references.bib lacks")
    return _paper_line(key, papers[key])


def _paper_line(key: str, paper: Paper) -> str:
    links = " · ".join(f'<a href="{html.escape(url)}">{html.escape(text)}</a>' for text, url in paper.links)
    place = ", ".join(part for part in (paper.venue, paper.year) if part)
    return f"**Paper:** *{paper.title}* by {paper.authors} ({place}) {{cite}}`{key}`" + (f" · {links}" if links else "")


def _downloads(chapter: Chapter) -> str:
    files = (
        ("as run", f"{chapter.slug}.run.ipynb"),
        ("clean", f"{chapter.slug}.ipynb"),
        ("source", f"{chapter.slug}.py"),
    )
    links = (f'<a href="../downloads/{name}" download>{text}</a>' for text, name in files)
    return "download it " + ", ".join(links)


def _cost(chapter: Chapter) -> str:
    stamp = chapter.verdicts.stamp
    processor = html.escape(str(stamp.hardware.get("processor") or stamp.hardware.get("system") or "one machine"))
    threads = "one thread" if stamp.threads == 1 else f"{stamp.threads} threads"
    return (
        f"`{chapter.scale}` scale, {markup.duration(stamp.seconds)}, {stamp.peak_megabytes:.0f} MB, {threads} "
        f"of {processor}, {stamp.finished[:10]} · again: `{markup.command(chapter.slug, chapter.scale)}`"
    )
