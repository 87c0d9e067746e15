"""One build at a time: a lock that is open again when its holder has died, however it died.

The operating system keeps the lock where the file system can (``flock``). Where it cannot (some network, FUSE and
shared folders answer ENOSYS, ENOLCK or EOPNOTSUPP), a file that only one process can create names the holder, and
whoever comes next looks whether that process, or a job that it left behind, still lives.
"""

import contextlib
import errno
import fcntl
import os
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import psutil

from companion.errors import BuildFailed, Busy
from companion.machine.lifeline import BUILD_VARIABLE

# A killed build's jobs follow it within a fraction of a second (companion.machine.lifeline); then the lock is free.
_SECONDS_FOR_A_DEAD_BUILD = 3.0
_NO_LOCKS_HERE = {errno.ENOSYS, errno.ENOLCK, errno.EOPNOTSUPP, errno.ENOTSUP}


@contextlib.contextmanager
def build_lock(folder: Path) -> Iterator[int]:
    """Hold the lock of ``folder``.

    Yields:
        Its file descriptor; a child process that inherits it holds the lock as well.

    Raises:
        Busy: If a living process holds it; the message names the process.
        BuildFailed: If the folder may not be written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(folder / ".lock", os.O_RDWR | os.O_CREAT, 0o644)
    except OSError as error:
        raise BuildFailed(
            f"cannot write in {folder}: {error.strerror}. The build needs a folder it may write"
        ) from error
    try:
        with _locked(descriptor, folder):
            yield descriptor
    finally:
        os.close(descriptor)


@contextlib.contextmanager
def _locked(descriptor: int, folder: Path) -> Iterator[None]:
    """Hold the lock in the way that the file system can.

    Yields:
        Nothing.
    """
    if not _can_lock(descriptor, folder):
        with _named_holder(folder):
            yield
        return
    os.ftruncate(descriptor, 0)
    os.pwrite(descriptor, str(os.getpid()).encode(), 0)
    yield


def _can_lock(descriptor: int, folder: Path) -> bool:
    """Take the lock of the operating system; False where the file system knows none.

    Raises:
        BuildFailed: If it refuses for another reason.
    """
    try:
        _acquire(descriptor, folder)
    except OSError as error:
        if error.errno in _NO_LOCKS_HERE:
            return False
        raise BuildFailed(f"cannot lock {folder / '.lock'}: {error.strerror}") from error
    return True


def _acquire(descriptor: int, folder: Path) -> None:
    give_up = time.monotonic() + _SECONDS_FOR_A_DEAD_BUILD
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        except BlockingIOError:
            holder = os.pread(descriptor, 32, 0).decode() or "unknown"
            alive = holder.isdigit() and psutil.pid_exists(int(holder))
            if alive or time.monotonic() > give_up:
                raise Busy(_sentence(holder, folder)) from None
            time.sleep(0.1)


@contextlib.contextmanager
def _named_holder(folder: Path) -> Iterator[None]:
    """Hold ``folder`` by a file that names this process.

    Yields:
        Nothing.
    """
    path = folder / ".lock.holder"
    while not _create(path):
        _clear_of_the_dead(path, folder)
    try:
        yield
    finally:
        path.unlink(missing_ok=True)


def _create(path: Path) -> bool:
    """Write who we are into ``path``, unless it is there: of two processes only one creates it.

    Raises:
        BuildFailed: If the folder may not be written.
    """
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644)
    except FileExistsError:
        return False
    except OSError as error:
        raise BuildFailed(f"cannot write {path}: {error.strerror}. The build needs a folder it may write") from error
    with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
        stream.write(f"{os.getpid()} {psutil.Process().create_time()} {socket.gethostname()}")
    return True


def _clear_of_the_dead(path: Path, folder: Path) -> None:
    """Take ``path`` away if its holder and all that it started are dead.

    Raises:
        Busy: If not, or if it is one of another machine, of which nothing can be known here.
    """
    give_up = time.monotonic() + _SECONDS_FOR_A_DEAD_BUILD
    while text := _text(path):
        pid, start, host = [*text.split(), "", "", ""][:3]
        if host and host != socket.gethostname():
            raise Busy(_sentence_elsewhere(path, folder, pid, host))
        if not _lives(pid, start) and not _followers(pid, host):
            _remove(path, text)
            return
        if time.monotonic() > give_up or _lives(pid, start):
            raise Busy(_sentence(pid, folder))
        time.sleep(0.1)


def _text(path: Path) -> str:
    """What ``path`` holds; "" once it is gone. One that is empty was created this moment, or its writer died."""
    for _ in range(10):
        try:
            text = path.read_text(encoding="utf-8")
        except FileNotFoundError:
            return ""
        if text:
            return text
        time.sleep(0.1)
    return "0 0"


def _lives(pid: str, start: str) -> bool:
    """Whether the process that wrote its number and start runs; a later one of the same number started later."""
    try:
        return bool(abs(psutil.Process(int(pid)).create_time() - float(start)) < 1.0)
    except (psutil.Error, ValueError):
        return False


def _followers(pid: str, host: str) -> bool:
    """Whether something that the build ``pid`` started still runs, as one would hold the lock that it inherited."""
    mine = (process for process in psutil.process_iter() if process.pid != os.getpid())
    return any(_variable(process) == f"{pid}@{host}" for process in mine)


def _variable(process: psutil.Process) -> str:
    try:
        return str(process.environ().get(BUILD_VARIABLE, ""))
    except (psutil.Error, OSError):  # another user's, or gone
        return ""


def _remove(path: Path, text: str) -> None:
    """Take ``path`` away as we read it: of two that found a dead holder, the second must not remove the first's."""
    aside = path.with_name(f"{path.name}.{os.getpid()}")
    try:
        os.rename(path, aside)
    except FileNotFoundError:
        return
    if aside.read_text(encoding="utf-8") in (text, ""):
        aside.unlink()
    else:
        os.rename(aside, path)


def _sentence(holder: str, folder: Path) -> str:
    return (
        f"another build is running in {folder} (process {holder}). Wait until it ends, or end it: kill {holder}. "
        "Nothing was changed"
    )


def _sentence_elsewhere(path: Path, folder: Path, pid: str, host: str) -> str:
    return (
        f"another build is running in {folder}: process {pid} on the machine {host}, says {path.name}. Wait until it "
        f"ends; if it no longer runs there, delete that file: {path}. Nothing was changed"
    )
