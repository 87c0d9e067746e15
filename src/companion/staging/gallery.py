"""The gallery of the front page: a card for each chapter, by part, and the form that chooses among them."""

import html
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from companion.claims.declared import Difficulty
from companion.errors import RefusedInput
from companion.project import Project
from companion.staging import markup
from companion.staging.bibliography import Paper
from companion.staging.chapters import Chapter
from companion.staging.contents import Part
from companion.staging.failed import BADGE
from companion.staging.figures import figure_not_drawn, figures_in
from companion.staging.night import night_version
from companion.staging.reading import reading_time

HIGHEST = 0.75  # height over width; what is higher would stand small in the middle of its card
VIEW_BOX = re.compile(r'viewBox="[-\d.]+[ ,]+[-\d.]+[ ,]+(?P<width>[\d.]+)[ ,]+(?P<height>[\d.]+)"')
_BETWEEN = "|"  # of the values in a card's data attributes; gallery.js splits there

# One line an element and no blank line: Markdown leaves a block of HTML alone up to the first blank line.
_CARD = """<li class="card" data-topic="{topics}" data-verdict="{verdicts}"
 data-difficulty="{difficulty}" data-text="{text}">
<div class="card-body">
<h4 class="card-title"><a href="{slug}.html">{title}</a></h4>
<p class="card-source">{source}</p>
<p class="card-verdicts">{totals}</p>
<p class="card-facts"><span class="card-minutes">{minutes} min to read</span> · {difficulty}</p>
<ul class="card-topics" aria-label="Topics">{chips}</ul>
</div>
<div class="card-cover{shape}">
<img class="only-light" src="../covers/{slug}.svg" alt="{alt}" loading="lazy" decoding="async">
<img class="only-dark" src="../covers/{slug}.night.svg" alt="{alt}" loading="lazy" decoding="async">
</div>
</li>
"""


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


def gallery(
    project: Project, parts: Sequence[Part], chapters: Mapping[str, Chapter], papers: Mapping[str, Paper]
) -> str:
    """The chapters by part, each as a card with its own figure, and above them what chooses among them.

    Without a script all cards are there and the form is hidden.

    Raises:
        RefusedInput: If a chapter's cover is not there.
    """
    listed = [chapters[slug] for part in parts for slug in part.slugs]
    pieces = [_filter(listed)]
    for part in parts:
        cards = "".join(_card(project, chapters[slug], papers) for slug in part.slugs)
        pieces.append(f'### {part.caption}\n\n<ul class="gallery">\n{cards}</ul>\n')
    return "\n".join(pieces)


def _card(project: Project, chapter: Chapter, papers: Mapping[str, Paper]) -> str:
    reader, time, front = chapter.claims.reader, reading_time(project, chapter), cover(chapter)
    outcomes = [str(outcome) for outcome in markup.OUTCOMES if outcome in chapter.outcomes]
    return _CARD.format(
        slug=chapter.slug,
        title=markup.inline_html(chapter.claims.title),
        source=html.escape(_source(chapter, papers)),
        totals=f"{BADGE} " * (chapter.failure is not None) + markup.totals(chapter.outcomes),
        minutes=time.page + time.notebook,
        difficulty=reader.difficulty,
        chips="".join(f"<li>{html.escape(topic)}</li>" for topic in reader.topics),
        topics=html.escape(_BETWEEN.join(reader.topics)),
        verdicts=html.escape(_BETWEEN.join(outcomes)),
        text=html.escape(_searched(chapter, papers)),
        shape=" tall" * front.is_tall,
        alt=html.escape(" ".join(front.alt.split())),
    )


def _source(chapter: Chapter, papers: Mapping[str, Paper]) -> str:
    """Who wrote the chapter's paper and when, or how many chapters it joins."""
    key = chapter.claims.paper
    if key is None:
        return f"What {len(chapter.claims.joins)} chapters say together"
    return f"{papers[key].short_authors}, {papers[key].year}"


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


def _filter(chapters: Sequence[Chapter]) -> str:
    """The form that gallery.js shows and wires."""
    topics = Counter(topic for chapter in chapters for topic in chapter.claims.reader.topics)
    verdicts = Counter(str(outcome) for chapter in chapters for outcome in set(chapter.outcomes))
    difficulties = Counter(str(chapter.claims.reader.difficulty) for chapter in chapters)
    in_order = {
        "verdict": {str(o): verdicts[str(o)] for o in markup.OUTCOMES if str(o) in verdicts},
        "difficulty": {str(d): difficulties[str(d)] for d in Difficulty if str(d) in difficulties},
        "topic": dict(sorted(topics.items(), key=lambda item: (-item[1], item[0]))),
    }
    groups = "".join(_choices(name, values) for name, values in in_order.items())
    return (
        '<form class="gallery-filter" role="search" aria-label="Chapters" hidden>\n'
        '<p class="gallery-search"><label for="gallery-q">Search the chapters</label> '
        '<input id="gallery-q" type="search" name="q" autocomplete="off" spellcheck="false" '
        'placeholder="word, author or year"></p>\n'
        f"{groups}"
        '<p class="gallery-found"><output aria-live="polite"></output> <button type="reset">Show all</button></p>\n'
        "</form>\n"
    )


def _choices(name: str, counts: Mapping[str, int]) -> str:
    """A group of buttons that can be pressed, with how many chapters each would leave."""
    buttons = "".join(
        f'<button type="button" class="chip" name="{name}" value="{html.escape(value)}" aria-pressed="false">'
        f'{html.escape(value)} <span class="chip-count">{count}</span></button>'
        for value, count in counts.items()
    )
    label = name.capitalize()
    return f'<fieldset class="gallery-{name}"><legend>{label}</legend>{buttons}</fieldset>\n'
