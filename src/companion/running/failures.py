"""What a person needs to know when a notebook fails: the cell, its code, the line in the source, what was raised."""

import re
from pathlib import Path
from signal import Signals

from nbformat import NotebookNode

from companion.source.notebooks import Cell, TextNotebook

_COLOURS = re.compile(r"\x1b\[[0-9;]*m")
_IN_CELL = re.compile(r"Cell In\[(\d+)\], line (\d+)")
_IN_FILE = re.compile(r"^File (.+?\.py):(\d+), in (\w+)", re.MULTILINE)


def failed_cell(node: NotebookNode) -> tuple[NotebookNode, NotebookNode] | None:
    """The first cell of an executed notebook that raised, and its error output; None when none did."""
    for cell in node.cells:
        for output in cell.get("outputs", ()):
            if output.output_type == "error":
                return cell, output
    return None


def described_error(notebook: TextNotebook, root: Path, executed: NotebookNode, error: NotebookNode) -> str:
    """Cell, source line, code and exception of a cell that raised.

    Args:
        notebook: The source.
        root: The project's folder; files inside it are named from there.
        executed: The cell as it was run.
        error: Its output of type ``error``.
    """
    cell = notebook.cell(executed["id"])
    trace = _COLOURS.sub("", "\n".join(error.traceback))
    line = cell.line + _line_in_cell(trace, executed.execution_count) - 1
    return "\n".join(
        [
            f"{place(notebook, root, cell, line)} raised {error.ename}: {error.evalue}",
            *numbered(cell, line),
            *_own_frames(trace, root),
        ]
    )


def place(notebook: TextNotebook, root: Path, cell: Cell, line: int | None = None) -> str:
    """``cell 'train' (notebooks/crown.py, line 12)``."""
    return f"cell {cell.name!r} ({notebook.path.relative_to(root).as_posix()}, line {line or cell.line})"


def described_death(where: str, signal: Signals | None, budget: int, words: str) -> str:
    """What ended a kernel that nobody of us killed; ``where`` says in which cell."""
    if signal is Signals.SIGKILL:
        cause = (
            f"was killed in {where}. Most often the machine ran out of memory: this chapter's budget at this scale is "
            f"{budget} MB; close other programs, run fewer chapters at once, or take a smaller scale"
        )
    elif signal is not None:
        cause = f"crashed with {signal.name} in {where}"
    else:
        cause = f"ended in {where} without an exception"
    return f"the kernel {cause}." + (f" Its last words:\n{words}" if words else "")


def numbered(cell: Cell, marked: int) -> list[str]:
    """The code of ``cell`` under the line numbers of its file, with an arrow at line ``marked``."""
    return [
        f"  {'->' if number == marked else '  '} {number:4d} | {line}"
        for number, line in enumerate(cell.source.split("\n"), start=cell.line)
    ]


def _line_in_cell(trace: str, execution_count: int | None) -> int:
    """The line of the cell in which the traceback passes last, counted from 1."""
    lines = [int(line) for count, line in _IN_CELL.findall(trace) if int(count) == execution_count]
    return lines[-1] if lines else 1


def _own_frames(trace: str, root: Path) -> list[str]:
    """The frames of the traceback in files of the project, outermost first."""
    frames = []
    for file, line, function in _IN_FILE.findall(trace):
        path = Path(file).expanduser()
        if path.is_relative_to(root) and "site-packages" not in path.parts:
            frames.append(f"  in {path.relative_to(root).as_posix()}, line {line}, {function}")
    return frames
