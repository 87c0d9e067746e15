"""The built quick book behind a local server, and the system's Chromium to read it.

``SITE_HTML`` names another folder of HTML to drive, for example that of the book at ``book`` scale.
"""

import os
import re
from pathlib import Path

import pytest

from companion.machine.browser import NAMES, browser_flags, chromium_path
from companion.machine.web import served

ROOT = Path(__file__).parents[2]


def lacking(what: str) -> None:
    """Skip with the reason; under ``CI`` nothing may be lacking."""
    (pytest.fail if os.environ.get("CI") else pytest.skip)(what)


LONGEST = 120_000  # milliseconds: a scene that two cores draw for ten others takes its time


class Reader:
    """A browser's window on one page, and what went wrong in it."""

    def __init__(self, context, base: str) -> None:
        self.problems: list[str] = []
        self.base = base
        self.page = context.new_page()
        self.page.set_default_timeout(LONGEST)
        self.page.on("console", lambda m: self._note(m.type == "error", f"console: {m.text}"))
        self.page.on("pageerror", lambda error: self._note(True, f"script: {error}"))
        self.page.on("request", lambda r: self._note(self._is_elsewhere(r.url), f"another host: {r.url}"))
        self.page.on("response", lambda r: self._note(r.status >= 400, f"{r.status}: {r.url}"))

    def goto(self, name: str) -> None:
        """Open a page of the book and wait until it has loaded."""
        self.page.goto(self.base + name, wait_until="load")

    def _is_elsewhere(self, url: str) -> bool:
        return not url.startswith((self.base, "data:", "blob:"))

    def _note(self, wrong: bool, text: str) -> None:
        if wrong:
            self.problems.append(text)


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
    with served(html) as address:
        yield address


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


MODES = (("light", 1400), ("dark", 1400), ("light", 390))

FACTS = """async () => { return ({
  title: document.title,
  theme: document.documentElement.dataset.theme,
  width: document.documentElement.scrollWidth,
  headings: [...document.querySelectorAll("article h1")].filter(h => h.checkVisibility()).length,
  formulas: document.querySelectorAll("article .math, article .mathjax_process").length,
  typeset: document.querySelectorAll("article mjx-container").length,
  cut: [...document.querySelectorAll('article mjx-container[display="true"]')]
    .filter(f => f.scrollWidth > f.clientWidth + 1).length,
  raw: [...document.querySelectorAll("article .math, article .mathjax_process")]
    .filter(f => /\\\\[([]/.test(f.textContent)).length,
  images: await wrongImages(),
});
async function wrongImages() {  // those of the other theme are hidden and never loaded
  const seen = [...document.querySelectorAll("article img")].filter(i => i.checkVisibility());
  for (const image of seen) image.loading = "eager";
  await Promise.allSettled(seen.map(i => i.decode()));
  const isWrong = i => !i.alt.trim() || /\\.(svg|png)$/.test(i.alt) || !i.complete || !i.naturalWidth;
  return seen.filter(isWrong).map(i => i.src);
} }"""

# Of formulas and blocks of code axe sees the first three of a page: the others are alike, and thousands of elements.
# Those become empty boxes of the same size, since axe would measure them all before it leaves them out.
EMPTY_REPETITIONS = """() => {
  const kinds = ["mjx-container", "pre"].map(kind => [...document.querySelectorAll(kind)]);
  const repeated = kinds.flatMap(all => all.slice(3)).filter(one => one.checkVisibility());
  const boxes = repeated.map(one => one.getBoundingClientRect());
  repeated.forEach((one, at) => {
    const { width, height } = boxes[at];
    one.setAttribute("data-repetition", "");
    one.style.cssText += `; display: inline-block; box-sizing: border-box; width: ${width}px; height: ${height}px`;
    one.replaceChildren();
  });
}"""

SETTLE = """() => Promise.allSettled(document.getAnimations()
  .filter(one => Number.isFinite(one.effect.getComputedTiming().endTime)).map(one => one.finished))"""

AXE = {
    "resultTypes": ["violations"],
    "preload": False,  # axe would fetch style sheets once more, some from wrong addresses
}


def findings_of(results) -> list[str]:
    """What axe-core found, of any impact, each with the place where it was found."""
    return [
        f"{violation['id']}: {violation['help']} at {[node['target'] for node in violation['nodes'][:3]]}"
        for violation in results.response["violations"]
    ]


def kinds_of(text: str) -> set[str]:
    """The kinds of elements of a page: its tags, and each of their classes; parts of formulas are all alike."""
    found = re.findall(r'<([a-z][a-z0-9]*)\b(?:[^>]*?\sclass="([^"]*)")?', text)
    return {f"{tag}.{name}" for tag, names in found for name in ("", *names.split()) if not name.startswith("mjx")}


def covering(kinds: dict[str, set[str]]) -> list[str]:
    """Few pages that have together every kind of element: again and again the one with most that are new."""
    chosen: list[str] = []
    left = set().union(*kinds.values())
    while left:
        chosen.append(max(kinds, key=lambda page: len(kinds[page] & left)))
        left -= kinds[chosen[-1]]
    return chosen


@pytest.fixture(scope="session")
def visits(browser, base: str, html: Path, pages: list[str]) -> dict[tuple[str, int], dict[str, dict[str, object]]]:
    """The book read once: for each theme and width, page -> what was found there.

    Axe sees the pages that have together every kind of element; the dark theme is read on these alone.
    """
    from axe_playwright_python.sync_playwright import Axe

    chosen = covering({page: kinds_of((html / page).read_text(encoding="utf-8")) for page in pages})
    read = {mode: chosen if mode[0] == "dark" else pages for mode in MODES}
    return {mode: _read_all(browser, base, read[mode], (Axe(), chosen), *mode) for mode in MODES}


def _read_all(
    browser, base: str, pages: list[str], audited: tuple[object, list[str]], theme: str, width: int
) -> dict[str, dict[str, object]]:
    context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=theme, reduced_motion="reduce")
    (axe, chosen), found = audited, {}
    for page in pages:
        reader = Reader(context, base)
        reader.goto(page)
        found[page] = reader.page.evaluate(FACTS)
        found[page]["findings"] = _audit(reader, axe) if page in chosen else []
        found[page]["problems"] = reader.problems
        reader.page.close()
    context.close()
    return found


def _audit(reader: Reader, axe) -> list[str]:
    reader.page.evaluate(EMPTY_REPETITIONS)
    reader.page.evaluate(SETTLE)  # half-way between two colours a text has the contrast of neither
    return findings_of(axe.run(reader.page, context={"exclude": ["[data-repetition]"]}, options=AXE))


@pytest.fixture
def read(browser, base: str):
    """A function that opens a window: ``read(theme="dark", width=390)`` gives a :class:`Reader`."""
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
