"""The cards beside links: with the pointer, the keyboard and a finger; offline; never larger than the screen."""

import pytest
from bs4 import BeautifulSoup

pytestmark = pytest.mark.site

PAGE = "book/deep-relu-convergence.html"
CARD = ".preview-card"
CITATION = "article p a.reference[href*='bibliography.html#']:visible"  # the first stands in the folded head
ON_ARXIV = f"{CITATION}:has-text('Kingma')"
THEOREM = "article p a.reference[href='#drc-sufficient']"
BADGE = "article p a.claim-link"
VERDICT = f"{BADGE}[href$='#claim-sufficient'] .verdict"

MIDDLE = """link => { const r = link.getClientRects()[0]; return [r.x + r.width / 2, r.y + r.height / 2] }"""

INSIDE = """card => { const r = card.getBoundingClientRect();
  return r.left >= 0 && r.top >= 0 && r.right <= innerWidth + 0.5 && r.bottom <= innerHeight + 0.5 }"""


@pytest.fixture
def page(read):
    """The page, in a wide window."""
    return opened(read())


def opened(reader):
    """The window's page, with the chapter in it."""
    reader.goto(PAGE)
    return reader.page


def point_at(link):
    """Rest the pointer on the first line of a link, once the figures above it have come and the page stands still."""
    place, before = None, ()
    while place != before:
        link.scroll_into_view_if_needed()
        link.page.wait_for_timeout(300)
        place, before = link.evaluate(MIDDLE), place
    link.page.mouse.move(*place)


def test_every_citation_and_every_badge_of_every_page_has_its_card(html, pages):
    lacking, citations = {}, 0
    for name in pages:
        tree = BeautifulSoup((html / name).read_text(encoding="utf-8"), "html.parser")
        known = {card["data-for"] for card in tree.select("template.preview") if card.get_text(strip=True)}
        links = tree.select("article a[href*='bibliography.html#'], article a.claim-link")
        lacking[name] = {link["href"] for link in links} - known
        citations += sum("bibliography" in link["href"] for link in links)
    assert {name: found for name, found in lacking.items() if found} == {}
    assert citations > 20


def test_a_pointer_brings_the_reference_and_may_rest_on_it(page):
    link = page.locator(ON_ARXIV).first
    point_at(link)
    card = page.locator(CARD)
    card.wait_for()
    assert card.locator("a[href^='https://arxiv.org/']").count() == 1
    assert link.get_attribute("aria-describedby") == card.get_attribute("id")
    card.hover()
    page.wait_for_timeout(500)  # longer than a card waits for a pointer that has left
    assert card.is_visible()
    page.mouse.move(2, 2)
    card.wait_for(state="detached")
    assert link.get_attribute("aria-describedby") is None


def test_the_focus_brings_it_and_escape_takes_it_away(page):
    page.locator(ON_ARXIV).first.evaluate("link => link.focus({focusVisible: true})")
    card = page.locator(CARD)
    card.wait_for()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('.preview-card') !== null")
    page.keyboard.press("Escape")
    card.wait_for(state="detached")
    assert page.evaluate("document.activeElement.matches('a.reference')")


def test_escape_dismisses_a_card_under_a_resting_pointer(page):
    point_at(page.locator(CITATION).first)
    page.locator(CARD).wait_for()
    page.keyboard.press("Escape")
    page.wait_for_timeout(500)
    assert page.locator(CARD).count() == 0


def test_a_link_to_a_theorem_shows_the_theorem_with_its_formulas(page):
    point_at(page.locator(THEOREM).first)
    card = page.locator(CARD)
    card.wait_for()
    assert "Summable is enough" in card.inner_text()
    assert card.locator("mjx-container").count() > 3
    assert card.locator("[id]").count() == 0


def test_a_badge_shows_the_sentence_and_the_numbers_of_its_claim(page):
    point_at(page.locator(VERDICT).first)
    card = page.locator(CARD)
    card.wait_for()
    assert "bound" in card.inner_text()
    card.locator("mjx-container").first.wait_for()
    assert "\\(" not in card.inner_text()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_on_a_phone_a_first_tap_shows_and_a_second_one_goes(browser, base, theme):
    context = browser.new_context(viewport={"width": 390, "height": 700}, has_touch=True, color_scheme=theme)
    page = context.new_page()
    page.goto(base + PAGE, wait_until="load")
    link = page.locator(CITATION).first
    link.scroll_into_view_if_needed()
    link.tap()
    card = page.locator(CARD)
    card.wait_for()
    assert card.evaluate(INSIDE)
    link.tap()
    page.wait_for_url("**/bibliography.html#*")
    context.close()


@pytest.mark.parametrize("selector", [CITATION, THEOREM, BADGE])
@pytest.mark.parametrize(("width", "theme"), [(1400, "light"), (390, "dark")])
def test_a_card_fits_the_screen_and_axe_finds_nothing_in_it(read, selector, width, theme):
    from axe_playwright_python.sync_playwright import Axe

    page = opened(read(theme, width))
    for link in page.locator(selector).all()[-2:]:
        link.evaluate("link => { link.scrollIntoView({block: 'center'}); link.focus({focusVisible: true}) }")
        card = page.locator(CARD)
        card.wait_for()
        assert card.evaluate(INSIDE)
    results = Axe().run(page, context={"include": [[CARD]]})
    assert [violation["id"] for violation in results.response["violations"]] == []


def test_it_works_from_a_file_on_disk(read, html):
    reader = read(address=html.as_uri() + "/")
    page = opened(reader)
    point_at(page.locator(CITATION).first)
    page.locator(CARD).wait_for()
    assert reader.problems == []
