"""Formulas and the marks that touch them."""

from docutils import nodes
from docutils.utils import new_document

from companion.sphinx_extension.together import KeepTogether


def paragraph(*parts):
    """A paragraph of texts and formulas, after the transform."""
    document = new_document("page")
    children = [nodes.Text(part) if isinstance(part, str) else nodes.math("", part[0]) for part in parts]
    document += nodes.paragraph("", "", *children)
    KeepTogether(document).run()
    return document[0]


def spans(node):
    return [span.astext() for span in node.findall(nodes.inline)]


def test_a_mark_after_or_before_a_formula_goes_with_it():
    found = paragraph("Let (", ["x"], ", say) be ", ["y"], "-dimensional.")
    assert spans(found) == ["(x,", "y-"]
    assert found.astext() == "Let (x, say) be y-dimensional."


def test_two_formulas_share_no_mark():
    found = paragraph(["a"], ",", ["b"], ".")
    assert spans(found) == ["a,", "b."]
    assert found.astext() == "a,b."


def test_a_formula_between_words_stays_alone():
    assert spans(paragraph("Let ", ["x"], " be.")) == []
    assert spans(paragraph(["x"], "th")) == []
