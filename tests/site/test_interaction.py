"""What a reader can do: search, move a figure, filter the scorecard."""

import json
from urllib.parse import quote

import pytest
from bs4 import BeautifulSoup

pytestmark = pytest.mark.site


@pytest.fixture(scope="module")
def slugs(html):
    card = json.loads((html / "downloads" / "scorecard.json").read_text(encoding="utf-8"))
    return [chapter["slug"] for chapter in card["chapters"]]


def test_the_search_finds_each_chapter(read, html, slugs):
    reader = read()
    for slug in slugs:
        chapter = BeautifulSoup((html / "book" / f"{slug}.html").read_text(encoding="utf-8"), "html.parser")
        title = chapter.select_one("article h1").get_text().removesuffix("#").strip()
        reader.goto(f"search.html?q={quote(title)}")
        reader.page.wait_for_selector(f'#search-results a[href*="book/{slug}.html"]')
    assert reader.problems == []


def test_there_is_one_visible_search_field_and_it_opens_by_keyboard(read):
    reader = read()
    reader.open("book/index.html")
    assert reader.page.locator(".search-button-field:visible, .search-button:visible").count() == 1
    reader.page.keyboard.press("Control+k")
    reader.page.wait_for_selector("#pst-search-dialog[open] input")


# --- figures that move ---


@pytest.fixture(scope="module", params=[("light", 1400), ("dark", 390)], ids=str)
def moved(request, read_once, html, pages):
    """Every page whose figures move, visited once: what a reader's keys, hand and window do there."""
    sources = {page: (html / page).read_text(encoding="utf-8") for page in pages}
    having = [page for page, source in sources.items() if 'class="companion-interactive"' in source]
    found = {}
    for page in having:
        reader = read_once(*request.param)
        # formulas that are set meanwhile would push the figures about
        reader.page.route("**/tex-chtml.js", lambda route: route.fulfill(body="", content_type="text/javascript"))
        reader.open(page)
        found[page] = {"keys": use_keys(reader.page)}
        if '"drag":[' in sources[page]:
            found[page]["drag"] = use_hand(reader.page)
        if page.startswith("book/") and '"height":' in sources[page]:
            found[page]["narrower"] = make_narrower(reader.page)
        found[page]["problems"] = reader.problems
        reader.page.context.close()
    return found


def use_keys(page):
    """What the first slider says before and after an arrow key, once the figure has been drawn anew."""
    figure = page.locator("figure.companion-interactive").first
    figure.scroll_into_view_if_needed()
    page.wait_for_selector("figure.companion-interactive[data-drawn] svg.main-svg")
    drawn = figure.get_attribute("data-drawn")
    slider, output = figure.locator("input[type=range]").first, figure.locator("output").first
    before = output.inner_text()
    slider.focus()
    slider.press("ArrowRight" if slider.input_value() != slider.get_attribute("max") else "ArrowLeft")
    page.wait_for_function("b => document.querySelector('figure[data-drawn]').dataset.drawn !== b", arg=drawn)
    return before, output.inner_text(), slider.get_attribute("aria-valuetext")


def use_hand(page):
    """The sliders' positions at two places of a drag through the plot, and after it when the mouse moves on."""
    every = page.locator("figure.companion-interactive")
    has_drag = "all => all.findIndex((one) => JSON.parse(one.querySelector('script').textContent).drag)"
    figure = every.nth(every.evaluate_all(has_drag))
    figure.scroll_into_view_if_needed()
    plot = figure.locator(".companion-draggable .nsewdrag").first
    plot.wait_for(state="attached")
    plot.scroll_into_view_if_needed()
    names = json.loads(figure.locator('script[type="application/json"]').text_content())["drag"]
    box, mouse, seen = plot.bounding_box(), page.mouse, []
    mouse.move(box["x"] + 0.1 * box["width"], box["y"] + 0.9 * box["height"])
    mouse.down()
    for share in (0.1, 0.9, 0.5):
        mouse.move(box["x"] + share * box["width"], box["y"] + (1 - share) * box["height"], steps=4)
        seen.append([int(figure.locator(f'input[name="{name}"]').input_value()) for name in names])
        if share == 0.9:
            mouse.up()
    return seen


def make_narrower(page):
    """How far below its figure the first slider stands after the window became narrower, in pixels."""
    width = page.viewport_size["width"] * 6 // 7
    figure = page.locator("figure.companion-interactive").first
    figure.scroll_into_view_if_needed()
    drawn = figure.locator("svg.main-svg").first
    before = drawn.bounding_box()["width"]
    page.set_viewport_size({"width": width, "height": 1000})
    is_narrower = "b => document.querySelector('figure[data-drawn] svg.main-svg').getBoundingClientRect().width < b"
    page.wait_for_function(is_narrower, arg=before)
    box = drawn.bounding_box()
    return figure.locator(".companion-controls").bounding_box()["y"] - box["y"] - box["height"]


def test_interactive_figures_react_to_the_keyboard(moved):
    assert moved, "no page has an interactive figure"
    for page, facts in moved.items():
        before, after, said = facts["keys"]
        assert before != after == said, page
        assert facts["problems"] == [], page


def test_sliders_stay_below_their_figure_when_the_window_changes_its_size(moved):
    found = {page: facts["narrower"] for page, facts in moved.items() if "narrower" in facts}
    assert found, "no page has an interactive figure with a height of its own"
    assert {page: below for page, below in found.items() if below < -1} == {}


def test_what_can_be_dragged_follows_the_pointer(moved):
    found = {page: facts["drag"] for page, facts in moved.items() if "drag" in facts}
    assert found, "no page has a figure that can be dragged"
    for page, (low, high, after) in found.items():
        assert all(one < other for one, other in zip(low, high, strict=True)), page
        assert after == high, page


def check_filter(reader):
    rows = reader.page.locator("#scorecard-claims tbody tr")
    total = rows.count()
    status = reader.page.locator(".scorecard-filter output")
    assert status.inner_text() == f"{total} of {total} claims"
    verdict = rows.first.get_attribute("data-verdict")
    reader.page.select_option(".scorecard-filter select[name=verdict]", verdict)
    seen = reader.page.locator("#scorecard-claims tbody tr:visible")
    assert {row.get_attribute("data-verdict") for row in seen.all()} == {verdict}
    assert status.inner_text() == f"{seen.count()} of {total} claims"
    reader.page.select_option(".scorecard-filter select[name=kind]", "unchecked")
    wanted = f'#scorecard-claims tr[data-verdict="{verdict}"][data-kind="unchecked"]'
    assert seen.count() == reader.page.locator(wanted).count()
    reader.page.click(".scorecard-filter button[type=reset]")
    reader.page.wait_for_function(
        "n => document.querySelector('.scorecard-filter output').textContent.startsWith(n)", arg=f"{total} of"
    )


def test_the_scorecard_filters(read):
    reader = read()
    reader.open("book/scorecard.html")
    check_filter(reader)
    assert reader.problems == []


def test_the_scorecard_filters_when_opened_as_a_file(read, html):
    reader = read(address=f"{html.resolve().as_uri()}/")
    reader.open("book/scorecard.html")
    check_filter(reader)


def test_a_link_to_a_claim_lands_on_its_verdict(read, slugs):
    reader = read()
    reader.open(f"book/{slugs[0]}.html")
    reader.page.locator("table.claims .claim-number a").first.click()
    reader.page.wait_for_selector(".verdict-block:target")
