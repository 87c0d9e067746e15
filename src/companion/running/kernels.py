"""Kernels that share nothing: private sockets instead of ports, one thread, the project's own environment.

Two kernels that look for free TCP ports at the same time may find the same one. Here each speaks over Unix sockets in a
folder of its own. A watchdog kills the kernel's whole process group when its time is over: a kernel that hangs in
compiled code, or is stopped, hears no interrupt.
"""

import contextlib
import os
import shutil
import signal
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from subprocess import Popen
from typing import Any

import psutil
from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import AsyncKernelManager
from jupyter_client.provisioning.local_provisioner import LocalProvisioner

from companion.errors import BuildFailed, RefusedInput
from companion.machine.surroundings import environment, thread_settings
from companion.project import Project

LONGEST_SOCKET_PATH = 100  # the system's limit is 108 bytes on Linux and 104 on macOS
FOLDER_PREFIX = "companion-"
LOG_LINES = 8
SECONDS_PER_DAY = 86_400
_BEGINS = "\x1e"  # around a cell's name in the log


def kernel_environment(root: Path, private: Path) -> dict[str, str]:
    """The environment of a kernel: what every process of the book gets, and what says that this one runs a chapter.

    Args:
        root: The project; its ``src`` comes first on the path.
        private: Folder of this kernel; IPython's profile goes there, so that what one run leaves is not in the next.
    """
    return (
        environment(root)
        | thread_settings()
        | {
            "COMPANION_RUN": "1",
            "COMPANION_PACKAGES": " ".join(_packages(root)),
            "IPYTHONDIR": str(private / "ipython"),
            "MPLBACKEND": "module://matplotlib_inline.backend_inline",
            "PYDEVD_DISABLE_FILE_VALIDATION": "1",  # else the debugger speaks of frozen modules, which are not in use
        }
    )


def _packages(root: Path) -> tuple[str, ...]:
    """The packages of the book at ``root``; where there is no book there are none."""
    try:
        return Project.find(root).packages
    except RefusedInput:
        return ()


class PrivateKernelManager(AsyncKernelManager):
    """Starts one kernel over IPC in ``folder``, and can kill it and its children at any moment."""

    def __init__(self, root: Path, folder: Path) -> None:
        super().__init__(transport="ipc", ip=str(folder / "k"), connection_file=str(folder / "kernel.json"))
        self.root, self.folder = root, folder
        self.process: Popen[bytes] | None = None
        self._condemned = threading.Event()

    @property
    def kernel_spec(self) -> KernelSpec:
        """This interpreter, with no working folder on its path: a notebook's name must not hide a module."""
        command = [sys.executable, "-P", "-m", "companion.running.kernel_process", "-f", "{connection_file}"]
        return KernelSpec(argv=command, display_name="Python 3", language="python")

    async def _async_launch_kernel(self, kernel_cmd: list[str], **kw: Any) -> None:
        kw["env"] = kernel_environment(self.root, self.folder)
        with self._log.open("ab") as log:  # appended to, by the kernel and by :meth:`begin`
            await super()._async_launch_kernel(kernel_cmd, stdout=log, stderr=log, **kw)
        assert isinstance(self.provisioner, LocalProvisioner)
        self.process = self.provisioner.process
        if self._condemned.is_set():
            self.kill_group()

    def kill_group(self) -> None:
        """Kill the kernel and everything it started, now or, if it is not started yet, as soon as it is."""
        self._condemned.set()
        if self.process is not None and self.is_running:
            os.killpg(self.process.pid, signal.SIGKILL)  # it leads a session of its own

    @property
    def is_running(self) -> bool:
        """Whether the process was started and has not ended."""
        return self.process is not None and self.process.poll() is None

    @property
    def killed_by(self) -> signal.Signals | None:
        """The signal that ended the process, if one did."""
        code = self.process.returncode if self.process is not None else None
        return signal.Signals(-code) if code is not None and code < 0 else None

    def begin(self, cell: str) -> None:
        """Note in the log that ``cell`` begins, so that what is written from here on can be told from what was."""
        with self._log.open("a", encoding="utf-8") as log:
            log.write(f"{_BEGINS}{cell}{_BEGINS}")

    def said(self) -> str:
        """What the process wrote beside its cells' outputs, under the names of the cells; empty if nothing."""
        start, *rest = self._written().split(_BEGINS)
        cells = zip(["the start of the kernel", *rest[::2]], [start, *rest[1::2]], strict=True)
        return "".join(f"# {name}\n{text.rstrip()}\n" for name, text in cells if text.strip())

    def last_words(self) -> str:
        """The last lines that the process itself wrote, such as the trace of a crash in compiled code."""
        lines = "".join(self._written().split(_BEGINS)[::2]).splitlines()
        return "\n".join(lines[-LOG_LINES:])

    @property
    def _log(self) -> Path:
        return self.folder / "log"

    def _written(self) -> str:
        return self._log.read_text(encoding="utf-8", errors="replace") if self._log.is_file() else ""


