"""What a notebook says to the judge: ``chapter.measure``. It stores numbers, never a verdict.

Where it goes depends on who runs the code, and each kind is a surface: in a run (``COMPANION_RUN`` is set) the outputs
of the cells, in a test the runner, live in Jupyter the person, who sees a provisional badge at once.
"""

import difflib
import os
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol

from companion.claims.samples import Measurement, Plain, count, plain_samples
from companion.notebook.surfaces import Declaration, Drawn, Run, Surface, inline_surface

if TYPE_CHECKING:
    from companion.notebook.interactive import Control

RUN_VARIABLE = "COMPANION_RUN"


class Shown(Protocol):
    """An object with a picture: the figure of a page, and what a live notebook shows."""

    def page(self, *, name: str, alt: str, caption: str) -> str:
        """A ``figure`` element whose id is ``name``, with its numbers in a ``script`` of type ``application/json``."""

    def live(self, *, name: str, alt: str, caption: str) -> str:
        """HTML that needs nothing around it."""


def chapter(slug: str) -> "Chapter":
    """The chapter ``slug``, to which its notebook gives what it measures.

    Args:
        slug: Name of the chapter's files, such as ``"crown"``.

    Returns:
        A fresh chapter. Without a claims file it says so once, and everything else works.

    Raises:
        RefusedInput: If the claims file does not validate, or is missing in a run.
    """
    return Chapter(slug, _surface().declaration(slug))


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
        surface, repeated = _surface(), claim_id in self._measured
        if repeated:
            surface.check_repeated(claim_id)
        self._measured[claim_id] = plain
        surface.measured(self.slug, self.claims, Measurement(claim_id, plain), repeated)

    def record(self, key: str, value: float | int | str) -> None:
        """Store a number that prose shows but no claim judges: ``{glue:text}`` inserts it under ``key``.

        Args:
            key: Name without a colon, unique in the chapter.
            value: A number or a short text.

        Raises:
            ValueError: If ``key`` holds a colon, or ``value`` is not a finite number or a text.
        """
        _surface().recorded(key, _plain_value(key, value))

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
        _surface().drew(Drawn(name, alt, outputs.page, lambda: outputs.live))

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
        words = {"name": name, "alt": alt, "caption": caption}
        page = figure.page(**words)
        _surface().drew(Drawn(name, alt, page, lambda: {"text/html": figure.live(**words), "text/plain": alt}))

    def _check_declared(self, claim_id: str) -> None:
        if self.claims is None or claim_id in self.claims.by_id:
            return
        near = difflib.get_close_matches(claim_id, self.claims.by_id, n=1, cutoff=0.4)
        hint = f" Did you mean {near[0]!r}?" if near else ""
        raise ValueError(
            f"claim {claim_id!r} is not declared in {self.slug}.claims.yml.{hint} "
            f"Its claims: {', '.join(self.claims.by_id)}"
        )


def _surface() -> Surface:
    """What takes the notebook's words now."""
    inline = inline_surface()
    if inline is not None:
        return inline
    return Run() if os.environ.get(RUN_VARIABLE) else _live_surface()


def _live_surface() -> Surface:
    from companion.notebook.live import Live  # not in a run: judge and badges have no business there

    return Live()


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
