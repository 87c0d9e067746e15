"""The theme's icon font, cut down to the icons that the book shows."""

import base64
import io
import re
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont

# The icons of the theme's own parts and of our buttons; a test looks whether a page shows another one.
ICONS = (
    *("angle-left", "angle-right", "arrow-up", "bars", "chevron-down", "circle-half-stroke", "code", "code-branch"),
    *("download", "expand", "file", "file-pdf", "list", "magnifying-glass", "moon", "print", "rocket"),
    *("square-check", "sun", "xmark"),
)
_FONT = "_static/vendor/fontawesome/webfonts/fa-solid-900.ttf"
_FACE = re.compile(r"@font-face\{[^}]*Font Awesome[^}]*\}")
_GLYPH = re.compile(r"(?P<names>(?:\.fa-[\w-]+:before,?)+)\{content:\"(?P<sign>[^\"]*)\"\}")
_VARIABLE = re.compile(r"--pst-icon-[\w-]+:\"(?P<sign>[^\"]*)\"")


def with_few_icons(sheet: str, root: Path) -> str:
    """``sheet`` with its rules for icons that nobody shows left out, and with a font of the others inside it.

    Args:
        sheet: The theme's style sheet.
        root: The folder of the rendered book, which holds the theme's font.
    """
    kept = {m["sign"] for m in _GLYPH.finditer(sheet) if _is_shown(m["names"])}
    signs = kept | {m["sign"] for m in _VARIABLE.finditer(sheet)}
    lean = _GLYPH.sub(lambda m: m[0] if m["sign"] in kept else "", _FACE.sub("", sheet))
    font = base64.b64encode(_font_of(root / _FONT, {_character(sign) for sign in signs})).decode()
    face = (
        "@font-face{font-display:block;font-family:Font Awesome\\ 6 Free;font-style:normal;font-weight:900;"
        f'src:url("data:font/woff;base64,{font}") format("woff")}}'
    )
    return f"{face}\n{lean}"


def _is_shown(names: str) -> bool:
    return any(name.removeprefix(".fa-").removesuffix(":before") in ICONS for name in names.split(","))


def _character(sign: str) -> int:
    r"""The code point that a style sheet writes as ``\f078`` or as the character itself."""
    return int(sign.lstrip("\\"), 16) if sign.startswith("\\") else ord(sign)


def _font_of(path: Path, characters: set[int]) -> bytes:
    font = TTFont(path)
    options = subset.Options(notdef_outline=True, name_IDs=[], layout_features=[])
    cutter = subset.Subsetter(options)
    cutter.populate(unicodes=characters)
    cutter.subset(font)
    font.flavor = "woff"
    packed = io.BytesIO()
    font.save(packed)
    return packed.getvalue()
