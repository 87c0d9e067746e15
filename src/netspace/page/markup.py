"""The figure of a scene: the still picture, the scene's numbers, and a place for the viewer."""

import re
from collections.abc import Mapping
from typing import Any

from markupsafe import Markup

from netspace.form.scene import check_scene

_FIGURE = Markup(
    '<figure class="netspace" id="{name}"><div class="netspace-stage" data-alt="{alt}">{still}</div>'
    "<noscript><p>This is a still picture: the scene in three dimensions needs JavaScript.</p></noscript>"
    '<figcaption>{caption}</figcaption><script type="application/json">{numbers}</script></figure>'
)
_NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


def space_markup(scene: Mapping[str, Any], *, name: str, alt: str, caption: str) -> str:
    """The HTML of one figure, without scripts that run: the page's own loader brings the viewer.

    Args:
        scene: As :mod:`netspace.form.scene` describes it.
        name: Kebab-case name, unique in the book: the figure's id.
        alt: What to see in it, for those who do not see it.
        caption: The sentence under it.

    Returns:
        A ``figure`` element.

    Raises:
        ValueError: If a text is empty, or the scene is none.
    """
    check_texts(name, alt, caption)
    content = check_scene(scene, f"figure {name!r}")
    still, numbers = _inline(scene["still"], alt), Markup(content)
    return str(_FIGURE.format(name=name, alt=alt, caption=caption, still=still, numbers=numbers))


def check_texts(name: str, alt: str, caption: str) -> None:
    """Refuse a name that is no id, and texts that say nothing.

    Raises:
        ValueError: If the name is not kebab-case, or a text is empty.
    """
    if not _NAME.fullmatch(name):
        raise ValueError(f"name is {name!r}; expected kebab-case, such as 'lenet-space'")
    for argument, text in (("alt", alt), ("caption", caption)):
        if not text.strip():
            raise ValueError(f"figure {name!r}: {argument} is empty; say in a sentence what there is to see")


def _inline(still: str, alt: str) -> Markup:
    """The picture as a part of the page, on one line: what it draws in ``currentColor`` follows the page's theme."""
    start = Markup('<svg class="netspace-still" role="img" aria-label="{}"').format(alt)
    return Markup(" ".join(still.strip().replace("<svg", start, 1).split()))
