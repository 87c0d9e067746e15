"""Where the files of a data set lie, in the fixed order of sources; what is found is checked, never skipped."""

import hashlib
import os
import zlib
from collections.abc import Iterator
from functools import lru_cache
from gzip import BadGzipFile
from importlib.util import find_spec
from pathlib import Path

from rectified.data.errors import CorruptData
from rectified.data.idx import unpacked
from rectified.data.registry import DataFile, DataSet, project_root


def candidate_folders(data_set: DataSet, root: Path | None = None) -> Iterator[Path]:
    """The folders in which ``data_set`` may lie, first choice first; they need not exist.

    Order: ``$RECTIFIED_DATA/<name>``; the registered folders under the project's root, then under the working folder
    and its parents; folders inside installed packages; the folder of earlier downloads.

    Yields:
        Folders, absolute where the project's root is.
    """
    named = os.environ.get("RECTIFIED_DATA")
    if named:
        yield Path(named) / data_set.name
    base = project_root() if root is None else root
    for folder in data_set.folders:
        # An absolute folder wins over any base, so it appears once.
        yield from dict.fromkeys(start / folder for start in (base, Path.cwd(), *Path.cwd().parents))
    for package in data_set.packages:
        spec = find_spec(package.name)
        for place in (spec.submodule_search_locations or ()) if spec else ():
            yield Path(place) / package.folder
    yield cache_folder() / data_set.name


def cache_folder() -> Path:
    """The folder of earlier downloads. It lies in the project: a home may be another one tomorrow, or none at all."""
    return project_root() / ".data"


def located(data_set: DataSet, file: DataFile, root: Path | None = None) -> Path | None:
    """The first place where ``file`` lies, plain or as ``.gz``; ``None`` if it lies nowhere. Not yet checked."""
    for folder in candidate_folders(data_set, root):
        for path in (folder / file.name, folder / f"{file.name}.gz"):
            if path.is_file():
                return path
    return None


def checked_content(path: Path, file: DataFile) -> bytes:
    """The unpacked content of ``path``, if it is the registered one.

    Raises:
        CorruptData: If it cannot be unpacked, or its SHA-256 is another.
    """
    raw = path.read_bytes()  # trouble with the disk or with permissions is not the content's fault and goes on
    try:
        content = unpacked(raw)
    except (EOFError, zlib.error, BadGzipFile) as error:
        raise CorruptData(path, "a whole gzip file", str(error)) from None
    found = hashlib.sha256(content).hexdigest()
    if found != file.sha256:
        raise CorruptData(
            path,
            f"{file.bytes} bytes with SHA-256 {file.sha256} once unpacked",
            f"{len(content)} bytes with SHA-256 {found}",
        )
    return content


def check_content(path: Path, file: DataFile) -> str:
    """The SHA-256 of the unpacked content of ``path``; hashed once per size and time of change.

    Raises:
        CorruptData: If it is not the registered one.
    """
    stat = path.stat()
    return _remembered_hash(path.resolve(), stat.st_size, stat.st_mtime_ns, file)


@lru_cache(maxsize=256)
def _remembered_hash(path: Path, size: int, mtime_ns: int, file: DataFile) -> str:
    """``size`` and ``mtime_ns`` are there to be part of the key."""
    checked_content(path, file)
    return file.sha256
