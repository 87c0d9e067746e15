"""Numbers of notebooks in prose: words in place of one stay words, and a page depends on the notebooks it shows."""

from pathlib import Path

from docutils import nodes
from myst_nb.core.variables import RetrievalError
from myst_nb.ext.glue.crossref import read_glue_cache
from myst_nb.ext.glue.roles import PasteTextRole
from myst_nb.ext.glue.utils import PendingGlueReference, retrieve_glue_data
from sphinx.application import Sphinx
from sphinx.transforms.post_transforms import SphinxPostTransform

from companion.staging.markup import is_nothing


def setup(app: Sphinx) -> None:
    """Register with Sphinx."""
    app.add_role_to_domain("glue", "text", TextOrWordsRole(), override=True)
    app.add_post_transform(KeepWords)
    app.connect("doctree-read", note_glued_pages)


class TextOrWordsRole(PasteTextRole):  # type: ignore[misc]
    """``{glue:text}`` that also takes a far key without a format, and shows words as they are, whatever the format."""

    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        """The inserted text; as it is where the text gives no format, or where there are only words to show."""
        text: str = self.text  # type: ignore[has-type]
        page, _, last = text.rpartition("::")
        key, _, form = last.partition(":")
        if not form or (not page and self._is_words(key)):
            self.text = f"{page}::{key}:s" if page else f"{key}:s"
        return super().run()  # type: ignore[no-any-return]

    def _is_words(self, key: str) -> bool:
        try:
            return is_nothing(retrieve_glue_data(self.document, key).data.get("text/plain", ""))
        except RetrievalError:
            return False  # the role itself warns of it


class KeepWords(SphinxPostTransform):
    """The same for keys of other pages, before MyST-NB resolves them."""

    default_priority = 4

    def run(self, **kwargs: object) -> None:
        """Take the number format from every reference that shows words."""
        folder = self.env.mystnb_config.output_folder  # type: ignore[attr-defined]
        for reference in self.document.findall(PendingGlueReference):
            glued = read_glue_cache(folder, reference.refdoc)
            if is_nothing(glued.get(reference.key, {}).get("data", {}).get("text/plain", "")):
                reference["fmt_spec"] = "s"


def note_glued_pages(app: Sphinx, doctree: nodes.document) -> None:
    """Let Sphinx know that a page shows numbers of a notebook, so that a new run of it renders the page again."""
    for reference in doctree.findall(PendingGlueReference):
        app.env.note_dependency(str(Path(app.env.doc2path(reference.refdoc)).relative_to(app.srcdir)))
