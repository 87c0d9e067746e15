"""What a claim may need: the registered data sets and a browser, as the book shows them, and whether they are here.

The mathematics loads data; this package only asks its probe, named in ``[tool.companion]``, and reads the registry's
fields that are written for people. The browser is this package's own business: a claim about what a page shows needs
``chromium``, and its version decides the result as the content of a data set does. So is the viewer of scenes: a claim
about one needs ``space-viewer``, which is here where npm's packages are, and changes with its script.
"""

import hashlib
import tomllib
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from importlib import import_module

from companion.errors import RefusedInput
from companion.machine.browser import chromium_version
from companion.project import Project
from companion.space.bundle import viewer_bundle

BROWSER = "chromium"
VIEWER = "space-viewer"


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
    ways=("installing Debian's package chromium, or Chrome", "setting CHROMIUM to the path of such a browser"),
)

_VIEWER_CARD = DataSetCard(
    VIEWER,
    "the viewer of networks in space",
    citation="",
    licence="",
    ways=("running `npm ci --ignore-scripts` in the project's folder (npm's packages three and esbuild)",),
)


def registered_data(project: Project) -> dict[str, DataSetCard]:
    """Every data set of the registry under its name, the browser, and the viewer of scenes.

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
    own = {BROWSER: _BROWSER_CARD, VIEWER: _VIEWER_CARD}
    return own | {key: _card(key, entry, name) for key, entry in table.get("sets", {}).items()}


def fingerprints(project: Project, names: Collection[str]) -> dict[str, str | None]:
    """A hash of each data set's content, None where it is not here, without any network.

    Raises:
        RefusedInput: If the browser does not start, a file is there but corrupt (the probe's message names it), or the
            probe does not exist.
    """
    wanted = sorted(set(names) - {BROWSER, VIEWER})
    own = {BROWSER: _browser_fingerprint()} if BROWSER in names else {}
    if VIEWER in names:
        own |= {VIEWER: _hash(viewer_bundle(project).script)}
    return _data_fingerprints(project, wanted) | own if wanted else own


def _data_fingerprints(project: Project, wanted: list[str]) -> dict[str, str | None]:
    """The hashes of registered data, as the project's probe gives them.

    Raises:
        RefusedInput: If a file is corrupt, or the probe does not exist.
    """
    module, _, function = project.data_probe.partition(":")
    try:
        with project.importable():
            probe = getattr(import_module(module), function)
    except (ImportError, AttributeError) as error:
        raise RefusedInput(
            f"the data probe {project.data_probe!r} in [tool.companion] cannot be used: {error}"
        ) from None
    try:
        found = probe(wanted, project.root)
    except (RuntimeError, ValueError, OSError) as error:
        raise RefusedInput(str(error)) from error
    return {name: found[name] for name in wanted}


def _browser_fingerprint() -> str | None:
    return _hash(chromium_version())


def _hash(text: str | None) -> str | None:
    return None if text is None else hashlib.sha256(text.encode()).hexdigest()


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
