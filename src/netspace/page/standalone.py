"""A scene as a page of its own: one HTML file with the viewer in it, which needs no server and no network."""

import re
from collections.abc import Mapping
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from netspace.page.markup import space_markup
from netspace.viewer.bundle import Bundle

_PAGES = Environment(
    loader=PackageLoader("netspace", "page"), autoescape=True, undefined=StrictUndefined, trim_blocks=True
)


def standalone_page(scene: Mapping[str, Any], *, name: str, title: str, alt: str, caption: str, bundle: Bundle) -> str:
    """One HTML document that shows ``scene``, from a file as well as from a server, offline.

    Args:
        scene: As :mod:`netspace.form.scene` describes it.
        name: Kebab-case name: ``window.netspace.get(name)`` is its handle.
        title: Of the document.
        alt: What to see in it.
        caption: The sentence under it.
        bundle: The viewer, from :func:`netspace.viewer.bundle.viewer_bundle`; without a script the page shows the still
            picture and says why.

    Returns:
        The document. It follows the reader's light or dark setting.

    Raises:
        ValueError: If a text is empty, or the scene is none.
    """
    if not title.strip():
        raise ValueError(f"figure {name!r}: title is empty; browsers show it above the page")
    figure = space_markup(scene, name=name, alt=alt, caption=caption)
    page = _PAGES.get_template("standalone.html")
    return page.render(title=title, figure=Markup(figure), viewer=_inline(bundle.stand_in))


def _inline(script: str) -> Markup:
    """A script that may stand inside an HTML page: no text of it ends the element early."""
    return Markup(re.sub(r"</(?=script)", r"<\\/", script, flags=re.IGNORECASE).replace("<!--", "<\\!--"))
