"""What a notebook says to the judge: ``chapter.measure``. It stores numbers, never a verdict.

In a run (the environment variable ``COMPANION_RUN`` is set, or an inline runner collects) each claim is measured once
and its place in the page is held by a neutral line, which staging replaces. Live in Jupyter the judge is asked at once
and a provisional badge appears; measuring again replaces it.
"""

import difflib
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import yaml
from IPython import get_ipython
from IPython.display import display

from companion.claims.samples import MEASUREMENT_MIME, Measurement, Plain, count, plain_samples
from companion.errors import RefusedInput

if TYPE_CHECKING:
    from companion.claims.declared import ChapterClaims
    from companion.notebook.interactive import Control

RUN_VARIABLE = "COMPANION_RUN"
RECORD_PREFIX = "application/companion/"


class Declaration(Protocol):
    """What measuring knows of a claims file: which ids there are."""

    @property
    def by_id(self) -> Mapping[str, Any]:
        """The declared claims under their ids."""


class Shown(Protocol):
    """An object with a picture: the figure of a page, and what a live notebook shows."""

    def page(self, *, name: str, alt: str, caption: str) -> str:
        """A ``figure`` element whose id is ``name``, with its numbers in a ``script`` of type ``application/json``."""

    def live(self, *, name: str, alt: str, caption: str) -> str:
        """HTML that needs nothing around it."""


@dataclass
class Collector:
    """Where the measurements of one in-process run go, instead of into outputs."""

    claims: "ChapterClaims"
    measurements: list[Measurement] = field(default_factory=list)
    records: dict[str, float | int | str] = field(default_factory=dict)
    figures: list[str] = field(default_factory=list)


_collector: ContextVar[Collector | None] = ContextVar("companion_collector", default=None)


@contextmanager
def collecting(claims: "ChapterClaims") -> Iterator[Collector]:
    """Collect what notebook code measures inside the ``with`` block.

    Args:
        claims: The chapter's declaration, which ``chapter`` uses instead of a file.

    Yields:
        The collector, which fills.
    """
    collector = Collector(claims)
    token = _collector.set(collector)
    try:
        yield collector
    finally:
        _collector.reset(token)


def chapter(slug: str) -> "Chapter":
    """The chapter ``slug``, to which its notebook gives what it measures.

    Args:
        slug: Name of the chapter's files, such as ``"crown"``.

    Returns:
        A fresh chapter. Without a claims file it says so once, and everything else works.

    Raises:
        RefusedInput: If the claims file does not validate, or is missing in a run.
    """
    collector = _collector.get()
    if collector is not None:
        if collector.claims.chapter != slug:
            raise RefusedInput(f"this notebook is {collector.claims.chapter!r}, but it opens the chapter {slug!r}")
        return Chapter(slug, collector.claims)
    return Chapter(slug, _ids_declared(slug) if _is_run() else _live_declaration(slug))


