"""What the set-up lets pip and npm see of configuration files, and what it says where it cannot write."""

import errno
import importlib.util
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from companion.machine.browser import NAMES, chromium_path

ROOT = Path(__file__).parents[1]
INSTALLATION = ROOT / ".ci" / "installation"
PYTHON = Path(sys.executable)

NPM = """#!/usr/bin/env bash
[ "$1 $2" != "config get" ] || echo "{folder}/$3"
"""


@pytest.fixture
def modules(monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, ModuleType]]:
    """The modules of the set-up, which stand in no package."""
    found = {}
    names = ("allowed", "environment", "packages", "browser")
    files = {name: name for name in names} | {"start": "__main__"}
    for name, file in files.items():
        spec = importlib.util.spec_from_file_location(name, INSTALLATION / f"{file}.py")
        assert spec is not None
        assert spec.loader is not None
        found[name] = importlib.util.module_from_spec(spec)
        monkeypatch.setitem(sys.modules, name, found[name])
        spec.loader.exec_module(found[name])
    return found


@pytest.fixture
def outside(tmp_path: Path) -> dict[str, str]:
    return {"PATH": os.environ["PATH"], "HOME": str(tmp_path)}


def for_pip(modules: dict[str, ModuleType], outside: dict[str, str], folder: Path) -> dict[str, str]:
    return modules["allowed"].for_pip(PYTHON, outside, folder)


def test_of_pips_files_only_the_way_to_packages_counts(
    modules: dict[str, ModuleType], outside: dict[str, str], tmp_path: Path
) -> None:
    file = tmp_path / "pip.conf"
    file.write_text(
        "[global]\nuser = true\ntarget = /elsewhere\nindex-url = https://one.example/simple\n"
        "[install]\nno-deps = true\nextra-index-url =\n    https://two.example/simple\n    https://three.example/simple\n"
    )
    found = for_pip(modules, outside | {"PIP_CONFIG_FILE": str(file), "PIP_USER": "1"}, tmp_path)
    assert found["PIP_INDEX_URL"] == "https://one.example/simple"
    assert found["PIP_EXTRA_INDEX_URL"].split() == ["https://two.example/simple", "https://three.example/simple"]
    assert found["PIP_CONFIG_FILE"] == os.devnull
    assert not {"PIP_USER", "PIP_TARGET", "PIP_NO_DEPS"} & set(found)


def test_a_variable_comes_before_a_file(
    modules: dict[str, ModuleType], outside: dict[str, str], tmp_path: Path
) -> None:
    (tmp_path / "pip.conf").write_text("[install]\nindex-url = https://one.example/simple\n")
    variables = {"PIP_CONFIG_FILE": str(tmp_path / "pip.conf"), "PIP_INDEX_URL": "https://other.example/simple"}
    assert for_pip(modules, outside | variables, tmp_path)["PIP_INDEX_URL"] == "https://other.example/simple"


def test_uv_is_told_what_pip_is_told_and_its_own_variables_come_first(
    modules: dict[str, ModuleType], outside: dict[str, str], tmp_path: Path
) -> None:
    (tmp_path / "pip.conf").write_text(
        "[global]\nuser = true\nindex-url = https://one.example/simple\nfind-links =\n    /wheels\n    /more\n"
        "cert = /certs.pem\ntimeout = 7\n"
    )
    variables = {"PIP_CONFIG_FILE": str(tmp_path / "pip.conf"), "UV_HTTP_TIMEOUT": "9", "UV_TARGET": "/elsewhere"}
    found = modules["allowed"].for_uv(PYTHON, outside | variables, tmp_path)
    assert found["UV_DEFAULT_INDEX"] == "https://one.example/simple"
    assert found["UV_FIND_LINKS"] == "/wheels,/more"
    assert found["SSL_CERT_FILE"] == "/certs.pem"
    assert found["UV_HTTP_TIMEOUT"] == "9"
    assert not {name for name in found if name.startswith(("PIP_", "UV_TARGET"))}


