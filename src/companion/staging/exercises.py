"""Coding exercises for readers: the solution behind a click; in plain view what it starts from, and what tests it."""

import re
from collections.abc import Iterable, Iterator

from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell

from companion.source.notebooks import SOLUTION

_MARKED = re.compile(
    r"(?P<given>.*?)^### BEGIN SOLUTION\n(?P<solution>.*?)^### END SOLUTION(\n(?P<tests>.*))?\Z",
    re.DOTALL | re.MULTILINE,
)
_TESTS = "Your own solution should pass:"


def with_solutions_folded(cells: Iterable[NotebookNode]) -> Iterator[NotebookNode]:
    """The cells with those tagged as solutions folded.

    A solution in code is marked for graders: what stands before the marks is given to the learner, what stands after
    them tests what the learner wrote. Both are shown as cells of their own, without the marks.

    Yields:
        The cells in their order.
    """
    for cell in cells:
        if SOLUTION not in cell.metadata.get("tags", ()):
            yield cell
        elif cell.cell_type == "markdown":
            cell.source = f"````{{dropdown}} The solution in words\n{cell.source}\n````"
            yield cell
        else:
            yield from _parts(cell)


def _parts(cell: NotebookNode) -> Iterator[NotebookNode]:
    marked = _MARKED.match(cell.source)
    given, tests = (marked[name] or "" if marked else "" for name in ("given", "tests"))
    if given.strip():
        yield _shown(cell, "given", given)
    if marked:
        cell.source = marked["solution"].strip("\n")
    cell.metadata["tags"] = list(dict.fromkeys([*cell.metadata["tags"], "hide-cell"]))
    prompts = {"code_prompt_show": "Show the solution", "code_prompt_hide": "Hide the solution"}
    cell.metadata["mystnb"] = {**cell.metadata.get("mystnb", {}), **prompts}
    yield cell
    if tests.strip():
        yield new_markdown_cell(_TESTS, id=_name(cell, "words"))  # type: ignore[no-untyped-call]
        yield _shown(cell, "tests", tests)


def _shown(cell: NotebookNode, part: str, source: str) -> NotebookNode:
    new: NotebookNode = new_code_cell(source.strip("\n"), id=_name(cell, part))  # type: ignore[no-untyped-call]
    return new


def _name(cell: NotebookNode, part: str) -> str:
    return f"{cell.id}-{part}"[-64:]
