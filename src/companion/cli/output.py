"""What the commands print: words for people on a terminal, JSON for programs."""

import json
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NoReturn

import typer

from companion.errors import CompanionError
from companion.project import Project

if TYPE_CHECKING:
    from companion.record.judged import ChapterVerdicts


def say(text: str) -> None:
    """One or more lines for the person."""
    typer.echo(text)


def say_other_versions(project: Project) -> None:
    """Say on stderr, before anything runs, which versions differ from the lock file; nothing where none does."""
    from companion.source.locked import other_versions, sentence_about

    sentence = sentence_about(other_versions(project))
    if sentence:
        typer.echo(f"companion: {sentence}", err=True)


def say_overruns(project: Project, verdicts: "Sequence[ChapterVerdicts]") -> None:
    """Say on stderr which runs took more than twice the CPU time of their budget; nothing where none did."""
    from companion.record.costs import overrun

    for sentence in filter(None, (overrun(project, chapter) for chapter in verdicts)):
        typer.echo(f"companion: {sentence}", err=True)


def say_json(value: Any) -> None:
    """``value`` for a program."""
    typer.echo(json.dumps(value, indent=1, ensure_ascii=False))


def name_left_out(project: "Project") -> None:
    """Say on stderr, one line each, which files in ``notebooks/`` are no chapters."""
    for name, reason in project.left_out.items():
        typer.echo(f"companion: notebooks/{name} is left out: {reason}", err=True)


def fail(error: CompanionError) -> NoReturn:
    """End the program with the message of ``error`` and its exit code; with ``--json`` the message is JSON too.

    Raises:
        typer.Exit: Always.
    """
    if "--json" in sys.argv:
        say_json({"error": str(error), "exit_code": error.exit_code})
    else:
        typer.echo(f"companion: {error}", err=True)
    raise typer.Exit(error.exit_code)


def say_table(title: str, columns: list[str], rows: list[list[str]]) -> None:
    """A table; columns whose name ends in ``#`` hold numbers and stand to the right."""
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    table = Table(title=title or None, title_justify="left", box=None, pad_edge=False, header_style="bold")
    for column in columns:
        name = column.removesuffix("#")
        table.add_column(name, justify="right" if column.endswith("#") else "left", overflow="fold")
    for row in rows:
        table.add_row(*map(escape, row))
    Console(width=None if sys.stdout.isatty() else 140).print(table)
