"""What Sphinx must learn for a book of checked claims: the role ``claim``, far dependencies, buttons for readers."""

import json
from pathlib import Path
from typing import Any

from docutils import nodes
from myst_nb.core.variables import RetrievalError
from myst_nb.ext.glue.crossref import read_glue_cache
from myst_nb.ext.glue.roles import PasteTextRole
from myst_nb.ext.glue.utils import PendingGlueReference, retrieve_glue_data
from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util import logging
from sphinx.util.docutils import SphinxRole

from companion.staging.markup import DASH, css_name
from companion.verdicts import Outcome

_LOGGER = logging.getLogger(__name__)
_BINDER = "https://mybinder.org/v2/gh"
_COLAB = "https://colab.research.google.com/github"


class ClaimRole(SphinxRole):
    """``{claim}`crown/sound```: the claim's verdict as a badge, linked to the cell that measured it."""

    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        """The badge, or a warning where there is no such claim."""
        slug, _, name = self.text.partition("/")
        claim = self._claims(slug).get(name)
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
        return nodes.reference("", "", said, word, internal=True, refuri=address, classes=["claim-link"])


class TextOrDashRole(PasteTextRole):  # type: ignore[misc]
    """``{glue:text}`` that also takes a far key without a format, and shows a dash as it is, whatever the format."""

    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        """The inserted text; as it is where the text gives no format, or where there is only a dash to show."""
        text: str = self.text  # type: ignore[has-type]
        page, _, last = text.rpartition("::")
        key, _, form = last.partition(":")
        if not form or (not page and self._is_dash(key)):
            self.text = f"{page}::{key}:s" if page else f"{key}:s"
        return super().run()  # type: ignore[no-any-return]

    def _is_dash(self, key: str) -> bool:
        try:
            return bool(retrieve_glue_data(self.document, key).data.get("text/plain") == DASH)
        except RetrievalError:
            return False  # the role itself warns of it


class KeepDashes(SphinxPostTransform):
    """The same for keys of other pages, before MyST-NB resolves them."""

    default_priority = 4

    def run(self, **kwargs: Any) -> None:
        """Take the number format from every reference that shows a dash."""
        folder = self.env.mystnb_config.output_folder  # type: ignore[attr-defined]
        for reference in self.document.findall(PendingGlueReference):
            glued = read_glue_cache(folder, reference.refdoc)
            if glued.get(reference.key, {}).get("data", {}).get("text/plain") == DASH:
                reference["fmt_spec"] = "s"


def note_glued_pages(app: Sphinx, doctree: nodes.document) -> None:
    """Let Sphinx know that a page shows numbers of a notebook, so that a new run of it renders the page again."""
    for reference in doctree.findall(PendingGlueReference):
        app.env.note_dependency(str(Path(app.env.doc2path(reference.refdoc)).relative_to(app.srcdir)))


def note_mathematics(app: Sphinx, doctree: nodes.document) -> None:
    """Load MathJax also on notebooks whose only formulas stand in the sentence of a claim."""
    if any("mathjax_process" in raw.astext() for raw in doctree.findall(nodes.raw)):
        app.env.get_domain("math").data["has_equations"][app.env.docname] = True


def correct_theme(app: Sphinx, config: Config) -> None:
    """Mend what sphinx-book-theme 1.3 and pydata-sphinx-theme 0.17 do to each other, and make place for our buttons.

    Together they show a second search box in a header that is otherwise empty, and complain in the browser's console of
    a colour mode that nobody chose.
    """
    ours = {"use_download_button": False, "navbar_persistent": []}
    config.html_theme_options = {**config.html_theme_options, **ours}
    config.html_context = {"default_mode": "auto", **config.html_context}


