"""The kernel's own process: ``python -m companion.running.kernel_process -f FILE`` dies with its parent."""

import contextlib
import ctypes
import json
import os
import signal
import sys
from pathlib import Path
from typing import Any

from companion.notebook.figure_data import register

_PR_SET_PDEATHSIG = 1  # from <linux/prctl.h>


def die_with_parent() -> None:
    """Ask Linux to kill this process when its parent dies; elsewhere ipykernel itself watches ``JPY_PARENT_PID``."""
    if sys.platform != "linux":
        return
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != int(os.environ.get("JPY_PARENT_PID", os.getppid())):
        os._exit(1)  # the parent died before we asked


def usage() -> str:
    """JSON of what this process used: CPU seconds, peak megabytes, threads of the array library, and the device."""
    torch = sys.modules.get("torch")  # looked at only where the notebook imported it
    threads = torch.get_num_threads() if torch else int(os.environ.get("OMP_NUM_THREADS", "0"))
    on_gpu = torch is not None and torch.cuda.is_initialized()
    device = torch.cuda.get_device_name() if torch is not None and on_gpu else "cpu"
    used = {"cpu_seconds": round(cpu_seconds(), 2), "peak_megabytes": round(peak_megabytes(), 1)}
    return json.dumps({**used, "threads": threads, "device": device})


def loaded(root: str) -> str:
    """JSON of what this process has loaded.

    Args:
        root: The project's folder. ``own`` are the modules that were loaded from it and from the companion;
            ``packages`` are all other top-level packages, each with its folder and what it calls its version.
    """
    return json.dumps({"own": own_modules(Path(root)), "packages": loaded_packages()})


def own_modules(root: Path) -> list[str]:
    """The loaded modules whose files lie in the project, outside its environment, and those of the companion."""
    found = {"companion.running.kernel_process"}  # it was started under another name
    for name, file in _loaded_files():
        is_in_project = file.is_relative_to(root) and not file.is_relative_to(sys.prefix)
        if is_in_project or name.partition(".")[0] == "companion":
            found.add(name)
    return sorted(found)


def loaded_packages() -> dict[str, tuple[str, str | None]]:
    """Each loaded top-level package: the folder that it lies in, and its ``__version__``, if it has one."""
    found = {}
    for name, file in _loaded_files():
        if "." not in name and name not in sys.stdlib_module_names:
            folder = file.parent.parent if file.name == "__init__.py" else file.parent
            version = vars(sys.modules[name]).get("__version__")
            found[name] = (str(folder), version if isinstance(version, str) else None)
    return found


def _loaded_files() -> list[tuple[str, Path]]:
    """Name and file of each loaded module; what has no file (built in, or made by a program) is left out.

    Only what a module holds already is looked at: some import others when they are asked for a name.
    """
    files = {name: getattr(module, "__dict__", {}).get("__file__") for name, module in list(sys.modules.items())}
    return [(name, Path(file)) for name, file in files.items() if isinstance(file, str)]


def cpu_seconds() -> float:
    """CPU time of this process and of all that it started, those that still run and those it has waited for."""
    import psutil

    total = 0.0
    for process in [psutil.Process(), *psutil.Process().children(recursive=True)]:
        with contextlib.suppress(psutil.NoSuchProcess):  # a child may end meanwhile
            total += sum(process.cpu_times()[:4])
    return total


def peak_megabytes() -> float:
    """Largest resident memory of this process so far, in units of 10^6 bytes.

    On Linux from ``/proc``: the resource module's number is also that of the parent before this process was started.
    """
    status = Path("/proc/self/status")
    if status.is_file():
        line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM:"))
        return int(line.split()[1]) * 1024 / 1e6
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6  # macOS counts bytes


def serve() -> None:
    """Run the kernel until it is told to stop; the figures that it shows bring their numbers."""
    from ipykernel.kernelapp import IPKernelApp

    from companion.running.cell_output import CellKernel, CellStream, raise_warnings_of

    _ignore_configuration()
    streams = f"{CellStream.__module__}.{CellStream.__name__}"
    app: Any = IPKernelApp.instance(kernel_class=CellKernel, outstream_class=streams, capture_fd_output=False)
    app.initialize()
    register(app.shell.display_formatter)
    raise_warnings_of(["__main__", "companion", *os.environ.get("COMPANION_PACKAGES", "").split()])
    app.start()


def _ignore_configuration() -> None:
    """Leave out what IPython and Matplotlib would read from the system and from the working folder."""
    from IPython.core import application

    application.SYSTEM_CONFIG_DIRS.clear()
    application.ENV_CONFIG_DIRS.clear()
    if Path("matplotlibrc").exists():  # it would come before all others
        with contextlib.chdir(os.environ["MPLCONFIGDIR"]):
            import matplotlib  # noqa: F401


if __name__ == "__main__":
    die_with_parent()
    serve()
