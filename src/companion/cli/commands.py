"""All commands under one name, and the way every refusal leaves the program: one message, one exit code."""

from typing import Any

import typer
from typer.core import TyperGroup

from companion.cli import building, chapters, health, running
from companion.cli.output import fail
from companion.errors import BuildFailed, CompanionError

EXIT_CODES = """Exit codes: 0 done; claims that are violated are results, not failures ·
1 unexpected error · 2 input refused (chapter, parameter, claims file, notebook, option) ·
3 a notebook failed, its kernel died or its time ran out · 4 a result is stale or was edited by hand ·
5 another build is running · 6 verify --strict: a claim moved from held to violated ·
7 another step of the build failed (disk, staging, rendering) ·
8 verify --strict: a run took more than twice the CPU time of its budget"""


class _Commands(TyperGroup):
    """A group of commands that turns each refusal into its message and its exit code."""

    def invoke(self, ctx: Any) -> Any:
        try:
            return super().invoke(ctx)
        except CompanionError as error:
            fail(error)
        except OSError as error:
            fail(BuildFailed(f"{error.strerror or error}: {error.filename or 'no file named'}"))


app = typer.Typer(
    cls=_Commands,
    name="companion",
    help="A book that checks what its papers claim: run its chapters, judge their claims, build and read it.",
    epilog=EXIT_CODES,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
app.command("list", short_help="All chapters and their verdicts.")(chapters.list_chapters)
app.command("show", short_help="One chapter: claims and costs.")(chapters.show)
app.command("run", short_help="Execute one chapter and judge it.")(running.run)
app.command("verify", short_help="Judge again, compare with the record.")(running.verify)
app.command("build", short_help="Execute what changed; render the book.")(building.build)
app.command("serve", short_help="Read the built book in the browser.")(building.serve)
app.command("why", short_help="Why a chapter would run, or not.")(health.why)
app.command("doctor", short_help="What this machine lacks.")(health.doctor)
app.command("publish", short_help="Write the last build into the record.")(building.publish_verdicts)
app.command("step", hidden=True)(building.step)
