import json
import shutil
from pathlib import Path

import pytest

from companion.errors import BuildFailed
from companion.project import Project
from companion.space import bundle as module
from companion.space.bundle import Bundle, viewer_bundle, viewer_sources

ROOT = Path(__file__).parents[3]
SETTINGS = """
[tool.companion]
packages = []
data = "data.toml"
data-probe = "a:b"
repository = ""
"""
needs_npm = pytest.mark.skipif(
    not (ROOT / "node_modules" / "three").is_dir(), reason="npm's packages are not installed"
)


@pytest.fixture
def project(tmp_path) -> Project:
    (tmp_path / "pyproject.toml").write_text(SETTINGS)
    return Project.find(tmp_path)


@pytest.fixture
def with_npm(project) -> Project:
    (project.root / "node_modules").symlink_to(ROOT / "node_modules")
    shutil.copy(ROOT / "package-lock.json", project.root)
    return project


def test_without_npms_packages_there_is_a_reason(project) -> None:
    found = viewer_bundle(project)
    assert found.script is None
    assert "npm packages three and esbuild; run `npm ci`" in found.reason
    assert json.loads(found.stand_in.partition(" = ")[2].rstrip().rstrip(";")) == found.reason
    assert not (project.root / "build").exists()


@needs_npm
def test_the_bundle_is_one_classic_script_with_the_notice_of_three(with_npm) -> None:
    script = viewer_bundle(with_npm).script
    assert script.startswith("/*! This file contains three.js 0.187.0")
    assert "The MIT License" in script[:400]
    assert "Permission is hereby granted" in script[:1500]
    assert "companionSpace" in script
    for module_syntax in ("import ", "export "):
        assert not any(line.startswith(module_syntax) for line in script.splitlines())
    assert len(script) < 700_000


@needs_npm
def test_it_is_made_once_for_the_same_sources(with_npm, monkeypatch) -> None:
    first = viewer_bundle(with_npm)
    monkeypatch.setattr(module, "_bundled", None)  # a second making would fail
    assert viewer_bundle(with_npm) == first
    with (with_npm.root / "package-lock.json").open("a") as file:
        file.write("\n")
    with pytest.raises(TypeError):
        viewer_bundle(with_npm)


@needs_npm
def test_sources_that_do_not_parse_fail_the_build_with_their_place(with_npm, monkeypatch, tmp_path) -> None:
    broken = tmp_path / "viewer"
    shutil.copytree(module.VIEWER, broken)
    (broken / "main.js").write_text("let = ;")
    monkeypatch.setattr(module, "VIEWER", broken)
    with pytest.raises(BuildFailed, match=r"not bundled:[\s\S]*main.js:1"):
        viewer_bundle(with_npm)


def test_the_sources_belong_to_the_package() -> None:
    import tomllib

    sources = viewer_sources()
    assert {"main.js", "viewer.js", "viewer.css"} <= set(sources)
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text())
    patterns = settings["tool"]["setuptools"]["package-data"]["companion.space"]
    shipped = {path.name for pattern in patterns for path in module.VIEWER.parent.glob(pattern)}
    assert shipped == set(sources) == {path.name for path in module.VIEWER.iterdir()}


@pytest.mark.parametrize("path", viewer_sources().values(), ids=lambda path: path.name)
def test_each_module_is_short_and_says_what_it_is(path) -> None:
    lines = path.read_text(encoding="utf-8").splitlines()
    assert len(lines) <= 300
    if path.suffix == ".js":
        assert lines[0].startswith("// ")
        assert max(map(len, lines)) <= 140


def test_a_stand_in_is_the_script_where_there_is_one() -> None:
    assert Bundle("run();").stand_in == "run();"
