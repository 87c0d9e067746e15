"""A scene in a live notebook: its own page in a frame, since a notebook has no loader that would bring a viewer."""

from collections.abc import Mapping
from typing import Any

from markupsafe import Markup

from netspace.page.standalone import standalone_page
from netspace.viewer.bundle import Bundle, ViewerNotMade, viewer_bundle

HEIGHT = 1000  # pixels of the frame
_FRAME = Markup(
    '<iframe srcdoc="{page}" title="{alt}" loading="lazy" style="width: 100%; height: {height}px; border: 0"></iframe>'
)


def live_frame(scene: Mapping[str, Any], *, name: str, alt: str, caption: str) -> str:
    """An ``iframe`` that holds the whole page; without npm's packages it shows the still picture and says why.

    Args:
        scene: As :mod:`netspace.form.scene` describes it.
        name: Kebab-case name.
        alt: What to see in it, also the title of the frame.
        caption: The sentence under it.

    Returns:
        HTML for a notebook's output.

    Raises:
        ValueError: If a text is empty, or the scene is none.
    """
    page = standalone_page(scene, name=name, title=name, alt=alt, caption=caption, bundle=_bundle())
    return str(_FRAME.format(page=page, alt=alt, height=HEIGHT))


def _bundle() -> Bundle:
    """The viewer, where npm's packages lie in the working folder or above it; a notebook opened alone has none."""
    try:
        return viewer_bundle()
    except ViewerNotMade as error:
        return Bundle(None, f"the viewer is not here, since {error}")
