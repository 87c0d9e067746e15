"""What a claim may need: the registered data sets and a browser, as the book shows them, and whether they are here.

The mathematics loads data; this package only asks its probe, named in ``[tool.companion]``, and reads the registry's
fields that are written for people. The browser is this package's own business: a claim about what a page shows needs
``chromium``, and its version decides the result as the content of a data set does. A program of the book's
(:class:`companion.project.Program`) is asked for its fingerprint in the same way.
"""

import hashlib
import tomllib
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from companion.errors import RefusedInput
from companion.machine.browser import chromium_version
from companion.project import Project
from companion.source.hooks import asked

BROWSER = "chromium"


@dataclass(frozen=True)
class DataSetCard:
    """What a page says of something needed; ``ways`` are phrases that fit after "get it by"."""

    name: str
    title: str
    citation: str
    licence: str
    ways: tuple[str, ...]

    @property
    def how_to_get(self) -> str:
        """One sentence with every way to get it."""
        return f"{self.title} ({self.name}): get it by " + ", or by ".join(self.ways) + "."


_BROWSER_CARD = DataSetCard(
    BROWSER,
    "a browser",
    citation="",
    licence="",
    ways=(
        "running `make setup`, which gets one without root",
        "installing Debian's package chromium, or Chrome",
        "setting CHROMIUM to the path of such a browser",
    ),
)


def registered_data(project: Project) -> dict[str, DataSetCard]:
    """Every data set of the registry under its name, the browser, and the book's programs.

    Raises:
        RefusedInput: If the registry is missing, is not TOML, or an entry lacks a field.
    """
    name = project.relative(project.data_file)
    try:
        table = tomllib.loads(project.data_file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise RefusedInput(f"{name} is missing: it registers the data sets ([tool.companion] names it)") from None
    except tomllib.TOMLDecodeError as error:
        raise RefusedInput(f"{name} is not valid TOML: {error}") from None
    own = {BROWSER: _BROWSER_CARD}
    own |= {p.name: DataSetCard(p.name, p.title, citation="", licence="", ways=p.ways) for p in project.programs}
    return own | {key: _card(key, entry, name) for key, entry in table.get("sets", {}).items()}


def fingerprints(project: Project, names: Collection[str]) -> dict[str, str | None]:
    """A hash of each data set's content, None where it is not here, without any network.

    Raises:
        RefusedInput: If the browser does not start, a file is there but corrupt (the probe's message names it), a
            program cannot be made, or a probe does not exist.
    """
    own = {BROWSER: _browser_fingerprint()} if BROWSER in names else {}
    own |= {p.name: asked(project, p.fingerprint, project.root) for p in project.programs if p.name in names}
    wanted = sorted(set(names) - {BROWSER, *(program.name for program in project.programs)})
    found = asked(project, project.data_probe, wanted, project.root) if wanted else {}
    return {name: found[name] for name in wanted} | own


def _browser_fingerprint() -> str | None:
    version = chromium_version()
    return None if version is None else hashlib.sha256(version.encode()).hexdigest()


def lacking(found: dict[str, str | None], names: Sequence[str]) -> tuple[str, ...]:
    """Those of ``names`` that cannot be had."""
    return tuple(name for name in names if found[name] is None)


def _card(key: str, entry: dict[str, object], file: str) -> DataSetCard:
    try:
        ways = entry["ways"]
        title, citation, licence = (str(entry[field]) for field in ("title", "citation", "licence"))
    except KeyError as error:
        raise RefusedInput(f"{file}: [sets.{key}] lacks the key {error}") from None
    if not isinstance(ways, list) or not ways:
        raise RefusedInput(f"{file}: [sets.{key}] must list its ways, at least one")
    return DataSetCard(key, title, citation, licence, tuple(map(str, ways)))
