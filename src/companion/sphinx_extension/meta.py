"""What programs read of a page: description, card and address; the map of the site, and a page for what is not.

A map of a site and a card want whole addresses. Where the book's address is not known, they have those below its root,
which readers of the files can still follow, and ``robots.txt`` names no map.

Extensions exist for each of these, and each lacks what the book needs: sphinxext-opengraph 0.13 describes a page by the
TeX of its formulas, sphinx-sitemap 2.9 writes no map where the address is not known, and the page of
sphinx-notfound-page 1.1 looks for its sheets below one fixed folder, which a book that anybody copies does not have.
"""

import html
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from docutils import nodes
from markupsafe import Markup
from sphinx.application import Sphinx

from companion.staging.templates import fill

_LONGEST = 200
_SENTENCE = re.compile(r"(?<=[.?!])\s+")
_FORMULA = "\0"
_NUMBER = re.compile(r'<span class="section-number">.*?</span>')
_UNLISTED = ("404", "genindex", "search")


def setup(app: Sphinx) -> None:
    """Register with Sphinx."""
    app.connect("html-page-context", describe, priority=940)
    app.connect("html-collect-pages", missing_page)
    app.connect("build-finished", write_map)


def describe(app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: Any) -> None:
    """Put into the head of a page what search engines and cards show of it."""
    if doctree is None:
        context["metatags"] = context.get("metatags", "") + _tag("name", "robots", "noindex")
        return
    context["title"] = _NUMBER.sub("", context.get("title", ""))
    title = re.sub(r"<[^>]+>", "", html.unescape(context["title"]))
    text = description(doctree) or title
    facts = {
        "og:title": title,
        "og:description": text,
        "og:type": "website" if pagename == app.config.root_doc else "article",
        "og:site_name": app.config.html_title or app.config.project,
        **({"og:url": context["pageurl"]} if app.config.companion_address else {}),
    }
    if app.config.companion_prints:
        facts |= {"og:image": card_address(app, pagename), "og:image:width": "1200", "og:image:height": "630"}
    tags = [_tag("property", name, content) for name, content in facts.items()]
    card = "summary_large_image" if app.config.companion_prints else "summary"
    tags += [_tag("name", "description", text), _tag("name", "twitter:card", card)]
    context["metatags"] = "\n".join([context.get("metatags") or "", *tags])


def description(doctree: nodes.document) -> str:
    """The first sentences of a page's prose that hold no formula, up to two hundred letters."""
    said = ""
    for sentence in (one for text in _prose(doctree) for one in _SENTENCE.split(text)):
        if _FORMULA not in sentence and sentence.endswith((".", "?", "!")):
            if said and len(said) + len(sentence) >= _LONGEST:
                break
            said = f"{said} {sentence}".strip()
    return said if len(said) <= _LONGEST else f"{said[: _LONGEST - 1].rsplit(' ', 1)[0]}…"


def card_address(app: Sphinx, pagename: str) -> str:
    """The card of a chapter, for its page and its notebook; that of the book for every other page."""
    folder, _, slug = pagename.partition("/")
    of_chapter = f"notebooks/{slug}" in app.env.found_docs and folder in {"book", "notebooks"}
    return _address(app, f"cards/{slug if of_chapter else 'index'}.png")


def missing_page(app: Sphinx) -> Iterator[tuple[str, dict[str, Any], str]]:
    """The page that a host shows where there is none.

    Yields:
        Name, content and template.
    """
    pages = [(name, app.env.titles[name].astext()) for name in _in_order(app) if not name.startswith("notebooks/")]
    links = [(app.builder.get_target_uri(name), title) for name, title in pages]
    root = f"{app.config.companion_address}/"
    yield "404", {"title": "Not in this book", "links": links, "root": root}, "404.html"


def write_map(app: Sphinx, exception: Exception | None) -> None:
    """Write ``sitemap.xml`` with every page, and ``robots.txt``."""
    if exception is not None:
        return
    out, known = Path(app.outdir), bool(app.config.companion_address)
    places = [_address(app, app.builder.get_target_uri(name)) for name in sorted(app.env.found_docs)]
    text = fill("sphinx_extension/html/sitemap.xml", places=places, known=known)
    (out / "sitemap.xml").write_text(text, encoding="utf-8")
    line = f"Sitemap: {_address(app, 'sitemap.xml')}\n" if known else ""
    (out / "robots.txt").write_text(f"User-agent: *\nAllow: /\n{line}", encoding="utf-8")


def _address(app: Sphinx, place: str) -> str:
    return f"{app.config.companion_address}/{place}"


def _in_order(app: Sphinx) -> list[str]:
    """The pages as the contents list them."""
    relations = app.env.collect_relations()
    name: str | None = app.config.root_doc
    order: list[str] = []
    while name is not None and name not in order:
        order.append(name)
        name = relations.get(name, [None, None, None])[2]
    return order


def _prose(doctree: nodes.document) -> Iterator[str]:
    """The paragraphs of a page outside of boxes, tables and figures, without the chapter's head.

    Yields:
        The text of each.
    """
    for section in doctree.findall(nodes.section):
        depth = 0
        for child in section.children:
            if isinstance(child, nodes.raw):
                depth += child.astext().count("<div") - child.astext().count("</div")
            elif isinstance(child, nodes.paragraph) and depth == 0:
                yield _text(child)


def _text(paragraph: nodes.paragraph) -> str:
    """The words of a paragraph, with a mark where there is a formula."""
    words = [
        _FORMULA if isinstance(node, nodes.math) else node.astext()
        for node in paragraph.findall(lambda n: isinstance(n, (nodes.math, nodes.Text)))
        if not isinstance(node.parent, nodes.math)
    ]
    return " ".join("".join(words).split())


def _tag(kind: str, name: str, content: str) -> str:
    return str(Markup('<meta {}="{}" content="{}" />').format(kind, name, content))
