"""``companion run`` and ``companion verify``: execute a chapter as you like; judge again what was executed."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from companion.cli.options import JsonOption, ScaleOption, SlugArgument, SlugsArgument
from companion.cli.output import say, say_json, say_table
from companion.scales import Scale

if TYPE_CHECKING:
    from companion.judging import ChapterVerdicts

Assignments = Annotated[list[str] | None, typer.Option("-p", "--parameter", metavar="NAME=VALUE", help="Repeatable.")]
Output = Annotated[Path | None, typer.Option("--output", help="Where to write the executed notebook.")]


def run(
    slug: SlugArgument,
    scale: ScaleOption = Scale.QUICK,
    parameters: Assignments = None,
    output: Output = None,
    as_json: JsonOption = False,
) -> None:
    """Execute one chapter and judge it.

    With default parameters the result is the chapter's place in build/; any other goes to build/runs/ and never enters
    the scorecard.
    """
    from companion.execution import run_chapter
    from companion.judging import judge_notebook, verdicts_beside, write_verdicts
    from companion.parameters import parsed_assignments
    from companion.progress import spinner
    from companion.project import Project

    project = Project.find()
    project.check_slug(slug)
    with spinner(f"{slug} at {scale} scale"):
        path = run_chapter(project, slug, scale=scale, parameters=parsed_assignments(parameters or []), output=output)
        verdicts = judge_notebook(project, path)
        write_verdicts(verdicts, verdicts_beside(path))
    _report(verdicts, path, as_json)


def verify(
    slugs: SlugsArgument = None,
    scale: ScaleOption = Scale.BOOK,
    execute: Annotated[bool, typer.Option("--run", help="Execute first.")] = False,
    strict: Annotated[bool, typer.Option("--strict", help="Fail when a claim moved from held to violated.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Check the stamps, judge again without executing, and compare with published.json."""
    from companion.project import Project
    from companion.verifying import check_nothing_broke, verify_chapters

    project = Project.find()
    chosen = [project.check_slug(slug) for slug in slugs or project.slugs]
    comparisons = verify_chapters(project, chosen, scale, execute=execute)
    if as_json:
        say_json([comparison.model_dump(mode="json") for comparison in comparisons])
    else:
        rows = [[f"{c.chapter}/{c.claim}", c.published or "-", c.now, "moved" if c.moved else ""] for c in comparisons]
        say_table(f"Claims at {scale} scale", ["claim", "published", "now", ""], rows)
        moved = sum(comparison.moved for comparison in comparisons)
        say(f"{len(comparisons)} claims judged again; {moved} differ from the published record.")
    if strict:
        check_nothing_broke(comparisons)


def _report(verdicts: "ChapterVerdicts", path: Path, as_json: bool) -> None:
    """Print the verdicts of one run."""
    content: dict[str, Any] = verdicts.model_dump(mode="json")
    if as_json:
        say_json({**content, "notebook": str(path)})
        return
    rows = [[c["id"], c["verdict"], _number(c["number"]), _number(c["bound"]), c["note"]] for c in content["claims"]]
    say_table(f"{content['title']}", ["claim", "verdict", "number#", "bound#", "note"], rows)
    say(f"Executed notebook: {path}")


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:.4g}"
