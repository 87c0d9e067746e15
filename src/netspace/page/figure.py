"""A scene as an object that a notebook shows: a figure of a page, or a frame while somebody works."""

from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from netspace.page.markup import space_markup


@dataclass(frozen=True)
class SceneFigure:
    """A scene, as :mod:`netspace.form.scene` describes it, that knows its own HTML."""

    scene: Mapping[str, Any]

    def page(self, *, name: str, alt: str, caption: str) -> str:
        """The figure, whose viewer a page's own loader brings; see :func:`netspace.page.markup.space_markup`."""
        return space_markup(self.scene, name=name, alt=alt, caption=caption)

    def live(self, *, name: str, alt: str, caption: str) -> str:
        """A frame that holds viewer and scene, for a live notebook; see :func:`netspace.page.live.live_frame`.

        What makes it is imported by its name: a run never shows it, so what a run stores does not depend on it.
        """
        frame: str = import_module("netspace.page.live").live_frame(self.scene, name=name, alt=alt, caption=caption)
        return frame
