import json
import subprocess
import sys
from collections.abc import Callable

import pytest
from typer.testing import CliRunner, Result

from companion import errors
from companion.cli import app
from companion.project import Project


@pytest.fixture
def companion(scratch_project: Project, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    """Call the command line in the toy book."""
    monkeypatch.chdir(scratch_project.root)

    def call(*arguments: str) -> Result:
        monkeypatch.setattr(sys, "argv", ["companion", *arguments])
        return CliRunner().invoke(app, arguments)

    return call


def test_help_names_every_command_and_every_exit_code(companion: Callable[..., Result]) -> None:
    said = companion("--help").stdout
    for command in ("list", "show", "run", "verify", "build", "serve", "why", "doctor", "publish"):
        assert f"\n  {command} " in said
    for kind in errors.CompanionError.__subclasses__():
        assert f"{kind.exit_code} " in said.partition("Exit codes:")[2]


def test_exit_codes_differ() -> None:
    kinds = errors.CompanionError.__subclasses__()
    assert sorted(kind.exit_code for kind in kinds) == list(range(2, 2 + len(kinds)))


def test_help_imports_nothing_heavy() -> None:
    program = (
        "import sys, companion.cli\n"
        "try: companion.cli.app(['--help'], prog_name='companion')\n"
        "except SystemExit: pass\n"
        "heavy = {'torch', 'scipy', 'numpy', 'snakemake', 'pydantic', 'nbformat', 'matplotlib'} & set(sys.modules)\n"
        "assert not heavy, heavy\n"
    )
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr


def test_an_unknown_chapter_suggests_the_nearest(companion: Callable[..., Result]) -> None:
    for command in ("show", "run", "why", "verify"):
        result = companion(command, "toi")
        assert result.exit_code == errors.RefusedInput.exit_code
        assert "there is no chapter 'toi'. Did you mean 'toy'?" in result.stderr


def test_a_refusal_is_json_where_a_program_asked(companion: Callable[..., Result]) -> None:
    result = companion("why", "toi", "--json")
    answer = json.loads(result.stdout)
    assert answer["exit_code"] == result.exit_code == 2
    assert "toi" in answer["error"]


def test_a_scale_that_does_not_exist_is_refused_with_the_choices(companion: Callable[..., Result]) -> None:
    result = companion("run", "toy", "--scale", "tiny")
    assert result.exit_code == 2
    assert all(scale in result.stderr for scale in ("quick", "book", "paper"))


def test_an_error_of_the_system_is_one_sentence(
    companion: Callable[..., Result], monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device", "build/quick/toy.ipynb")

    monkeypatch.setattr("companion.pipeline.why.forecast_of", full)
    result = companion("why", "toy")
    assert result.exit_code == errors.BuildFailed.exit_code
    assert result.stderr == "companion: No space left on device: build/quick/toy.ipynb\n"


def test_outside_a_book_it_says_so(companion: Callable[..., Result], tmp_path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    result = companion("list")
    assert result.exit_code == 2
    assert "no book found" in result.stderr
