"""The figures of executed notebooks as SVG files that any page of the book can show."""

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass

from nbformat import NotebookNode

from companion.staging.dressing import skipped_data

_SVG = "image/svg+xml"
_XML_HEAD = re.compile(r"^\s*(<\?xml[^>]*\?>)?\s*(<!DOCTYPE[^>]*>)?\s*", re.DOTALL)
_PLACEHOLDER = """<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 640 120" width="640" height="120" role="img">
<title>{title}</title>
<rect x="1" y="1" width="638" height="118" rx="6" fill="white" stroke="#767676" stroke-dasharray="6 4"/>
<text x="320" y="55" text-anchor="middle" font-family="sans-serif" font-size="17" fill="#333">{title}</text>
<text x="320" y="82" text-anchor="middle" font-family="sans-serif" font-size="14" fill="#333">{reason}</text>
</svg>
"""


@dataclass(frozen=True)
class Figure:
    """A named figure of a notebook."""

    name: str
    svg: str


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
    return _PLACEHOLDER.format(
        title="This figure was not drawn in this build", reason=html.escape(f"The data set {data} was not found.")
    )


def _with_title(svg: str, alt: str) -> str:
    bare = _XML_HEAD.sub("", svg)
    title = f"\n<title>{html.escape(alt)}</title>" if alt else ""
    return re.sub(r"<svg\b[^>]*>", lambda match: match.group(0) + title, bare, count=1)
