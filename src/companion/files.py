"""Files that are written whole or not at all, and their hashes."""

import contextlib
import errno
import hashlib
import os
import stat
from pathlib import Path

from companion.errors import BuildFailed

_WHY = {
    errno.ENOSPC: "the disk is full",
    errno.EDQUOT: "your disk quota is used up",
    errno.EFBIG: "the file is larger than this file system or your limits allow",
    errno.EACCES: "you have no permission to write there",
    errno.EPERM: "you have no permission to write there",
    errno.EROFS: "the file system is read-only",
    errno.EEXIST: "a part of the path is a file, not a folder",
    errno.ENOTDIR: "a part of the path is a file, not a folder",
    errno.EISDIR: "a folder of that name is in the way",
}
_KINDS = (
    (stat.S_ISREG, "a file"),
    (stat.S_ISLNK, "a symbolic link"),
    (stat.S_ISDIR, "a folder"),
    (stat.S_ISCHR, "a character device"),
    (stat.S_ISBLK, "a block device"),
    (stat.S_ISFIFO, "a named pipe"),
    (stat.S_ISSOCK, "a socket"),
)


def kind_of(path: Path) -> str | None:
    """What is at ``path`` itself, no link followed: ``a file``, ``a folder`` and so on; None where nothing is."""
    try:
        mode = path.lstat().st_mode
    except (FileNotFoundError, NotADirectoryError):
        return None
    return next((kind for test, kind in _KINDS if test(mode)), "something of an unknown kind")


def write_atomically(path: Path, content: str | bytes) -> None:
    """Write ``content`` so that ``path`` holds either all of it or what it held before, also after a power cut.

    The content goes to a hidden file in the same folder, is forced to the disk, and then takes the place of ``path``.
    The folder is made where it is missing. Only a file is replaced: a link, a device or a pipe is not ours to remove.

    Raises:
        BuildFailed: If the disk is full or the place may not be written; the former file is untouched.
    """
    data = content.encode("utf-8") if isinstance(content, str) else content
    temporary = _temporary(path)
    _check_replaceable(path)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        _write_through(temporary, data)
        os.replace(temporary, path)
    except OSError as error:
        raise BuildFailed(_sentence(path, len(data), error)) from error
    finally:
        with contextlib.suppress(OSError):  # after success it is gone already
            temporary.unlink()


def write_if_different(path: Path, content: str | bytes) -> bool:
    """Write ``content`` as :func:`write_atomically` does, unless ``path`` holds it already.

    Returns:
        Whether something was written. A file left alone keeps its time of change, so nothing downstream runs again.

    Raises:
        BuildFailed: If the file cannot be written, or is there and cannot be read.
    """
    data = content.encode("utf-8") if isinstance(content, str) else content
    try:
        if path.read_bytes() == data:
            return False
    except FileNotFoundError:
        pass
    except OSError as error:
        raise BuildFailed(f"{path} is there, but cannot be read: {error.strerror}") from error
    write_atomically(path, data)
    return True


def check_writable(path: Path) -> None:
    """Check, before hours of work, that ``path`` may be written; its folder is made where it is missing.

    Raises:
        BuildFailed: If not.
    """
    _check_replaceable(path)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        _temporary(path).touch()
        _temporary(path).unlink()
    except OSError as error:
        raise BuildFailed(f"{path} cannot be written: {_reason(error)}. Nothing was started.") from error


def sha256_of(path: Path) -> str:
    """The SHA-256 of the bytes of ``path``, in hex."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _temporary(path: Path) -> Path:
    return path.with_name(f".{path.name}.{os.getpid()}.part")


def _check_replaceable(path: Path) -> None:
    """Refuse to replace what is no file.

    Raises:
        BuildFailed: If ``path`` is a link, a folder, a device, a pipe or a socket.
    """
    try:
        kind = kind_of(path)
    except OSError as error:
        raise BuildFailed(f"{path} cannot be written: {_reason(error)}.") from error
    if kind == "a folder":
        raise BuildFailed(f"{path} could not be written: {_WHY[errno.EISDIR]}. What was there before is untouched.")
    if kind not in (None, "a file"):
        raise BuildFailed(f"{path} is {kind}, which a file must not replace. Remove it, or choose another place.")


def _write_through(path: Path, data: bytes) -> None:
    with path.open("wb") as stream:
        stream.write(data)
        stream.flush()
        os.fsync(stream.fileno())


def _sentence(path: Path, size: int, error: OSError) -> str:
    return f"{path} ({size / 1e6:.2f} MB) could not be written: {_reason(error)}. What was there before is untouched."


def _reason(error: OSError) -> str:
    return _WHY.get(error.errno or 0, error.strerror or str(error))
