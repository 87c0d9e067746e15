"""The files of a data set out of Debian's package, without root: for machines that reach Debian alone."""

import shutil
import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory

from rectified.data.registry import DataSet

QUICKLY = ("-o", "Acquire::Retries=0", "-o", "Acquire::http::Timeout=5", "-o", "Acquire::https::Timeout=5")
LONGEST = 300.0  # seconds, for the whole of a package


def has_package(data_set: DataSet) -> bool:
    """Whether Debian has a package of it, and this machine Debian's programs."""
    return bool(data_set.debian and shutil.which("apt-get") and shutil.which("dpkg-deb"))


def unpacked_package(data_set: DataSet, cache: Path) -> str:
    """Why the files of ``data_set`` did not get below ``cache``, in a few words; "" if they lie there, unchecked."""
    with TemporaryDirectory() as folder:
        try:
            _run(["apt-get", "-qq", *QUICKLY, "download", str(data_set.debian)], folder)
            _run(["dpkg-deb", "-x", *(path.name for path in Path(folder).glob("*.deb")), "."], folder)
        except (OSError, subprocess.SubprocessError):
            return f"apt-get cannot download {data_set.debian}"
        return _taken(data_set, Path(folder), cache / data_set.name)


def _run(command: list[str], folder: str) -> None:
    subprocess.run(command, cwd=folder, check=True, capture_output=True, timeout=LONGEST)


def _taken(data_set: DataSet, root: Path, target: Path) -> str:
    """As :func:`unpacked_package`, from the package's content below ``root``."""
    names = [name for file in data_set.files for name in (file.name, f"{file.name}.gz")]
    places = [root / folder.lstrip("/") / name for folder in data_set.folders for name in names]
    found = [place for place in places if place.is_file()]
    try:
        target.mkdir(parents=True, exist_ok=True)
        for place in found:
            shutil.copyfile(place, target / place.name)
    except OSError as error:
        return f"{target} cannot be written ({error.strerror})"
    return "" if len(found) >= len(data_set.files) else f"{data_set.debian} holds other files"
