"""A chapter's text notebook: its named cells, their tags, and the lines where they stand."""

import re
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import jupytext
import nbformat
from nbformat import NotebookNode

from companion.errors import RefusedInput
from companion.scales import Scale
from companion.source.cell_code import wrong_code

PARAMETERS = "parameters"
SETUP = "setup"
SOLUTION = "solution"

_KERNELSPEC = {"display_name": "Python 3", "language": "python", "name": "python3"}
_NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_LONGEST_NAME = 64  # names become cell ids, and nbformat allows no longer ones
_MARKER = re.compile(r"# %%+(\s|$)")
_NEED = re.compile(r"needs:(?P<name>[^@]+)(@(?P<scale>.+))?")


@dataclass(frozen=True)
class Need:
    """A data set that a cell reads, from ``scale`` on."""

    name: str
    scale: Scale


@dataclass(frozen=True)
class Cell:
    """One cell of a text notebook.

    Attributes:
        name: Its percent title; empty where it has none.
        is_code: Whether it is run.
        source: Its text.
        tags: Its tags, in order.
        line: Line of the file, counted from 1, on which ``source`` begins.
    """

    name: str
    is_code: bool
    source: str
    tags: tuple[str, ...]
    line: int

    def needs(self, scale: Scale) -> tuple[str, ...]:
        """The data sets without which this cell cannot run at ``scale``."""
        return tuple(need.name for need in _needs(self) if scale.reaches(need.scale))


@dataclass(frozen=True)
class TextNotebook:
    """A py:percent notebook: as ``cells`` with their lines, and as the ``node`` that Jupyter's tools take."""

    path: Path
    cells: tuple[Cell, ...]
    node: NotebookNode

    @property
    def code_cells(self) -> tuple[Cell, ...]:
        """The cells that are run, in order."""
        return tuple(cell for cell in self.cells if cell.is_code)

    @property
    def parameters(self) -> Cell:
        """The one cell tagged ``parameters``.

        Raises:
            RefusedInput: If there is none, or more than one.
        """
        tagged = [cell for cell in self.code_cells if PARAMETERS in cell.tags]
        if len(tagged) == 1:
            return tagged[0]
        if not tagged:
            raise RefusedInput(
                f"{self.path.name} has no parameters cell: one code cell must carry the tag 'parameters'"
            )
        places = ", ".join(str(cell.line) for cell in tagged)
        raise RefusedInput(f"{self.path.name} has {len(tagged)} parameters cells (lines {places}); it must have one")

    def cell(self, name: str) -> Cell:
        """The code cell called ``name``.

        Raises:
            RefusedInput: If there is none.
        """
        for cell in self.code_cells:
            if cell.name == name:
                return cell
        names = ", ".join(cell.name for cell in self.code_cells)
        raise RefusedInput(f"{self.path.name} has no cell {name!r}; its cells: {names}")

    def needs(self, scale: Scale) -> tuple[str, ...]:
        """Every data set that some cell needs at ``scale``, sorted."""
        return tuple(sorted({name for cell in self.code_cells for name in cell.needs(scale)}))


