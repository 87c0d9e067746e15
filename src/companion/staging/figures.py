"""The figures of executed notebooks as files that any page of the book can show: SVG, or HTML where they move."""

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass

from nbformat import NotebookNode

from companion.staging.dressing import skipped_data

_SVG = "image/svg+xml"
_XML_HEAD = re.compile(r"^\s*(<\?xml[^>]*\?>)?\s*(<!DOCTYPE[^>]*>)?\s*", re.DOTALL)
_NOT_DRAWN = "This figure was not drawn in this build."
_PLACEHOLDER = """<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 640 120" width="640" height="120" role="img">
<title>{title}</title>
<rect x="1" y="1" width="638" height="118" rx="6" fill="white" stroke="#767676" stroke-dasharray="6 4"/>
<text x="320" y="55" text-anchor="middle" font-family="sans-serif" font-size="17" fill="#333">{title}</text>
<text x="320" y="82" text-anchor="middle" font-family="sans-serif" font-size="14" fill="#333">{reason}</text>
</svg>
"""


_MOVING = re.compile(r'<figure class="companion-interactive" id="(?P<name>[^"]+)"')
_MOVING_NAME = re.compile(r'\.interactive\(.*?\bname="(?P<name>[^"]+)"', re.DOTALL)


@dataclass(frozen=True)
class Figure:
    """A named figure of a notebook."""

    name: str
    svg: str


@dataclass(frozen=True)
class MovingFigure:
    """A named figure that the reader can move: its markup, which the book's own script draws."""

    name: str
    html: str


def moving_figures_in(notebook: NotebookNode) -> Iterator[MovingFigure]:
    """Every figure made by ``chapter.interactive``; for a cell that was skipped, a sentence that says so.

    Yields:
        The figures, in the order of their cells.
    """
    for cell in notebook.cells:
        data = skipped_data(cell)
        if data is not None:
            for use in _MOVING_NAME.finditer(cell.source):
                yield MovingFigure(use["name"], f'<p class="skipped-note">{_NOT_DRAWN} {_lacking(data)}</p>')
        for output in cell.get("outputs", ()):
            page = output.get("data", {}).get("text/html", "")
            found = _MOVING.search(page)
            if found:
                yield MovingFigure(found["name"], page)


def figures_in(notebook: NotebookNode) -> Iterator[Figure]:
    """Every named figure that Matplotlib drew; for a cell that was skipped, a drawing that says so.

    The name is ``mystnb.figure.name`` in the cell's metadata, the alt text ``mystnb.image.alt`` becomes the title.

    Yields:
        The figures, in the order of their cells.
    """
    for cell in notebook.cells:
        settings = cell.metadata.get("mystnb", {})
        name = settings.get("figure", {}).get("name")
        if name is None:
            continue
        alt = settings.get("image", {}).get("alt", "")
        if skipped_data(cell):
            yield Figure(name, _placeholder(str(skipped_data(cell))))
        for output in cell.get("outputs", ()):
            if _SVG in output.get("data", {}):
                yield Figure(name, _with_title(output.data[_SVG], alt))


def _placeholder(data: str) -> str:
    return _PLACEHOLDER.format(title=_NOT_DRAWN, reason=_lacking(data))


def _lacking(data: str) -> str:
    return html.escape(f"The data set {data} was not found.")


def _with_title(svg: str, alt: str) -> str:
    bare = _XML_HEAD.sub("", svg)
    title = f"\n<title>{html.escape(alt)}</title>" if alt else ""
    return re.sub(r"<svg\b[^>]*>", lambda match: match.group(0) + title, bare, count=1)
