"""Where a book lives: its root, its chapters, and the places of everything generated."""

import difflib
import os
import re
import sys
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from companion.errors import RefusedInput
from companion.scales import Scale

ADDRESS = "COMPANION_ADDRESS"
_PUBLIC = re.compile(r"https?://[^\s/?#]+(/[^\s?#]*)?")
_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_DECLARED = re.compile(rb"^chapter: *([a-z0-9-]+)", re.MULTILINE)


@dataclass(frozen=True)
class Program:
    """Something that a page needs beside what the companion brings: a table ``[tool.companion.programs.<name>]``.

    Attributes:
        name: What a claim says that needs it.
        title: What readers call it.
        ways: Phrases that fit after "get it by".
        fingerprint: ``module:function`` that takes the root and gives the hash of the program, None where it is not
            here.
        script: ``module:function`` that takes the root and gives the program, or a script that says why it is lacking.
        file: Where pages find the script.
    """

    name: str
    title: str
    ways: tuple[str, ...]
    fingerprint: str
    script: str
    file: str


@dataclass(frozen=True)
class Project:
    """A book's folder and the ``[tool.companion]`` table of its ``pyproject.toml``.

    Attributes:
        root: Folder that holds ``pyproject.toml``, ``book/`` and ``notebooks/``.
        packages: Packages of the mathematics: hashed into stamps, opened to sabotage.
        data_file: The registry of data sets.
        data_probe: ``module:function`` that tells which data can be had.
        programs: What pages need beside what the companion brings.
        repository: Address of the public repository, or an empty string.
        address: Where the book is published, or an empty string. The environment variable ``COMPANION_ADDRESS`` comes
            before what ``pyproject.toml`` says, so that one source can be published in two places.
    """

    root: Path
    packages: tuple[str, ...]
    data_file: Path
    data_probe: str
    repository: str
    address: str = ""
    programs: tuple[Program, ...] = ()

    @classmethod
    def find(cls, start: Path | None = None) -> "Project":
        """The project that contains ``start`` (default: the working folder).

        Raises:
            RefusedInput: If no folder above has a ``pyproject.toml`` with a ``[tool.companion]`` table.
        """
        start = (start or Path.cwd()).resolve()
        for folder in (start, *start.parents):
            settings = folder / "pyproject.toml"
            if settings.is_file():
                table = tomllib.loads(settings.read_text(encoding="utf-8")).get("tool", {}).get("companion")
                if table is not None:
                    return cls._from_table(folder, table)
        raise RefusedInput(f"no book found: no pyproject.toml with [tool.companion] in {start} or above it")

    @classmethod
    def _from_table(cls, root: Path, table: dict[str, object]) -> "Project":
        try:
            return cls(
                root=root,
                packages=tuple(table["packages"]),  # type: ignore[arg-type]
                data_file=root / str(table["data"]),
                data_probe=str(table["data-probe"]),
                repository=str(table["repository"]).rstrip("/"),
                address=_checked_address(os.environ.get(ADDRESS, str(table.get("address", "")))),
                programs=tuple(_programs(table.get("programs", {}))),
            )
        except KeyError as error:
            raise RefusedInput(f"[tool.companion] in {root / 'pyproject.toml'} lacks the key {error}") from None

    @cached_property
    def slugs(self) -> tuple[str, ...]:
        """The chapters, sorted: every ``notebooks/<slug>.py`` with its claims file or its page."""
        return tuple(path.stem for path in self._notebooks if path.name not in self.left_out)

    @cached_property
    def left_out(self) -> dict[str, str]:
        """The files in ``notebooks/`` that look like a chapter and are none, such as copies: name to reason."""
        reasons = {path.name: self._why_no_chapter(path.stem) for path in self._notebooks}
        return {name: reason for name, reason in reasons.items() if reason}

    @cached_property
    def _notebooks(self) -> list[Path]:
        """Hidden files are an editor's or a system's, and no notebooks."""
        found = (self.root / "notebooks").glob("*.py")
        return sorted(path for path in found if not path.name.startswith(".") and path.is_file())

    def _why_no_chapter(self, stem: str) -> str:
        """Why ``notebooks/<stem>.py`` is no chapter; nothing where it is one."""
        if not _SLUG.fullmatch(stem):
            return "a chapter's name has lower-case letters, digits and single hyphens"
        if self.page(stem).is_file():
            return ""  # the book shows it, so what it lacks is an error of this chapter
        if not self.claims(stem).is_file():
            return f"it has neither {stem}.claims.yml nor the page book/{stem}.md"
        declared = _DECLARED.search(self.claims(stem).read_bytes())
        other = declared[1].decode() if declared else stem
        return f"its claims file is that of the chapter {other}" if other != stem else ""

    def check_slug(self, slug: str) -> str:
        """``slug``, if it is a chapter, or a notebook that may become one: what it lacks is said when it is read.

        Raises:
            RefusedInput: If not; the message suggests the nearest chapter.
        """
        if slug in self.slugs or (_SLUG.fullmatch(slug) and self.notebook(slug).is_file()):
            return slug
        if f"{slug}.py" in self.left_out:
            raise RefusedInput(f"notebooks/{slug}.py is no chapter: {self.left_out[f'{slug}.py']}")
        if self.claims(slug).is_file():
            raise RefusedInput(
                f"notebooks/{slug}.claims.yml is there, notebooks/{slug}.py is not: a chapter needs both"
            )
        near = difflib.get_close_matches(slug, self.slugs, n=1, cutoff=0.4)
        hint = f" Did you mean {near[0]!r}?" if near else ""
        raise RefusedInput(f"there is no chapter {slug!r}.{hint} The chapters: {', '.join(self.slugs)}")

    def notebook(self, slug: str) -> Path:
        """The text notebook of a chapter."""
        return self.root / "notebooks" / f"{slug}.py"

    def claims(self, slug: str) -> Path:
        """The claims file of a chapter."""
        return self.root / "notebooks" / f"{slug}.claims.yml"

    def page(self, slug: str) -> Path:
        """The prose page of a chapter."""
        return self.root / "book" / f"{slug}.md"

    @contextmanager
    def importable(self) -> Iterator[None]:
        """Within the block, the packages of this project are found before any of the same name elsewhere."""
        source = str(self.root / "src")
        already = source in sys.path
        if not already:
            sys.path.insert(0, source)
        try:
            yield
        finally:
            if not already:
                sys.path.remove(source)

    def relative(self, path: Path) -> str:
        """``path`` as people write it: from the root of the project where it lies inside."""
        return path.relative_to(self.root).as_posix() if path.is_relative_to(self.root) else str(path)

    def run_folder(self, slug: str, digest: str) -> Path:
        """Folder of a run of ``slug`` with other parameters than the defaults; ``digest`` is their hash."""
        return self.root / "build" / "runs" / slug / digest

    def inputs(self, slug: str, scale: Scale) -> Path:
        """The digest of everything that a run of a chapter depends on; the pipeline watches this one file."""
        return self.build(scale) / f"{slug}.inputs.json"

    def build(self, scale: Scale) -> Path:
        """Folder of everything generated at ``scale``."""
        return self.root / "build" / str(scale)

    def executed(self, slug: str, scale: Scale) -> Path:
        """The executed notebook of a chapter with default parameters."""
        return self.build(scale) / f"{slug}.ipynb"

    def verdicts(self, slug: str, scale: Scale) -> Path:
        """The verdicts of a chapter with default parameters."""
        return self.build(scale) / f"{slug}.verdicts.json"

    def judged(self, slug: str, scale: Scale) -> Path:
        """Where the judge notes what it wrote into the verdicts of a chapter, and which judge it was."""
        return self.build(scale) / "inputs" / f"{slug}.judged.sha256"

    def ran(self, slug: str, scale: Scale) -> Path:
        """What became of the last try of a chapter: its notebook, or a failure; the pipeline watches this file."""
        return self.build(scale) / f"{slug}.ran.json"

    @property
    def published(self) -> Path:
        """The folder of the record of the published run: one file for each chapter."""
        return self.root / "published"

    @property
    def history(self) -> Path:
        """How the published verdicts have moved."""
        return self.root / "history.json"

    @property
    def lock(self) -> Path:
        """The exact versions of everything installed."""
        return self.root / "requirements.lock"


def _programs(tables: Any) -> Iterator[Program]:
    """The programs of ``[tool.companion.programs]``.

    Yields:
        One for each table.

    Raises:
        KeyError: If a table lacks a key.
    """
    for name, table in tables.items():
        texts = {key: str(table[key]) for key in ("title", "fingerprint", "script", "file")}
        yield Program(name, ways=tuple(map(str, table["ways"])), **texts)


def _checked_address(address: str) -> str:
    """``address`` without a slash at its end.

    Raises:
        RefusedInput: If it is neither empty nor the address of a site.
    """
    if address and not _PUBLIC.fullmatch(address):
        raise RefusedInput(f"the address of the book is {address!r}; expected one like https://example.org/book")
    return address.rstrip("/")
