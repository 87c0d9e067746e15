import html
import re

import pytest

from netspace.page import live
from netspace.page.live import live_frame
from netspace.viewer.bundle import Bundle
from tests.netspace.scenes import residual_scene

TEXTS = {"name": "toy-space", "alt": 'Layers "in" space.', "caption": "A net."}


def held(frame: str) -> str:
    return html.unescape(re.search(r'srcdoc="([^"]*)"', frame).group(1))


def test_the_frame_holds_the_whole_page(monkeypatch) -> None:
    monkeypatch.setattr(live, "viewer_bundle", lambda: Bundle("window.viewer = 1;"))
    frame = live_frame(residual_scene(), **TEXTS)
    assert frame.startswith("<iframe srcdoc=")
    assert 'title="Layers &#34;in&#34; space."' in frame
    document = held(frame)
    assert document.startswith("<!DOCTYPE html>")
    assert "<script>window.viewer = 1;</script>" in document


def test_a_notebook_opened_alone_shows_the_still_picture_and_says_why(monkeypatch, tmp_path) -> None:
    monkeypatch.chdir(tmp_path)
    document = held(live_frame(residual_scene(), **TEXTS))
    assert "this page was made without the npm packages" in document
    assert "netspace-still" in document


def test_what_is_no_scene_is_refused() -> None:
    with pytest.raises(ValueError, match="missing keys"):
        live_frame({}, **TEXTS)
