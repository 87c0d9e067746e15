"""The drawings at night: the page's ink and ground for black, white and grey, and the same hues lighter.

What a colour says stays: images, meshes and whatever else has colours of its own keep them, and so does all that is
drawn upon such a field, since "the white line" of a caption must stay white.
"""

import re
from collections.abc import Callable, Iterator
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

# The cycle of all figures, petroff10, and the same hues lighter; book/_static/interactive.js draws with the same two.
DAY = ("#3f90da", "#ffa90e", "#bd1f01", "#94a4a2", "#832db6", "#a96b59", "#e76300", "#b9ac70", "#717581", "#92dadd")
NIGHT = ("#6fb1ec", "#ffc04d", "#ff8266", "#c3cfcd", "#c39bea", "#d6a594", "#ff9a4d", "#d8cd96", "#adb2bd", "#b5eaec")
INK = (0xE6, 0xE6, 0xE6)
GROUND = (0x12, 0x12, 0x12)  # of the theme's pages at night

_SVG = "http://www.w3.org/2000/svg"
_LINK = "http://www.w3.org/1999/xlink"
_COLOUR = re.compile(r"#(?:[0-9a-f]{6}|[0-9a-f]{3})\b|\b(?:black|white)\b", re.IGNORECASE)
_LIGHTER = dict(zip(DAY, NIGHT, strict=True))
_FIELDS = re.compile(r"QuadMesh|QuadContourSet|TriMesh|PatchCollection|PolyCollection|PolyQuadMesh")
_HANDLE = re.compile(r"line2d|patch|PathCollection")  # what stands in a legend for a mark
_NUMBERS = re.compile(r"-?\d+(?:\.\d+)?")

ElementTree.register_namespace("", _SVG)
ElementTree.register_namespace("xlink", _LINK)


def night_version(svg: str) -> str:
    """``svg`` for a dark page: light ink on no ground.

    Args:
        svg: A drawing by Matplotlib, or any other that says its colours as ``#rrggbb``.

    Returns:
        The drawing with other colours; nothing in it moves.
    """
    root = ElementTree.fromstring(svg)
    for metadata in root.findall(f"{{{_SVG}}}metadata"):
        root.remove(metadata)
    root.set("fill", _hex(INK))  # Matplotlib leaves black out where it is the default
    kept = {id(part) for axes in _axes(root) for part in _field_parts(axes)}
    _recolour(root, kept)
    for ground in _grounds(root):
        ground.set("style", "fill: none")
    return ElementTree.tostring(root, encoding="unicode") + "\n"


def night_colour(colour: str) -> str:
    """What stands at night for a colour of the day; a colour that is neither grey nor of the cycle stays."""
    found = {"black": "#000000", "white": "#ffffff"}.get(colour.lower(), colour.lower())
    if len(found) == 4:
        found = "#" + "".join(2 * digit for digit in found[1:])
    channels = [int(found[k : k + 2], 16) for k in (1, 3, 5)]
    if len(set(channels)) == 1:
        share = channels[0] / 255.0
        return _hex(tuple(round(ink + share * (ground - ink)) for ink, ground in zip(INK, GROUND, strict=True)))
    return _LIGHTER.get(found, found)


def _hex(channels: tuple[int, ...]) -> str:
    return "#" + "".join(f"{channel:02x}" for channel in channels)


def _recolour(element: Element, kept: set[int]) -> None:
    if id(element) in kept:
        element.set("fill", "#000000")
        return
    for name in ("style", "fill", "stroke"):
        if name in element.attrib and element.get("fill") != _hex(INK):
            element.set(name, _COLOUR.sub(lambda match: night_colour(match.group()), element.attrib[name]))
    for child in element:
        _recolour(child, kept)


def _axes(root: Element) -> list[Element]:
    return [group for group in _groups(root) if group.get("id", "").startswith("axes_")]


def _groups(root: Element) -> Iterator[Element]:
    return root.iter(f"{{{_SVG}}}g")


def _grounds(root: Element) -> list[Element]:
    """The white sheets below the figure and below each of its panels."""
    found: list[Element] = []
    parents = [*(g for g in _groups(root) if g.get("id", "").startswith("figure_")), *_axes(root)]
    for parent in parents:
        first = next((child for child in parent if child.get("id", "").startswith("patch_")), None)
        if first is not None:
            found += [path for path in first if path.tag == f"{{{_SVG}}}path"]
    return found


def _field_parts(axes: Element) -> list[Element]:
    """What lies upon the field of a panel, if it has one: all but ticks, frame, words beside it and the legend's."""
    if not any(_is_field(group) for group in axes):
        return []
    inside = _frame(axes)
    found: list[Element] = []
    for part in axes:
        name = part.get("id", "")
        if name.startswith("legend"):
            found += [one for one in part.iter(f"{{{_SVG}}}g") if _HANDLE.match(one.get("id", ""))]
        elif name.startswith("text_"):
            found += [part] * inside(part)
        elif not name.startswith("matplotlib.axis") and (not name.startswith("patch_") or _is_clipped(part)):
            found.append(part)
    return found


def _is_clipped(part: Element) -> bool:
    return any("clip-path" in one.attrib for one in part.iter())


def _is_field(group: Element) -> bool:
    """Whether a group is an image, or areas in colours that are not those of the cycle."""
    if any(one.tag == f"{{{_SVG}}}image" for one in group.iter()):
        return True
    if not _FIELDS.match(group.get("id", "")):
        return False
    fills = {match for one in group.iter() for match in re.findall(r"fill: (#[0-9a-f]{6})", one.get("style", ""))}
    return any(fill not in _LIGHTER and night_colour(fill) == fill for fill in fills)


def _frame(axes: Element) -> Callable[[Element], bool]:
    """A test whether a word stands inside the panel's frame."""
    ground = next(path for path in axes.iter(f"{{{_SVG}}}path"))
    numbers = [float(number) for number in _NUMBERS.findall(ground.get("d", ""))]
    (left, right), (top, bottom) = ((min(values), max(values)) for values in (numbers[::2], numbers[1::2]))

    def contains(word: Element) -> bool:
        moved = next((one.get("transform", "") for one in word.iter() if "translate" in one.get("transform", "")), "")
        at = [float(number) for number in _NUMBERS.findall(moved)[:2]]
        return len(at) == 2 and left <= at[0] <= right and top <= at[1] <= bottom

    return contains
