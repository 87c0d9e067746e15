"""``companion run`` and ``companion verify``: execute a chapter as you like; judge again what was executed."""

from collections import Counter
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer

from companion.cli.options import JsonOption, ScaleOption, SlugArgument, SlugsArgument
from companion.cli.output import say, say_json, say_other_versions, say_overruns, say_table
from companion.scales import Scale

if TYPE_CHECKING:
    from companion.record.judged import ChapterVerdicts

Assignments = Annotated[list[str] | None, typer.Option("-p", "--parameter", metavar="NAME=VALUE", help="Repeatable.")]
TimeLimit = Annotated[float | None, typer.Option(help="Seconds; default: ten times the chapter's budget.")]
Output = Annotated[Path | None, typer.Option("--output", help="Where to write the executed notebook.")]


def run(
    slug: SlugArgument,
    scale: ScaleOption = Scale.QUICK,
    parameters: Assignments = None,
    output: Output = None,
    time_limit: TimeLimit = None,
    as_json: JsonOption = False,
) -> None:
    """Execute one chapter and judge it.

    With default parameters the result is the chapter's place in build/; any other goes to build/runs/ and never enters
    the scorecard.
    """
    from companion.pipeline.progress import spinner
    from companion.project import Project
    from companion.record.judged import read_verdicts, verdicts_beside
    from companion.running.execution import run_chapter
    from companion.source.parameters import parsed_assignments

    project = Project.find()
    project.check_slug(slug)
    values = parsed_assignments(parameters or [])
    say_other_versions(project)
    with spinner(f"{slug} at {scale} scale") as say_where:
        path = run_chapter(
            project, slug, scale=scale, parameters=values, output=output, time_limit=time_limit, on_cell=say_where
        )
    verdicts = read_verdicts(verdicts_beside(path))
    say_overruns(project, [verdicts])
    _report(verdicts, path, as_json)


def verify(
    slugs: SlugsArgument = None,
    scale: ScaleOption = Scale.BOOK,
    execute: Annotated[bool, typer.Option("--run", help="Execute first.")] = False,
    strict: Annotated[
        bool,
        typer.Option("--strict", help="Fail on a held claim that is violated now, or twice the budget exceeded."),
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Check the stamps, judge again without executing, and compare with the published record.

    A chapter that fails is named at the end; the others are verified nevertheless.
    """
    from companion.pipeline.verifying import check_none_failed, check_nothing_lost, judged_each
    from companion.project import Project
    from companion.record.costs import check_costs
    from companion.record.published import compare, read_published

    project = Project.find()
    say_other_versions(project)
    wanted = [project.check_slug(slug) for slug in slugs or project.slugs]
    verdicts, failures = judged_each(project, wanted, scale, execute=execute)
    say_overruns(project, verdicts)
    moves = compare(read_published(project.published), verdicts)
    if as_json:
        moved = [{**asdict(move), "is_lost": move.is_lost} for move in moves]
        said = {"chapters": [chapter.model_dump(mode="json") for chapter in verdicts], "moved": moved}
        failed = {slug: {"error": str(error), "exit_code": error.exit_code} for slug, error in failures.items()}
        say_json({**said, **({"failed": failed} if failed else {})})
    else:
        say("\n".join(_summary(chapter) for chapter in verdicts))
        say("\n".join(["Moved since the published run:", *map(str, moves)]) if moves else "No verdict moved.")
    if failures and as_json:
        _end(next(iter(failures.values())).exit_code)
    check_none_failed(failures)
    if strict:
        check_nothing_lost(moves)
        check_costs(project, verdicts)


def _end(code: int) -> NoReturn:
    """End the program; what there is to say stands in the JSON.

    Raises:
        typer.Exit: Always.
    """
    raise typer.Exit(code)


def _summary(chapter: "ChapterVerdicts") -> str:
    """One line on one chapter."""
    counts = Counter(str(verdict.verdict) for verdict in chapter.claims)
    said = ", ".join(f"{number} {word}" for word, number in sorted(counts.items()))
    return f"{chapter.chapter} at {chapter.scale} scale: {said}"


def _report(verdicts: "ChapterVerdicts", path: Path, as_json: bool) -> None:
    """Print the verdicts of one run."""
    from companion.running.execution import log_beside

    content: dict[str, Any] = verdicts.model_dump(mode="json")
    if as_json:
        say_json({**content, "notebook": str(path)})
        return
    rows = [[c["id"], c["verdict"], _number(c["number"]), _number(c["bound"]), c["note"]] for c in content["claims"]]
    say_table(f"{content['title']}", ["claim", "verdict", "number#", "bound#", "note"], rows)
    say(f"Executed notebook: {path}")
    if log_beside(path).is_file():
        say(f"What was said on stderr meanwhile: {log_beside(path)}")


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:.4g}"
