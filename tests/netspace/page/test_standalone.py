import re

import pytest
from bs4 import BeautifulSoup

from netspace.page.standalone import standalone_page
from netspace.viewer.bundle import Bundle
from tests.netspace.scenes import residual_scene

TEXTS = {"name": "toy-space", "title": "Toys & <nets>", "alt": "Layers.", "caption": "A net."}


def page(script: str | None = "window.here = 1;", reason: str = "", **texts: str) -> str:
    return standalone_page(residual_scene(), **{**TEXTS, **texts}, bundle=Bundle(script, reason))


def test_it_is_a_whole_document_with_one_figure() -> None:
    document = page()
    soup = BeautifulSoup(document, "html.parser")
    assert document.startswith("<!DOCTYPE html>")
    assert soup.title.text == soup.h1.text == TEXTS["title"]
    assert soup.html["lang"] == "en"
    assert [figure["id"] for figure in soup.find_all("figure")] == ["toy-space"]


def test_it_needs_nothing_from_elsewhere() -> None:
    assert re.findall(r'(?:src|href)="(?!data:)[^"]*"', page()) == []


def test_the_viewer_cannot_end_the_page_early() -> None:
    document = page(script='const text = "</script><!-- </SCRIPT>";')
    scripts = BeautifulSoup(document, "html.parser").find_all("script")
    assert [bool(script.get("type")) for script in scripts] == [False, True, False, False]
    assert scripts[2].text == 'const text = "<\\/script><\\!-- <\\/SCRIPT>";'


def test_without_a_viewer_it_knows_why() -> None:
    assert 'window.netspaceMissing = "no npm";' in page(script=None, reason="no npm")


def test_a_title_is_needed() -> None:
    with pytest.raises(ValueError, match="title is empty"):
        page(title=" ")
