"""A scene that cannot be drawn, or was given up."""

import pytest

from companion.machine import browser
from netspace.browser.session import Visit, visited
from netspace.page.standalone import standalone_page
from tests.site.space.seeing import NAME, TEXTS, seen

pytestmark = pytest.mark.site


def test_a_page_without_webgl_keeps_the_still_picture_and_says_why(document):
    def work(page):
        still = page.browser_page.locator(".netspace-still")
        still.wait_for(state="visible")
        return (
            page.browser_page.locator(".netspace-note").inner_text(),
            still.evaluate("one => [one.viewBox.baseVal.width, one.checkVisibility()]"),
            page.problems,
        )

    note, width, problems = visited(browser, document, work, visit=Visit(flags=("--disable-3d-apis",)))
    assert "offers no WebGL 2" in note
    assert width == [320, True]
    assert problems == []


def test_the_still_picture_is_drawn_in_the_ink_of_the_theme_and_dark_on_paper(scene):
    from netspace.viewer.bundle import Bundle

    ink = "getComputedStyle(document.querySelector('.netspace-still')).color.match(/\\d+/g).map(Number)"

    def work(page):
        on_screen = page.evaluate(ink)
        page.browser_page.emulate_media(media="print")
        return on_screen, page.evaluate(ink)

    document = standalone_page(scene, **TEXTS, bundle=Bundle(None, "this book was built without three"))
    day, night = (visited(browser, document, work, visit=Visit(theme=theme)) for theme in ("light", "dark"))
    assert max(day[0] + day[1] + night[1]) < 100
    assert min(night[0]) > 200


def test_where_npm_is_missing_the_page_says_so(scene):
    from netspace.viewer.bundle import Bundle

    page = standalone_page(scene, **TEXTS, bundle=Bundle(None, "this book was built without three"))
    note = visited(browser, page, lambda page: page.browser_page.locator(".netspace-note").inner_text())
    assert note == "This is a still picture: this book was built without three."


def test_a_scene_given_up_returns_as_it_was(document):
    def work(page):
        page.of_scene(NAME, "(space.setInput(1), space.rotate(40, 0), space.close(1), window.before = space.state)")
        page.wait_for_scene(NAME)
        page.evaluate(f"netspace.dispose(document.getElementById('{NAME}'))")
        gone = page.evaluate(f"[netspace.get('{NAME}'), document.querySelectorAll('canvas').length]")
        still = page.browser_page.locator(".netspace-still").is_visible()
        page.evaluate("netspace.mountAll()")
        page.wait_for_scene(NAME)
        return gone, still, page.of_scene(NAME, "[space.state, window.before, space.layers[1].open]")

    gone, still, (after, before, is_open) = seen(document, work)
    assert gone == [None, 0]
    assert still
    assert after == before
    assert not is_open
