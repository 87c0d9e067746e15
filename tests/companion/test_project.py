import sys
from importlib import import_module
from pathlib import Path

import pytest

from companion.errors import RefusedInput
from companion.project import Project
from companion.scales import Scale


def test_a_project_is_found_from_inside(scratch_project):
    found = Project.find(scratch_project.root / "src" / "toymath")
    assert found == scratch_project
    assert found.packages == ("toymath",)
    assert found.slugs == ("toy",)
    assert found.data_file == found.root / "data.toml"


def test_no_project_is_said(tmp_path):
    (tmp_path / "pyproject.toml").write_text("[project]\nname = 'other'\n")
    with pytest.raises(RefusedInput, match=r"no book found: no pyproject\.toml with \[tool\.companion\]"):
        Project.find(tmp_path)


def test_a_lacking_key_is_named(tmp_path):
    (tmp_path / "pyproject.toml").write_text("[tool.companion]\npackages = []\n")
    with pytest.raises(RefusedInput, match="lacks the key 'data'"):
        Project.find(tmp_path)


def test_an_unknown_chapter_suggests_the_nearest(scratch_project):
    assert scratch_project.check_slug("toy") == "toy"
    with pytest.raises(RefusedInput, match=r"there is no chapter 'tyo'\. Did you mean 'toy'\? The chapters: toy"):
        scratch_project.check_slug("tyo")
    with pytest.raises(RefusedInput, match=r"there is no chapter 'random-matrix'\. The chapters: toy"):
        scratch_project.check_slug("random-matrix")


def test_places(scratch_project):
    root = scratch_project.root
    assert scratch_project.executed("toy", Scale.QUICK) == root / "build/quick/toy.ipynb"
    assert scratch_project.verdicts("toy", Scale.BOOK) == root / "build/book/toy.verdicts.json"
    assert scratch_project.inputs("toy", Scale.BOOK) == root / "build/book/toy.inputs.json"
    assert scratch_project.run_folder("toy", "abc") == root / "build/runs/toy/abc"
    assert scratch_project.relative(root / "build" / "x") == "build/x"
    assert scratch_project.relative(Path("/elsewhere/x")) == "/elsewhere/x"


def test_packages_are_importable_within_the_block_only(scratch_project):
    source = str(scratch_project.root / "src")
    sys.path.remove(source)
    with scratch_project.importable():
        assert import_module("toymath.factors").FACTOR == 2
    assert source not in sys.path


def test_the_address_comes_from_the_environment_before_the_settings(scratch_project, monkeypatch):
    settings = scratch_project.root / "pyproject.toml"
    assert Project.find(scratch_project.root).address == ""
    text = settings.read_text(encoding="utf-8")
    settings.write_text(
        text.replace('repository = ""', 'repository = ""\naddress = "https://a.org/b/"'), encoding="utf-8"
    )
    assert Project.find(scratch_project.root).address == "https://a.org/b"
    monkeypatch.setenv("COMPANION_ADDRESS", "https://c.org")
    assert Project.find(scratch_project.root).address == "https://c.org"


@pytest.mark.parametrize("address", ["example.org", "ftp://example.org", "https://example.org/?page=1"])
def test_an_address_that_is_none_is_refused(scratch_project, monkeypatch, address):
    monkeypatch.setenv("COMPANION_ADDRESS", address)
    with pytest.raises(RefusedInput, match="expected one like https"):
        Project.find(scratch_project.root)


def test_hidden_files_among_the_notebooks_are_nobodys_business(scratch_project):
    folder = scratch_project.root / "notebooks"
    (folder / ".#toy.py").symlink_to("somebody@host.1234:5678")  # the lock of an editor
    (folder / "._toy.py").write_bytes(b"\0\5\26\7\0\2\0\0Mac OS X \xff")
    (folder / ".toy.py").write_text("# %% hidden\n")
    found = Project.find(scratch_project.root)
    assert found.slugs == ("toy",)
    assert found.left_out == {}


COPIES = ("crown-Copy1.py", "toy (1).py", "toy~.py", "toy.bak.py", "toy.sync-conflict-20261201-101010.py", "toy--2.py")


@pytest.mark.parametrize("name", COPIES)
def test_a_copy_of_a_notebook_is_named_and_left_out(scratch_project, name):
    text = scratch_project.notebook("toy").read_text()
    (scratch_project.root / "notebooks" / name).write_text(text)
    found = Project.find(scratch_project.root)
    assert found.slugs == ("toy",)
    assert list(found.left_out) == [name]
    assert "lower-case letters, digits and single hyphens" in found.left_out[name]
    with pytest.raises(RefusedInput, match=r"is no chapter: a chapter's name has"):
        found.check_slug(name.removesuffix(".py"))


def test_a_copy_with_a_name_that_a_chapter_could_have_is_left_out_too(scratch_project):
    copy = scratch_project.root / "notebooks" / "toy-2.py"
    copy.write_text(scratch_project.notebook("toy").read_text())
    found = Project.find(scratch_project.root)
    assert found.slugs == ("toy",)
    assert found.left_out["toy-2.py"] == "it has neither toy-2.claims.yml nor the page book/toy-2.md"
    assert found.check_slug("toy-2") == "toy-2"  # asked for by name, it says itself what it lacks
    scratch_project.claims("toy-2").write_text(scratch_project.claims("toy").read_text())
    found = Project.find(scratch_project.root)
    assert found.slugs == ("toy",)
    assert found.left_out["toy-2.py"] == "its claims file is that of the chapter toy"


def test_a_chapter_that_the_book_shows_stays_one_without_its_claims_file(scratch_project):
    scratch_project.claims("toy").unlink()
    assert Project.find(scratch_project.root).slugs == ("toy",)
