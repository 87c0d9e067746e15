"""What links point to, put into the page that links, so that a reader sees it without leaving.

Each page carries templates, one for each address: the full reference of a citation, the sentence and the numbers of a
claim. ``previews.js`` shows them. What stands on the same page needs none: the script copies it.
"""

from functools import cache
from pathlib import Path
from typing import Any

from docutils import nodes
from markupsafe import Markup
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment

from companion.staging.bibliography import Paper, read_papers
from companion.staging.templates import fill

PREVIEW = "companion-preview"  # the attribute of a reference that holds the HTML of its card


def setup(app: Sphinx) -> None:
    """Register with Sphinx."""
    app.connect("html-page-context", add_previews, priority=600)


def add_previews(app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: Any) -> None:
    """Append to a page the cards of its links."""
    if doctree is None:
        return
    references = reference_cards(app, pagename)
    cards: dict[str, str] = {}
    for link in doctree.findall(nodes.reference):
        address = link.get("refuri") or f"#{link.get('refid', '')}"
        card = link.get(PREVIEW) or references.get(address)
        if card:
            cards[address] = card
    template = Markup('<template class="preview" data-for="{}">{}</template>\n')
    context["body"] += "".join(str(template.format(address, Markup(card))) for address, card in cards.items())


def reference_cards(app: Sphinx, pagename: str) -> dict[str, str]:
    """The cards of all references, under the addresses that links from ``pagename`` have."""
    papers: dict[str, Paper] = {}
    for name in app.config.bibtex_bibfiles:
        papers |= _papers(Path(app.srcdir) / name)
    uri = app.builder.get_relative_uri
    return {
        f"{uri(pagename, citation.bibliography_key.docname)}#{citation.citation_id}": paper_card(papers[citation.key])
        for citation in app.env.get_domain("cite").citations  # type: ignore[attr-defined]
    }


def paper_card(paper: Paper) -> Markup:
    """The card of a paper: title, authors, where and when, where it can be read."""
    return fill("sphinx_extension/html/paper_card.html", paper=paper)


def claim_card(claim: dict[str, Any]) -> Markup:
    """The card of a claim: its sentence, what came out, whose it is and its place in the paper."""
    return fill("sphinx_extension/html/claim_card.html", claim=claim)


def note_mathematics_of(env: BuildEnvironment, card: str) -> None:
    """Load MathJax on the page that is read now, if the card of one of its links has a formula."""
    if "mathjax_process" in card:
        env.get_domain("math").data["has_equations"][env.docname] = True


@cache  # a build of the book is one process, and every page asks
def _papers(path: Path) -> dict[str, Paper]:
    return read_papers([path])
