"""What ``data.toml`` says, as frozen values."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from difflib import get_close_matches
from pathlib import Path
from typing import Any

FORMATS = ("idx", "csv", "generated")


@dataclass(frozen=True)
class Download:
    """The official, compressed file; ``sha256`` is that of the download, not of its content."""

    name: str
    bytes: int
    sha256: str


@dataclass(frozen=True)
class DataFile:
    """One file of a set; ``bytes`` and ``sha256`` are those of the unpacked content."""

    name: str
    bytes: int
    sha256: str
    download: Download | None = None


@dataclass(frozen=True)
class PackageFolder:
    """A folder inside an installed Python package."""

    name: str
    folder: str


@dataclass(frozen=True)
class Generator:
    """The package, its exact version and the arguments that make a generated set."""

    package: str
    version: str
    arguments: Mapping[str, Any]


@dataclass(frozen=True)
class DataSet:
    """One data set: what it is, where it may lie and how to get it."""

    name: str
    title: str
    citation: str
    licence: str
    format: str
    shape: tuple[int, ...]
    classes: int
    train: int
    test: int
    ways: tuple[str, ...]
    files: tuple[DataFile, ...] = ()
    folders: tuple[str, ...] = ()
    packages: tuple[PackageFolder, ...] = ()
    mirrors: tuple[str, ...] = ()
    debian: str | None = None
    generator: Generator | None = None
    largest: float | None = None


def project_root() -> Path:
    """The folder of ``data.toml``: a parent of this file, else the working folder or a parent of it.

    Raises:
        FileNotFoundError: If no parent of either has a ``data.toml``.
    """
    for start in (Path(__file__).resolve(), Path.cwd() / "data.toml"):
        for folder in start.parents:
            if (folder / "data.toml").is_file():
                return folder
    raise FileNotFoundError("data.toml is in no parent of the package rectified nor of the working folder")


def read_registry(root: Path | None = None) -> dict[str, DataSet]:
    """Every registered data set by name, read from ``root/data.toml``.

    Args:
        root: The project's root; ``None`` takes :func:`project_root`.

    Returns:
        Name to description, in the file's order.

    Raises:
        ValueError: If a table has an unknown or a missing key, or a format that does not exist.
    """
    path = (project_root() if root is None else root) / "data.toml"
    sets = tomllib.loads(path.read_text(encoding="utf-8"))["sets"]
    return {name: _data_set(name, table) for name, table in sets.items()}


def registered(name: str, root: Path | None = None) -> DataSet:
    """The data set called ``name``.

    Raises:
        ValueError: If there is none; the message suggests the nearest name.
    """
    registry = read_registry(root)
    if name not in registry:
        near = get_close_matches(name, registry, n=1)
        hint = f"; did you mean {near[0]!r}?" if near else ""
        raise ValueError(f"name is {name!r}; expected one of {sorted(registry)}{hint}")
    return registry[name]


def _data_set(name: str, table: Mapping[str, Any]) -> DataSet:
    """One set, its nested tables made into values.

    Raises:
        ValueError: If its format does not exist.
    """
    nested = {
        "shape": tuple(table.get("shape", ())),
        "ways": tuple(table.get("ways", ())),
        "folders": tuple(table.get("folders", ())),
        "mirrors": tuple(table.get("mirrors", ())),
        "packages": tuple(_made(PackageFolder, name, entry) for entry in table.get("packages", ())),
        "files": tuple(_file(name, entry) for entry in table.get("files", ())),
        "generator": _made(Generator, name, table["generator"]) if "generator" in table else None,
    }
    made: DataSet = _made(DataSet, name, {**table, "name": name, **nested})
    if made.format not in FORMATS:
        raise ValueError(f"data.toml, set {name}: format is {made.format!r}; expected one of {FORMATS}")
    return made


def _file(name: str, table: Mapping[str, Any]) -> DataFile:
    """One file, with its download if it has one."""
    download = _made(Download, name, table["download"]) if "download" in table else None
    made: DataFile = _made(DataFile, name, {**table, "download": download})
    return made


def _made(kind: type, name: str, table: Mapping[str, Any]) -> Any:
    """``kind(**table)``, with an error that names the set and the key.

    Raises:
        ValueError: If a key is unknown or missing.
    """
    unknown = sorted(set(table) - {field.name for field in fields(kind)})
    if unknown:
        raise ValueError(f"data.toml, set {name}: unknown keys {unknown} for {kind.__name__}")
    try:
        return kind(**table)
    except TypeError as error:
        raise ValueError(f"data.toml, set {name}: {error}") from None
