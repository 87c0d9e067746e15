"""What a reader can do: search, move a figure, filter the scorecard."""

import json
import re

import pytest

pytestmark = pytest.mark.site


@pytest.fixture(scope="module")
def slugs(html):
    card = json.loads((html / "downloads" / "scorecard.json").read_text(encoding="utf-8"))
    return [chapter["slug"] for chapter in card["chapters"]]


def test_the_search_finds_each_chapter(read, slugs):
    reader = read()
    for slug in slugs:
        reader.goto(f"book/{slug}.html")
        title = reader.page.locator("article h1:visible").inner_text().removesuffix("#").strip()
        reader.goto(f"search.html?q={title}")
        reader.page.wait_for_selector(f'#search-results a[href*="book/{slug}.html"]')
    assert reader.problems == []


def test_there_is_one_visible_search_field_and_it_opens_by_keyboard(read):
    reader = read()
    reader.goto("book/index.html")
    assert reader.page.locator(".search-button-field:visible, .search-button:visible").count() == 1
    reader.page.keyboard.press("Control+k")
    reader.page.wait_for_selector("#pst-search-dialog[open] input")


def moving(html, page):
    """The figures of a page that move, by name, with the numbers that their scripts hand over."""
    names = re.findall(r'class="companion-interactive" id="([^"]+)"', (html / page).read_text(encoding="utf-8"))
    handed = {name: (html / "numbers" / f"{name}.js").read_text(encoding="utf-8") for name in names}
    return {
        name: json.loads(json.loads(f"[{text.partition('(')[2].rpartition(')')[0]}]")[1])
        for name, text in handed.items()
    }


def figures(html, pages):
    return [page for page in pages if 'class="companion-interactive"' in (html / page).read_text(encoding="utf-8")]


@pytest.mark.parametrize(("theme", "width"), [("light", 1400), ("dark", 390)])
def test_interactive_figures_react_to_the_keyboard(read, html, pages, theme, width):
    found = figures(html, pages)
    assert found, "no page has an interactive figure"
    for page in found:
        reader = read(theme, width)
        reader.goto(page)
        figure = reader.page.locator("figure.companion-interactive").first
        figure.scroll_into_view_if_needed()
        reader.page.wait_for_selector("figure.companion-interactive[data-drawn] svg.main-svg")
        before = figure.get_attribute("data-drawn")
        slider = figure.locator("input[type=range]").first
        shown = figure.locator("output").first.inner_text()
        slider.focus()
        slider.press("ArrowRight" if slider.input_value() != slider.get_attribute("max") else "ArrowLeft")
        reader.page.wait_for_function(
            "b => document.querySelector('figure[data-drawn]').dataset.drawn !== b", arg=before
        )
        assert figure.locator("output").first.inner_text() != shown
        assert slider.get_attribute("aria-valuetext") == figure.locator("output").first.inner_text()
        assert reader.problems == []


def test_sliders_stay_below_their_figure_when_the_window_changes_its_size(read, html, pages):
    own = [page for page in figures(html, pages) if page.startswith("book/")]
    found = [page for page in own if any("height" in spec["layout"] for spec in moving(html, page).values())]
    assert found, "no page has an interactive figure with a height of its own"
    for page in found:
        reader = read()
        reader.goto(page)
        figure = reader.page.locator("figure.companion-interactive").first
        figure.scroll_into_view_if_needed()
        drawn = figure.locator("svg.main-svg").first
        drawn.wait_for()
        before = drawn.bounding_box()["width"]
        reader.page.set_viewport_size({"width": 1200, "height": 1000})
        reader.page.wait_for_function(
            "b => document.querySelector('figure[data-drawn] svg.main-svg').getBoundingClientRect().width < b",
            arg=before,
        )
        box = drawn.bounding_box()
        assert figure.locator(".companion-controls").bounding_box()["y"] >= box["y"] + box["height"] - 1, page


@pytest.mark.parametrize("width", [1400, 390])
def test_what_can_be_dragged_follows_the_pointer(read, html, pages, width):
    every = [
        (page, name, spec.get("drag")) for page in figures(html, pages) for name, spec in moving(html, page).items()
    ]
    found = {page: (name, drag) for page, name, drag in reversed(every) if drag}
    assert found, "no page has a figure that can be dragged"
    for page, (figure_name, dragged) in found.items():
        reader = read("light", width)
        reader.goto(page)
        figure = reader.page.locator(f"figure#{figure_name}")
        figure.scroll_into_view_if_needed()
        plot = figure.locator(".companion-draggable .nsewdrag").first
        plot.wait_for(state="attached")
        plot.scroll_into_view_if_needed()
        box = plot.bounding_box()
        mouse, seen = reader.page.mouse, []
        mouse.move(box["x"] + 0.1 * box["width"], box["y"] + 0.9 * box["height"])
        mouse.down()
        for share in (0.1, 0.9):
            mouse.move(box["x"] + share * box["width"], box["y"] + (1 - share) * box["height"], steps=4)
            seen.append([figure.locator(f'input[name="{name}"]').input_value() for name in dragged])
        mouse.up()
        mouse.move(box["x"] + 0.5 * box["width"], box["y"] + 0.5 * box["height"])
        assert all(int(low) < int(high) for low, high in zip(*seen, strict=True))
        assert [figure.locator(f'input[name="{name}"]').input_value() for name in dragged] == seen[-1]
        assert reader.problems == []


