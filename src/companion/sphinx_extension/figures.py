"""Every drawing of the run, on whatever page: its twin for the night, the link to its numbers, its size, its box.

Staging lays ``book/_figures/<name>.svg`` beside ``<name>.night.svg``, and the numbers below ``downloads/data``. The
theme shows one image of the two; the other is never loaded, since images load only when they come into view.
"""

import re
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.transforms import SphinxTransform

from companion.staging.templates import fill

_DRAWING = re.compile(r"(?:^|/)_figures/(?P<name>[a-z0-9-]+)\.svg$")
_SIZE = re.compile(r'<svg\b[^>]*?\bwidth="(?P<width>[\d.]+)(?:pt)?"[^>]*?\bheight="(?P<height>[\d.]+)(?P<unit>pt)?"')
_PIXELS_PER_POINT = 4 / 3
LARGE = 520  # pixels; a wider drawing is not shrunk to the width of a phone, where nobody could read its words
LEAST_SHARE = 0.7  # of its own width


class themed_image(nodes.image):  # type: ignore[misc]  # noqa: N801
    """One of the two images of a drawing."""


class drawing(nodes.General, nodes.Element):  # type: ignore[misc]  # noqa: N801
    """The box of both images, which scrolls where they are wider than the page."""


class data_link(nodes.General, nodes.Element):  # type: ignore[misc]  # noqa: N801
    """The link to the numbers behind a figure."""


def setup(app: Sphinx) -> None:
    """Register with Sphinx."""
    app.add_node(themed_image, html=(visit_image, depart_image))
    app.add_node(drawing, html=(visit_drawing, depart_drawing))
    app.add_node(data_link, html=(visit_data_link, depart_data_link))
    app.add_transform(DrawingTransform)


class DrawingTransform(SphinxTransform):
    """Puts two images into the figure of a drawing, and a link to its numbers below them."""

    default_priority = 400

    def apply(self, **kwargs: Any) -> None:
        """Change the figures of one page."""
        for figure in list(self.document.findall(nodes.figure)):
            image = next(iter(figure.findall(nodes.image)), None)
            found = image is not None and _DRAWING.search(image["uri"])
            if found and image is not None:
                self._dress(figure, image, found["name"])

    def _dress(self, figure: nodes.figure, image: nodes.image, name: str) -> None:
        file = Path(self.env.relfn2path(image["uri"], self.env.docname)[1])
        if not file.is_file():
            return  # Sphinx itself warns of it
        box = drawing(width=pixel_size(file.read_text(encoding="utf-8"))[0])
        for uri, theme in ((image["uri"], "only-light"), (image["uri"].removesuffix("svg") + "night.svg", "only-dark")):
            box += self._image(image, uri, file, theme)
        image.replace_self(box)
        if (Path(self.env.srcdir) / "_extra" / "downloads" / "data" / f"{name}.csv").is_file():
            _place_of_link(figure).append(data_link(name=name))

    def _image(self, image: nodes.image, uri: str, file: Path, theme: str) -> themed_image:
        width, height = pixel_size(file.read_text(encoding="utf-8"))
        alt = image.get("alt", "")
        new = themed_image(uri=uri, alt=alt, pixels=(width, height), classes=[theme], candidates={})
        new.source, new.line = image.source, image.line
        return new


def _place_of_link(figure: nodes.figure) -> nodes.Element:
    caption = next(iter(figure.findall(nodes.caption)), None)
    if caption is not None:
        return caption
    legend = nodes.legend()
    figure += legend
    return legend


def pixel_size(svg: str) -> tuple[int, int]:
    """Width and height of a drawing in the page's pixels.

    Raises:
        ValueError: If the drawing does not say them in points or pixels.
    """
    found = _SIZE.search(svg)
    if found is None:
        raise ValueError(f"an SVG needs width and height in points or pixels; it begins {svg[:120]!r}")
    factor = _PIXELS_PER_POINT if found["unit"] else 1.0
    return round(float(found["width"]) * factor), round(float(found["height"]) * factor)


def visit_drawing(self: Any, node: drawing) -> None:
    """Open the box."""
    least = round(LEAST_SHARE * node["width"]) if node["width"] > LARGE else 0
    style = {"style": f"--least-width: {least}px"} if least else {}
    self.body.append(self.starttag(node, "div", CLASS="companion-drawing companion-scroll", **style))


def depart_drawing(self: Any, node: drawing) -> None:
    """Close the box."""
    self.body.append("</div>\n")


def visit_image(self: Any, node: themed_image) -> None:
    """Write the image with its size, so that nothing moves when it comes."""
    uri = node["uri"]
    if uri in self.builder.images:
        uri = f"{self.builder.imgpath}/{self.builder.images[uri]}"
    width, height = node["pixels"]
    sizes = {"width": width, "height": height, "loading": "lazy", "decoding": "async"}
    self.body.append(self.emptytag(node, "img", "\n", src=uri, alt=node["alt"], **sizes))


def depart_image(self: Any, node: themed_image) -> None:
    """Nothing is open."""


def visit_data_link(self: Any, node: data_link) -> None:
    """Write the link; downloads lie at the root of the book."""
    root = "../" * self.builder.current_docname.count("/")
    name, words = node["name"], "Data (CSV)"
    link = fill("staging/html/figure_data_link.html", root=root, name=name, file=f"{name}.csv", words=words)
    self.body.append(link)


def depart_data_link(self: Any, node: data_link) -> None:
    """Nothing is open."""
