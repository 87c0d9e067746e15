"""What sphinx-book-theme and pydata-sphinx-theme get wrong together, mended."""

from typing import Any

from sphinx.application import Sphinx
from sphinx.config import Config


def setup(app: Sphinx) -> None:
    """Register with Sphinx."""
    app.connect("config-inited", correct_theme)
    app.connect("html-page-context", name_what_has_no_name, priority=502)


def correct_theme(app: Sphinx, config: Config) -> None:
    """Mend what sphinx-book-theme 1.3 and pydata-sphinx-theme 0.17 do to each other, and make place for our buttons.

    Together they show a second search box in a header that is otherwise empty, and complain in the browser's console of
    a colour mode that nobody chose.
    """
    ours = {"use_download_button": False, "navbar_persistent": []}
    config.html_theme_options = {**config.html_theme_options, **ours}
    config.html_context = {"default_mode": "auto", **config.html_context}


def name_what_has_no_name(app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: Any) -> None:
    """Mend what screen readers stumble on: unnamed arrows, a list without items, folds called other than they say."""
    if "generate_toctree_html" in context:
        original = context["generate_toctree_html"]
        context["generate_toctree_html"] = lambda *args, **kwargs: _with_names(original(*args, **kwargs))
    if "body" in context:
        context["body"] = (
            context["body"]
            .replace('role="list" class="citation-list"', 'class="citation-list"')
            .replace(' role="doc-biblioentry"', "")
            .replace('<summary aria-label="Toggle hidden content">', "<summary>")
        )


def _with_names(contents: Any) -> str:
    return str(contents).replace("<summary>", '<summary aria-label="Pages below this one">')
