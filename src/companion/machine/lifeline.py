"""Processes that end with the one that started them, also when that one is killed and can tell nobody.

A thread looks five times a second whether the other process still lives. That is portable, and it reaches through the
shells and job runners that stand between a build and its kernels.
"""

import os
import signal
import socket
import threading
import time

import psutil

BUILD_VARIABLE = "COMPANION_BUILD"
_SECONDS_BETWEEN_LOOKS = 0.2


def hold_on_to(pid: int) -> None:
    """End this process and all it started as soon as the process ``pid`` has ended."""
    try:
        other = psutil.Process(pid)
    except psutil.NoSuchProcess:
        _end_with_descendants()
        return
    threading.Thread(target=_watch, args=(other,), name=f"lifeline to {pid}", daemon=True).start()


def hold_on_to_build() -> None:
    """End with the build that started this process; on another machine of a cluster the scheduler sees to it."""
    pid, _, host = os.environ.get(BUILD_VARIABLE, "").partition("@")
    if pid and host == socket.gethostname():
        hold_on_to(int(pid))


def this_build() -> dict[str, str]:
    """The environment by which everything a build starts finds :func:`hold_on_to_build`'s process: this one."""
    return {BUILD_VARIABLE: f"{os.getpid()}@{socket.gethostname()}"}


def _watch(other: psutil.Process) -> None:
    while _lives(other):
        time.sleep(_SECONDS_BETWEEN_LOOKS)
    _end_with_descendants()


def _lives(process: psutil.Process) -> bool:
    """Whether it runs; one that ended and was not yet collected by its parent does not."""
    try:
        return bool(process.is_running() and process.status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


def _end_with_descendants() -> None:
    for process in psutil.Process().children(recursive=True):
        try:
            process.kill()
        except psutil.NoSuchProcess:
            continue
    os.kill(os.getpid(), signal.SIGKILL)
