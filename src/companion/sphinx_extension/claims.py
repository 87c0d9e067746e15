"""The role ``claim``, and the mathematics in the sentences of claims."""

import json
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util import logging
from sphinx.util.docutils import SphinxRole

from companion.claims.verdicts import Outcome
from companion.sphinx_extension.previews import PREVIEW, claim_card, note_mathematics_of
from companion.staging.markup import ANY, css_name

_LOGGER = logging.getLogger(__name__)


def setup(app: Sphinx) -> None:
    """Register with Sphinx."""
    app.add_role("claim", ClaimRole())
    app.connect("doctree-read", note_mathematics)


class ClaimRole(SphinxRole):
    """``{claim}`crown/sound```: the claim's verdict as a badge, linked to the cell that measured it."""

    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        """The badge, or a warning where there is no such claim."""
        slug, _, name = self.text.partition("/")
        claims = self._claims(slug)
        claim = claims.get(name, claims.get(ANY))
        if claim is None:
            message = f"there is no claim {self.text!r}; write chapter/claim"
            _LOGGER.warning(message, location=self.get_location(), type="companion", subtype="claim")
            return [nodes.literal(self.text, self.text)], []
        return [self._badge(claim)], []

    def _claims(self, slug: str) -> dict[str, Any]:
        relative, absolute = self.env.relfn2path(f"/book/_generated/{slug}.claims.json", self.env.docname)
        self.env.note_dependency(relative)
        path = Path(absolute)
        return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}

    def _badge(self, claim: dict[str, Any]) -> nodes.reference:
        page, anchor = claim["place"]
        address = self.env.app.builder.get_relative_uri(self.env.docname, page) + "#" + anchor
        word = nodes.inline(
            claim["verdict"], claim["verdict"], classes=["verdict", css_name(Outcome(claim["verdict"]))]
        )
        said = nodes.inline(self.text, f"{self.text}: ", classes=["visually-hidden"])
        link = nodes.reference("", "", said, word, internal=True, refuri=address, classes=["claim-link"])
        link[PREVIEW] = claim_card(claim)
        note_mathematics_of(self.env, link[PREVIEW])
        return link


def note_mathematics(app: Sphinx, doctree: nodes.document) -> None:
    """Load MathJax also on notebooks whose only formulas stand in the sentence of a claim."""
    if any("mathjax_process" in raw.astext() for raw in doctree.findall(nodes.raw)):
        app.env.get_domain("math").data["has_equations"][app.env.docname] = True
