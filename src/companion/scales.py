"""The three sizes at which a chapter runs."""

from enum import StrEnum
from typing import TypeVar

T = TypeVar("T")


class Scale(StrEnum):
    """Size of a run: ``quick`` for tests, ``book`` for the published page, ``paper`` for the original size."""

    QUICK = "quick"
    BOOK = "book"
    PAPER = "paper"

    @property
    def rank(self) -> int:
        """Position in the order quick < book < paper."""
        return list(Scale).index(self)

    def reaches(self, lowest: "Scale") -> bool:
        """Whether a run of this size is large enough for something that starts at ``lowest``."""
        return self.rank >= lowest.rank


def by_scale(scale: str, *, quick: T, book: T, paper: T) -> T:
    """The value that belongs to ``scale``.

    Args:
        scale: ``"quick"``, ``"book"`` or ``"paper"``.
        quick: Value for tests.
        book: Value for the published page.
        paper: Value for the size of the original experiment.

    Returns:
        One of the three values.

    Raises:
        ValueError: If ``scale`` is none of the three.
    """
    if scale not in {str(s) for s in Scale}:
        raise ValueError(f"scale is {scale!r}; expected one of {', '.join(Scale)}")
    return {Scale.QUICK: quick, Scale.BOOK: book, Scale.PAPER: paper}[Scale(scale)]
