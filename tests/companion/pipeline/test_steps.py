import pytest

from companion.errors import BuildFailed, RefusedInput
from companion.pipeline import steps
from companion.pipeline.journal import Journal
from companion.pipeline.steps import run_step
from companion.project import Project
from companion.scales import Scale


def journal(project: Project) -> list[tuple[str, str, str, int, str]]:
    events = Journal(project.build(Scale.QUICK)).news()
    return [(event.step, event.slug, event.what, event.exit_code, event.message) for event in events]


def test_a_step_is_noted_when_it_starts_and_when_it_ends(
    scratch_project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = []
    monkeypatch.setitem(steps.STEPS, "judge", lambda *arguments: done.append(arguments))
    run_step(scratch_project, "judge", "toy", Scale.QUICK)
    assert done == [(scratch_project, "toy", Scale.QUICK)]
    assert journal(scratch_project) == [("judge", "toy", "started", 0, ""), ("judge", "toy", "finished", 0, "")]


@pytest.mark.parametrize(
    ("error", "code", "message"),
    [(BuildFailed("the disk is full"), 7, "the disk is full"), (KeyError("x"), 1, "KeyError: 'x'")],
)
def test_a_step_that_fails_says_so_in_the_journal(
    scratch_project: Project, monkeypatch: pytest.MonkeyPatch, error: Exception, code: int, message: str
) -> None:
    def fail(*_: object) -> None:
        raise error

    monkeypatch.setitem(steps.STEPS, "stage", fail)
    with pytest.raises(type(error)):
        run_step(scratch_project, "stage", "", Scale.QUICK)
    assert journal(scratch_project)[-1] == ("stage", "", "failed", code, message)


def test_a_step_or_a_chapter_that_is_none_is_refused(scratch_project: Project) -> None:
    with pytest.raises(RefusedInput, match="no step 'bake'; the steps: execute, judge, scorecard, stage, render"):
        run_step(scratch_project, "bake", "toy", Scale.QUICK)
    with pytest.raises(RefusedInput, match="no chapter 'tay'"):
        run_step(scratch_project, "judge", "tay", Scale.QUICK)
