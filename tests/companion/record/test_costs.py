import pytest
from typer.testing import CliRunner

from companion.cli import app
from companion.errors import BudgetExceeded
from companion.record.costs import check_costs, overrun
from companion.record.judged import read_verdicts
from companion.scales import Scale


def with_budget(project, cpu_seconds: float):
    """The toy chapter's run of 12.5 CPU seconds under another budget."""
    claims = project.claims("toy")
    claims.write_text(claims.read_text().replace("quick: {cpu_seconds: 1,", f"quick: {{cpu_seconds: {cpu_seconds},"))
    return read_verdicts(project.verdicts("toy", Scale.QUICK))


def test_twice_the_budget_is_allowed(toy_project):
    verdicts = with_budget(toy_project, 6.25)
    assert overrun(toy_project, verdicts) == ""
    check_costs(toy_project, [verdicts])


def test_more_is_said_and_refused(toy_project):
    verdicts = with_budget(toy_project, 6.0)
    sentence = "toy at quick scale took 12 CPU seconds, more than twice its budget of 6"
    assert overrun(toy_project, verdicts).startswith(sentence)
    with pytest.raises(BudgetExceeded, match=sentence):
        check_costs(toy_project, [verdicts])


@pytest.mark.parametrize(("options", "code"), [((), 0), (("--strict",), 8)])
def test_a_run_and_a_verification_say_it_and_a_strict_one_fails(scratch_project, monkeypatch, options, code):
    monkeypatch.chdir(scratch_project.root)
    claims = scratch_project.claims("toy")
    claims.write_text(claims.read_text().replace("quick: {cpu_seconds: ", "quick: {cpu_seconds: 0.00"))
    run = CliRunner().invoke(app, ["run", "toy", "--scale", "quick"])
    assert run.exit_code == 0
    assert "more than twice its budget" in run.stderr
    verified = CliRunner().invoke(app, ["verify", "--scale", "quick", *options])
    assert verified.exit_code == code
    assert "more than twice its budget" in verified.stderr
