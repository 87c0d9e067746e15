"""A reader's window on one page of the book, and what is asked of a page in it."""

import time
from pathlib import Path

from bs4 import BeautifulSoup

PATIENCE = 60  # seconds until everything must have come

# after two pictures of the screen whatever waits to be seen knows that it is
PICTURE = "() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)))"
SCROLL = f"""async () => {{
  const picture = {PICTURE};
  for (let y = 0; y < document.documentElement.scrollHeight; y += window.innerHeight - 200) {{
    window.scrollTo(0, y);
    await picture();
  }}
}}"""

FACTS = """async () => { return ({
  title: document.title,
  theme: document.documentElement.dataset.theme,
  width: document.documentElement.scrollWidth,
  headings: [...document.querySelectorAll("article h1")].filter(h => h.checkVisibility()).length,
  formulas: document.querySelectorAll("article .math, article .mathjax_process").length,
  typeset: document.querySelectorAll("article mjx-container").length,
  misspelt: document.querySelectorAll("article mjx-merror").length,
  cut: [...document.querySelectorAll('article mjx-container[display="true"]')]
    .filter(f => f.scrollWidth > f.clientWidth + 1).length,
  raw: document.querySelector("article").innerText.includes("\\\\("),
  images: await wrongImages(),
  place: location.hash ? standsAtPlace(document.getElementById(location.hash.slice(1))) : null,
  needs: {
    plotly: document.querySelector("article .companion-interactive") !== null,
    mathjax: document.querySelector("article .math, article .mathjax_process") !== null,
    "vendor/space": document.querySelector("article .companion-space") !== null,
  },
});
function standsAtPlace(one) {  // in the window, and at its top or at the end of the page
  const { top, bottom } = one.getBoundingClientRect();
  const isAtEnd = scrollY + innerHeight > document.documentElement.scrollHeight - 2;
  return top < innerHeight && bottom > 0 && (Math.abs(top) < 150 || isAtEnd);
}
async function wrongImages() {  // those of the other theme are hidden and never loaded
  const seen = [...document.querySelectorAll("article img")].filter(i => i.checkVisibility());
  for (const image of seen) image.loading = "eager";
  await Promise.allSettled(seen.map(i => i.decode()));
  const isWrong = i => !i.alt.trim() || /\\.(svg|png)$/.test(i.alt) || !i.complete || !i.naturalWidth;
  return seen.filter(isWrong).map(i => i.src);
} }"""

# of each table of what differs from the paper: whether a part of it cannot be seen
CUT = """() => [...document.querySelectorAll("table.deviations")].map((table) =>
  table.scrollWidth > table.clientWidth + 1 || table.getBoundingClientRect().right > innerWidth)"""

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

EVERY_RULE = {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21aa"]}
# what a theme can change: colours, and which twin of a picture is shown
RULES_OF_A_THEME = {
    "type": "rule",
    "values": ["color-contrast", "link-in-text-block", "image-alt", "role-img-alt", "svg-img-alt"],
}


class Reader:
    """A browser's window on one page, and what went wrong in it."""

    def __init__(self, context, base: str) -> None:
        self.problems: list[str] = []
        self.answered: list = []
        self._pending: set = set()
        self.base = base
        self.page = context.new_page()
        self.page.on("console", lambda m: self._note(m.type == "error", f"console: {m.text}"))
        self.page.on("pageerror", lambda error: self._note(True, f"script: {error}"))
        self.page.on("request", lambda r: self._note(self._is_elsewhere(r.url), f"another host: {r.url}"))
        self.page.on("response", lambda r: self._note(r.status >= 400, f"{r.status}: {r.url}"))
        self.page.on("request", lambda r: self._pending.add(r) if r.url.startswith("http") else None)
        self.page.on("requestfinished", lambda r: self.answered.append(r))
        for ending in ("requestfinished", "requestfailed"):
            self.page.on(ending, lambda r: self._pending.discard(r))

    def goto(self, name: str) -> None:
        """Open a page of the book and wait until it has loaded and its mathematics is set, which takes seconds."""
        self.open(name)
        self.page.evaluate("window.MathJax?.startup?.promise")

    def open(self, name: str) -> None:
        """Open a page of the book whose formulas do not matter and wait until it has loaded."""
        self.page.goto(self.base + name, wait_until="load")

    def audit(self, rules) -> list[str]:
        """What axe-core finds of weight by some of its rules, each with the place where it was found."""
        from axe_playwright_python.sync_playwright import Axe

        # axe would fetch style sheets once more, some from wrong addresses
        options = {"resultTypes": ["violations"], "runOnly": rules, "preload": False}
        self.page.evaluate(EMPTY_REPETITIONS)
        self.page.evaluate(SETTLE)  # half-way between two colours a text has the contrast of neither
        results = Axe().run(self.page, context={"exclude": ["[data-repetition]"]}, options=options)
        return [
            f"{violation['id']}: {violation['help']} at {[node['target'] for node in violation['nodes'][:3]]}"
            for violation in results.response["violations"]
            if violation["impact"] in ("serious", "critical")
        ]

    def scroll_through(self) -> None:
        """Show every part of the page, and wait until nothing that was asked for is missing."""
        self.page.evaluate(SCROLL)
        ends = time.monotonic() + PATIENCE
        while self._pending:
            assert time.monotonic() < ends, f"never answered: {[one.url for one in self._pending]}"
            self.page.wait_for_timeout(20)
            self.page.evaluate(PICTURE)  # what has come may ask for more

    def _is_elsewhere(self, url: str) -> bool:
        return not url.startswith((self.base, "data:", "blob:"))

    def _note(self, wrong: bool, text: str) -> None:
        if wrong:
            self.problems.append(text)


def transferred(request) -> int:
    """The bytes of the answer, packed as it travelled, with its headers."""
    sizes = request.sizes()
    return sizes["responseBodySize"] + sizes["responseHeadersSize"]


def last_place(path: Path) -> str:
    """The end of the address of the last section that stands below formulas; empty where there is none."""
    sections = BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser").select(
        "article section[id]:has(.math) ~ section[id]"
    )
    return f"#{sections[-1]['id']}" if sections else ""
