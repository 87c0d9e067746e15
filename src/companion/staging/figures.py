"""The figures of executed notebooks as files that any page of the book can show: SVG, or HTML where they move."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup
from nbformat import NotebookNode

from companion.errors import BuildFailed
from companion.notebook.figure_data import FIGURE_DATA_MIME
from companion.staging.figure_tables import drawn_table, moving_table
from companion.staging.night import night_version
from companion.staging.templates import fill

_SVG = "image/svg+xml"
_XML_HEAD = re.compile(r"^\s*(<\?xml[^>]*\?>)?\s*(<!DOCTYPE[^>]*>)?\s*", re.DOTALL)
_NOT_DRAWN = "This figure was not drawn in this build."
_MOVING = re.compile(r'<figure class="companion-interactive" id="(?P<name>[^"]+)"')
_MOVING_NAME = re.compile(r'\.(?:interactive|show)\(.*?\bname="(?P<name>[^"]+)"', re.DOTALL)
_SHOWN = re.compile(r'<figure class="[^"]+" id="(?P<name>[^"]+)"')
_CONTENT = re.compile(r'<script type="application/json">(?P<json>.*?)</script>', re.DOTALL)
_ELSEWHERE = Markup('<script type="application/json" data-src="{}"></script>')
NUMBERS = "numbers"  # folder of the scripts that bring numbers, from the root of the book
_CAPTION_END = re.compile(r"</figcaption>(?!.*</figcaption>)", re.DOTALL)


@dataclass(frozen=True)
class Figure:
    """A named figure of a notebook: the drawing, the same for the night, and its numbers where it was drawn."""

    name: str
    svg: str
    night: str
    table: str | None


@dataclass(frozen=True)
class MovingFigure:
    """A named figure that the reader can move: its markup, which the book's own scripts draw, and its numbers.

    ``numbers`` is a script that hands them over once the figure comes near, so that the page does not carry them.
    """

    name: str
    html: str
    data: dict[str, str]
    numbers: str = ""


def reason_not_run(cell: NotebookNode) -> str | None:
    """Why a cell has no outputs, as a sentence: its data was lacking, or its chapter failed; None where it was run."""
    if cell.metadata.get("companion", {}).get("failed"):
        return "The chapter that draws it failed."
    data = skipped_data(cell)
    return None if data is None else f"The data set {data} was not found."


def figure_not_drawn(reason: str) -> str:
    """The drawing in the place of one that was not made."""
    return fill("staging/html/not_drawn.svg", title=_NOT_DRAWN, reason=reason)


def moving_not_drawn(reason: str) -> str:
    """The markup in the place of a figure that moves and was not made."""
    return Markup('<p class="skipped-note">{} {}</p>').format(_NOT_DRAWN, reason)


def skipped_data(cell: NotebookNode) -> str | None:
    """The data set for want of which a cell was skipped, if it was."""
    skipped: str | None = cell.metadata.get("companion", {}).get("skipped")
    return skipped


def is_drawing(output: NotebookNode) -> bool:
    """Whether an output is a figure that Matplotlib drew."""
    return _SVG in output.get("data", {})


def moving_figures_in(notebook: NotebookNode) -> Iterator[MovingFigure]:
    """Every figure made by ``chapter.interactive`` or ``chapter.show``; for a skipped cell, a sentence that says so.

    Yields:
        The figures, in the order of their cells.
    """
    for cell in notebook.cells:
        reason = reason_not_run(cell)
        if reason is not None:
            for use in _MOVING_NAME.finditer(cell.source):
                yield MovingFigure(use["name"], moving_not_drawn(reason), {})
        for output in cell.get("outputs", ()):
            page = output.get("data", {}).get("text/html", "")
            if _MOVING.search(page) or _SHOWN.search(page):
                yield _moving(page)


def with_data_links(page: str) -> str:
    """The markup of a figure that moves, with a link to its numbers at the end of its caption; all else as it is."""
    if not (_MOVING.search(page) or _SHOWN.search(page)):
        return page
    return _moving(page).html


def _moving(page: str) -> MovingFigure:
    plot, shown = _MOVING.search(page), _SHOWN.search(page)
    found, content = plot or shown, _CONTENT.search(page)
    if found is None or content is None:
        raise BuildFailed(f"a figure that moves holds no JSON: {page[:120]!r}")
    name, spec = found["name"], content["json"].replace("<\\/", "</")
    if plot:
        file, text, words = f"{name}.csv", moving_table(json.loads(spec)), "Data (CSV)"
    else:
        file, text, words = f"{name}.json", spec + "\n", "Data (JSON)"
    light = _CONTENT.sub(_ELSEWHERE.format(f"{NUMBERS}/{name}.js"), page, count=1)
    link = fill("staging/html/figure_data_link.html", root="../", name=name, file=file, words=words)
    linked = _CAPTION_END.sub(lambda end: link + Markup(end[0]), light)
    handed = f"companionNumbers.take({json.dumps(name)}, {json.dumps(spec, ensure_ascii=False)});\n"
    return MovingFigure(name, linked, {file: text}, handed)


def figures_in(notebook: NotebookNode) -> Iterator[Figure]:
    """Every named figure that Matplotlib drew; for a cell that was skipped, a drawing that says so.

    The name is ``mystnb.figure.name`` in the cell's metadata, the alt text ``mystnb.image.alt`` becomes the title.

    Yields:
        The figures, in the order of their cells.

    Raises:
        BuildFailed: If a drawing came without its numbers.
    """
    for cell in notebook.cells:
        settings = cell.metadata.get("mystnb", {})
        name = settings.get("figure", {}).get("name")
        if name is None:
            continue
        alt = settings.get("image", {}).get("alt", "")
        reason = reason_not_run(cell)
        if reason is not None:
            svg = figure_not_drawn(reason)
            yield Figure(name, svg, night_version(svg), None)
        for output in cell.get("outputs", ()):
            if is_drawing(output):
                svg = _with_title(output.data[_SVG], alt)
                yield Figure(name, svg, night_version(svg), drawn_table(_numbers(name, output.data)))


def _numbers(name: str, bundle: dict[str, Any]) -> dict[str, Any]:
    if FIGURE_DATA_MIME not in bundle:
        raise BuildFailed(f"the figure {name} came without its numbers; the output of its cell may say why")
    numbers: dict[str, Any] = bundle[FIGURE_DATA_MIME]
    return numbers


def _with_title(svg: str, alt: str) -> str:
    bare = _XML_HEAD.sub("", svg)
    title = Markup("\n<title>{}</title>").format(alt) if alt else ""
    return re.sub(r"<svg\b[^>]*>", lambda match: f"{match[0]}{title}", bare, count=1)
