"""How the book cites, and what its bibliography says of each entry: where to read it, and which pages cite it."""

import re
from dataclasses import dataclass

from docutils import nodes
from pybtex.style.template import Node, join  # type: ignore[import-untyped]
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinxcontrib.bibtex.plugin import register_plugin
from sphinxcontrib.bibtex.style.referencing import BracketStyle
from sphinxcontrib.bibtex.style.referencing.author_year import AuthorYearReferenceStyle
from sphinxcontrib.bibtex.style.referencing.basic_author_year import BasicAuthorYearTextualReferenceStyle
from sphinxcontrib.bibtex.style.template import reference, year

_ARXIV = re.compile(r"arXiv:(\d{4}\.\d{4,5})")


def setup(app: Sphinx) -> None:
    """Register with Sphinx."""
    register_plugin("sphinxcontrib.bibtex.style.referencing", "linked_author_year", LinkedAuthorYear)
    app.add_post_transform(TellOfEntries)
    app.connect("env-get-updated", render_bibliographies_again)


@dataclass
class LinkedTextual(BasicAuthorYearTextualReferenceStyle):
    """Citations that are part of a sentence; the authors' names belong to the link."""

    def inner(self, role_name: str) -> Node:
        """One citation: Zhang et al. (2018)."""
        authors = self.person.author_or_editor_or_title(full="s" in role_name)
        return reference[join(sep=" ")[authors, join["(", year, ")"]]]


class LinkedAuthorYear(AuthorYearReferenceStyle):
    """Citations by author and year, each wholly a link."""

    def __post_init__(self) -> None:
        """Let our style take the place of the one that links the year alone."""
        self.bracket_parenthetical = BracketStyle(left="(", right=")")
        super().__post_init__()  # type: ignore[no-untyped-call]
        textual = LinkedTextual(person=self.person)
        self.role_style |= dict.fromkeys(textual.role_names(), textual)


class TellOfEntries(SphinxPostTransform):
    """Link the entries of a bibliography to arXiv, and to the pages that cite them."""

    default_priority = 20  # after the entries have been put in

    def run(self, **kwargs: object) -> None:
        """Change the entries of the bibliography on this page, if there is one."""
        citations = self.env.get_domain("cite").citations  # type: ignore[attr-defined]
        here = {c.citation_id: c.key for c in citations if c.bibliography_key.docname == self.env.docname}
        if not here:
            return
        for entry in self.document.findall(nodes.citation):
            if entry["ids"] and entry["ids"][0] in here:
                _link_arxiv(entry)
                pages = _pages_citing(self.env, here[entry["ids"][0]])
                entry += [self._cited_in(pages)] if pages else []

    def _cited_in(self, pages: list[str]) -> nodes.paragraph:
        paragraph = nodes.paragraph("", "Cited in: ", classes=["cited-in"])
        for k, page in enumerate(pages):
            uri = self.env.app.builder.get_relative_uri(self.env.docname, page)
            title = self.env.titles[page].astext()
            paragraph += nodes.Text(" · " * bool(k))
            paragraph += nodes.reference("", title, internal=True, refuri=uri)
        return paragraph


def render_bibliographies_again(app: Sphinx, env: BuildEnvironment) -> list[str]:
    """Pages with a bibliography, where pages began or ceased to cite, or have another title."""
    domain = env.get_domain("cite")
    cited = {t.key for ref in domain.citation_refs for t in ref.targets}  # type: ignore[attr-defined]
    citing = {key: [(page, env.titles[page].astext()) for page in _pages_citing(env, key)] for key in sorted(cited)}
    before = getattr(env, "companion_citing", None)
    env.companion_citing = citing  # type: ignore[attr-defined]
    return [] if citing == before else sorted({key.docname for key in domain.bibliographies})  # type: ignore[attr-defined]


def _pages_citing(env: BuildEnvironment, key: str) -> list[str]:
    """The pages that cite ``key``, in alphabetical order of their titles."""
    found = {ref.docname for ref in env.get_domain("cite").citation_refs if key in {t.key for t in ref.targets}}  # type: ignore[attr-defined]
    return sorted(found, key=lambda page: env.titles[page].astext())


def _link_arxiv(entry: nodes.citation) -> None:
    for text in list(entry.findall(nodes.Text)):
        match = _ARXIV.search(text.astext())
        if match and not isinstance(text.parent, nodes.reference):
            before, after = text[: match.start()], text[match.end() :]
            link = nodes.reference("", match[0], internal=False, refuri=f"https://arxiv.org/abs/{match[1]}")
            text.parent.replace(text, [nodes.Text(before), link, nodes.Text(after)])
