"""One build at a time: a lock that the operating system opens when its holder dies, however it dies."""

import contextlib
import fcntl
import os
import time
from collections.abc import Iterator
from pathlib import Path

import psutil

from companion.errors import BuildFailed, Busy

# A killed build's jobs follow it within a fraction of a second (companion.lifeline); then the lock is free.
_SECONDS_FOR_A_DEAD_BUILD = 3.0


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
        _acquire(descriptor, folder)
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, str(os.getpid()).encode(), 0)
        yield descriptor
    finally:
        os.close(descriptor)


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


def _sentence(holder: str, folder: Path) -> str:
    return (
        f"another build is running in {folder} (process {holder}). Wait until it ends, or end it: kill {holder}. "
        "Nothing was changed"
    )
