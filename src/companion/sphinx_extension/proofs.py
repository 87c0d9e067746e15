"""What sphinx-proof leaves to do: each theorem's content has an id of its own, and "Proof." stands out."""

from docutils import nodes
from sphinx.application import Sphinx

_SHARED_ID = "proof-content"
_HEAD = "Proof. "


def setup(app: Sphinx) -> None:
    """Register with Sphinx."""
    app.connect("doctree-read", mend_proofs)


def mend_proofs(app: Sphinx, doctree: nodes.document) -> None:
    """Name the contents of theorems after the theorems, and set the first word of proofs apart."""
    for section in doctree.findall(nodes.section):
        if section["ids"] == [_SHARED_ID]:
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