def add_buttons(app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: Any) -> None:
    """Add to a page what it can be downloaded as, and where it can be run if the repository is public."""
    if doctree is None or "header_buttons" not in context:
        return
    folder, _, slug = pagename.partition("/")
    of_notebook = folder == "notebooks"
    found = notebook_downloads(context["pathto"], slug) if of_notebook else page_downloads(context)
    groups = [_group("Download this page", "fas fa-download", "download-buttons", found)]
    repository = app.config.companion_repository
    if repository and of_notebook:
        groups.append(_group("Run this notebook", "fas fa-rocket", "launch-buttons", launchers(repository, slug)))
    context["header_buttons"][:0] = groups


def name_what_has_no_name(app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: Any) -> None:
    """Mend two things that screen readers stumble on: unnamed arrows in the contents, a list without list items."""
    if "generate_toctree_html" in context:
        original = context["generate_toctree_html"]
        context["generate_toctree_html"] = lambda *args, **kwargs: _with_names(original(*args, **kwargs))
    if "body" in context:
        context["body"] = context["body"].replace('role="list" class="citation-list"', 'class="citation-list"')


def _with_names(contents: Any) -> str:
    return str(contents).replace("<summary>", '<summary aria-label="Pages below this one">')


def notebook_downloads(pathto: Any, slug: str) -> list[dict[str, str]]:
    """The three files of a notebook, which lie in the book, and printing."""
    files = (
        (f"{slug}.run.ipynb", "as it was run (.ipynb)", "fas fa-square-check"),
        (f"{slug}.ipynb", "without outputs (.ipynb)", "fas fa-file"),
        (f"{slug}.py", "as text (.py)", "fas fa-code"),
    )
    links = [_link(pathto(f"downloads/{name}", 1), text, icon) for name, text, icon in files]
    return [*links, _PRINT]


def page_downloads(context: dict[str, Any]) -> list[dict[str, str]]:
    """The source of a page of prose, and printing."""
    source = context["pathto"]("_sources/" + context["sourcename"], 1)
    return [_link(source, "as text (.md)", "fas fa-file"), _PRINT]


def launchers(repository: str, slug: str) -> list[dict[str, str]]:
    """Where a notebook of a public repository can be run; Binder and Colab know GitHub's addresses only."""
    found = [_link(f"{repository}/blob/main/notebooks/{slug}.py", "Source in the repository", "fas fa-code-branch")]
    if repository.startswith("https://github.com/"):
        name = repository.removeprefix("https://github.com/")
        clean = f"{_COLAB}/{name}/blob/notebooks/notebooks/{slug}.ipynb"
        found.append(_link(clean, "Colab", "_static/images/logo_colab.png"))
        text = f"{_BINDER}/{name}/main?urlpath=lab/tree/notebooks/{slug}.py"
        found.append(_link(text, "Binder", "_static/images/logo_binder.svg"))
    return found


_PRINT = {"type": "javascript", "javascript": "window.print()", "text": "printed (.pdf)", "icon": "fas fa-print"}


def _link(url: str, text: str, icon: str) -> dict[str, str]:
    return {"type": "link", "url": url, "text": text, "icon": icon}


def _group(tooltip: str, icon: str, label: str, buttons: list[dict[str, str]]) -> dict[str, Any]:
    return {"type": "group", "tooltip": tooltip, "icon": icon, "label": label, "buttons": buttons}


def setup(app: Sphinx) -> dict[str, bool]:
    """Register everything with Sphinx."""
    app.add_config_value("companion_repository", "", "html")
    app.add_config_value("comments_config", {}, "html")  # jupyter-book sets it though its extension is not loaded
    app.setup_extension("myst_nb")
    app.add_role("claim", ClaimRole())
    app.add_role_to_domain("glue", "text", TextOrDashRole(), override=True)
    app.add_post_transform(KeepDashes)
    app.connect("config-inited", correct_theme)
    app.connect("doctree-read", note_glued_pages)
    app.connect("doctree-read", note_mathematics)
    app.connect("html-page-context", add_buttons, priority=502)
    app.connect("html-page-context", name_what_has_no_name, priority=502)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
