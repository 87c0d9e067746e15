"""A chapter's page and its notebook as one HTML document, to be read by a browser in the place of the page."""

import re
from pathlib import Path

from markupsafe import Markup

from companion.errors import BuildFailed

PREFIX = "notebook-"  # before the anchors of the notebook, which may be named like those of the page
_ARTICLE = re.compile(r'(?P<head>.*<article class="bd-article">)(?P<body>.*)(?P<tail></article>.*)', re.DOTALL)
_ANCHOR = re.compile(r'(?P<name>\s(?:id|for|aria-labelledby|aria-describedby|aria-controls))="(?P<value>[^"]+)"')
_OWN_LINK = re.compile(r'\shref="#(?P<value>[^"]+)"')
_NOTEBOOK = Markup('<div class="print-notebook" id="{}">{}</div>')
_FORMULAS = "mathematics.js"
_LETTERS = re.compile(r'<style class="formulas">.*?</style>', re.DOTALL)


def joined_page(html: Path, slug: str) -> str:
    """The page of a chapter, followed by its notebook, whose anchors are prefixed with ``notebook-``.

    Both lie one folder below the root, so what they load is found from either place. The frame is that of the part
    which leaves formulas to the browser, if there is one; the rules for the letters of set formulas are those of both.

    Raises:
        BuildFailed: If a part has no article.
    """
    parts = [_parts(html / folder / f"{slug}.html") for folder in ("book", "notebooks")]
    page, notebook = parts
    frame, other = (
        (page, notebook) if _FORMULAS in page["head"] or _FORMULAS not in notebook["head"] else (notebook, page)
    )
    letters = "".join(_LETTERS.findall(other["head"]))
    notebook_body = _NOTEBOOK.format(PREFIX[:-1], Markup(_prefixed(notebook["body"])))
    return f"{frame['head']}{letters}{page['body']}{notebook_body}{frame['tail']}"


def _parts(path: Path) -> dict[str, str]:
    found = _ARTICLE.fullmatch(path.read_text(encoding="utf-8"))
    if found is None:
        raise BuildFailed(f"{path} has no article, so it cannot be printed")
    return found.groupdict()


def _prefixed(body: str) -> str:
    """The body with its anchors, and what points to them, renamed."""
    body = _ANCHOR.sub(lambda m: f'{m["name"]}="{" ".join(PREFIX + one for one in m["value"].split())}"', body)
    return _OWN_LINK.sub(lambda m: f' href="#{PREFIX}{m["value"]}"', body)