def test_plotly_is_loaded_only_where_a_figure_is_seen(read, html, pages):
    reader = read()
    loaded = []
    reader.page.on("request", lambda request: loaded.append(request.url))
    for page in pages:
        if page not in figures(html, pages):
            reader.goto(page)
    assert not [url for url in loaded if "plotly" in url]


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
    reader.goto("book/scorecard.html")
    check_filter(reader)
    assert reader.problems == []


def test_the_scorecard_filters_when_opened_as_a_file(read, html):
    reader = read(address=f"{html.resolve().as_uri()}/")
    reader.goto("book/scorecard.html")
    check_filter(reader)


def test_a_link_to_a_claim_lands_on_its_verdict(read, slugs):
    reader = read()
    reader.goto(f"book/{slugs[0]}.html")
    row = reader.page.locator("table.claims tr:has(.claim-again a)").first
    if row.locator("details").get_attribute("open") != "":
        row.locator("summary").click()
    row.locator(".claim-again a").click()
    reader.page.wait_for_selector(".verdict-block:target")


def test_a_row_that_an_address_names_is_unfolded(read, slugs):
    reader = read()
    reader.goto(f"book/{slugs[0]}.html")
    name = reader.page.locator("table.claims tr:has(details:not([open]))").first.get_attribute("id")
    reader.goto(f"book/{slugs[0]}.html#{name}")
    reader.page.wait_for_selector(f"#{name} details[open]")


def test_paper_has_no_folds(read, slugs):
    reader = read()
    reader.goto(f"book/{slugs[0]}.html")
    folds = "document.querySelectorAll('article details:not([open])').length"
    before = reader.page.evaluate(folds)
    assert before > 0
    reader.page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    assert reader.page.evaluate(folds) == 0
    reader.page.evaluate("window.dispatchEvent(new Event('afterprint'))")
    assert reader.page.evaluate(folds) == before


def test_a_figure_whose_numbers_do_not_come_says_so_and_tries_again(read, html, pages):
    page = figures(html, pages)[0]
    name = next(iter(moving(html, page)))
    reader = read()
    answers = [lambda route: route.fulfill(body="", content_type="text/javascript"), lambda route: route.continue_()]
    reader.page.route(f"**/numbers/{name}.js", lambda route: answers.pop(0)(route))
    reader.goto(page)
    figure = reader.page.locator(f"#{name}")
    figure.scroll_into_view_if_needed()
    reader.page.wait_for_function(f"document.getElementById('{name}').textContent.includes('holds no numbers')")
    reader.page.evaluate("window.scrollTo(0, 0)")
    reader.page.wait_for_function(f"document.getElementById('{name}').getBoundingClientRect().top > 1.5 * innerHeight")
    reader.page.evaluate("new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)))")
    figure.scroll_into_view_if_needed()
    reader.page.wait_for_selector(f"#{name}[data-drawn] svg.main-svg")
    assert "holds no numbers" not in figure.inner_text()


@pytest.mark.parametrize(
    ("figure", "drawn"), [("companion-interactive", "svg.main-svg"), ("netspace", ".netspace-surface")]
)
def test_the_numbers_of_a_figure_come_from_the_disk_too(read, html, pages, figure, drawn):
    having = [page for page in pages if f'class="{figure}"' in (html / page).read_text(encoding="utf-8")]
    page = read().page
    page.goto((html / having[0]).as_uri())
    page.locator(f"figure.{figure}").first.scroll_into_view_if_needed()
    page.wait_for_selector(f"figure.{figure} {drawn}")


REFUSED = """for (const name of ["localStorage", "sessionStorage"]) Object.defineProperty(window, name, {
  configurable: true, get() { throw new DOMException("refused", "SecurityError"); } });"""


def test_a_browser_that_refuses_storage_shows_the_whole_book(read, slugs):
    reader = read()
    reader.page.add_init_script(REFUSED)
    reader.goto(f"book/{slugs[0]}.html")
    before = reader.page.evaluate("document.documentElement.dataset.theme")
    for _ in range(2):  # from what the system prefers to light, and on
        reader.page.locator(".theme-switch-button:visible").first.click()
    assert reader.page.evaluate("document.documentElement.dataset.mode") != "auto" or before == "light"
    reader.page.keyboard.press("Control+k")
    reader.page.locator('input[type="search"]:visible').first.fill("bound")
    assert reader.problems == []