@contextmanager
def private_kernel(root: Path) -> Iterator[PrivateKernelManager]:
    """A manager whose kernel, sockets and folder are gone afterwards, whatever happened.

    Args:
        root: The project's folder.

    Yields:
        The manager; the kernel is not started yet.

    Raises:
        BuildFailed: If no folder for the sockets can be made.
    """
    try:
        folder = _socket_folder()
    except OSError as error:
        raise BuildFailed(f"no temporary folder for the kernel's sockets can be made: {error.strerror}") from error
    manager = PrivateKernelManager(root, folder)
    try:
        with _termination_unwinds():
            yield manager
    finally:
        manager.kill_group()
        if manager.process is not None:
            manager.process.wait()
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def killed_after(manager: PrivateKernelManager, seconds: float) -> Iterator[threading.Event]:
    """Kill the kernel of ``manager`` if the block takes longer than ``seconds``.

    Yields:
        An event that is set once the limit was reached.
    """
    expired, done = threading.Event(), threading.Event()

    def watch() -> None:
        if not done.wait(seconds):
            expired.set()
            manager.kill_group()

    watchdog = threading.Thread(target=watch, name="companion-watchdog", daemon=True)
    watchdog.start()
    try:
        yield expired
    finally:
        done.set()
        watchdog.join()


@contextmanager
def _termination_unwinds() -> Iterator[None]:
    # SIGTERM then leaves through the finally clauses, unless somebody else handles it already
    is_main = threading.current_thread() is threading.main_thread()
    if not is_main or signal.getsignal(signal.SIGTERM) is not signal.SIG_DFL:
        yield
        return
    signal.signal(signal.SIGTERM, lambda number, _: sys.exit(128 + number))
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)


def _socket_folder() -> Path:
    """A new folder only we can read, with a path short enough for sockets."""
    _sweep(Path(tempfile.gettempdir()))
    prefix = f"{FOLDER_PREFIX}{os.getpid()}-"
    folder = Path(tempfile.mkdtemp(prefix=prefix))
    if len(os.fsencode(folder / "k-1")) <= LONGEST_SOCKET_PATH:
        return folder
    folder.rmdir()
    _sweep(Path("/tmp"))
    return Path(tempfile.mkdtemp(prefix=prefix, dir="/tmp"))


def _sweep(parent: Path) -> None:
    """Remove the folders that killed runs of ours left behind: their names say whose they were.

    Only those a day old: where containers share the folder, a process that we cannot see may be alive.
    """
    for folder in parent.glob(f"{FOLDER_PREFIX}*-*"):
        owner = folder.name.removeprefix(FOLDER_PREFIX).split("-")[0]
        with contextlib.suppress(OSError):  # it may go, or be another user's
            is_old = time.time() - folder.stat().st_mtime > SECONDS_PER_DAY
            if is_old and owner.isdigit() and not psutil.pid_exists(int(owner)):
                shutil.rmtree(folder)
