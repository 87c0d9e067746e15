"""The options that several commands share, described once."""

from typing import Annotated

import typer

from companion.scales import Scale

ScaleOption = Annotated[Scale, typer.Option("--scale", help="Size of the run.", case_sensitive=False)]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON for a program.")]
SlugArgument = Annotated[str, typer.Argument(metavar="SLUG", help="A chapter; `companion list` names them.")]
SlugsArgument = Annotated[list[str] | None, typer.Argument(metavar="[SLUG]...", help="Chapters; none means all.")]
