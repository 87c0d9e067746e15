"""A chapter as one PDF: its page and its notebook, printed from the rendered book by the system's Chromium."""

import hashlib
import json
import re
from collections.abc import Callable, Mapping
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

from companion.errors import BuildFailed
from companion.files import sha256_of, write_atomically
from companion.machine.browser import HOW_TO_GET, chromium_path, in_browser
from companion.machine.web import served
from companion.project import Project
from companion.scales import Scale
from companion.site.cards import draw_cards
from companion.site.joining import joined_page
from companion.site.serving import built

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

# A4 with margins of 15 mm: at this scale a line is as wide as on a screen of 872 pixels, and letters have 9.4 pt
_SCALE = 0.78
_MARGINS = {"top": "16mm", "bottom": "18mm", "left": "15mm", "right": "15mm"}
_WIDTH = 872
_TIME_LIMIT = 60_000
_DATE = re.compile(rb"/(CreationDate|ModDate) \(D:\d{14}([^)]*)\)")
_FOOTER = """<div style="width: 100%; margin: 0 15mm; display: flex; justify-content: space-between;
font: 8px system-ui, sans-serif; color: #444"><span class="title"></span>
<span><span class="pageNumber"></span> of <span class="totalPages"></span></span></div>"""


def print_book(project: Project, scale: Scale) -> str:
    """Print the chapters whose pages changed, and draw the cards of the book; what is up to date stays.

    Returns:
        A sentence that says why nothing was printed, where there is no Chromium; else nothing.

    Raises:
        BuildFailed: If a chapter cannot be printed.
    """
    html = project.build(scale) / "_build" / "html"
    record = html.parent / "pdf.json"
    if chromium_path() is None:
        return f"No PDF of chapters and no cards were made: that needs {HOW_TO_GET}"
    done: dict[str, str] = json.loads(record.read_text(encoding="utf-8")) if record.is_file() else {}
    wanted = {slug: _digest(project, html, slug) for slug in project.slugs}
    due = [slug for slug, digest in wanted.items() if done.get(slug) != digest or not pdf_of(html, slug).is_file()]
    for old in set((html / "downloads").glob("*.pdf")) - {pdf_of(html, slug) for slug in project.slugs}:
        old.unlink()

    def note(slug: str) -> None:
        done[slug] = wanted[slug]
        write_atomically(record, json.dumps(done, indent=1))

    draw_cards(project, scale, html / "cards")
    if due:
        _print_all(project, html, due, note)
    return ""


def pdf_of(html: Path, slug: str) -> Path:
    """Where the PDF of a chapter lies in the rendered book."""
    return html / "downloads" / f"{slug}.pdf"


def _digest(project: Project, html: Path, slug: str) -> str:
    """The hash of all that a chapter's PDF shows.

    Raises:
        BuildFailed: If a page is missing.
    """
    pages = [html / folder / f"{slug}.html" for folder in ("book", "notebooks")]
    missing = [path for path in pages if not path.is_file()]
    if missing:
        raise BuildFailed(f"{slug} cannot be printed: {project.relative(missing[0])} is missing; render the book first")
    text = "".join(path.read_text(encoding="utf-8") for path in pages)
    shown = sorted(set(re.findall(r'(?:src|data-[a-z]+)="\.\./(_images/[^"?]+)"', text)))
    own = [html / "_static" / "book.css", *(html / name for name in shown)]
    lines = [text, project.address, *(sha256_of(path) for path in own if path.is_file()), _script()]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def _script() -> str:
    return files("companion.site").joinpath("printing.js").read_text(encoding="utf-8")


def _print_all(project: Project, html: Path, slugs: list[str], note: Callable[[str], None]) -> None:
    titles = _titles(html)

    def work(browser: "Browser") -> None:
        context = browser.new_context(
            viewport={"width": _WIDTH, "height": 1200}, color_scheme="light", reduced_motion="reduce"
        )
        context.set_default_timeout(_TIME_LIMIT)
        for slug in slugs:
            content = _printed(context, base, joined_page(html, slug), slug, project.address, titles)
            write_atomically(pdf_of(html, slug), content)
            note(slug)

    with served(built(html)) as base:
        in_browser(work)


def _titles(html: Path) -> dict[str, str]:
    """The title of every page of the book, by its place."""
    pages = [*html.glob("book/*.html"), *html.glob("notebooks/*.html")]
    heads = {page.relative_to(html).as_posix(): page.read_text(encoding="utf-8")[:4000] for page in pages}
    found = {
        place: re.search(r"<title>(.*?)(?: &#8212;[^<]*)?</title>", head, re.DOTALL) for place, head in heads.items()
    }
    return {place: match[1].strip() for place, match in found.items() if match}


def _printed(
    context: "BrowserContext", base: str, document: str, slug: str, address: str, titles: Mapping[str, str]
) -> bytes:
    """The PDF of a joined chapter; its only addresses are those of the published book and of other hosts."""
    page: Page = context.new_page()
    place = f"{base}book/{slug}.html"
    page.route(place, lambda route: route.fulfill(body=document, content_type="text/html; charset=utf-8"))
    page.route("**/vendor/space*.js", lambda route: route.abort())  # a scene keeps its still picture
    page.emulate_media(media="print", color_scheme="light")
    try:
        page.goto(place, wait_until="load")
        page.evaluate(_script(), {"base": base, "slug": slug, "address": address, "titles": dict(titles)})
        content: bytes = page.pdf(
            format="A4",
            scale=_SCALE,
            margin=_MARGINS,  # type: ignore[arg-type]
            display_header_footer=True,
            header_template="<span></span>",
            footer_template=_FOOTER,
            print_background=True,
            outline=True,
            tagged=True,
        )
    finally:
        page.close()
    return _without_dates(content)


def _without_dates(content: bytes) -> bytes:
    """The file without the moment of printing, which becomes the first one that PDF can tell."""
    return _DATE.sub(rb"/\1 (D:19700101000000\2)", content)
