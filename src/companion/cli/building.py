"""``companion build``, ``serve`` and ``publish``; and ``step``, by which the Snakefile calls us."""

import os
from typing import Annotated

import typer

from companion.cli.options import JsonOption, ScaleOption
from companion.cli.output import name_left_out, say, say_json, say_other_versions
from companion.scales import Scale

Parent = Annotated[int | None, typer.Option("--with-parent", hidden=True, help="End when this process ends.")]


def build(
    scale: ScaleOption = Scale.BOOK,
    cores: Annotated[int | None, typer.Option(min=1, help="Default: all that this process may use.")] = None,
    memory: Annotated[int | None, typer.Option(min=256, help="MB for all chapters together; default: 80 %.")] = None,
    address: Annotated[str | None, typer.Option(help="Where it will be published; default: pyproject.toml's.")] = None,
    parent: Parent = None,
    as_json: JsonOption = False,
    more: Annotated[list[str] | None, typer.Argument(metavar="[-- SNAKEMAKE_OPTION]...")] = None,
) -> None:
    """Execute what changed, judge, and render the book.

    What follows -- goes to Snakemake: companion build --scale paper -- --executor slurm --jobs 30
    """
    from companion.machine.lifeline import hold_on_to
    from companion.pipeline.building import build_book
    from companion.project import ADDRESS, Project

    if parent is not None:
        hold_on_to(parent)
    if address is not None:
        os.environ[ADDRESS] = address  # the steps of the build are processes of their own
    project = Project.find()
    say_other_versions(project)
    name_left_out(project)
    report = build_book(project, scale, cores=cores, memory=memory, engine_arguments=tuple(more or ()))
    say_json(report.model_dump(mode="json")) if as_json else say(report.text)


def step(
    name: Annotated[str, typer.Argument(help="execute, judge, scorecard, stage, render or print")],
    slug: Annotated[str, typer.Argument(help="The chapter, for execute and judge.")] = "",
    scale: ScaleOption = Scale.BOOK,
) -> None:
    """One step of the pipeline; the Snakefile calls it."""
    from companion.pipeline.steps import run_step
    from companion.project import Project

    project = Project.find()
    if name == "execute":
        say_other_versions(project)
    run_step(project, name, slug, scale)


def serve(
    scale: ScaleOption = Scale.BOOK,
    port: Annotated[int, typer.Option(min=0, max=65535, help="0 takes a free one.")] = 0,
) -> None:
    """Show the built book on this machine; it needs no network."""
    from companion.project import Project
    from companion.site.serving import serve_book

    serve_book(Project.find(), scale, port=port, announce=say)


def publish_verdicts(
    scale: ScaleOption = Scale.BOOK,
    note: Annotated[str, typer.Option(help="What readers should know: why verdicts moved, or a mistake found.")] = "",
    about: Annotated[list[str] | None, typer.Option(help="A chapter that the note is about; repeatable.")] = None,
    other_versions: Annotated[
        bool, typer.Option("--with-other-versions", help="Also runs with other versions than requirements.lock names.")
    ] = False,
) -> None:
    """Write the verdicts of the last build into published/, the record that `verify` compares with.

    What moved since the former publication is added to history.json, which the book shows.
    """
    from companion.pipeline.verifying import publish
    from companion.project import Project

    done = publish(Project.find(), scale, note=note, about=tuple(about or ()), with_other_versions=other_versions)
    say(f"published/ holds the {scale} run{'' if done.changed else ', as it did before'}.")
    for change in done.entry.changes if done.entry is not None else ():
        say(f"{change.claim}: {change.was or 'declared'} → {change.now or 'withdrawn'}")
    if done.entry is not None and done.entry.note:
        say("history.json has your note.")
