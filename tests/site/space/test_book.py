"""Every scene of the book, and what axe says of one."""

import pytest

from netspace.browser.session import Visit
from tests.site.space.seeing import AXE, NAME, PHONE, seen

pytestmark = pytest.mark.site


@pytest.mark.parametrize("visit", [Visit(), Visit(theme="dark"), PHONE, Visit(width=390, theme="dark")], ids=str)
def test_axe_finds_nothing_serious_and_nothing_is_wider_than_the_screen(document, visit):
    from axe_playwright_python.sync_playwright import Axe

    def work(page):
        page.of_scene(NAME, "space.select(7, 1)")
        page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true; })")
        page.of_scene(NAME, "space.startDrawing()")
        page.wait_for_scene(NAME)
        found = Axe().run(page.browser_page, options=AXE).response["violations"]
        return found, page.evaluate("document.documentElement.scrollWidth")

    found, width = seen(document, work, visit)
    assert [(one["id"], one["nodes"][0]["html"]) for one in found if one["impact"] in ("serious", "critical")] == []
    assert width <= visit.width


@pytest.mark.parametrize(("theme", "width"), [("light", 1400), ("dark", 390)])
def test_every_scene_of_the_book_stands_and_is_named(read, html, pages, theme, width):
    having = [page for page in pages if '<figure class="netspace"' in (html / page).read_text(encoding="utf-8")]
    if not having:
        pytest.skip("no page of this book has a scene")
    for page in having:
        reader = read(theme, width)
        reader.goto(page)
        for figure in reader.page.locator("figure.netspace").all():
            figure.scroll_into_view_if_needed()
            figure.locator(".netspace-surface").wait_for()
            assert figure.locator(".netspace-surface").get_attribute("aria-label")
            assert not figure.locator(".netspace-still").is_visible()
        assert reader.page.evaluate("document.documentElement.scrollWidth") <= width
        assert reader.problems == []