class Chapter:
    """The notebook's side of a chapter.

    Args:
        slug: Name of the chapter.
        claims: Its declared claims, or None where there is no claims file.
    """

    def __init__(self, slug: str, claims: Declaration | None) -> None:
        self.slug = slug
        self.claims = claims
        self._measured: dict[str, Plain] = {}

    def measure(self, claim_id: str, samples: Any) -> None:
        """Store the numbers measured for one claim.

        Args:
            claim_id: Id of the claim in the claims file.
            samples: Numbers (a list, an array, a tensor), or a mapping of named groups of numbers; the claim must
                hold in every group. What the numbers mean is said by the claim's criterion.

        Raises:
            ValueError: If the claim is not declared, is measured a second time in a run, or the samples are not real
                finite numbers.
        """
        self._check_declared(claim_id)
        plain = plain_samples(samples, f"claim {claim_id!r}")
        repeated = claim_id in self._measured
        if repeated and _is_run():
            raise ValueError(
                f"claim {claim_id!r} is measured a second time in this run; each claim is measured once: "
                "join the samples, or give them as named groups"
            )
        self._measured[claim_id] = plain
        collector = _collector.get()
        if collector is not None:
            collector.measurements.append(Measurement(claim_id, plain))
        elif _is_run():
            _publish({**_stored(claim_id, plain), "text/html": _placeholder(claim_id)})
        else:
            self._live_badge(claim_id, plain, repeated)

    def record(self, key: str, value: float | int | str) -> None:
        """Store a number that prose shows but no claim judges: ``{glue:text}`` inserts it under ``key``.

        Args:
            key: Name without a colon, unique in the chapter.
            value: A number or a short text.

        Raises:
            ValueError: If ``key`` holds a colon, or ``value`` is not a finite number or a text.
        """
        plain = _plain_value(key, value)
        collector = _collector.get()
        if collector is not None:
            collector.records[key] = plain
        elif _is_run():
            bundle = {f"{RECORD_PREFIX}text/plain": repr(plain)}
            _publish(bundle, metadata={"scrapbook": {"name": key, "mime_prefix": RECORD_PREFIX}})
        else:
            _show(f"{key} = {plain}")

    def interactive(
        self,
        figure: Any,
        *,
        name: str,
        alt: str,
        caption: str,
        controls: "Sequence[Control]" = (),
        frames: Sequence[Sequence[Mapping[str, Any]]] = (),
        drag: tuple[str, str] | None = None,
    ) -> None:
        """Show a figure that the reader moves with sliders or by dragging, in the page without a server.

        Args:
            figure: A Plotly figure, or ``{"data": [...], "layout": {...}}``.
            name: Kebab-case name, unique in the book: ``"crown-relaxation"``.
            alt: What to see in it, for those who do not see it.
            caption: The sentence under it.
            controls: The sliders.
            frames: One entry for each combination of the controls' values, the last control fastest; each is a list
                with one mapping of new values (``{"x": [...], "y": [...]}``) for each trace.
            drag: Names of two controls whose values are positions on the x and the y axis: they follow the pointer.

        Raises:
            ValueError: If a text is empty, a number not finite, the number of frames not the product of the sizes, or
                what is dragged no pair of controls with numbers.
        """
        from companion.notebook.interactive import (
            interactive_outputs,  # what a chapter does not show, its stamp need not name
        )

        outputs = interactive_outputs(
            figure, name=name, alt=alt, caption=caption, controls=controls, frames=frames, drag=drag
        )
        collector = _collector.get()
        if collector is not None:
            collector.figures.append(name)
        elif _is_run():
            _publish({"text/html": outputs.page})
        elif get_ipython() is None:
            _show(f"{name}: {alt}")
        else:
            _publish(outputs.live)

    def show(self, figure: Shown, *, name: str, alt: str, caption: str) -> None:
        """Show an object that knows its own HTML, such as a network in three dimensions, in the page without a server.

        Args:
            figure: The object.
            name: Kebab-case name, unique in the book: ``"lenet-space"``.
            alt: What to see in it, for those who do not see it.
            caption: The sentence under it.

        Raises:
            ValueError: If a text is empty, or the object is none that a page can show.
        """
        page = figure.page(name=name, alt=alt, caption=caption)
        collector = _collector.get()
        if collector is not None:
            collector.figures.append(name)
        elif _is_run():
            _publish({"text/html": page})
        elif get_ipython() is None:
            _show(f"{name}: {alt}")
        else:
            _publish({"text/html": figure.live(name=name, alt=alt, caption=caption), "text/plain": alt})

    def _check_declared(self, claim_id: str) -> None:
        if self.claims is None or claim_id in self.claims.by_id:
            return
        near = difflib.get_close_matches(claim_id, self.claims.by_id, n=1, cutoff=0.4)
        hint = f" Did you mean {near[0]!r}?" if near else ""
        raise ValueError(
            f"claim {claim_id!r} is not declared in {self.slug}.claims.yml.{hint} "
            f"Its claims: {', '.join(self.claims.by_id)}"
        )

    def _live_badge(self, claim_id: str, plain: Plain, repeated: bool) -> None:
        from companion.claims.declared import ChapterClaims
        from companion.notebook.provisional import provisional_badge  # not in a run: the judge has no business there

        claims = self.claims if isinstance(self.claims, ChapterClaims) else None
        badge = provisional_badge(self.slug, claims, claim_id, plain)
        if get_ipython() is None:
            _show(badge.words)
            return
        bundle = {**_stored(claim_id, plain), "text/html": badge.markup, "text/plain": badge.words}
        display_id = f"companion-{self.slug}-{claim_id}"
        if repeated:  # the former badge, in whatever cell it stands, shows the new one too
            _publish(bundle, display_id=display_id, update=True)
        _publish(bundle, display_id=display_id)


