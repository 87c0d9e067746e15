"""The theme's icon font, cut down to the icons that its style sheet still names."""

import base64
import io
import re
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont

_FONT = "_static/vendor/fontawesome/webfonts/fa-solid-900.ttf"
_FACE = re.compile(r"@font-face\{[^}]*Font Awesome[^}]*\}")
_SIGN = re.compile(r"\"(?P<sign>\\[0-9a-fA-F]{2,6}|[^\"\\])\"")  # whoever draws an icon has its sign alone in quotes


def with_few_icons(sheet: str, root: Path) -> str:
    """``sheet`` with a font inside it that holds the icons which its rules draw and no others.

    Args:
        sheet: The theme's style sheet, without the rules that no page needs.
        root: The folder of the rendered book, which holds the theme's font.
    """
    font = _font_of(root / _FONT, {_character(m["sign"]) for m in _SIGN.finditer(sheet)})
    face = (
        "@font-face{font-display:block;font-family:Font Awesome\\ 6 Free;font-style:normal;font-weight:900;"
        f'src:url("data:font/woff;base64,{base64.b64encode(font).decode()}") format("woff")}}'
    )
    return f"{face}\n{_FACE.sub('', sheet)}"


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
