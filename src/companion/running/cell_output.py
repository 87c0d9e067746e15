"""What counts as the output of a cell: what the cell itself prints and shows, before it ends. All else goes to a log.

A library that writes to stderr, compiled code that prints, another process, a thread that comes late: when they speak
is chance, and what they say is for whoever runs the chapter. In a kernel it goes to the log, and never into a notebook.
"""

import os
import sys
import threading
import warnings
from collections.abc import Iterable
from typing import Any

from ipykernel.iostream import OutStream
from ipykernel.ipkernel import IPythonKernel
from ipykernel.zmqshell import ZMQDisplayPublisher, ZMQInteractiveShell
from traitlets import Type


class CellStream(OutStream):
    """A kernel's stdout and stderr: only what the main thread of the kernel prints to stdout is output of a cell."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)  # type: ignore[no-untyped-call]
        self._owner = os.getpid()

    def write(self, string: str) -> int:
        """Print ``string`` where it belongs."""
        if self.name == "stdout" and _is_the_cell(self._owner):
            return super().write(string) or 0
        assert sys.__stderr__ is not None
        length = sys.__stderr__.write(string)
        sys.__stderr__.flush()  # a kernel ends without warning
        return length

    def fileno(self) -> int:
        """The descriptor that compiled code and other processes write to: the log's."""
        return 2 if self.name == "stderr" else 1


class CellPublisher(ZMQDisplayPublisher):
    """What shows figures and measurements: for the cell alone, since a thread may come too late."""

    def publish(self, *arguments: Any, **options: Any) -> None:
        """Show something.

        Raises:
            RuntimeError: If it is a thread that shows it.
        """
        if not _is_the_cell(os.getpid()):
            raise RuntimeError("a thread shows something, and whether it comes in time is chance: show it in the cell")
        super().publish(*arguments, **options)  # type: ignore[no-untyped-call]


class CellShell(ZMQInteractiveShell):
    """IPython with our publisher, and without its ways out: whatever ends a cell is an error with a traceback."""

    display_pub_class = Type(CellPublisher)

    def showtraceback(self, *arguments: Any, **options: Any) -> None:
        """Show where an exception was raised, also SystemExit, of which IPython shows the name alone."""
        super().showtraceback(*arguments, **{**options, "exception_only": False})

    def ask_exit(self) -> None:
        """Do what ``exit()`` and ``quit()`` do in Python; IPython would go on and end the kernel a little later.

        Raises:
            SystemExit: Always.
        """
        raise SystemExit("exit() or quit() was called")


class CellKernel(IPythonKernel):
    """A kernel with our shell."""

    shell_class = Type(CellShell)


def raise_warnings_of(modules: Iterable[str]) -> None:
    """Let a warning that points into one of these modules, or beneath it, end the cell; others go to the log."""
    for name in modules:
        warnings.filterwarnings("error", module=rf"{name.replace('.', '[.]')}([.]|$)")


def _is_the_cell(owner: int) -> bool:
    return os.getpid() == owner and threading.current_thread() is threading.main_thread()
