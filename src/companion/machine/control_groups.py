"""What the control groups of this process allow it, where a container, a batch system or systemd set limits (Linux).

Why our own: joblib's ``cpu_count`` and the memory limit of dask's ``distributed`` read only the files at the root of
the mount, so they miss limits of parents and of a process that sees the whole tree (a Slurm job, a systemd slice).

Source:
    Linux kernel, admin-guide/cgroup-v2 (cpu.max, memory.max, memory.high), admin-guide/cgroup-v1/memory
    (memory.limit_in_bytes), scheduler/sched-bwc (cpu.cfs_quota_us, cpu.cfs_period_us).
"""

import math
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

_MEMORY = ("memory.max", "memory.high", "memory.limit_in_bytes")
_ROOT = Path("/")


def allowed_cores(root: Path = _ROOT) -> int | None:
    """The number of cores whose time all processes of the groups may use together, rounded up; None without a limit.

    Args:
        root: Where ``proc`` and ``sys`` are; tests have trees of their own.
    """
    shares = [share for folder in _folders("cpu", root) for share in _shares(folder)]
    return max(1, math.ceil(min(shares))) if shares else None


def allowed_memory(root: Path = _ROOT) -> int | None:
    """The bytes that all processes of the groups may use together; None without a limit.

    Args:
        root: Where ``proc`` and ``sys`` are; tests have trees of their own.
    """
    words = [_words(folder / name) for folder in _folders("memory", root) for name in _MEMORY]
    return min((int(word) for line in words for word in line if word.isdigit()), default=None)


def _shares(folder: Path) -> Iterator[float]:
    """Quota over period, in either version's files.

    Yields:
        One share, or none where the group has no limit ("max" or -1).
    """
    numbers = [*_words(folder / "cpu.max"), *_words(folder / "cpu.cfs_quota_us"), *_words(folder / "cpu.cfs_period_us")]
    if len(numbers) == 2 and numbers[0].isdigit() and int(numbers[1]) > 0:
        yield int(numbers[0]) / int(numbers[1])


def _folders(controller: str, root: Path) -> Iterator[Path]:
    """The folders of this process's groups that may limit ``controller``, each with its parents as far as they show.

    Yields:
        Each folder, from the innermost to the mount's root.
    """
    groups = _groups(root)
    for name in (controller, ""):
        for origin, mount in _mounts(name, root):
            steps, place = _below(origin, groups.get(name, "/")), root / mount.lstrip("/")
            yield from (place.joinpath(*steps[:depth]) for depth in range(len(steps), -1, -1))


def _below(origin: str, path: str) -> list[str]:
    """The steps from the group ``origin``, the root of a mount, down to the group ``path``; none where it is not below.

    A container without a namespace of its own sees paths of the host, which begin with that of its mount.
    """
    above, steps = (PurePosixPath(text).parts[1:] for text in (origin, path))
    inside = steps[: len(above)] == above and ".." not in steps
    return list(steps[len(above) :]) if inside else []


def _groups(root: Path) -> dict[str, str]:
    """The path of this process for each controller of version 1, and under "" that of version 2."""
    lines = [line.split(":", 2) for line in _lines(root / "proc/self/cgroup")]
    return {name: path for _, names, path in lines for name in names.split(",")}


def _mounts(controller: str, root: Path) -> Iterator[tuple[str, str]]:
    """Where the tree of ``controller`` ("": version 2) is mounted.

    Yields:
        The path of the group that is the mount's root, and the mount point.
    """
    for line in _lines(root / "proc/self/mountinfo"):
        place, _, filesystem = line.partition(" - ")
        kind, _, options = filesystem.split(maxsplit=2)
        if (kind == "cgroup2" and not controller) or (kind == "cgroup" and controller in options.split(",")):
            origin, mount = place.split()[3:5]
            yield origin, mount


def _lines(path: Path) -> list[str]:
    """The lines of ``path``; none where there is no such file (macOS, a hidden /proc)."""
    try:
        return path.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return []


def _words(path: Path) -> list[str]:
    return [word for line in _lines(path) for word in line.split()]