def test_a_configuration_that_pip_cannot_read_is_named(
    modules: dict[str, ModuleType], outside: dict[str, str], tmp_path: Path
) -> None:
    (tmp_path / "pip.conf").write_text("no section\n")
    with pytest.raises(modules["allowed"].Refusal, match="pip cannot read its configuration"):
        for_pip(modules, outside | {"PIP_CONFIG_FILE": str(tmp_path / "pip.conf")}, tmp_path)


def test_of_npms_files_only_the_way_to_packages_counts(
    modules: dict[str, ModuleType], outside: dict[str, str], tmp_path: Path
) -> None:
    npm, work = tmp_path / "npm", tmp_path / "work"
    npm.write_text(NPM.format(folder=tmp_path))
    npm.chmod(0o755)
    work.mkdir()
    (tmp_path / "globalconfig").write_text("cafile=/certs.pem\nglobal=true\n")
    (tmp_path / ".npmrc").write_text(
        "prefix=/elsewhere\ndry-run = true\nregistry = https://one.example/\n//one.example/:_authToken=${TOKEN}\n"
    )
    found = modules["allowed"].for_npm(str(npm), outside | {"TOKEN": "secret", "OTHER": "x"}, work)
    copy = Path(found["npm_config_userconfig"])
    assert copy.read_text() == "registry = https://one.example/\n//one.example/:_authToken=${TOKEN}\n"
    assert copy.stat().st_mode & 0o077 == 0
    assert found["TOKEN"] == "secret"
    assert "OTHER" not in found
    assert Path(found["npm_config_globalconfig"]).read_text().strip() == "cafile=/certs.pem"


def test_a_folder_that_may_not_be_written_is_named_in_a_sentence(
    modules: dict[str, ModuleType], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refused(*_: object) -> None:
        raise OSError(errno.EROFS, os.strerror(errno.EROFS), "/book/.set-up")

    monkeypatch.setattr(modules["start"], "only_one", refused)
    monkeypatch.setattr(modules["start"].signal, "signal", lambda *_: None)
    monkeypatch.setattr(modules["environment"].Environment, "is_whole", lambda _: False)
    assert modules["start"].main() == 1
    said = capsys.readouterr().err
    assert "Read-only file system: /book/.set-up\nIt needs a folder that it may write" in said


def test_the_set_up_and_the_machinery_look_for_the_same_browsers(modules: dict[str, ModuleType]) -> None:
    assert modules["browser"].NAMES == NAMES


@pytest.mark.skipif(chromium_path() is None, reason="there is no Chromium on this machine")
def test_the_set_up_tries_a_browser_as_the_machinery_uses_it(modules: dict[str, ModuleType]) -> None:
    for browser, code in ((str(chromium_path()), 0), ("/bin/false", 1)):
        asked = [sys.executable, "-c", modules["browser"].CHECK]
        variables = {**os.environ, "CHROMIUM": browser}
        assert subprocess.run(asked, env=variables, capture_output=True, check=False).returncode == code


def test_a_set_up_that_is_told_to_end_puts_the_former_environment_back(tmp_path: Path) -> None:
    book = tmp_path / "book"
    for name in (
        ".ci",
        "pyproject.toml",
        "requirements.lock",
        "requirements.hashes",
        "package.json",
        "package-lock.json",
    ):
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
        copy(ROOT / name, book / name) if book.is_dir() else (book.mkdir(), copy(ROOT / name, book / name))
    former = book / ".venv"
    former.mkdir()
    (former / "whole").write_text("/somewhere/else\n")
    driver = (
        "import runpy, sys\nsys.path.insert(0, '.ci/installation')\nimport environment\n"
        "environment.Environment._install = lambda self: __import__('time').sleep(60)\n"
        "environment.base_python = lambda: '/bin/true'\n"
        "runpy.run_path('.ci/installation/__main__.py', run_name='__main__')\n"
    )
    process = subprocess.Popen([PYTHON, "-c", driver], cwd=book)
    while not (book / ".set-up" / "former-venv").exists():
        time.sleep(0.01)
    process.terminate()
    assert process.wait() == 143
    assert (former / "whole").read_text() == "/somewhere/else\n"