class _Text:
    """A sentence that a display shows as it is."""

    def __init__(self, text: str) -> None:
        self.text = text

    def __repr__(self) -> str:
        return self.text


def _show(text: str) -> None:
    display(_Text(text))  # type: ignore[no-untyped-call]


def _publish(bundle: dict[str, Any], **options: Any) -> None:
    display(bundle, raw=True, **options)  # type: ignore[no-untyped-call]


def _is_run() -> bool:
    """Whether the executor or an inline runner started this code, not a person in Jupyter."""
    return _collector.get() is not None or bool(os.environ.get(RUN_VARIABLE))


@dataclass(frozen=True)
class _Ids:
    by_id: Mapping[str, None]


def _ids_declared(slug: str) -> _Ids:
    """The ids in the claims file beside the notebook: a run has checked the file before its kernel started.

    Raises:
        RefusedInput: If there is no such file.
    """
    path = Path.cwd() / f"{slug}.claims.yml"
    if not path.is_file():
        raise RefusedInput(f"{path.name} is missing: a chapter declares its claims before it runs ({path})")
    document = yaml.safe_load(path.read_text(encoding="utf-8"))
    return _Ids({claim["id"]: None for claim in document["claims"]})


def _live_declaration(slug: str) -> "ChapterClaims | None":
    """The declared claims, or None, said once, where the notebook was opened alone.

    Raises:
        RefusedInput: If the claims file does not validate.
    """
    from companion.claims.declared import read_claims

    path = _live_claims_path(slug)
    if path is not None:
        return read_claims(path)
    _show(f"There is no {slug}.claims.yml here: measurements are shown, but no claim can be judged.")
    return None


def _live_claims_path(slug: str) -> Path | None:
    """The claims file of the book around the working folder, or one that lies beside the notebook."""
    from companion.project import Project

    beside = Path.cwd() / f"{slug}.claims.yml"
    if beside.is_file():
        return beside
    try:
        path = Project.find().claims(slug)
    except RefusedInput:  # opened alone, in Colab for example
        return None
    return path if path.is_file() else None


def _stored(claim_id: str, plain: Plain) -> dict[str, Any]:
    return {MEASUREMENT_MIME: {"id": claim_id, "samples": plain}}


def _placeholder(claim_id: str) -> str:
    return f'<div class="companion-measurement" data-claim="{claim_id}">Measured: <code>{claim_id}</code></div>'


def _plain_value(key: str, value: Any) -> float | int | str:
    if not key or ":" in key:
        raise ValueError(f"key is {key!r}; expected a name without a colon, since {{glue:text}} splits there")
    if isinstance(value, str):
        return value
    plain = plain_samples(value, f"record {key!r}")
    if isinstance(plain, dict) or len(plain) != 1:
        raise ValueError(f"record {key!r}: expected one number or a text, got {count(plain)} numbers")
    return int(plain[0]) if _is_whole(value) else plain[0]


def _is_whole(value: Any) -> bool:
    """Whether the number came as an integer, Python's or an array's: then it is shown without a point."""
    dtype = str(getattr(value, "dtype", ""))
    return isinstance(value, int) or "int" in dtype
