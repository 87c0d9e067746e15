"""What a page loads: one style sheet, only the scripts that it needs, and none of them before its text is there.

The theme brings a script of half a megabyte that draws icons, though its style sheet draws the same icons from a font;
so the script is left out (by ``templates/layout.html``). Of the theme's style sheet nine tenths dress what no page of
the book holds: what is left is what a page can need, and the font is cut down to its icons.
"""

import re
import zlib
from collections.abc import Sequence, Set
from functools import lru_cache
from pathlib import Path
from typing import Any

from sphinx.application import Sphinx
from sphinx.builders.html._assets import _CascadingStyleSheet, _JavaScript
from sphinx.config import Config

from companion.files import write_if_different
from companion.sphinx_extension.icons import with_few_icons
from companion.sphinx_extension.needed_rules import needed_rules, used_names, without_idle_variables
from companion.sphinx_extension.sheets import joined_sheets

_OF_THEME = ("_static/styles/theme.css", "_static/styles/pydata-sphinx-theme.css")
_SHEET = "_static/book.css"
_OPTIONS = "documentation_options.js"  # other scripts of the head use it while the page is read
_CODE = re.compile(r'class="[^"]*\bhighlight\b')
_FOLDED = re.compile(r'class="(?:[^"]* )?(?:toggle|dropdown)[ "]')
_TABS = re.compile(r'class="[^"]*\bsd-tab-set\b')
_UNSET = re.compile(r"\\[(\[]|\$\$|\\begin\{")  # formulas that nobody has set before
_LATE = "tex-chtml.js"  # mathematics.js loads it when a formula comes into view
_NEEDED_FOR = {
    "figure-numbers.js": re.compile(r'class="(companion-interactive|netspace)"'),
    "interactive.js": re.compile(r'class="companion-interactive"'),
    "space-loader.js": re.compile(r'class="netspace"'),
    "gallery.js": re.compile(r'class="gallery-filter"'),
    "scorecard.js": re.compile(r'class="scorecard-filter"'),
    "search.js": re.compile(r'id="search-results"'),
    "folds.js": re.compile(r"<details"),
    "report.js": re.compile(r'class="report-copy"'),
    "mathematics.js": _UNSET,
    "clipboard.min.js": _CODE,
    "copybutton.js": _CODE,
    "togglebutton.js": _FOLDED,
    "design-tabs.js": _TABS,
}


def setup(app: Sphinx) -> None:
    """Register with Sphinx."""
    app.connect("config-inited", add_templates)
    app.connect("html-page-context", lighten, priority=950)
    app.connect("build-finished", join_sheets, priority=950)


def add_templates(app: Sphinx, config: Config) -> None:
    """Let our page come before the theme's."""
    config.templates_path = [*config.templates_path, str(Path(__file__).parent / "templates")]


def lighten(app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: Any) -> None:
    """Join the style sheets of a page, and leave it the scripts that it needs."""
    names = [str(sheet.filename) for sheet in context["css_files"]]
    name_sheets(app, (*_OF_THEME, *names))
    context["css_files"] = [_CascadingStyleSheet(_SHEET)]
    if doctree is not None:
        context["script_files"] = needed_scripts(Path(app.outdir), context["script_files"], context["body"])


@lru_cache
def name_sheets(app: Sphinx, names: tuple[str, ...]) -> None:
    """Note what the sheet will hold: some extensions write theirs last, and pages ask for our version before.

    So the version counts the contents of the book's own sheets, and of the others the names.
    """
    lines = [f"{name} {zlib.crc32(_own_content(Path(app.srcdir, name))):08x}\n" for name in names]
    for path in (_noted(app), Path(app.outdir, _SHEET)):
        path.write_text("".join(lines), encoding="utf-8")


def join_sheets(app: Sphinx, exception: Exception | None) -> None:
    """Write the sheet of all pages, of those that were noted now or, where no page was rendered, the last time.

    Without a page to render Sphinx copies no file either, so a changed sheet or script of the book is copied here.
    """
    if exception is not None or not _noted(app).is_file():
        return
    outdir = Path(app.outdir)
    for own in Path(app.srcdir, "_static").glob("*.*"):
        write_if_different(outdir / "_static" / own.name, own.read_bytes())
    names = [line.split()[0] for line in _noted(app).read_text(encoding="utf-8").splitlines()]
    write_if_different(
        outdir / _SHEET, lean_sheet(outdir, names, own={n for n in names if Path(app.srcdir, n).is_file()})
    )


def lean_sheet(outdir: Path, names: Sequence[str], own: Set[str]) -> str:
    """The sheets ``names`` of the rendered book in one: of those that are not the book's ``own`` what a page can need.

    The book's own sheets are kept whole: they also dress what a print or a scene makes of a page.
    """
    used = used_names(outdir)
    sheets = ((name, joined_sheets(outdir, [name], _SHEET)) for name in names)
    joined = "\n".join(sheet if name in own else needed_rules(sheet, used) for name, sheet in sheets)
    return with_few_icons(without_idle_variables(joined, used), outdir)


def _noted(app: Sphinx) -> Path:
    return Path(app.doctreedir, "sheets.txt")


def _own_content(path: Path) -> bytes:
    return path.read_bytes() if path.is_file() else b""


def needed_scripts(outdir: Path, scripts: list[_JavaScript], body: str) -> list[_JavaScript]:
    """The scripts that a page with this body needs, deferred until its text is there; the shortest stands inside it."""
    seen: list[_JavaScript] = []
    for script in scripts:
        name = Path(str(script.filename or "")).name
        if name == _OPTIONS:
            seen.append(_JavaScript("", body=(outdir / str(script.filename)).read_text(encoding="utf-8")))
        elif not name:
            seen += [script] if "MathJax" not in str(script.attributes.get("body")) or _UNSET.search(body) else []
        elif name == _LATE:
            continue
        elif name not in _NEEDED_FOR or _NEEDED_FOR[name].search(body):
            seen.append(_deferred(script))
    return seen


def _deferred(script: _JavaScript) -> _JavaScript:
    attributes = {name: value for name, value in script.attributes.items() if name != "defer"}
    return _JavaScript(script.filename, priority=script.priority, defer="defer", **attributes)
