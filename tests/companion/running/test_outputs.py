import json
import os
import re
import socket
import stat

import pytest

from companion.errors import BuildFailed, RefusedInput
from companion.files import kind_of, write_atomically
from companion.running.execution import run_chapter
from companion.running.outputs import checked_output

EXECUTED = json.dumps({"cells": [], "metadata": {"companion": {"stamp": {}}}, "nbformat": 4, "nbformat_minor": 5})


def refused(project, path, message):
    with pytest.raises(RefusedInput, match=message):
        checked_output(project, path)


def test_a_new_file_and_one_of_an_earlier_run_are_taken(scratch_project, tmp_path):
    place = tmp_path / "mine.ipynb"
    assert checked_output(scratch_project, place) == place
    place.write_text(EXECUTED)
    (tmp_path / "mine.verdicts.json").write_text('{"chapter": "toy", "claims_file": "0", "claims": []}')
    assert checked_output(scratch_project, place) == place
    assert checked_output(scratch_project, scratch_project.root / "new" / "mine.ipynb").name == "mine.ipynb"


@pytest.mark.parametrize("name", ["notebooks/toy.py", "notebooks/toy.claims.yml", "README.md", "out.json", "out"])
def test_only_notebooks_are_written(scratch_project, name):
    refused(scratch_project, scratch_project.root / name, r"goes to a file that ends in \.ipynb")


@pytest.mark.parametrize(
    "folder", ["notebooks", "notebooks/deeper", "book", "src", "src/toymath", "tests", ".git/x", "build/quick/source"]
)
def test_sources_and_builds_are_out_of_bounds(scratch_project, folder):
    (scratch_project.root / folder).mkdir(parents=True, exist_ok=True)
    refused(scratch_project, scratch_project.root / folder / "mine.ipynb", "which holds what the book is made of")


def test_a_source_folder_is_known_through_a_link_and_by_a_roundabout_way(scratch_project, tmp_path):
    (tmp_path / "way").symlink_to(scratch_project.root / "notebooks")
    refused(scratch_project, tmp_path / "way" / "mine.ipynb", "lies in notebooks/")
    refused(scratch_project, scratch_project.root / "book" / ".." / "notebooks" / "mine.ipynb", "lies in notebooks/")


def test_what_is_no_file_is_refused_by_its_kind(scratch_project, tmp_path):
    (tmp_path / "target.ipynb").write_text(EXECUTED)
    (tmp_path / "link.ipynb").symlink_to(tmp_path / "target.ipynb")
    (tmp_path / "dangling.ipynb").symlink_to(tmp_path / "nowhere")
    (tmp_path / "folder.ipynb").mkdir()
    os.mkfifo(tmp_path / "pipe.ipynb")
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(tmp_path / "socket.ipynb"))
        for name, kind in (
            ("link", "a symbolic link"),
            ("dangling", "a symbolic link"),
            ("folder", "a folder"),
            ("pipe", "a named pipe"),
            ("socket", "a socket"),
        ):
            refused(scratch_project, tmp_path / f"{name}.ipynb", f"is {kind}; expected a new file")


@pytest.mark.parametrize("content", ["{}", "not JSON", '{"cells": [], "metadata": {}, "nbformat": 4}', "[1]"])
def test_a_file_of_somebody_else_is_refused(scratch_project, tmp_path, content):
    (tmp_path / "notes.ipynb").write_text(content)
    refused(scratch_project, tmp_path / "notes.ipynb", "is not a notebook that companion executed; move it away")
    assert (tmp_path / "notes.ipynb").read_text() == content


def test_the_verdicts_beside_must_be_free_too(scratch_project, tmp_path):
    (tmp_path / "mine.verdicts.json").write_text('{"my": "own"}')
    refused(scratch_project, tmp_path / "mine.ipynb", r"mine\.verdicts\.json is there and is not verdicts")


def device(path):
    """A character device like ``/dev/null``."""
    try:
        os.mknod(path, stat.S_IFCHR | 0o666, os.makedev(1, 3))
    except OSError:
        pytest.skip("only root may make a device, and not everywhere")
    return path


def test_a_device_is_refused_before_the_run_and_stays_one(scratch_project, tmp_path, monkeypatch):
    place = device(tmp_path / "null.ipynb")
    monkeypatch.setattr("companion.running.execution._executed", lambda *_: pytest.fail("it was started"))
    with pytest.raises(RefusedInput, match=r"null\.ipynb is a character device"):
        run_chapter(scratch_project, "toy", scale="quick", output=place)
    assert kind_of(place) == "a character device"


def test_nothing_that_is_written_whole_replaces_what_is_no_file(tmp_path):
    (tmp_path / "link").symlink_to(tmp_path / "target")
    os.mkfifo(tmp_path / "pipe")
    for name, kind in (("link", "a symbolic link"), ("pipe", "a named pipe")):
        with pytest.raises(BuildFailed, match=re.escape(f"{name} is {kind}, which a file must not replace")):
            write_atomically(tmp_path / name, "new")
    assert (tmp_path / "link").is_symlink()
    with pytest.raises(BuildFailed, match="a character device"):
        write_atomically(device(tmp_path / "device"), "new")


def test_what_came_meanwhile_is_not_overwritten(scratch_project, tmp_path):
    place = tmp_path / "mine.ipynb"

    def write_first(_cell):
        place.write_text("my own notes")

    with pytest.raises(RefusedInput, match="is not a notebook that companion executed"):
        run_chapter(scratch_project, "toy", scale="quick", output=place, on_cell=write_first)
    assert place.read_text() == "my own notes"
