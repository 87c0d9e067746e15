"""The pictures that other sites show beside a link to the book: one for each chapter, one for the front page."""

import hashlib
import html
import json
from base64 import b64encode
from pathlib import Path
from typing import TYPE_CHECKING

import yaml

from companion.browser import in_browser
from companion.files import write_atomically
from companion.project import Project
from companion.scales import Scale
from companion.staging import markup
from companion.staging.bibliography import read_papers
from companion.staging.chapters import Chapter, read_chapter
from companion.staging.gallery import VIEW_BOX, cover
from companion.verdicts import Outcome

if TYPE_CHECKING:
    from playwright.sync_api import Browser

SIZE = {"width": 1200, "height": 630}
FRONT = "index"
_WIDE = 2.4  # width over height
_PAGE = """<!DOCTYPE html><meta charset="utf-8"><style>
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
.held { color: #0b6b33; background: #e5f5ea; } .violated { color: #a3161a; background: #fdeaea; }
.undecided { color: #7a4b00; background: #fdf3dc; } .not-judged { color: #4a5560; background: #eef1f4; }
.figures { display: grid; gap: 26px; align-items: center; min-width: 0; min-height: 0; }
.figures img { width: 100%; height: auto; max-height: 490px; object-fit: contain; }
.many h1 { font-size: 90px; } .many .figures { grid-template-columns: 1fr 1fr; } .many img { max-height: 240px; }
.wide { grid-template: 1fr auto / 1fr; padding-block: 40px; } .wide h1 { margin: 14px 0 12px; font-size: 46px; }
.wide img { max-height: 240px; object-position: left; }
.none { grid-template: 1fr / 1fr; }
</style>"""
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
    papers = read_papers(project.root / "book" / "references.bib")
    settings = yaml.safe_load((project.root / "_config.yml").read_text(encoding="utf-8"))
    book = str(settings["title"])
    pages = {}
    for chapter in chapters:
        paper = papers.get(chapter.claims.paper or "")
        source = "" if paper is None else f"<i>{html.escape(paper.title)}</i><br>{paper.short_authors}, {paper.year}"
        pages[chapter.slug] = _card(book, chapter.claims.title, source, chapter.outcomes, [cover(chapter).svg])
    outcomes = [outcome for chapter in chapters for outcome in chapter.outcomes]
    text = f"{len(outcomes)} claims of papers, each checked by a machine."
    pages[FRONT] = _card("", book, text, outcomes, [cover(chapter).svg for chapter in chapters[:4]])
    return pages


def _card(book: str, title: str, paper: str, outcomes: list[Outcome], figures: list[str]) -> str:
    counts = [(outcome, outcomes.count(outcome)) for outcome in markup.OUTCOMES]
    badges = [
        f'<span class="{markup.css_name(outcome).removeprefix("verdict-")}">{count} {outcome}</span>'
        for outcome, count in counts
        if count
    ]
    return _PAGE + _BODY.format(
        shape=_shape(figures),
        book=html.escape(book),
        title=html.escape(title),
        paper=paper,
        verdicts="".join(badges),
        figures="".join(f'<img src="{_data(svg)}">' for svg in figures),
    )


def _shape(figures: list[str]) -> str:
    """How a card is laid out: one figure that is much wider than high stands below the words and not beside them."""
    if len(figures) != 1:
        return "many" if figures else "none"
    box = VIEW_BOX.search(figures[0])
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
