"""The lock file, environment.yml and pyproject.toml name the same versions, and nothing that only one machine has."""

import importlib.util
import os
import re
import shutil
import subprocess
import sys
import sysconfig
import tomllib
from importlib import metadata
from pathlib import Path
from shutil import which
from types import ModuleType

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).parents[1]
CACHE = ROOT / ".data" / "uv"  # answers of the index
PYTHONS = ("3.11", "3.12", "3.13", "3.14")
CONDA_NAMES = {"pytorch-cpu": "torch"}  # conda's name of the build without CUDA
NOT_ON_PYPI = {"python", "pip", "nodejs"}


def pins(name: str = "requirements.lock") -> list[str]:
    """The requirements in a lock file, without hashes and comments."""
    lines = (ROOT / name).read_text(encoding="utf-8").splitlines()
    return [line.removesuffix(" \\") for line in lines if line[:1] not in ("", "#", " ")]


def locked() -> dict[str, Version]:
    found = map(Requirement, pins())
    return {canonicalize_name(pin.name): exact(pin.specifier) for pin in found}


def exact(specifier: SpecifierSet) -> Version:
    (one,) = specifier
    assert one.operator == "==", f"{one} is no exact version"
    return Version(one.version)


def project() -> dict[str, object]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def requirements(*extras: str) -> list[Requirement]:
    table = project()
    lines = [*table["dependencies"], *(line for extra in extras for line in table["optional-dependencies"][extra])]
    return [Requirement(line) for line in lines]


def environment() -> dict[str, list[str]]:
    document = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))
    plain = [entry for entry in document["dependencies"] if isinstance(entry, str)]
    (pip,) = [entry["pip"] for entry in document["dependencies"] if isinstance(entry, dict)]
    return {"conda": plain, "pip": pip}


@pytest.mark.parametrize("requirement", requirements("test", "slurm", "kubernetes"), ids=lambda r: r.name)
def test_every_requirement_has_bounds_and_its_locked_version_is_within(requirement: Requirement) -> None:
    version = locked()[canonicalize_name(requirement.name)]
    assert version in requirement.specifier
    assert any(one.operator in (">=", "==") for one in requirement.specifier), "no lower bound"


def test_jupyter_book_is_the_last_of_its_first_kind() -> None:
    (book,) = [r for r in requirements() if r.name == "jupyter-book"]
    assert book.specifier == SpecifierSet(">=1.0.4.post1,<2")
    assert not list(book.specifier.filter(["0.6.5", "0.10.1", "1.0.3", "2.0.0", "2.1.7"]))


def test_torch_is_locked_without_a_local_version() -> None:
    assert str(locked()["torch"]) == "2.13.0"


def test_no_version_is_local_and_no_line_names_a_place() -> None:
    for name in ("requirements.lock", "requirements.hashes"):
        assert not [pin for pin in pins(name) if re.search(r"[+/@]|--|-e ", pin)]
        assert "://" not in (ROOT / name).read_text(encoding="utf-8")


def test_each_pin_has_hashes_but_for_that_of_torch() -> None:
    assert pins("requirements.hashes") == pins()
    text = (ROOT / "requirements.hashes").read_text(encoding="utf-8")
    entries = re.findall(r"^[^ \n].*(?:\n .*)*", text, re.MULTILINE)
    bare = [entry for entry in entries if not re.fullmatch(r".* \\(\n    --hash=sha256:[0-9a-f]{64}( \\)?)+", entry)]
    assert bare == ["torch==2.13.0"]


def test_conda_takes_the_locked_versions_and_the_cpu_build_of_torch() -> None:
    names = {entry.partition("=")[0]: entry.partition("=")[2] for entry in environment()["conda"]}
    for name, version in names.items():
        if name not in NOT_ON_PYPI:
            assert Version(version) == locked()[CONDA_NAMES[name]]
    assert "pytorch-cpu" in names
    assert names["python"] in PYTHONS


def test_conda_leaves_the_rest_to_the_lock_file() -> None:
    assert environment()["pip"] == ["-c requirements.lock", "-e .[test]"]


def test_the_pythons_are_those_that_are_promised() -> None:
    supported = SpecifierSet(str(project()["requires-python"]))
    assert [f"3.{minor}" for minor in range(8, 20) if f"3.{minor}.0" in supported] == list(PYTHONS)


def test_what_is_installed_here_is_what_is_locked() -> None:
    pins = locked()
    for requirement in requirements("test"):
        name = canonicalize_name(requirement.name)
        assert Version(Version(metadata.version(name)).public) == pins[name], name


def allowed() -> ModuleType:
    """The set-up's rule for what pip sees of the outside; the set-up stands in no package."""
    spec = importlib.util.spec_from_file_location("allowed", ROOT / ".ci" / "installation" / "allowed.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def interpreter(python: str) -> str:
    """A Python of that version on this machine that starts; the one that runs the tests first."""
    if python == ".".join(map(str, sys.version_info[:2])):
        return sys.executable
    places = [which(f"python{python}"), *sorted((Path.home() / ".pyenv" / "versions").glob(f"{python}.*/bin/python"))]
    for place in filter(None, places):
        if subprocess.run([place, "-m", "pip", "--version"], capture_output=True, check=False).returncode == 0:
            return str(place)
    pytest.skip(f"no Python {python} with pip on this machine")


@pytest.mark.parametrize("python", PYTHONS)
def test_the_sources_compile(python: str, tmp_path: Path) -> None:
    sources = [str(ROOT / name) for name in ("src", "notebooks", "benchmarks")]
    command = [interpreter(python), "-W", "error", "-m", "compileall", "-q", "-f", *sources]
    variables = allowed().basics(os.environ) | {"PYTHONPYCACHEPREFIX": str(tmp_path)}
    ended = subprocess.run(command, capture_output=True, text=True, check=False, env=variables)
    assert ended.returncode == 0, ended.stdout


def test_the_lock_files_resolve_for_every_python_and_system(tmp_path: Path) -> None:
    """From 3.11.0 on: uv, asked again, finds that they name all that is wanted and nothing else."""
    for name in (".ci", "pyproject.toml", "README.md", "requirements.lock", "requirements.hashes"):
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
        copy(ROOT / name, tmp_path / name)
    (tmp_path / ".venv").symlink_to(Path(sysconfig.get_path("scripts")).parent)
    variables = allowed().for_uv(Path(sys.executable), os.environ, tmp_path) | {"UV_CACHE_DIR": str(CACHE)}
    command = ["bash", str(tmp_path / ".ci" / "lock")]
    ended = subprocess.run(command, capture_output=True, text=True, check=False, env=variables)
    if re.search(r"[Ff]ailed to fetch|error sending request|dns error", ended.stderr):
        pytest.skip(f"no network for uv: {ended.stderr.strip()[-200:]}")
    assert ended.returncode == 0, ended.stderr
    for name in ("requirements.lock", "requirements.hashes"):
        assert (tmp_path / name).read_text() == (ROOT / name).read_text(), f"{name}: bash .ci/lock makes another one"
