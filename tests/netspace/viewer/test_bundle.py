import hashlib
import json
import shutil
from pathlib import Path

import pytest

from netspace.viewer import bundle as module
from netspace.viewer.bundle import (
    Bundle,
    ViewerNotMade,
    fingerprint,
    stand_in,
    viewer_bundle,
    viewer_sources,
)

ROOT = Path(__file__).parents[3]
needs_npm = pytest.mark.skipif(
    not (ROOT / "node_modules" / "three").is_dir(), reason="npm's packages are not installed"
)


@pytest.fixture
def with_npm(tmp_path) -> Path:
    """A folder whose packages are those of this project, with a cache of its own."""
    (tmp_path / "node_modules").mkdir()
    for name in ("three", "esbuild", "@esbuild"):
        (tmp_path / "node_modules" / name).symlink_to(ROOT / "node_modules" / name)
    return tmp_path


def test_without_npms_packages_there_is_a_reason(tmp_path) -> None:
    found = viewer_bundle(tmp_path)
    assert found.script is None
    assert "npm packages three and esbuild; run `npm ci`" in found.reason
    assert json.loads(found.stand_in.partition(" = ")[2].rstrip().rstrip(";")) == found.reason
    assert stand_in(tmp_path) == found.stand_in
    assert fingerprint(tmp_path) is None
    assert list(tmp_path.iterdir()) == []


@needs_npm
def test_the_packages_are_found_from_below_and_the_fingerprint_is_that_of_the_script(with_npm, monkeypatch) -> None:
    (with_npm / "notebooks").mkdir()
    monkeypatch.chdir(with_npm / "notebooks")
    script = viewer_bundle().script
    assert stand_in(with_npm) == script
    assert fingerprint(with_npm) == hashlib.sha256(script.encode()).hexdigest()


@needs_npm
def test_where_nothing_can_be_kept_it_is_made_each_time(with_npm) -> None:
    (with_npm / "node_modules" / ".cache").write_text("no folder")
    assert viewer_bundle(with_npm) == viewer_bundle(with_npm)


@needs_npm
def test_the_bundle_is_one_classic_script_with_the_notice_of_three(with_npm) -> None:
    script = viewer_bundle(with_npm).script
    assert script.startswith("/*! This file contains three.js 0.187.0")
    assert "The MIT License" in script[:400]
    assert "Permission is hereby granted" in script[:1500]
    assert "netspace" in script
    for module_syntax in ("import ", "export "):
        assert not any(line.startswith(module_syntax) for line in script.splitlines())
    assert len(script) < 700_000


@needs_npm
def test_it_is_made_once_for_the_same_sources(with_npm, monkeypatch) -> None:
    first = viewer_bundle(with_npm)
    monkeypatch.setattr(module, "_bundled", None)  # a second making would fail
    assert viewer_bundle(with_npm) == first
    monkeypatch.setattr(module, "_digest", lambda modules: "of other sources and versions")
    with pytest.raises(TypeError):
        viewer_bundle(with_npm)


@needs_npm
def test_sources_that_do_not_parse_fail_the_build_with_their_place(with_npm, monkeypatch, tmp_path) -> None:
    broken = tmp_path / "viewer"
    shutil.copytree(module.VIEWER, broken)
    (broken / "main.js").write_text("let = ;")
    monkeypatch.setattr(module, "VIEWER", broken)
    with pytest.raises(ViewerNotMade, match=r"not bundled:[\s\S]*main.js:1"):
        viewer_bundle(with_npm)


def test_the_sources_belong_to_the_package() -> None:
    import tomllib

    sources = viewer_sources()
    assert {"main.js", "viewer.js", "viewer.css"} <= set(sources)
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text())
    patterns = settings["tool"]["setuptools"]["package-data"]["netspace.viewer"]
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
