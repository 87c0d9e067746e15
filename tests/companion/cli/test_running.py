import json
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from companion.cli import app
from companion.project import Project
from companion.scales import Scale


@pytest.fixture
def companion(scratch_project: Project, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    monkeypatch.chdir(scratch_project.root)
    return lambda *arguments: CliRunner().invoke(app, arguments)


def test_run_judges_prints_and_is_verified(companion: Callable[..., Result], scratch_project: Project) -> None:
    result = companion("run", "toy", "--scale", "quick")
    assert result.exit_code == 0, result.output
    assert "halves-grow" in result.stdout
    assert "violated" in result.stdout
    assert scratch_project.verdicts("toy", Scale.QUICK).is_file()
    assert companion("publish", "--scale", "quick").exit_code == 0
    result = companion("verify", "--strict", "--scale", "quick")
    assert result.exit_code == 0
    assert "toy at quick scale: 1 held, 2 not judged, 1 violated\nNo verdict moved." in result.stdout
    claims = scratch_project.claims("toy")
    claims.write_text(claims.read_text().replace("cases: 5", "cases: 4"))
    assert json.loads(companion("verify", "--scale", "quick", "--json").stdout)["moved"] == []


def test_another_parameter_goes_elsewhere(companion: Callable[..., Result], scratch_project: Project) -> None:
    result = companion("run", "toy", "--scale", "quick", "-p", "seed=3", "-p", "count=7", "--json")
    assert result.exit_code == 0, result.output
    answer = json.loads(result.stdout)
    assert answer["seed"] == 3
    assert answer["claims"][0]["n"] == 7
    assert "runs" in Path(answer["notebook"]).parts
    assert not scratch_project.executed("toy", Scale.QUICK).exists()


@pytest.mark.parametrize("assignment", ["cuont=7", "count=many", "count=0", "count"])
def test_a_parameter_that_cannot_be_is_refused(companion: Callable[..., Result], assignment: str) -> None:
    result = companion("run", "toy", "--scale", "quick", "-p", assignment)
    assert result.exit_code == 2
    assert "count" in result.stderr


def test_what_is_missing_is_stale(companion: Callable[..., Result]) -> None:
    result = companion("verify", "--scale", "quick")
    assert result.exit_code == 4
    assert "run the chapter first" in result.stderr


def test_a_run_says_at_its_start_which_versions_differ(
    companion: Callable[..., Result], scratch_project: Project
) -> None:
    scratch_project.lock.write_text("numpy==1.0.1\n")
    result = companion("run", "toy", "--scale", "quick", "-p", "cuont=1")
    assert result.exit_code == 2  # before anything ran
    assert "Versions that differ from requirements.lock: numpy " in result.stderr
