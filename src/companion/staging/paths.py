"""Ways through the book: what each chapter comes after, as a graph that leads to them, and three routes."""

import textwrap
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from companion.claims.declared import ChapterClaims, Difficulty
from companion.errors import RefusedInput
from companion.project import Project
from companion.staging.chapters import Chapter
from companion.staging.contents import Part
from companion.staging.reading import reading_time
from companion.staging.templates import fill

HOUR, WEEK = 60, 300  # minutes of reading
WIDTH, HEIGHT, ACROSS, DOWN = 190, 64, 250, 84  # of a box, and from one to the next, in pixels
_LETTERS = 22  # of a line in a box


@dataclass(frozen=True)
class Box:
    """A chapter of the graph and where its upper left corner stands."""

    slug: str
    lines: tuple[str, ...]
    x: int
    y: int


def needed(claims: ChapterClaims) -> tuple[str, ...]:
    """What a chapter comes after: the chapters that it names, or those that it joins."""
    return claims.joins or claims.reader.after


def in_reading_order(slugs: Sequence[str], after: Mapping[str, Sequence[str]]) -> list[str]:
    """``slugs`` so that each stands behind what it comes after; otherwise their order stays.

    Raises:
        RefusedInput: If a chapter comes after one that is not there, or after itself by way of others.
    """
    for slug in slugs:
        if unknown := [name for name in after[slug] if name not in slugs]:
            raise RefusedInput(f"{slug}.claims.yml says that it comes after {unknown[0]}, which is no chapter")
    order: list[str] = []
    while left := [slug for slug in slugs if slug not in order]:
        ready = next((slug for slug in left if set(after[slug]) <= set(order)), None)
        if ready is None:
            raise RefusedInput(f"each of {', '.join(left)} comes after another of them; one must come first")
        order.append(ready)
    return order


def boxes(order: Sequence[str], after: Mapping[str, Sequence[str]], titles: Mapping[str, str]) -> list[Box]:
    """The chapters in columns: each one column behind the last of those that it comes after."""
    columns: dict[str, int] = {}
    placed = []
    for slug in order:
        columns[slug] = max((columns[name] + 1 for name in after[slug]), default=0)
        row = sum(columns[other] == columns[slug] for other in order if other in columns) - 1
        lines = textwrap.wrap(titles[slug], _LETTERS)
        placed.append(Box(slug, tuple(lines), ACROSS * columns[slug], DOWN * row))
    return placed


def arrows(order: Sequence[str], after: Mapping[str, Sequence[str]]) -> list[tuple[str, str]]:
    """Which chapter leads to which, without those that others between them say already."""
    before: dict[str, set[str]] = {}
    for slug in order:
        before[slug] = set(after[slug]).union(*(before[name] for name in after[slug]))
    return [
        (name, slug)
        for slug in order
        for name in after[slug]
        if not any(name in before[other] for other in after[slug])
    ]


def routes(
    order: Sequence[str], after: Mapping[str, Sequence[str]], easy: Collection[str], minutes: Mapping[str, int]
) -> dict[str, list[str]]:
    """Three routes: an hour of what is easy and a week, as full as they get, and a course with everything."""

    def filled(slugs: Iterable[str], limit: int) -> list[str]:
        taken: list[str] = []
        for slug in slugs:
            fits = sum(minutes[one] for one in taken) + minutes[slug] <= limit
            if fits and set(after[slug]) <= set(taken):
                taken.append(slug)
        return taken

    hour = filled((slug for slug in order if slug in easy), HOUR)
    return {"An hour": hour, "A week": filled(order, WEEK), "A course": list(order)}


def paths(project: Project, parts: Sequence[Part], chapters: Mapping[str, Chapter]) -> Markup:
    """The graph and the routes, as a fragment of Markdown.

    Raises:
        RefusedInput: If what chapters come after does not lead to an order.
    """
    after = {slug: needed(chapter.claims) for slug, chapter in chapters.items()}
    order = in_reading_order([slug for part in parts for slug in part.slugs], after)
    titles = {slug: chapter.claims.title for slug, chapter in chapters.items()}
    minutes = {slug: reading_time(project, chapter).page for slug, chapter in chapters.items()}
    easy = {s for s, c in chapters.items() if c.claims.reader.difficulty is Difficulty.INTRODUCTORY}
    placed = {box.slug: box for box in boxes(order, after, titles)}
    return fill(
        "staging/html/paths.html",
        boxes=placed,
        arrows=[(placed[name], placed[slug]) for name, slug in arrows(order, after)],
        size=(WIDTH, HEIGHT),
        width=max(box.x for box in placed.values()) + WIDTH,
        height=max(box.y for box in placed.values()) + HEIGHT,
        routes=routes(order, after, easy, minutes),
        titles=titles,
        minutes=minutes,
    )
