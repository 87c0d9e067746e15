"""``companion why`` and ``companion doctor``: what would run and why, and what this machine lacks."""

from companion.cli.options import JsonOption, ScaleOption, SlugArgument
from companion.cli.output import say, say_json
from companion.scales import Scale


def why(slug: SlugArgument, scale: ScaleOption = Scale.BOOK, as_json: JsonOption = False) -> None:
    """Say why a chapter would run, or would not, in the next build: which of its inputs moved."""
    from companion.pipeline.why import forecast_of
    from companion.project import Project

    project = Project.find()
    forecast = forecast_of(project, project.check_slug(slug), scale)
    say_json(forecast.model_dump(mode="json")) if as_json else say(forecast.text)


def doctor(as_json: JsonOption = False) -> None:
    """Say what this machine lacks for the whole book, and how to get it."""
    from companion.cli.doctor import examine
    from companion.project import Project

    findings = examine(Project.find())
    if as_json:
        say_json([finding.model_dump(mode="json") for finding in findings])
        return
    for finding in findings:
        say(f"{'ok     ' if finding.ok else 'lacking'}  {finding.what}: {finding.state}")
        if not finding.ok:
            say(f"         {finding.remedy}")
