import json

import pytest
from typer.testing import CliRunner

from companion.cli import app
from companion.project import Project


@pytest.fixture(autouse=True)
def _in_the_toy_book(scratch_project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(scratch_project.root)


def say(*arguments: str) -> str:
    result = CliRunner().invoke(app, arguments)
    assert result.exit_code == 0, result.output
    return result.stdout


def test_why_answers_people_and_programs() -> None:
    assert "it was never executed at book scale here" in say("why", "toy")
    plan = json.loads(say("why", "toy", "--scale", "quick", "--json"))
    assert (plan["action"], plan["scale"]) == ("execute", "quick")


def test_doctor_gives_a_remedy_for_what_lacks_only() -> None:
    lines = say("doctor").splitlines()
    lacking = [k for k, line in enumerate(lines) if line.startswith("lacking")]
    assert any("data toy-numbers" in lines[k] for k in lacking)
    assert all(lines[k + 1].startswith("         ") for k in lacking)
    findings = json.loads(say("doctor", "--json"))
    assert {finding["ok"] for finding in findings} == {True, False}
