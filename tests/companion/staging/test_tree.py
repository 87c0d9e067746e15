import pytest

from companion.errors import BuildFailed
from companion.staging.tree import Stage


def test_write_makes_the_folder_hold_exactly_the_staged_files(tmp_path):
    (tmp_path / "old" / "deep").mkdir(parents=True)
    (tmp_path / "old" / "deep" / "page.md").write_text("gone")
    stage = Stage()
    stage.add("book/a.md", "a")
    stage.add("raw.bin", b"\x00\xff")
    stage.write(tmp_path)
    found = {path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*") if path.is_file()}
    assert found == {"book/a.md", "raw.bin"}
    assert not (tmp_path / "old").exists()


def test_a_file_that_is_the_same_is_not_touched(tmp_path):
    def write(text):
        stage = Stage()
        stage.add("a.md", text)
        stage.add("b.md", "b")
        stage.write(tmp_path)
        return [(tmp_path / name).stat().st_mtime_ns for name in ("a.md", "b.md")]

    first, second = write("one"), write("two")
    assert second[0] > first[0]
    assert second[1] == first[1]


def test_add_folder_leaves_hidden_files_out_and_paths_are_found_by_suffix(tmp_path):
    (tmp_path / ".cache").mkdir()
    (tmp_path / ".cache" / "x.md").write_text("x")
    (tmp_path / "y.md").write_text("y")
    stage = Stage()
    stage.add_folder(tmp_path, "book")
    assert stage.paths(".md") == ["book/y.md"]
    assert stage.text("book/y.md") == "y"


def test_files_are_taken_off_again_by_suffix():
    stage = Stage()
    stage.add("book/a.bib", "a")
    stage.add("book/a.md", "a")
    stage.remove(".bib")
    assert stage.paths("") == ["book/a.md"]


def test_a_page_that_nobody_staged_is_named():
    with pytest.raises(BuildFailed, match=r"book/far\.md is missing; CONTRIBUTING\.md says in ten steps"):
        Stage().text("book/far.md")
