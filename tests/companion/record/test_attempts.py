import os

from companion.errors import ExecutionFailed, RefusedInput
from companion.record.attempts import Attempt, Failure, note_failure, note_success, read_attempt, stands
from companion.scales import Scale

MESSAGE = (
    "toy: cell 'broken' (notebooks/toy.py, line 3) raised E: no\n  -> 3 | no\n  The broken notebook: build/toy.ipynb"
)


def test_a_failure_has_a_headline_its_cell_and_details():
    failure = Failure.of("execute", ExecutionFailed(MESSAGE))
    assert (failure.step, failure.exit_code, failure.cell) == ("execute", 3, "broken")
    assert failure.headline == "toy: cell 'broken' (notebooks/toy.py, line 3) raised E: no"
    assert failure.details == "  -> 3 | no"
    assert (
        Failure.of("read", RefusedInput("x is refused:\n  claim 'a': no\n  more")).headline
        == "x is refused: claim 'a': no"
    )
    assert Failure.of("judge", KeyError("x")) == Failure(step="judge", message="KeyError: 'x'", exit_code=1)


def test_a_try_is_noted_and_stands_while_its_notebook_is_the_one_that_lies_there(scratch_project):
    given = (scratch_project, "toy", Scale.QUICK)
    assert read_attempt(*given) is None
    assert not stands(*given)
    for path in (scratch_project.executed(*given[1:]), scratch_project.verdicts(*given[1:])):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("{}")
    note_success(*given)
    assert stands(*given)
    os.utime(scratch_project.executed(*given[1:]), (5, 5))
    assert not stands(*given)
    note_failure(*given, Failure(step="execute", message="no", exit_code=3))
    assert not stands(*given)
    assert read_attempt(*given) == Attempt(failure=Failure(step="execute", message="no", exit_code=3))
    scratch_project.ran(*given[1:]).write_text("no JSON")
    assert read_attempt(*given) is None


def test_what_is_not_judged_is_asked_for_again(scratch_project):
    given = (scratch_project, "toy", Scale.QUICK)
    path = scratch_project.executed(*given[1:])
    path.parent.mkdir(parents=True)
    path.write_text("{}")
    note_success(*given)
    first = scratch_project.ran(*given[1:]).read_text()
    note_success(*given)
    assert scratch_project.ran(*given[1:]).read_text() != first