def read_notebook(path: Path) -> TextNotebook:
    """The text notebook in ``path``, with fixed cell ids: two readings of one file are equal.

    Raises:
        RefusedInput: If the file is missing, is not UTF-8, or is no py:percent notebook.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise RefusedInput(f"there is no notebook {path}") from None
    except UnicodeDecodeError as error:
        raise RefusedInput(f"{path.name} is not UTF-8 text: {error}") from None
    node = jupytext.reads(text, fmt="py:percent")
    cells = tuple(_located_cells(node.cells, text.splitlines()))
    if not any(cell.is_code for cell in cells):
        raise RefusedInput(f"{path.name} has no code cell: it must be a py:percent notebook with lines '# %% name'")
    for position, (cell, raw) in enumerate(zip(cells, node.cells, strict=True)):
        raw["id"] = cell.name if _NAME.fullmatch(cell.name) else f"text-{position}"
        raw.metadata.pop("lines_to_next_cell", None)
    node.metadata["kernelspec"] = dict(_KERNELSPEC)
    return TextNotebook(path, cells, nbformat.v4.upgrade(node))  # type: ignore[no-untyped-call]


def text_of(node: NotebookNode) -> str:
    """``node`` as the text of an ``.ipynb`` file."""
    text: str = nbformat.writes(node)  # type: ignore[no-untyped-call]
    return text


def node_from(text: str) -> NotebookNode:
    """The notebook whose ``.ipynb`` file holds ``text``."""
    node: NotebookNode = nbformat.reads(text, as_version=4)  # type: ignore[no-untyped-call]
    return node


def check_form(notebook: TextNotebook, known_data: Collection[str]) -> None:
    """Check what every runner relies on: one parameters cell, code cells named once and of plain Python, known data.

    Raises:
        RefusedInput: Naming every cell that is wrong, with its line.
    """
    if notebook.parameters.name != PARAMETERS:
        raise RefusedInput(
            f"{notebook.path.name}, line {notebook.parameters.line}: the cell tagged 'parameters' must also be "
            f'named so: # %% parameters tags=["parameters"]'
        )
    cells = notebook.code_cells
    problems = [*_misnamed(cells), *_wrong_needs(cells, known_data), *wrong_code(cells)]
    if problems:
        raise RefusedInput("\n".join([f"{notebook.path.name} is refused:", *(f"  {problem}" for problem in problems)]))


def _misnamed(cells: Sequence[Cell]) -> Iterable[str]:
    for cell in cells:
        if not cell.name:
            yield f"line {cell.line}: the code cell has no name; write it after the marker: # %% some-name"
        elif not _NAME.fullmatch(cell.name) or len(cell.name) > _LONGEST_NAME:
            yield f"line {cell.line}: the name {cell.name!r} is not kebab-case of at most {_LONGEST_NAME} characters"
    for name, count in Counter(cell.name for cell in cells if cell.name).items():
        if count > 1:
            lines = ", ".join(str(cell.line) for cell in cells if cell.name == name)
            yield f"{count} code cells are named {name!r} (lines {lines}); names must be unique"


def _wrong_needs(cells: Sequence[Cell], known_data: Collection[str]) -> Iterable[str]:
    for cell in cells:
        try:
            needs = _needs(cell)
        except ValueError as error:
            yield f"line {cell.line}: {error}"
            continue
        for need in needs:
            if need.name not in known_data:
                known = ", ".join(sorted(known_data)) or "none is registered"
                yield f"line {cell.line}: cell {cell.name!r} needs the unknown data set {need.name!r}; known: {known}"


def _needs(cell: Cell) -> list[Need]:
    found = []
    for tag in cell.tags:
        if not tag.startswith("needs:"):
            continue
        match = _NEED.fullmatch(tag)
        if match is None:
            raise ValueError(f"the tag {tag!r} names no data set; write needs:NAME or needs:NAME@book")
        scale = match["scale"] or Scale.QUICK
        if scale not in {str(s) for s in Scale}:
            raise ValueError(f"the tag {tag!r} names the scale {scale!r}; expected one of {', '.join(Scale)}")
        found.append(Need(match["name"], Scale(scale)))
    return found


def _located_cells(raw_cells: Iterable[NotebookNode], lines: list[str]) -> Iterable[Cell]:
    # jupytext keeps no line numbers, so the markers are met again in order
    position = 0
    for raw in raw_cells:
        position = _start(raw, lines, position)
        title, tags = str(raw.metadata.get("title", "")), tuple(raw.metadata.get("tags", ()))
        yield Cell(title, raw.cell_type == "code", raw.source, tags, position + 1)
        position += raw.source.count("\n") if raw.cell_type == "code" else 0


def _start(raw: NotebookNode, lines: list[str], after: int) -> int:
    """Index of the first line of ``raw``; a marker inside a string is passed over, since what follows it differs."""
    first = raw.source.split("\n")[0].strip()
    for index in range(after, len(lines)):
        if _MARKER.match(lines[index]):
            begin = next((at for at in range(index + 1, len(lines)) if lines[at].strip()), index + 1)
            if raw.cell_type != "code" or not first or (begin < len(lines) and first in lines[begin]):
                return begin if first else index + 1
    return next((index for index in range(after, len(lines)) if lines[index].strip() == first), after)
