"""Which installed versions are not those that the lock file names.

A run with other versions is a run: it goes on, says so at its start, and carries the difference in its stamp, from
where it comes into the verdicts, the scorecard and the status page. Only the published record refuses it.
"""

from collections.abc import Mapping
from importlib import metadata
from pathlib import Path

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

from companion.errors import RefusedInput
from companion.project import Project


def locked_versions(lock: Path) -> dict[str, str]:
    """The versions that the lock file ``lock`` names for this system, by canonical name; none where there is no file.

    Raises:
        RefusedInput: If a line is no requirement.
    """
    if not lock.is_file():
        return {}
    found: dict[str, str] = {}
    for number, line in enumerate(lock.read_text(encoding="utf-8").splitlines(), start=1):
        text = line.partition("#")[0].partition("--hash")[0].strip(" \t\\")
        if "==" not in text:
            continue
        try:
            wanted = Requirement(text)
        except InvalidRequirement as error:
            raise RefusedInput(f"{lock.name}, line {number}: {error}") from None
        if wanted.marker is None or wanted.marker.evaluate():
            found[canonicalize_name(wanted.name)] = next(iter(wanted.specifier)).version
    return found


def other_versions(project: Project, used: Mapping[str, str] | None = None) -> dict[str, str]:
    """What is here in another version than the lock names: distribution to ``"1.16.3, not 1.17.1"``, sorted.

    Local parts do not count: ``2.13.0+cpu`` is 2.13.0. What the lock names and is not installed does not count either.

    Args:
        project: The book; its lock file is read.
        used: Distributions and the versions that a run really loaded; they come before what is installed.

    Raises:
        RefusedInput: If a line of the lock file is no requirement.
    """
    loaded: dict[str, str] = {canonicalize_name(name): version for name, version in (used or {}).items()}
    found = {}
    for name, wanted in sorted(locked_versions(project.lock).items()):
        here = loaded.get(name) or _installed(name)
        if here is not None and not _is_same(here, wanted):
            found[name] = f"{here}, not {wanted}"
    return found


def sentence_about(others: Mapping[str, str]) -> str:
    """What a person should know at the start of a run with other versions; empty where there are none."""
    if not others:
        return ""
    listed = "; ".join(f"{name} {difference}" for name, difference in others.items())
    return (
        f"Versions that differ from requirements.lock: {listed}. Results say so and do not enter the published record "
        "unless you insist (companion publish --with-other-versions). `make setup` installs the lock's versions."
    )


def _installed(name: str) -> str | None:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None


def _is_same(here: str, wanted: str) -> bool:
    try:
        return Version(here).public == Version(wanted).public
    except InvalidVersion:
        return here == wanted
