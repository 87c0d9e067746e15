"""The kernel's own process: ``python -m companion.kernel_process -f FILE`` is a kernel that dies with its parent."""

import ctypes
import json
import os
import signal
import sys
from pathlib import Path
from typing import Any

from companion.figure_data import register

_PR_SET_PDEATHSIG = 1  # from <linux/prctl.h>


def die_with_parent() -> None:
    """Ask Linux to kill this process when its parent dies; elsewhere ipykernel itself watches ``JPY_PARENT_PID``."""
    if sys.platform != "linux":
        return
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != int(os.environ.get("JPY_PARENT_PID", os.getppid())):
        os._exit(1)  # the parent died before we asked


def usage() -> str:
    """JSON of what this process used: peak megabytes, threads of the array library, and the device."""
    torch = sys.modules.get("torch")  # looked at only where the notebook imported it
    threads = torch.get_num_threads() if torch else int(os.environ.get("OMP_NUM_THREADS", "0"))
    on_gpu = torch is not None and torch.cuda.is_initialized()
    device = torch.cuda.get_device_name() if torch is not None and on_gpu else "cpu"
    return json.dumps({"peak_megabytes": round(peak_megabytes(), 1), "threads": threads, "device": device})


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

    app: Any = IPKernelApp.instance()
    app.initialize()
    register(app.shell.display_formatter)
    app.start()


if __name__ == "__main__":
    die_with_parent()
    serve()
