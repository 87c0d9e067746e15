"""The pictures that other sites show beside a link to the book: one for each chapter, one for the front page."""

import hashlib
import json
from base64 import b64encode
from pathlib import Path
from typing import TYPE_CHECKING

import yaml
from markupsafe import Markup

from companion.claims.colours import style_sheet
from companion.claims.verdicts import Origin, Outcome
from companion.files import write_atomically
from companion.machine.browser import in_browser
from companion.project import Project
from companion.scales import Scale
from companion.staging import markup
from companion.staging.bibliography import bibliographies, read_papers
from companion.staging.chapters import Chapter, read_chapter
from companion.staging.gallery import VIEW_BOX, cover
from companion.staging.templates import fill

if TYPE_CHECKING:
    from playwright.sync_api import Browser

SIZE = {"width": 1200, "height": 630}
FRONT = "index"
FIGURES_IN_FRONT = 4
LARGEST_CELL = 27  # pixels that a claim's square and the gap beside it take on the front card
_FIELD = 510 * 165  # pixels for all of them
_WIDE = 2.4  # width over height


def draw_cards(project: Project, scale: Scale, folder: Path) -> None:
    """Draw into ``folder`` the cards whose content changed, as PNG; those of chapters that are no more are removed."""
    chapters = [read_chapter(project, slug, scale) for slug in project.slugs]
    pages = card_pages(project, chapters)
    record = folder.parent.parent / "cards.json"
    done: dict[str, str] = json.loads(record.read_text(encoding="utf-8")) if record.is_file() else {}
    digests = {name: hashlib.sha256(page.encode()).hexdigest() for name, page in pages.items()}
    due = [name for name in pages if done.get(name) != digests[name] or not (folder / f"{name}.png").is_file()]
    for old in folder.glob("*.png"):
        if old.stem not in pages:
            old.unlink()
    if due:
        for name, picture in in_browser(lambda browser: _drawn(browser, {name: pages[name] for name in due})).items():
            write_atomically(folder / f"{name}.png", picture)
        write_atomically(record, json.dumps(digests, indent=1))


def card_pages(project: Project, chapters: list[Chapter]) -> dict[str, str]:
    """The HTML of each card, by the name of its picture."""
    papers = read_papers(bibliographies(project.root / "book"))
    settings = yaml.safe_load((project.root / "_config.yml").read_text(encoding="utf-8"))
    book = str(settings["title"])
    pages: dict[str, str] = {}
    for chapter in chapters:
        paper = papers.get(chapter.claims.paper or "")
        pages[chapter.slug] = fill(
            "site/html/card.html",
            colours=Markup(style_sheet()),
            book=book,
            title=chapter.claims.title,
            paper=paper,
            shape=_shape(cover(chapter).svg),
            verdicts=_counts(next(iter(chapter.by_origin.values()), [])),
            figure=_data(cover(chapter).svg),
        )
    pages[FRONT] = _front(book, chapters)
    return pages


def _front(book: str, chapters: list[Chapter]) -> str:
    """The card of the book: a square for each claim in the colour of its verdict, and figures of four chapters."""
    outcomes = [outcome for chapter in chapters for outcome in chapter.outcomes]
    counts = _counts(outcomes)
    return fill(
        "site/html/front_card.html",
        colours=Markup(style_sheet()),
        title=book,
        cell=min(LARGEST_CELL, int((_FIELD / max(len(outcomes), 1)) ** 0.5)),
        of_papers=sum(len(chapter.by_origin.get(Origin.PAPER, ())) for chapter in chapters),
        claims=[name for name, count, _ in counts for _ in range(count)],
        verdicts=counts,
        figures=[_data(cover(chapter).night) for chapter in chapters[:FIGURES_IN_FRONT]],
    )


def _counts(outcomes: list[Outcome]) -> list[tuple[str, int, Outcome]]:
    """Class, number and word of each verdict that occurs, in the order in which they are told."""
    counts = [(outcome, outcomes.count(outcome)) for outcome in markup.OUTCOMES]
    return [(markup.css_name(outcome).removeprefix("verdict-"), count, outcome) for outcome, count in counts if count]


def _shape(figure: str) -> str:
    """How a card is laid out: a figure that is much wider than high stands below the words and not beside them."""
    box = VIEW_BOX.search(figure)
    return "wide" if box and float(box["width"]) > _WIDE * float(box["height"]) else "one"


def _data(svg: str) -> str:
    """A drawing as an address: as an image of its own, its anchors do not meet those of the others."""
    return f"data:image/svg+xml;base64,{b64encode(svg.encode()).decode()}"


def _drawn(browser: "Browser", pages: dict[str, str]) -> dict[str, bytes]:
    page = browser.new_page(viewport=SIZE)  # type: ignore[arg-type]
    pictures = {}
    for name, content in pages.items():
        page.set_content(content)
        page.evaluate("Promise.all([...document.images].map((image) => image.decode()))")
        pictures[name] = page.screenshot(type="png")
    return pictures
