"""The icons that pages show, drawn by a small font."""

import base64
import io
import re

from fontTools.ttLib import TTFont

ICON = re.compile(r"\bfa-([a-z][a-z-]*)")
SIZES = {"lg", "solid", "brands", "regular"}


def sheet_of(html):
    return (html / "_static" / "book.css").read_text(encoding="utf-8")


def font_of(html):
    packed = re.search(r"font/woff;base64,([^\"]+)", sheet_of(html))[1]
    return TTFont(io.BytesIO(base64.b64decode(packed)))


def test_every_icon_of_a_page_is_drawn(page, rendered_toy):
    sheet = sheet_of(rendered_toy)
    for name in ("book/index.html", "book/toy.html", "notebooks/toy.html", "search.html"):
        for icon in page(name).select('i[class*="fa-"]'):
            for shown in set(ICON.findall(" ".join(icon["class"]))) - SIZES:
                assert f".fa-{shown}:before" in sheet, (name, shown)


def test_the_font_holds_the_signs_of_the_icons_and_little_else(rendered_toy):
    sheet = sheet_of(rendered_toy)
    font = font_of(rendered_toy)
    signs = set(re.findall(r"\.fa-[\w-]+:before\{content:\"(.)\"", sheet))
    assert len(signs) > 10
    assert {ord(sign) for sign in signs} <= set(font.getBestCmap())
    assert len(font.getBestCmap()) < 3 * len(signs)


def test_a_sign_that_no_class_of_icons_names_is_in_the_font_too(rendered_toy):
    assert 0xF303 in font_of(rendered_toy).getBestCmap()  # the pencil of an exercise


def test_no_other_font_of_icons_is_asked_for(rendered_toy):
    assert not re.search(r"url\([^)]*webfonts", sheet_of(rendered_toy))
