r"""Formulas that stand in the page as they will be read: set once, when it is rendered, not by each reader's browser.

Sphinx leaves TeX in a page, and MathJax, a third of a megabyte, sets it there. Its components also run outside a
browser, so here they do the same beforehand: the page needs no script for its formulas, shows them with its first
picture, and a formula that is no TeX is a warning. Without Node.js all stays as Sphinx leaves it, and
``mathematics.js`` brings MathJax to the reader.
"""

import html
import json
import re
import shutil
import subprocess
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from markupsafe import Markup
from sphinx.application import Sphinx
from sphinx.errors import ExtensionError
from sphinx.util import logging

_LOGGER = logging.getLogger(__name__)
_PROGRAM = Path(__file__).with_suffix(".js")
_FONTS = "_static/mathjax/output/chtml/fonts/woff-v2"
_FORMULA = re.compile(
    r'(?P<start><(?P<tag>span|div) class="(?:math notranslate nohighlight|mathjax_process)"[^>]*>'
    r'\s*(?:<span class="eqno">.*?</span>)?)\s*'
    r"(?:\\\((?P<inline>.*?)\\\)|\\\[(?P<display>.*?)\\\])\s*(?=</(?P=tag)>)",
    re.DOTALL,
)
_SPACE = re.compile(r"\s+")

Formula = tuple[str, bool]  # TeX, and whether it stands alone


def setup(app: Sphinx) -> None:
    """Register with Sphinx."""
    setter = FormulaSetter(shutil.which("node"))
    app.connect("html-page-context", setter.set_contents, priority=100)  # before the theme reads them
    app.connect("html-page-context", setter.set_page, priority=945)
    app.connect("build-finished", setter.close)


class FormulaSetter:
    """MathJax in a process of Node.js, started by the first page that has a formula.

    Args:
        node: The program, or None where there is none: then pages stay as they are.
    """

    def __init__(self, node: str | None) -> None:
        self._node = node
        self._process: subprocess.Popen[str] | None = None

    def set_contents(
        self, app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: Any
    ) -> None:
        """Set the formulas in a page's table of contents; their letters are those of its headings.

        Raises:
            ExtensionError: If MathJax does not answer.
        """
        context["toc"], _ = self._set(app, pagename, str(context.get("toc") or ""))

    def set_page(self, app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: Any) -> None:
        """Set the formulas of a page, and give it the rules for their letters.

        Raises:
            ExtensionError: If MathJax does not answer.
        """
        context["body"], sheet = self._set(app, pagename, str(context.get("body") or ""))
        if sheet:
            rules = _SPACE.sub(" ", sheet).replace(_FONTS, context["pathto"](_FONTS, 1))
            style = Markup('\n<style class="formulas">{}</style>').format(Markup(rules))
            context["metatags"] = f"{context.get('metatags') or ''}{style}"

    def answers(self, configuration: dict[str, Any], formulas: list[Formula]) -> tuple[list[str | dict[str, str]], str]:
        """Each formula as HTML, or what is wrong with it, and the style sheet they need together.

        Raises:
            ExtensionError: If MathJax does not answer.
        """
        process = self._started(configuration)
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            process.stdin.write(json.dumps(formulas) + "\n")
            process.stdin.flush()
            found = json.loads(process.stdout.readline())
        except (OSError, ValueError):
            process.kill()
            raise ExtensionError(f"MathJax ended, so no formula can be set:\n{process.communicate()[1]}") from None
        return found["set"], found["sheet"]

    def close(self, app: Sphinx, exception: Exception | None) -> None:
        """End the process."""
        if self._process is not None:
            self._process.communicate()

    def _set(self, app: Sphinx, pagename: str, text: str) -> tuple[str, str]:
        """HTML with its formulas set, and the style sheet that it needs."""
        formulas = list({_formula(found): None for found in _FORMULA.finditer(text)})
        if not formulas:
            return text, ""
        if self._node is None:
            _LOGGER.info("%s: formulas are left to the browser, since there is no Node.js", pagename)
            return text, ""
        answers, sheet = self.answers(app.config.mathjax3_config or {}, formulas)
        markup: dict[Formula, str] = {}
        for formula, answer in zip(formulas, answers, strict=True):
            if isinstance(answer, str):
                markup[formula] = answer
            else:
                _LOGGER.warning("the formula %s cannot be set: %s", formula[0], answer["error"], location=pagename)
        return _FORMULA.sub(lambda found: _replaced(found, markup), text), sheet

    def _started(self, configuration: dict[str, Any]) -> subprocess.Popen[str]:
        if self._process is None:
            settings = {**configuration, "chtml": {**configuration.get("chtml", {}), "fontURL": _FONTS}}
            self._process = subprocess.Popen(
                [str(self._node), str(_PROGRAM), str(_mathjax()), json.dumps(settings)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                encoding="utf-8",
            )
        return self._process


def _mathjax() -> Path:
    """The folder of MathJax in the package that also gives it to the pages.

    Raises:
        ExtensionError: If that package is not installed.
    """
    spec = find_spec("sphinx-mathjax-offline")
    if spec is None or not spec.submodule_search_locations:
        raise ExtensionError("the package sphinx-mathjax-offline, which brings MathJax, is not installed")
    return Path(spec.submodule_search_locations[0], "static", "mathjax")


def _formula(found: re.Match[str]) -> Formula:
    alone = found["display"] is not None
    return html.unescape(found["display"] if alone else found["inline"]).strip(), alone


def _replaced(found: re.Match[str], markup: dict[Formula, str]) -> str:
    set_formula = markup.get(_formula(found))
    return found[0] if set_formula is None else found["start"] + set_formula
