"""What Sphinx must learn for a book of checked claims; each module is one thing, and registers itself."""

from sphinx.application import Sphinx

from companion.sphinx_extension import (
    assets,
    buttons,
    citations,
    claims,
    figures,
    formulas,
    glue,
    meta,
    previews,
    proofs,
    theme,
    together,
)

_PARTS = (claims, figures, glue, theme, buttons, citations, previews, proofs, together, meta, formulas, assets)


def setup(app: Sphinx) -> dict[str, bool]:
    """Register everything with Sphinx."""
    app.add_config_value("companion_repository", "", "html")
    app.add_config_value("companion_address", "", "html")
    app.add_config_value("companion_prints", False, "html")
    app.add_config_value("comments_config", {}, "html")  # jupyter-book sets it though its extension is not loaded
    app.setup_extension("myst_nb")
    for part in _PARTS:
        part.setup(app)
    return {"parallel_read_safe": True, "parallel_write_safe": False}  # one process sets the formulas of all pages
