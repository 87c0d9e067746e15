import pytest
from typer.testing import CliRunner

from companion.cli import app


@pytest.mark.parametrize("command", ["list", "show", "run", "verify", "build", "why", "doctor"])
def test_whatever_a_program_may_read_speaks_json(command: str) -> None:
    assert "--json" in CliRunner().invoke(app, [command, "--help"]).stdout


@pytest.mark.parametrize("command", ["list", "run", "verify", "build", "serve", "why", "publish"])
def test_the_scale_is_one_of_three(command: str) -> None:
    assert "quick|book|paper" in CliRunner().invoke(app, [command, "--help"]).stdout
