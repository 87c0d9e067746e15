"""The gallery of the front page: a card for each chapter, by part, and the form that chooses among them."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from companion.claims.declared import Difficulty, ReaderNotes, Source
from companion.claims.verdicts import Origin, Outcome
from companion.errors import RefusedInput
from companion.project import Project
from companion.staging import markup
from companion.staging.bibliography import Paper, source_line
from companion.staging.chapters import Chapter
from companion.staging.contents import Part
from companion.staging.figures import figure_not_drawn, figures_in
from companion.staging.night import night_version
from companion.staging.reading import reading_time
from companion.staging.templates import fill

HIGHEST = 0.75  # height over width; what is higher would stand small in the middle of its card
VIEW_BOX = re.compile(r'viewBox="[-\d.]+[ ,]+[-\d.]+[ ,]+(?P<width>[\d.]+)[ ,]+(?P<height>[\d.]+)"')


@dataclass(frozen=True)
class Cover:
    """The picture on a chapter's card, the same for the night, and what it shows in words."""

    svg: str
    night: str
    alt: str

    @property
    def is_tall(self) -> bool:
        """Whether it is too high for a card, which then shows its upper part."""
        box = VIEW_BOX.search(self.svg)
        return box is not None and float(box["height"]) > HIGHEST * float(box["width"])


def cover(chapter: Chapter) -> Cover:
    """The figure that the chapter's claims file names for its card, as it was drawn in this run.

    Raises:
        RefusedInput: If the notebook draws no figure of that name, or the figure has no alt text.
    """
    wanted = chapter.claims.reader.figure
    found = {figure.name: figure for figure in figures_in(chapter.notebook)}
    if wanted not in found and chapter.failure is not None:
        svg = figure_not_drawn("The chapter that draws it failed.")
        return Cover(svg, night_version(svg), "Not drawn: the chapter failed.")
    if wanted not in found:
        raise RefusedInput(
            f"{chapter.slug}.claims.yml names {wanted!r} as the figure for the chapter's card; "
            f"the notebook draws {', '.join(sorted(found)) or 'none'}"
        )
    return Cover(found[wanted].svg, found[wanted].night, _alt_text(chapter, wanted))


@dataclass(frozen=True)
class Card:
    """What the card of a chapter shows, and what it is found by."""

    slug: str
    title: str
    source: str
    reader: ReaderNotes
    by_origin: dict[Origin, list[Outcome]]
    read: tuple[Source, ...]
    failed: bool
    minutes: int
    searched: str
    cover: Cover

    @property
    def verdicts(self) -> list[Outcome]:
        """Those that occur."""
        return [outcome for outcome in markup.OUTCOMES if any(outcome in some for some in self.by_origin.values())]

    @property
    def alt(self) -> str:
        """What the cover shows, on one line."""
        return " ".join(self.cover.alt.split())


def gallery(
    project: Project, parts: Sequence[Part], chapters: Mapping[str, Chapter], papers: Mapping[str, Paper]
) -> Markup:
    """The chapters by part, each as a card with its own figure, and above them what chooses among them.

    Raises:
        RefusedInput: If a chapter's cover is not there.
    """
    cards = {part.caption: [_card(project, chapters[slug], papers) for slug in part.slugs] for part in parts}
    choices = _choices([card for listed in cards.values() for card in listed])
    return fill("staging/html/gallery.html", choices=choices, parts=cards)


def _card(project: Project, chapter: Chapter, papers: Mapping[str, Paper]) -> Card:
    time = reading_time(project, chapter)
    return Card(
        slug=chapter.slug,
        title=chapter.claims.title,
        source=source_line(chapter.claims, papers),
        reader=chapter.claims.reader,
        by_origin=chapter.by_origin,
        read=chapter.claims.read.sources if chapter.claims.read else (),
        failed=chapter.failure is not None,
        minutes=time.page + time.notebook,
        searched=_searched(chapter, papers),
        cover=cover(chapter),
    )


def _searched(chapter: Chapter, papers: Mapping[str, Paper]) -> str:
    """Everything that the search field looks through, in lower case: paper, topics and the sentences of the claims."""
    paper = papers.get(chapter.claims.paper or "")
    words = [chapter.slug, chapter.claims.title, *chapter.claims.reader.topics, str(chapter.claims.reader.difficulty)]
    if paper is not None:
        words += [paper.title, paper.authors, paper.venue, paper.year]
    words += [claim.sentence for claim in chapter.claims.claims]
    return re.sub(r"\s+", " ", " ".join(words)).lower()


def _alt_text(chapter: Chapter, figure: str) -> str:
    """The alt text of a figure of the notebook.

    Raises:
        RefusedInput: If it has none.
    """
    for cell in chapter.notebook.cells:
        settings = cell.metadata.get("mystnb", {})
        if settings.get("figure", {}).get("name") == figure and settings.get("image", {}).get("alt"):
            return str(settings["image"]["alt"])
    raise RefusedInput(f"the figure {figure!r} of {chapter.slug} has no alt text; write it into the cell's metadata")


def _choices(cards: Sequence[Card]) -> dict[str, dict[str, int]]:
    """The groups of buttons that can be pressed, with how many chapters each button would leave."""
    topics = Counter(topic for card in cards for topic in card.reader.topics)
    verdicts = Counter(str(outcome) for card in cards for outcome in card.verdicts)
    read = Counter(str(source) for card in cards for source in card.read)
    difficulties = Counter(str(card.reader.difficulty) for card in cards)
    return {
        "verdict": {str(o): verdicts[str(o)] for o in markup.OUTCOMES if str(o) in verdicts},
        "difficulty": {str(d): difficulties[str(d)] for d in Difficulty if str(d) in difficulties},
        "read": {str(source): read[str(source)] for source in Source if str(source) in read},
        "topic": dict(sorted(topics.items(), key=lambda item: (-item[1], item[0]))),
    }
