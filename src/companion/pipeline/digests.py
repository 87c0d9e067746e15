"""What the pipeline watches: one small file per chapter, and three more, that change exactly when something must run.

They are written before Snakemake starts, and only where they differ from what is there, so that a file that was merely
touched, checked out again or regenerated sets nothing in motion.
"""

import hashlib
import json
import os
import time
from collections.abc import Iterable
from pathlib import Path

from companion.errors import BuildFailed, CompanionError, StaleResult
from companion.files import sha256_of, write_atomically, write_if_different
from companion.machine.browser import chromium_path
from companion.project import Project
from companion.record.attempts import note_success, read_attempt, stands
from companion.record.judged import JUDGING, are_as_judged
from companion.scales import Scale
from companion.source.hooks import asked
from companion.source.imports import machinery
from companion.source.stamp import Stamp, check_stamp, current_inputs, moved, refresh_inputs

_LONG_AGO = 10**9  # 2001: before every log and benchmark file that Snakemake counts among a chapter's results
# Where showing begins; what these modules import counts as well. Sphinx loads its extension by name.
SHOWING = (
    *("companion.record.scorecard", "companion.staging.book", "companion.site.rendering", "companion.sphinx_extension"),
    "companion.site.printing",
)
_PLOTLY = "plotly.js-basic-dist-min"
_PROSE = (
    "_config.yml",
    "_toc.yml",
    "history.json",
    "pyproject.toml",
    "data.toml",
    "CITATION.cff",
    "LICENSE-prose",
)


def write_digests(project: Project, scale: Scale) -> None:
    """Bring the digests of ``scale`` up to date.

    A chapter whose notebook or claims file is refused is to be run: its step says what is wrong.

    Raises:
        BuildFailed: If a file cannot be written.
    """
    _write(project, scale, "judge", machinery(project, JUDGING))
    plotly = project.root / "node_modules" / _PLOTLY / "package.json"  # a book built without it carries another script
    programs = "".join(f"{p.name} {asked(project, p.fingerprint, project.root)}\n" for p in project.programs)
    _write(project, scale, "staging", [*machinery(project, JUDGING + SHOWING), project.lock, plotly], programs)
    pages = sorted(path for path in (project.root / "book").rglob("*") if path.is_file())
    where = f"{project.address} {'printed' if chromium_path() else 'not printed'}\n"
    _write(project, scale, "prose", [*pages, *(project.root / name for name in _PROSE)], where)
    folder = project.build(scale)
    if not (folder / "_build" / "html" / "index.html").is_file():
        (folder / "rendered.json").unlink(missing_ok=True)
    for slug in project.slugs:
        _write(project, scale, f"{slug}.claims", [project.claims(slug)])
        _forget_edited_verdicts(project, slug, scale)
        _write_inputs(project, slug, scale)


def _forget_edited_verdicts(project: Project, slug: str, scale: Scale) -> None:
    """Delete verdicts that are not what the judge wrote: nobody writes a verdict by hand, so they are judged again."""
    if not are_as_judged(project, slug, scale):
        project.verdicts(slug, scale).unlink(missing_ok=True)


def _write_inputs(project: Project, slug: str, scale: Scale) -> None:
    """Write the digest; where the result belongs to it already, whoever made it, date it so that it asks for nothing.

    A build that was killed after a chapter was finished and before Snakemake noted it leaves such a result, and so do
    ``companion run``, and an edit after which a chapter failed, once it is undone.

    Raises:
        BuildFailed: If the digest cannot be written.
    """
    path = project.inputs(slug, scale)
    try:
        refresh_inputs(project, slug, scale)
    except BuildFailed:
        raise
    except CompanionError as error:  # the step will say it again, and the book shows it
        _ask_again(path, refused=str(error))
        return
    is_former = stands(project, slug, scale)
    if is_former and project.verdicts(slug, scale).is_file() and path.stat().st_mtime <= _LONG_AGO:
        return
    attempt = read_attempt(project, slug, scale)
    if _is_fresh(project, slug, scale):
        os.utime(path, (_LONG_AGO, _LONG_AGO))
        note_success(project, slug, scale)
    elif attempt is None or path.stat().st_mtime > project.ran(slug, scale).stat().st_mtime:
        return  # it will run, for its inputs are newer
    elif is_former or attempt.failure is not None or _is_of_other_sources(project, slug, scale):
        _ask_again(path)  # also after a kill: Snakemake puts the former note back, and dates it newer than the inputs
    else:
        note_success(project, slug, scale)  # another notebook lies there; the judge will say what is wrong with it


def _ask_again(path: Path, **more: str) -> None:
    """Let what failed be tried again. Snakemake takes no notice of a small file whose time alone is new."""
    former = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    write_atomically(path, json.dumps({**former, **more, "again": time.time_ns()}, indent=1) + "\n")


def _is_fresh(project: Project, slug: str, scale: Scale) -> bool:
    """Whether an executed notebook is there and belongs to the present sources."""
    try:
        check_stamp(project, project.executed(slug, scale))
    except CompanionError:
        return False
    return True


def _is_of_other_sources(project: Project, slug: str, scale: Scale) -> bool:
    """Whether none lies there, or a run of sources that are not today's: of an edit, say, that was undone after it."""
    try:
        stamp = Stamp.read(project.executed(slug, scale))
    except StaleResult:
        return not project.executed(slug, scale).is_file()
    return bool(moved(stamp, current_inputs(project, slug, scale)))


def _write(project: Project, scale: Scale, name: str, files: Iterable[Path], more: str = "") -> None:
    """The hash of the names and contents of ``files``, and of ``more``; files that are missing count as missing."""
    lines = [*(f"{file.name} {sha256_of(file)}\n" for file in files if file.is_file()), more]
    write_if_different(
        project.build(scale) / "inputs" / f"{name}.sha256", hashlib.sha256("".join(lines).encode()).hexdigest() + "\n"
    )
