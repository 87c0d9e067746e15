"""A scene as a page of its own: one HTML file with the viewer in it, which needs no server and no network."""

import html
import re
from collections.abc import Mapping
from typing import Any

from netspace.page.markup import space_markup
from netspace.viewer.bundle import Bundle

_STYLE = """
:root { color-scheme: light; --text: #1c2530; --ground: #fff; }
html[data-theme="dark"] { color-scheme: dark; --text: #e7ebf0; --ground: #1b2027; }
html[data-theme="dark"] { --pst-color-text-base: #e7ebf0; --pst-color-text-muted: #aeb8c4; }
html[data-theme="dark"] { --pst-color-border: #48515c; --pst-color-link: #7cc0f5; }
body { margin: 0; padding: 0.75rem; color: var(--text); background: var(--ground); }
body { font-family: system-ui, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif; }
main { max-width: 62rem; margin: auto; }
h1 { margin: 0 0 0.6rem; font-size: 1.25rem; }
figure { margin: 0; }
figcaption { margin-top: 0.6rem; font-size: 0.93rem; }
.netspace-still { display: block; width: 100%; height: auto; max-height: 29rem; color: var(--text); }
@media print { body { background: #fff; } body, .netspace-still { color: #1c2530; } }
"""
_THEME = """
(() => {
  const night = matchMedia("(prefers-color-scheme: dark)");
  const follow = () => { document.documentElement.dataset.theme = night.matches ? "dark" : "light"; };
  night.addEventListener("change", follow);
  follow();
})();
"""
_START = """
if (window.netspace) {
  netspace.mountAll();
} else {
  for (const stage of document.querySelectorAll(".netspace-stage")) {
    const note = document.createElement("p");
    note.className = "netspace-note";
    note.textContent = `This is a still picture: ${window.netspaceMissing}.`;
    stage.after(note);
  }
}
"""


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
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<link rel="icon" href="data:,">\n'  # without it a browser asks the server for a picture
        f"<title>{html.escape(title)}</title>\n<style>{_STYLE}</style>\n<script>{_THEME}</script>\n</head>\n"
        f"<body>\n<main>\n<h1>{html.escape(title)}</h1>\n{figure}\n</main>\n"
        f"<script>{_inline(bundle.stand_in)}</script>\n<script>{_START}</script>\n</body>\n</html>\n"
    )


def _inline(script: str) -> str:
    """A script that may stand inside an HTML page: no text of it ends the element early."""
    return re.sub(r"</(?=script)", r"<\\/", script, flags=re.IGNORECASE).replace("<!--", "<\\!--")
