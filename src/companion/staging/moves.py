"""How the published verdicts have moved, as readers see it: at the foot of a chapter and for the whole book."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from markupsafe import Markup

from companion.claims.verdicts import Outcome
from companion.record.history import Change, Entry, History
from companion.staging import markup
from companion.staging.templates import fill


@dataclass(frozen=True)
class Declared:
    """How many claims a chapter newly declared in one publication, by verdict."""

    slug: str
    counts: tuple[tuple[Outcome, int], ...]

    @property
    def total(self) -> int:
        """Of all verdicts."""
        return sum(count for _, count in self.counts)


def chapter_moves(history: History, slug: str) -> Markup:
    """All that concerns one chapter, newest first, as a fragment of Markdown."""
    return _moves(reversed(history.of_chapter(slug)), {})


def book_moves(history: History, titles: Mapping[str, str]) -> Markup:
    """The same for the whole book, each chapter under its title, as a fragment of Markdown."""
    return _moves(reversed(history.root), titles)


def _moves(entries: Iterable[Entry], titles: Mapping[str, str]) -> Markup:
    publications = [(entry, list(_news(entry.changes))) for entry in entries]
    return fill("staging/html/moves.html", publications=publications, titles=titles)


def _news(changes: Iterable[Change]) -> Iterator[Declared | Change]:
    """Of each chapter first how many claims were declared, then every claim that moved or went.

    Yields:
        Both, chapter by chapter.
    """
    by_chapter: dict[str, list[Change]] = {}
    for change in changes:
        by_chapter.setdefault(change.chapter, []).append(change)
    for slug, own in by_chapter.items():
        new = Counter(change.now for change in own if change.was is None)
        if new:
            yield Declared(slug, tuple((outcome, new[outcome]) for outcome in markup.OUTCOMES if new[outcome]))
        yield from (change for change in own if change.was is not None)
