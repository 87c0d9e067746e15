"""A formula and the comma after it stay on one line: a formula is a box, and browsers break lines beside boxes."""

import re

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.transforms.post_transforms import SphinxPostTransform

_BEFORE = re.compile(r"[^\s\w]+\Z")
_AFTER = re.compile(r"\A[^\s\w]+")


def setup(app: Sphinx) -> None:
    """Register with Sphinx."""
    app.add_post_transform(KeepTogether)


class KeepTogether(SphinxPostTransform):
    """Puts an inline formula and the marks that touch it into one span, which the style sheet does not break."""

    default_priority = 900

    def run(self, **kwargs: object) -> None:
        """Wrap every formula that touches a mark."""
        for formula in list(self.document.findall(nodes.math)):
            _wrap(formula)


def _wrap(formula: nodes.math) -> None:
    """Take the marks from the text before and after the formula, and put all of them where the formula stood."""
    parent, at = formula.parent, formula.parent.index(formula)
    opening = _taken(parent, at - 1, _BEFORE) if at else ""
    closing = _taken(parent, at + 1, _AFTER) if at + 1 < len(parent) else ""
    if opening or closing:
        span = nodes.inline("", "", nodes.Text(opening), formula.deepcopy(), nodes.Text(closing), classes=["together"])
        parent.replace(formula, span)


def _taken(parent: nodes.Element, at: int, marks: re.Pattern[str]) -> str:
    """The marks of the text at a place, which loses them."""
    text = parent[at]
    found = marks.search(text) if isinstance(text, nodes.Text) else None
    if found is None:
        return ""
    parent[at] = nodes.Text(marks.sub("", text))
    return found[0]
