"""The pictures that other sites show beside a link to the book: one for each chapter, one for the front page."""

import hashlib
import html
import json
from base64 import b64encode
from pathlib import Path
from typing import TYPE_CHECKING

import yaml

from companion.claims.colours import style_sheet
from companion.claims.verdicts import Outcome
from companion.files import write_atomically
from companion.machine.browser import in_browser
from companion.project import Project
from companion.scales import Scale
from companion.staging import markup
from companion.staging.bibliography import bibliographies, read_papers
from companion.staging.chapters import Chapter, read_chapter
from companion.staging.gallery import VIEW_BOX, cover

if TYPE_CHECKING:
    from playwright.sync_api import Browser

SIZE = {"width": 1200, "height": 630}
FRONT = "index"
FIGURES_IN_FRONT = 4
LARGEST_CELL = 27  # pixels that a claim's square and the gap beside it take on the front card
_FIELD = 510 * 165  # pixels for all of them
_WIDE = 2.4  # width over height
_SHEET = """
* { box-sizing: border-box; margin: 0; }
body { width: 1200px; height: 630px; display: grid; grid-template: 1fr / 1fr 1.1fr; gap: 24px 44px; padding: 56px 60px;
  font-family: system-ui, "DejaVu Sans", sans-serif; color: #1d2530; background: #fff;
  border-top: 14px solid #0b50b8; }
.words { display: flex; flex-direction: column; min-width: 0; }
.book { font-size: 25px; font-weight: 600; color: #0b50b8; letter-spacing: 0.02em; }
h1 { margin: 26px 0 20px; font-size: 50px; font-weight: 600; line-height: 1.15; overflow-wrap: break-word; }
.paper { font-size: 25px; line-height: 1.4; color: #46505c; display: -webkit-box; -webkit-line-clamp: 4;
  -webkit-box-orient: vertical; overflow: hidden; }
.verdicts { display: flex; flex-wrap: wrap; gap: 12px; margin-top: auto; padding-top: 16px; }
.verdicts span { padding: 5px 16px; border: 2.5px solid; border-radius: 10px; font-size: 25px; font-weight: 600; }
.held { color: var(--held); background: var(--held-ground); }
.violated { color: var(--violated); background: var(--violated-ground); }
.undecided { color: var(--undecided); background: var(--undecided-ground); }
.not-judged { color: var(--not-judged); background: var(--not-judged-ground); }
.figures { display: grid; gap: 26px; align-items: center; min-width: 0; min-height: 0; }
.figures img { width: 100%; height: auto; max-height: 490px; object-fit: contain; }
.wide { grid-template: 1fr auto / 1fr; padding-block: 40px; } .wide h1 { margin: 14px 0 12px; font-size: 46px; }
.wide img { max-height: 240px; object-position: left; }
.front { grid-template: 1fr / 1fr 576px; gap: 0 40px; padding: 0 0 0 60px; border: 0; }
.front { color: #f3f6fa; background: #10151d; }
.front .words { padding: 60px 0 52px; } .front h1 { margin: 0 0 16px; font-size: 92px; }
.front .paper { font-size: 29px; color: #c3ccd5; } .front .verdicts span { border: 0; padding: 0; background: none; }
.front .verdicts { gap: 4px 26px; padding-top: 22px; margin: 0; }
.claims { display: grid; grid-template-columns: repeat(auto-fill, calc(0.74 * var(--cell)));
  gap: calc(0.26 * var(--cell)); margin-top: auto; }
.claims i { aspect-ratio: 1; border-radius: 20%; background: currentcolor; }
.claims .undecided, .claims .not-judged { border: calc(0.11 * var(--cell)) solid; background: none; }
.front .figures { grid-template: 309px 309px / 282px 282px; gap: 12px; }
.front .figures img { height: 100%; max-height: none; object-fit: cover; object-position: left; background: #14181e; }
"""
_FRONT_BODY = """<body class="front"><div class="words"><h1>{title}</h1><p class="paper">{paper}</p>
<div class="claims" style="--cell: {cell}px">{claims}</div><p class="verdicts">{verdicts}</p></div>
<div class="figures">{figures}</div></body>"""
_BODY = """<body class="{shape}"><div class="words">
<p class="book">{book}</p><h1>{title}</h1><p class="paper">{paper}</p>
<p class="verdicts">{verdicts}</p></div><div class="figures">{figures}</div></body>"""


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
    pages = {}
    for chapter in chapters:
        paper = papers.get(chapter.claims.paper or "")
        source = "" if paper is None else f"<i>{html.escape(paper.title)}</i><br>{paper.short_authors}, {paper.year}"
        pages[chapter.slug] = _card(book, chapter.claims.title, source, chapter.outcomes, cover(chapter).svg)
    pages[FRONT] = _front(book, chapters)
    return pages


def _front(book: str, chapters: list[Chapter]) -> str:
    """The card of the book: a square for each claim in the colour of its verdict, and figures of four chapters."""
    outcomes = [outcome for chapter in chapters for outcome in chapter.outcomes]
    in_order = [outcome for outcome in markup.OUTCOMES for _ in range(outcomes.count(outcome))]
    return _head("dark") + _FRONT_BODY.format(
        title=html.escape(book),
        paper=f"{len(outcomes)} claims of papers,<br>each checked by a machine.",
        cell=min(LARGEST_CELL, int((_FIELD / max(len(outcomes), 1)) ** 0.5)),
        claims="".join(f'<i class="{_name(outcome)}"></i>' for outcome in in_order),
        verdicts=_badges(outcomes),
        figures="".join(f'<img src="{_data(cover(chapter).night)}">' for chapter in chapters[:FIGURES_IN_FRONT]),
    )


def _name(outcome: Outcome) -> str:
    return markup.css_name(outcome).removeprefix("verdict-")


def _head(theme: str) -> str:
    return f'<!DOCTYPE html><html data-theme="{theme}"><meta charset="utf-8"><style>{style_sheet()}{_SHEET}</style>'


def _badges(outcomes: list[Outcome]) -> str:
    counts = [(outcome, outcomes.count(outcome)) for outcome in markup.OUTCOMES]
    return "".join(f'<span class="{_name(outcome)}">{count} {outcome}</span>' for outcome, count in counts if count)


def _card(book: str, title: str, paper: str, outcomes: list[Outcome], figure: str) -> str:
    return _head("light") + _BODY.format(
        shape=_shape(figure),
        book=html.escape(book),
        title=html.escape(title),
        paper=paper,
        verdicts=_badges(outcomes),
        figures=f'<img src="{_data(figure)}">',
    )


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
