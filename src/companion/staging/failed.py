"""What the book shows of a chapter that failed: why it did, its source without a result, and no number."""

import copy
import html
import re
from collections.abc import Iterable

from nbformat import NotebookNode
from nbformat.v4 import new_markdown_cell, new_notebook

from companion.claims.declared import ChapterClaims
from companion.errors import RefusedInput
from companion.project import Project
from companion.record.attempts import Failure
from companion.scales import Scale
from companion.source.notebooks import read_notebook
from companion.staging import markup

BADGE = '<span class="verdict chapter-failed-badge">failed</span>'
_TITLE = re.compile(r"^# .*$", re.MULTILINE)
_FIGURE = re.compile(r"_figures/(?P<name>[a-z0-9-]+)\.(?P<kind>svg|html)\b")


def failure_box(failure: Failure, slug: str, scale: Scale, *, place: str) -> str:
    """What failed, in a box; ``place`` is its anchor. No blank line inside, so that Markdown leaves it alone."""
    details = html.escape(failure.details).replace("\n", "&#10;")
    lines = f'<pre class="chapter-failed-details" tabindex="0">{details}</pre>' if details else ""
    return (
        f'<div class="chapter-failed" id="{place}" role="note">'
        f"<p>{BADGE} <strong>This chapter failed in this build.</strong> Nothing on this page was measured today: "
        "where a number would stand, there is none, and its claims are not judged.</p>"
        f"<p>{html.escape(failure.headline, quote=False)}</p>{lines}"
        f"<p>Try it again: <code>{markup.command(slug, scale)}</code></p></div>\n"
    )


def with_failure_box(page: str, failure: Failure, slug: str, scale: Scale) -> str:
    """The page of a chapter with the box below its title."""
    box = f"\n\n{failure_box(failure, slug, scale, place='failure')}\n"
    title = _TITLE.search(page)
    return f"{page[: title.end()]}{box}{page[title.end() :]}" if title else f"{box}{page}"


def unexecuted(project: Project, slug: str, scale: Scale, claims: ChapterClaims, failure: Failure) -> NotebookNode:
    """The source of a chapter as a notebook without outputs, with the box where it failed.

    A source that cannot be read at all becomes one cell that says so.
    """
    try:
        node = copy.deepcopy(read_notebook(project.notebook(slug)).node)
    except RefusedInput:
        node = new_notebook(cells=[new_markdown_cell(f"# {claims.title}", id="title")])  # type: ignore[no-untyped-call]
    for cell in node.cells:
        if cell.cell_type == "code":
            cell.metadata["companion"] = {"failed": True}
    names = [cell.id for cell in node.cells]
    at = names.index(failure.cell) + 1 if failure.cell in names else min(1, len(names))
    box = failure_box(failure, slug, scale, place="failure")
    node.cells.insert(at, new_markdown_cell(box, id="failure"))  # type: ignore[no-untyped-call]
    return node


def lacking_figures(pages: Iterable[str], staged: Iterable[str]) -> set[tuple[str, str]]:
    """Name and kind (``svg`` or ``html``) of the figures that pages show and nobody staged."""
    there = set(staged)
    shown = {(found["name"], found["kind"]) for page in pages for found in _FIGURE.finditer(page)}
    return {(name, kind) for name, kind in shown if f"book/_figures/{name}.{kind}" not in there}
