"""What a run ran on: versions of what it imported, processor, memory."""

import os
import platform
import sys
from collections.abc import Iterable
from importlib import metadata
from pathlib import Path


def versions_of(names: Iterable[str]) -> dict[str, str]:
    """Versions of Python and of the installed distributions that provide the imported ``names``, sorted.

    Args:
        names: Dotted names as imported; those of the standard library, and what is not installed as a distribution
            (the project's own packages), are passed over.
    """
    roots = {name.partition(".")[0] for name in names} - set(sys.stdlib_module_names)
    providers = metadata.packages_distributions()
    found = {dist: metadata.version(dist) for root in roots for dist in providers.get(root, ())}
    return {"python": platform.python_version(), **dict(sorted(found.items()))}


def hardware(device: str) -> dict[str, str | int | float | None]:
    """System, processor, cores, memory in units of 10^9 bytes, and ``device``: what the status page shows."""
    return {
        "system": f"{platform.system()} {platform.machine()}",
        "processor": _processor(),
        "cores": os.cpu_count(),
        "memory_gb": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9, 1),
        "device": device,
    }


def _processor() -> str:
    """The model's name; Python's own function knows only the architecture on Linux."""
    listing = Path("/proc/cpuinfo")
    if listing.is_file():
        for line in listing.read_text(encoding="utf-8", errors="replace").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()
