"""What the book shows of a chapter that failed: why it did, its source without a result, and no number."""

import copy
import re
from collections.abc import Iterable

from markupsafe import Markup
from nbformat import NotebookNode
from nbformat.v4 import new_markdown_cell, new_notebook

from companion.claims.declared import ChapterClaims
from companion.errors import RefusedInput
from companion.project import Project
from companion.record.attempts import Failure
from companion.scales import Scale
from companion.source.notebooks import read_notebook
from companion.staging import markup
from companion.staging.templates import fill

_TITLE = re.compile(r"^# .*$", re.MULTILINE)
_FIGURE = re.compile(r"_figures/(?P<name>[a-z0-9-]+)\.(?P<kind>svg|html)\b")


def failure_box(failure: Failure, slug: str, scale: Scale, *, place: str) -> Markup:
    """What failed, in a box; ``place`` is its anchor. No blank line inside, so that Markdown leaves it alone."""
    again = markup.command(slug, scale)
    return fill("staging/html/failure.html", failure=failure, place=place, command=again)


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
