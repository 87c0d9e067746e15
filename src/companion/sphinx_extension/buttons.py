"""Buttons at the head of a page: what it can be downloaded as, and where it can be run."""

from typing import Any

from sphinx.application import Sphinx

_BINDER = "https://mybinder.org/v2/gh"
_COLAB = "https://colab.research.google.com/github"


def setup(app: Sphinx) -> None:
    """Register with Sphinx."""
    app.connect("html-page-context", add_buttons, priority=502)


def add_buttons(app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: Any) -> None:
    """Add to a page what it can be downloaded as, and where it can be run if the repository is public."""
    if doctree is None or "header_buttons" not in context:
        return
    folder, _, slug = pagename.partition("/")
    of_notebook = folder == "notebooks"
    found = (notebook_downloads if of_notebook else page_downloads)(context["pathto"], slug)
    if app.config.companion_prints and f"notebooks/{slug}" in app.env.found_docs:
        found.insert(0, _link(context["pathto"](f"downloads/{slug}.pdf", 1), "chapter (.pdf)", "fas fa-file-pdf"))
    groups = [_group("Download this page", "fas fa-download", "download-buttons", found)]
    repository = app.config.companion_repository
    if repository and of_notebook:
        groups.append(_group("Run this notebook", "fas fa-rocket", "launch-buttons", launchers(repository, slug)))
    context["header_buttons"][:0] = groups


def notebook_downloads(pathto: Any, slug: str) -> list[dict[str, str]]:
    """The three files of a notebook, which lie in the book, and printing."""
    files = (
        (f"{slug}.run.ipynb", "as it was run (.ipynb)", "fas fa-square-check"),
        (f"{slug}.ipynb", "without outputs (.ipynb)", "fas fa-file"),
        (f"{slug}.py", "as text (.py)", "fas fa-code"),
    )
    links = [_link(pathto(f"downloads/{name}", 1), text, icon) for name, text, icon in files]
    return [*links, _PRINT]


def page_downloads(pathto: Any, name: str) -> list[dict[str, str]]:
    """A page of prose as text with its numbers, and printing."""
    return [_link(pathto(f"downloads/{name}.md", 1), "as text (.md)", "fas fa-file"), _PRINT]


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


_PRINT = {"type": "javascript", "javascript": "window.print()", "text": "this page, printed", "icon": "fas fa-print"}


def _link(url: str, text: str, icon: str) -> dict[str, str]:
    return {"type": "link", "url": url, "text": text, "icon": icon}


def _group(tooltip: str, icon: str, label: str, buttons: list[dict[str, str]]) -> dict[str, Any]:
    return {"type": "group", "tooltip": tooltip, "icon": icon, "label": label, "buttons": buttons}
