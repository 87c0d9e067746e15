"""Where a run may write when it is told where: a new file, or one that an earlier run wrote; never a source."""

import json
from pathlib import Path
from typing import Any

from companion.errors import RefusedInput
from companion.files import kind_of
from companion.project import Project
from companion.record.judged import verdicts_beside
from companion.scales import Scale

_SOURCES = ("notebooks", "book", "src", "tests", "benchmarks", "findings", "published", "node_modules")


def checked_output(project: Project, wanted: Path) -> Path:
    """``wanted`` as an absolute path, if a run may write its notebook there and its verdicts beside it.

    Raises:
        RefusedInput: If something else is there, or the place is one of the project's own.
    """
    place = wanted.parent.resolve() / wanted.name  # a link at the end is not followed: it would be refused
    if place.suffix != ".ipynb":
        raise RefusedInput(f"the output is {wanted}; an executed notebook goes to a file that ends in .ipynb")
    _check_folder(project, place)
    for file, is_own, what in (
        (place, _is_executed, "a notebook that companion executed"),
        (verdicts_beside(place), _is_verdicts, "verdicts that companion wrote"),
        (broken_beside(place), _is_notebook, "a broken notebook that companion kept"),
    ):
        kind = kind_of(file)
        if kind not in (None, "a file"):
            raise RefusedInput(f"the output {file} is {kind}; expected a new file, or {what}")
        if kind == "a file" and not is_own(file):
            raise RefusedInput(f"the output {file} is there and is not {what}; move it away, or choose another place")
    return place


def broken_beside(place: Path) -> Path:
    """Where the notebook is kept if its run fails."""
    return place.parent / "failed" / place.name


def _check_folder(project: Project, place: Path) -> None:
    """Refuse a folder of the project's sources or of its builds, by whatever name it is reached.

    Raises:
        RefusedInput: If ``place`` lies in one.
    """
    builds = [project.build(scale) for scale in Scale]
    published = [build / place.name for build in builds if _is_same(build, place.parent)]
    if any(path == project.executed(path.stem, scale) for path in published for scale in Scale):
        return
    hidden = [path for path in project.root.glob(".*") if path.is_dir()]
    for folder in (*(project.root / name for name in _SOURCES), *builds, *hidden):
        if any(_is_same(folder, parent) for parent in place.parents):
            raise RefusedInput(
                f"the output {place} lies in {project.relative(folder)}/, which holds what the book is made of or made "
                "itself; choose another folder, or leave the output out"
            )


def _is_same(folder: Path, other: Path) -> bool:
    """Whether two paths are one folder: also through a link, or where upper case does not count."""
    try:
        return folder.samefile(other)
    except OSError:
        return folder == other


def _is_executed(path: Path) -> bool:
    content = _json(path)
    return isinstance(content.get("metadata"), dict) and "stamp" in content["metadata"].get("companion", {})


def _is_notebook(path: Path) -> bool:
    return {"cells", "nbformat"} <= set(_json(path))


def _is_verdicts(path: Path) -> bool:
    return {"chapter", "claims_file", "claims"} <= set(_json(path))


def _json(path: Path) -> dict[str, Any]:
    """The object in a JSON file; an empty one where it is none."""
    try:
        content = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return {}
    return content if isinstance(content, dict) else {}
