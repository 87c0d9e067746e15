"""The built quick book behind a local server, and the system's Chromium to read it.

``SITE_HTML`` names another folder of HTML to drive, for example that of the book at ``book`` scale.
"""

import os
import threading
from contextlib import contextmanager
from pathlib import Path

import pytest

from companion.browser import NAMES, browser_flags, chromium_path
from companion.serving import book_server
from tests.site.drawings import ASKED
from tests.site.reader import CUT, EVERY_RULE, FACTS, RULES_OF_A_THEME, Reader, last_place, transferred

ROOT = Path(__file__).parents[2]


def lacking(what: str) -> None:
    """Skip with the reason; under ``CI`` nothing may be lacking."""
    (pytest.fail if os.environ.get("CI") else pytest.skip)(what)


@pytest.fixture(scope="session")
def html() -> Path:
    """The folder of the built book."""
    folder = Path(os.environ.get("SITE_HTML", ROOT / "build" / "quick" / "_build" / "html"))
    if not (folder / "book" / "index.html").is_file():
        lacking(f"there is no built book in {folder}; run `make quick` first")
    return folder


@pytest.fixture(scope="session")
def pages(html: Path) -> list[str]:
    """Every page of the book, as its address below the root."""
    folders = (html / "book", html / "notebooks")
    return [path.relative_to(html).as_posix() for folder in folders for path in sorted(folder.glob("*.html"))]


@pytest.fixture(scope="session")
def base(html: Path):
    """Address of the book's own server, on this machine only."""
    with book_server(html, 0) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()
        thread.join()


@pytest.fixture(scope="session")
def browser():
    """The system's Chromium, without a window."""
    path = chromium_path()
    if path is None:
        lacking(f"there is no Chromium: none of {', '.join(NAMES)} is on the path, and CHROMIUM is not set")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=list(browser_flags()))
        yield chromium
        chromium.close()


Visits = dict[str, dict[str, object]]  # page -> what was found there


@pytest.fixture(scope="session")
def by_day(browser, html: Path, base: str, pages: list[str]) -> Visits:
    """The whole book read by day on a wide screen from top to end, and looked at once more after a switch to the night.

    Pages of chapters are opened at their last place that has formulas above it. ``loaded`` holds what the page asks
    for: address -> bytes that are transferred when a reader first comes.
    """
    sizes: dict[str, int] = {}

    def look(reader: Reader) -> dict[str, object]:
        reader.page.evaluate("window.MathJax?.startup?.promise")
        facts = reader.page.evaluate(FACTS) | {name: reader.page.evaluate(script) for name, script in ASKED.items()}
        facts["serious"] = reader.audit(EVERY_RULE)
        reader.scroll_through()
        answered = [request for request in reader.answered if request.url.startswith("http")]
        sizes.update({one.url: transferred(one) for one in answered if one.url not in sizes})
        facts["loaded"] = {one.url: sizes[one.url] for one in answered}
        reader.page.evaluate("document.documentElement.dataset.theme = 'dark'")
        return facts | {"serious at night": reader.audit(RULES_OF_A_THEME)}

    addresses = [page + (last_place(html / page) if page.startswith("book/") else "") for page in pages]
    return _read_all(browser, base, addresses, look)


@pytest.fixture(scope="session")
def at_night(browser, base: str, pages: list[str]) -> Visits:
    """The whole book read from top to end by readers whose system prefers the dark."""

    def look(reader: Reader) -> dict[str, object]:
        reader.scroll_through()
        drawings = {name: reader.page.evaluate(script) for name, script in ASKED.items()}
        return drawings | {"theme": reader.page.evaluate("document.documentElement.dataset.theme")}

    return _read_all(browser, base, pages, look, theme="dark")


@pytest.fixture(scope="session")
def on_a_phone(browser, base: str, pages: list[str]) -> Visits:
    """The whole book on a phone, where other elements are shown."""

    def look(reader: Reader) -> dict[str, object]:
        reader.page.evaluate("window.MathJax?.startup?.promise")
        facts = reader.page.evaluate(FACTS) | {"deviations are cut": reader.page.evaluate(CUT)}
        return facts | {"serious": reader.audit(EVERY_RULE)}

    return _read_all(browser, base, pages, look, width=390)


def _read_all(browser, base: str, addresses: list[str], look, *, theme: str = "light", width: int = 1400) -> Visits:
    """What ``look`` finds on each page, one after the other in one window, and what goes wrong there."""
    context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=theme, reduced_motion="reduce")
    reader, found = Reader(context, base), {}
    for address in addresses:
        reader.problems, reader.answered = [], []
        reader.open(address)
        found[address.partition("#")[0]] = {**look(reader), "problems": reader.problems}
    context.close()
    return found


@contextmanager
def _windows(browser, base: str):
    contexts = []

    def open_window(theme: str = "light", width: int = 1400, *, address: str = base) -> Reader:
        context = browser.new_context(
            viewport={"width": width, "height": 900}, color_scheme=theme, reduced_motion="reduce"
        )
        contexts.append(context)
        return Reader(context, address)

    yield open_window
    for context in contexts:
        context.close()


@pytest.fixture
def read(browser, base: str):
    """A function that opens a window: ``read(theme="dark", width=390)`` gives a :class:`Reader`."""
    with _windows(browser, base) as open_window:
        yield open_window


@pytest.fixture(scope="module")
def read_once(browser, base: str):
    """The same for what several tests want to know of one visit."""
    with _windows(browser, base) as open_window:
        yield open_window
