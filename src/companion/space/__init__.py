"""Networks shown in three dimensions: what a scene is, its place in a page, its viewer, and a browser that looks at it.

A chapter calls ``chapter.space``; what is here serves it, and the notebook that measures what the page really does.
"""

from companion.space.bundle import Bundle, viewer_bundle
from companion.space.markup import space_markup
from companion.space.scene import MOST_BYTES, check_scene
from companion.space.session import Page, Visit, visited
from companion.space.standalone import standalone_page

__all__ = [
    "MOST_BYTES",
    "Bundle",
    "Page",
    "Visit",
    "check_scene",
    "space_markup",
    "standalone_page",
    "viewer_bundle",
    "visited",
]
