from collections.abc import Callable

import pytest

from companion.pipeline.why import forecast_of
from companion.project import Project
from companion.record.judged import judge_notebook, write_verdicts
from companion.running.execution import run_chapter
from companion.scales import Scale


def test_a_chapter_never_executed_would_run(scratch_project: Project) -> None:
    forecast = forecast_of(scratch_project, "toy", Scale.QUICK)
    assert forecast.action == "execute"
    assert forecast.text == "toy would run at quick scale:\n  - it was never executed at quick scale here"


def test_what_moved_is_named(scratch_project: Project, provide_data: Callable[[Project], None]) -> None:
    path = run_chapter(scratch_project, "toy", scale=Scale.QUICK)
    judged = scratch_project.verdicts("toy", Scale.QUICK)
    assert forecast_of(scratch_project, "toy", Scale.QUICK).action == "nothing"
    judged.unlink()
    assert forecast_of(scratch_project, "toy", Scale.QUICK).reasons == ("it was executed and not yet judged",)
    write_verdicts(judge_notebook(scratch_project, path), judged)
    assert forecast_of(scratch_project, "toy", Scale.QUICK).action == "nothing"

    claims = scratch_project.claims("toy")
    claims.write_text(claims.read_text().replace("why: rounding", "why: rounding only"))
    assert forecast_of(scratch_project, "toy", Scale.QUICK).text == (
        "toy would only be judged again at quick scale:\n  - its claims file changed"
    )

    (scratch_project.root / "src" / "toymath" / "factors.py").write_text("FACTOR = 1 + 1\n")
    scratch_project.lock.write_text("numpy==2.4.7\n")
    provide_data(scratch_project)
    forecast = forecast_of(scratch_project, "toy", Scale.QUICK)
    assert forecast.action == "execute"
    for what in (r"modules (toymath.factors)", "the lock file", "data (toy-numbers)"):
        assert any(what in reason for reason in forecast.reasons), what


@pytest.mark.parametrize("content", ["", "{}", "no notebook"])
def test_a_damaged_result_would_run(scratch_project: Project, content: str) -> None:
    path = scratch_project.executed("toy", Scale.QUICK)
    path.parent.mkdir(parents=True)
    path.write_text(content)
    forecast = forecast_of(scratch_project, "toy", Scale.QUICK)
    assert forecast.action == "execute"
