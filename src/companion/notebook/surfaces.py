"""Where a notebook's numbers and figures go: into the outputs of a run, or to a runner in the same process.

The third kind, for a person in Jupyter, is :mod:`companion.notebook.live`; a run never loads it.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import yaml
from IPython.display import display
from markupsafe import Markup

from companion.claims.samples import MEASUREMENT_MIME, Measurement, Plain
from companion.errors import RefusedInput

if TYPE_CHECKING:
    from companion.claims.declared import ChapterClaims

RECORD_PREFIX = "application/companion/"
_LINE = Markup('<div class="companion-measurement" data-claim="{name}">Measured: <code>{name}</code></div>')


class Declaration(Protocol):
    """What measuring knows of a claims file: which ids there are."""

    @property
    def by_id(self) -> Mapping[str, Any]:
        """The declared claims under their ids."""


@dataclass(frozen=True)
class Drawn:
    """A figure: its name, its words, its HTML on a page, and how to make what a live notebook shows, by MIME type."""

    name: str
    alt: str
    page: str
    live: Callable[[], dict[str, Any]]


class Surface(Protocol):
    """What takes what a notebook says."""

    def declaration(self, slug: str) -> Declaration | None:
        """The ids that the chapter declares; None where nobody knows."""

    def check_repeated(self, claim_id: str) -> None:
        """Refuse a second measurement of one claim, where there is but one place for it."""

    def measured(self, slug: str, claims: Declaration | None, measurement: Measurement, repeated: bool) -> None:
        """Take the numbers of one claim."""

    def recorded(self, key: str, value: float | int | str) -> None:
        """Take a number that prose shows."""

    def drew(self, figure: Drawn) -> None:
        """Take a figure."""


class Run:
    """A run: everything goes into the outputs of its cells, a neutral line holds the place of each verdict."""

    def declaration(self, slug: str) -> Declaration:
        """The ids in the claims file beside the notebook: a run has checked the file before its kernel started.

        Raises:
            RefusedInput: If there is no such file.
        """
        path = Path.cwd() / f"{slug}.claims.yml"
        if not path.is_file():
            raise RefusedInput(f"{path.name} is missing: a chapter declares its claims before it runs ({path})")
        document = yaml.safe_load(path.read_text(encoding="utf-8"))
        return _Ids({claim["id"]: None for claim in document["claims"]})

    def check_repeated(self, claim_id: str) -> None:
        """Refuse it.

        Raises:
            ValueError: Always.
        """
        raise ValueError(
            f"claim {claim_id!r} is measured a second time in this run; each claim is measured once: "
            "join the samples, or give them as named groups"
        )

    def measured(self, slug: str, claims: Declaration | None, measurement: Measurement, repeated: bool) -> None:
        """Store the numbers; staging puts the verdict in the place of the line."""
        name = measurement.id
        line = str(_LINE.format(name=name))
        publish({**stored(name, measurement.samples), "text/html": line})

    def recorded(self, key: str, value: float | int | str) -> None:
        """Store it as glue does."""
        bundle = {f"{RECORD_PREFIX}text/plain": repr(value)}
        publish(bundle, metadata={"scrapbook": {"name": key, "mime_prefix": RECORD_PREFIX}})

    def drew(self, figure: Drawn) -> None:
        """Store its HTML."""
        publish({"text/html": figure.page})


@dataclass
class Inline(Run):
    """A run in the same process, as tests make it: what comes is kept here."""

    claims: "ChapterClaims"
    measurements: list[Measurement] = field(default_factory=list)
    records: dict[str, float | int | str] = field(default_factory=dict)
    figures: list[str] = field(default_factory=list)

    def declaration(self, slug: str) -> Declaration:
        """The declaration that the runner was given.

        Raises:
            RefusedInput: If the notebook opens another chapter.
        """
        if self.claims.chapter != slug:
            raise RefusedInput(f"this notebook is {self.claims.chapter!r}, but it opens the chapter {slug!r}")
        return self.claims

    def measured(self, slug: str, claims: Declaration | None, measurement: Measurement, repeated: bool) -> None:
        """Keep it."""
        self.measurements.append(measurement)

    def recorded(self, key: str, value: float | int | str) -> None:
        """Keep it."""
        self.records[key] = value

    def drew(self, figure: Drawn) -> None:
        """Keep its name."""
        self.figures.append(figure.name)


_inline: ContextVar[Inline | None] = ContextVar("companion_inline", default=None)


def inline_surface() -> Inline | None:
    """The surface of the runner in this process, if one is at work."""
    return _inline.get()


@contextmanager
def collecting(claims: "ChapterClaims") -> Iterator[Inline]:
    """Collect what notebook code measures inside the ``with`` block.

    Args:
        claims: The chapter's declaration, which ``chapter`` uses instead of a file.

    Yields:
        The collector, which fills.
    """
    surface = Inline(claims)
    token = _inline.set(surface)
    try:
        yield surface
    finally:
        _inline.reset(token)


def stored(claim_id: str, plain: Plain) -> dict[str, Any]:
    """The output from which the judge takes a measurement."""
    return {MEASUREMENT_MIME: {"id": claim_id, "samples": plain}}


def publish(bundle: dict[str, Any], **options: Any) -> None:
    """Show a bundle of MIME type to content as an output of the cell."""
    display(bundle, raw=True, **options)  # type: ignore[no-untyped-call]


@dataclass(frozen=True)
class _Ids:
    by_id: Mapping[str, None]
