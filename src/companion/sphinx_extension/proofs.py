"""What sphinx-proof and sphinx-exercise leave to do: each box's content has its own id, and "Proof." stands out."""

from docutils import nodes
from sphinx.application import Sphinx

_SHARED_IDS = ("proof-content", "exercise-content", "solution-content")
_HEAD = "Proof. "


def setup(app: Sphinx) -> None:
    """Register with Sphinx."""
    app.connect("doctree-read", mend_proofs)


def mend_proofs(app: Sphinx, doctree: nodes.document) -> None:
    """Name the contents of theorems, exercises and solutions after these, and set the first word of proofs apart."""
    for section in doctree.findall(nodes.section):
        if len(section["ids"]) == 1 and section["ids"][0] in _SHARED_IDS:
            section["ids"] = [f"{section.parent['ids'][0]}-content"]
    for proof in doctree.findall(nodes.admonition):
        if "proof" in proof["classes"]:
            proof["ids"] = []  # all had the same one
            _emphasise_head(proof)


def _emphasise_head(proof: nodes.admonition) -> None:
    first = next(proof.findall(nodes.Text))
    if first.startswith(_HEAD):
        head = [nodes.emphasis("", _HEAD.strip()), nodes.Text(" " + first.removeprefix(_HEAD))]
        first.parent.replace(first, head)
