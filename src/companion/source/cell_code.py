"""What the code of a cell may be: plain Python that runs without Jupyter, and ends a run by no way of its own."""

import ast
import warnings
from collections.abc import Iterable
from typing import Protocol

FORBIDDEN_TAGS = {
    "raises-exception": (
        "a run ends with the first cell that raises; catch the exception with try and except, and show what it says"
    ),
    "skip-execution": "every cell of a run is executed; a cell that lacks data carries needs:NAME",
    "injected-parameters": "the runner alone adds that cell",
    "companion-skip": "the runner alone marks what it leaves out; a cell that lacks data carries needs:NAME",
}
_ENDINGS = {("os", "_exit"), ("os", "abort"), ("os", "kill"), ("signal", "raise_signal")}


class CodeCell(Protocol):
    """What is looked at of a cell; :class:`companion.source.notebooks.Cell` is one."""

    @property
    def name(self) -> str:
        """Its title."""

    @property
    def source(self) -> str:
        """Its text."""

    @property
    def tags(self) -> tuple[str, ...]:
        """Its tags."""

    @property
    def line(self) -> int:
        """Line of the file on which its text begins."""


def wrong_code(cells: Iterable[CodeCell]) -> Iterable[str]:
    """What is wrong with the tags and the code of cells, one sentence each.

    Yields:
        The sentences, each with the line.
    """
    for cell in cells:
        for tag in cell.tags:
            if tag in FORBIDDEN_TAGS:
                yield f"line {cell.line}: cell {cell.name!r} carries the tag {tag!r}; {FORBIDDEN_TAGS[tag]}"
        problem = _problem(cell.source)
        if problem is not None:
            line, sentence = problem
            yield f"line {cell.line + line - 1}: cell {cell.name!r}: {sentence}"


def ending_line(source: str) -> int | None:
    """The line of a cell, counted from 1, on which it ends its own process; None where no call says so."""
    for node in ast.walk(ast.parse(source)):
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and isinstance(node.func.value, ast.Name)
        ) and (node.func.value.id, node.func.attr) in _ENDINGS:
            return node.lineno
    return None


def _problem(source: str) -> tuple[int, str] | None:
    """Line and sentence of the first thing that Python itself does not take."""
    error = _syntax_error(source)
    if error is None:
        return None
    if _syntax_error(source, ast.PyCF_ALLOW_TOP_LEVEL_AWAIT) is None:
        return error.lineno or 1, (
            "await, async for and async with stand outside of a function, which only Jupyter takes; a chapter also "
            "runs without it: write a coroutine, and let a thread run it by asyncio.run"
        )
    line = _ipython_line(source)
    if line is not None:
        return line, (
            "this is a command of IPython (%magic, !shell or help?), and a chapter is plain Python, which runs and is "
            "tested without IPython; for a program write subprocess.run"
        )
    return error.lineno or 1, f"this is not Python: {error.msg}"


def _syntax_error(source: str, flags: int = 0) -> SyntaxError | None:
    try:
        with warnings.catch_warnings(action="ignore"):  # the run itself will warn
            compile(source, "cell", "exec", flags=flags, dont_inherit=True)
    except SyntaxError as error:
        return error
    return None


def _ipython_line(source: str) -> int | None:
    """The line at which code that only IPython takes differs from Python; None where it does not take it either."""
    from IPython.core.inputtransformer2 import TransformerManager  # slow to import, and seldom needed

    taken: str = TransformerManager().transform_cell(source)  # type: ignore[no-untyped-call]
    if _syntax_error(taken, ast.PyCF_ALLOW_TOP_LEVEL_AWAIT) is not None or "get_ipython()" not in taken:
        return _command_line(source)
    pairs = zip(source.split("\n"), taken.split("\n"), strict=False)
    return next((line for line, (before, after) in enumerate(pairs, start=1) if before.rstrip() != after.rstrip()), 1)


def _command_line(source: str) -> int | None:
    """The first line that begins with the sign of a command, in code with other mistakes too."""
    lines = enumerate(source.split("\n"), start=1)
    return next((line for line, text in lines if text.lstrip().startswith(("%", "!", "?"))), None)
