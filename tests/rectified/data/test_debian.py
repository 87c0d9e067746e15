from pathlib import Path

import pytest

from rectified.data.errors import CorruptData, DataUnavailable
from rectified.data.loading import load

APT = """#!/bin/sh
[ -e {folder}/answers ] && touch tiny.deb
"""
DPKG = """#!/bin/sh
cp -r {folder}/package/. "$3"
"""


@pytest.fixture
def debian(scratch, monkeypatch, tmp_path: Path) -> Path:
    """A machine whose apt-get, where it answers, has a package of the set; the folder of both."""
    registry = scratch.root / "data.toml"
    text = registry.read_text().replace('"node_modules/tiny/data"', '"/usr/share/tiny"')
    registry.write_text(text.replace("[sets.tiny]", '[sets.tiny]\ndebian = "dataset-tiny"'))
    place = tmp_path / "package" / "usr" / "share" / "tiny"
    place.mkdir(parents=True)
    for name, content in scratch.files.items():
        (place / name).write_bytes(content)
    for name, script in {"apt-get": APT, "dpkg-deb": DPKG}.items():
        (tmp_path / name).write_text(script.format(folder=tmp_path))
        (tmp_path / name).chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    monkeypatch.setattr("rectified.data.locating.project_root", lambda: scratch.root)
    return tmp_path


def test_where_no_mirror_answers_debians_package_is_unpacked(scratch, debian) -> None:
    (debian / "answers").touch()
    assert load("tiny", scratch.root).train_inputs.shape == (2, 2, 3)
    assert {path.name for path in (debian / "cache" / "tiny").iterdir()} == set(scratch.files)


def test_what_the_package_holds_is_checked(scratch, debian) -> None:
    (debian / "answers").touch()
    name = next(iter(scratch.files))
    (debian / "package" / "usr" / "share" / "tiny" / name).write_bytes(b"something else")
    with pytest.raises(CorruptData):
        load("tiny", scratch.root)


def test_apt_that_does_not_answer_is_one_reason_more(scratch, debian) -> None:
    with pytest.raises(DataUnavailable, match=r"does not answer .*; apt-get cannot download dataset-tiny"):
        load("tiny", scratch.root)


def test_a_package_with_other_files_is_refused(scratch, debian) -> None:
    (debian / "answers").touch()
    for path in (debian / "package" / "usr" / "share" / "tiny").iterdir():
        path.unlink()
    with pytest.raises(DataUnavailable, match="dataset-tiny holds other files"):
        load("tiny", scratch.root)


def test_without_debians_programs_only_the_mirrors_are_named(scratch, debian, monkeypatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(DataUnavailable) as caught:
        load("tiny", scratch.root)
    assert "apt-get" not in str(caught.value)
