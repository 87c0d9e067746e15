import errno
import hashlib
import os
import pwd
import shutil
import subprocess
import tempfile
from pathlib import Path

import pytest

from companion.errors import BuildFailed
from companion.files import check_writable, sha256_of, write_atomically, write_if_different


def failing_with(number):
    def fail(*_, **__):
        raise OSError(number, os.strerror(number))

    return fail


def test_text_and_bytes_arrive_in_a_new_folder(tmp_path):
    write_atomically(tmp_path / "a" / "b.txt", "größer")
    assert (tmp_path / "a" / "b.txt").read_bytes() == "größer".encode()
    write_atomically(tmp_path / "a" / "b.txt", b"\0\1")
    assert (tmp_path / "a" / "b.txt").read_bytes() == b"\0\1"
    assert os.listdir(tmp_path / "a") == ["b.txt"]


def test_a_place_to_write_is_made_ready(tmp_path):
    check_writable(tmp_path / "a" / "b")
    assert os.listdir(tmp_path / "a") == []


def test_an_equal_file_is_left_alone(tmp_path):
    path = tmp_path / "file"
    assert write_if_different(path, "one")
    os.utime(path, (1, 1))
    assert not write_if_different(path, "one")
    assert path.stat().st_mtime == 1
    assert write_if_different(path, "two")
    assert path.read_text() == "two"


def test_the_hash_is_that_of_the_bytes(tmp_path):
    (tmp_path / "file").write_bytes(b"abc")
    # FIPS 180-2, appendix B.1
    assert sha256_of(tmp_path / "file") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"


@pytest.mark.parametrize(
    ("number", "message"),
    [
        (errno.ENOSPC, "the disk is full"),
        (errno.EDQUOT, "quota is used up"),
        (errno.EROFS, "read-only"),
        (errno.EIO, "Input/output error"),
    ],
)
@pytest.mark.parametrize("function", ["fsync", "replace"])
def test_a_failed_write_leaves_the_former_file_and_no_other(tmp_path, monkeypatch, function, number, message):
    path = tmp_path / "result"
    path.write_text("former")
    monkeypatch.setattr(os, function, failing_with(number))
    with pytest.raises(BuildFailed, match=rf"result \(0.00 MB\) .*{message}.*untouched"):
        write_atomically(path, "new")
    assert path.read_text() == "former"
    assert os.listdir(tmp_path) == ["result"]


def test_a_folder_in_the_way_is_named(tmp_path):
    (tmp_path / "result").mkdir()
    with pytest.raises(BuildFailed, match="a folder of that name is in the way"):
        write_atomically(tmp_path / "result", "new")
    with pytest.raises(BuildFailed, match="cannot be read"):
        write_if_different(tmp_path / "result", "new")
    (tmp_path / "file").write_text("")
    with pytest.raises(BuildFailed, match="a part of the path is a file"):
        write_atomically(tmp_path / "file" / "result", "new")


def test_a_really_full_disk(tmp_path):
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(tmp_path)], capture_output=True)
    if mounted.returncode:
        pytest.skip("mounting a tiny file system needs root")
    try:
        (tmp_path / "result").write_text("former")
        with pytest.raises(BuildFailed, match=r"result \(2.00 MB\) could not be written: the disk is full"):
            write_atomically(tmp_path / "result", b"x" * 2_000_000)
        assert (tmp_path / "result").read_text() == "former"
        assert os.listdir(tmp_path) == ["result"]
    finally:
        subprocess.run(["umount", str(tmp_path)], check=True)


def test_a_folder_without_permission():
    folder = Path(tempfile.mkdtemp())  # the parents of tmp_path are closed to other users
    (folder / "result").write_text("former")
    folder.chmod(0o555)
    user = os.geteuid()
    try:
        os.seteuid(pwd.getpwnam("nobody").pw_uid if user == 0 else user)  # root may write everywhere
        with pytest.raises(BuildFailed, match="no permission to write there"):
            write_atomically(folder / "result", "new")
        with pytest.raises(BuildFailed, match=r"no permission to write there\. Nothing was started"):
            check_writable(folder / "result")
        with pytest.raises(BuildFailed, match=r"no permission to write there\. Nothing was started"):
            check_writable(folder / "deeper" / "result")
    finally:
        os.seteuid(user)
        folder.chmod(0o755)
    assert (folder / "result").read_text() == "former"
    assert os.listdir(folder) == ["result"]
    shutil.rmtree(folder)


def test_written_files_are_readable_by_others(tmp_path):
    write_atomically(tmp_path / "page", "text")
    mask = os.umask(0)
    os.umask(mask)
    assert (tmp_path / "page").stat().st_mode & 0o777 == 0o666 & ~mask
    assert hashlib.sha256(b"text").hexdigest() == sha256_of(tmp_path / "page")
