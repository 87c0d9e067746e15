"""What a run ran on, and what it may use of that: versions of what it imported, processor, cores, memory."""

import os
import platform
import sys
from collections.abc import Iterable, Mapping
from functools import lru_cache
from importlib import metadata
from pathlib import Path
from typing import NamedTuple

import psutil

from companion.machine.control_groups import allowed_cores, allowed_memory

_SHARE_OF_MEMORY = 0.8  # the rest is for the system, the browser and the editor


class Source(NamedTuple):
    """Where a process took a top-level package from: its folder, and what the package itself calls its version."""

    folder: str
    version: str | None


def versions_of(names: Iterable[str], loaded: Mapping[str, Source] | None = None) -> dict[str, str]:
    """Versions of Python and of the distributions that provide the imported ``names``, sorted.

    Args:
        names: Dotted names as imported; those of the standard library, and what is not installed as a distribution
            (the project's own packages), are passed over.
        loaded: Where a run took its packages from: what lay there counts, not what is installed here.
    """
    roots = {name.partition(".")[0] for name in names} - set(sys.stdlib_module_names)
    found = {dist: _version(dist, (loaded or {}).get(root)) for root in roots for dist in _distributions_of(root)}
    return {"python": platform.python_version(), **dict(sorted(found.items()))}


def _distributions_of(root: str) -> list[str]:
    """Names of the installed distributions that provide the top-level package ``root``."""
    try:
        return [metadata.distribution(root).metadata["Name"]]  # most are named for it; to search all takes a while
    except metadata.PackageNotFoundError:
        return _providers().get(root, [])


@lru_cache(maxsize=1)
def _providers() -> dict[str, list[str]]:
    return {root: sorted(set(names)) for root, names in metadata.packages_distributions().items()}


def _version(distribution: str, source: Source | None) -> str:
    """The version beside the package that was loaded; where none is written there, what the package itself says."""
    if source is None:
        return metadata.version(distribution)
    beside = next(iter(metadata.distributions(name=distribution, path=[source.folder])), None)
    return beside.version if beside is not None else source.version or "of unknown version"


def hardware(device: str) -> dict[str, str | int | float | None]:
    """System, processor, cores, memory in units of 10^9 bytes, and ``device``: what the status page shows.

    Of cores and memory it says what the machine has, and what this process may use of it.
    """
    return {
        "system": f"{platform.system()} {platform.machine()}",
        "processor": _processor(),
        "cores": os.cpu_count(),
        "allowed_cores": usable_cores(),
        "memory_gb": round(psutil.virtual_memory().total / 1e9, 1),
        "allowed_memory_gb": round(allowed_bytes() / 1e9, 1),
        "device": device,
    }


def usable_cores() -> int:
    """Cores that this process may use: a container or a batch system may allow fewer than there are."""
    there = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return min(there, allowed_cores() or there)


def usable_memory() -> int:
    """MB (10^6 bytes) that all running chapters together may use: 80 % of what this process is allowed."""
    return int(allowed_bytes() / 1e6 * _SHARE_OF_MEMORY)


def allowed_bytes() -> int:
    """Bytes of memory that this process may use: the machine's, or less where its control group has less."""
    total = int(psutil.virtual_memory().total)
    return min(total, allowed_memory() or total)


def _processor() -> str:
    """The model's name; Python's own function knows only the architecture on Linux."""
    listing = Path("/proc/cpuinfo")
    if listing.is_file():
        for line in listing.read_text(encoding="utf-8", errors="replace").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()
