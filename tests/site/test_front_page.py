"""The front page as a stranger uses it: the totals, the gallery, and what chooses among its cards."""

import json
import re
from collections import Counter

import pytest

pytestmark = pytest.mark.site

PAGE = "book/index.html"
CARDS = ".gallery .card:visible"
TOPIC = ".gallery-topic .chip"


@pytest.fixture(scope="module")
def chapters(html):
    card = json.loads((html / "downloads" / "scorecard.json").read_text(encoding="utf-8"))
    return {chapter["slug"]: chapter for chapter in card["chapters"]}


@pytest.fixture
def front(read):
    reader = read()
    reader.goto(PAGE)
    return reader


def shown(page) -> list[str]:
    """The slugs of the cards that a reader sees."""
    links = page.locator(f"{CARDS} h4 a")
    return sorted(
        address.removesuffix(".html") for address in links.evaluate_all("all => all.map(a => a.getAttribute('href'))")
    )


def said(page) -> str:
    """What the page says of how many cards it shows."""
    return page.locator(".gallery-filter output").inner_text()


def with_data(page, name: str, value: str) -> list[str]:
    """The slugs of the cards that carry ``value``, as their attributes say."""
    return page.locator(".gallery .card").evaluate_all(
        "(cards, [name, value]) => cards.filter(card => card.dataset[name].split('|').includes(value))"
        ".map(card => card.querySelector('a').getAttribute('href').replace('.html', '')).sort()",
        [name, value],
    )


def test_every_chapter_has_a_card_with_its_own_picture(front, chapters):
    assert shown(front.page) == sorted(chapters)
    for card in front.page.locator(CARDS).all():
        picture = card.locator("img:visible")
        picture.scroll_into_view_if_needed()
        slug = card.locator("h4 a").get_attribute("href").removesuffix(".html")
        assert picture.get_attribute("src") == f"../covers/{slug}.svg"
        front.page.wait_for_function("image => image.naturalWidth > 0", arg=picture.element_handle())
        assert card.locator(".card-facts").inner_text().split(" min")[0].isdigit()
    assert front.problems == []


def test_a_card_has_the_verdict_counts_of_its_chapter(front, chapters):
    for card in front.page.locator(CARDS).all():
        slug = card.locator("h4 a").get_attribute("href").removesuffix(".html")
        counted = Counter()
        for badge in card.locator(".verdict").all_inner_texts():
            number, _, word = badge.strip().partition(" ")
            counted[word] += int(number)
        assert counted == Counter(claim["verdict"] for claim in chapters[slug]["claims"])


def test_a_click_anywhere_on_a_card_opens_its_chapter(front):
    card = front.page.locator(CARDS).first
    address = card.locator("h4 a").get_attribute("href")
    card.scroll_into_view_if_needed()
    box = card.locator("img:visible").bounding_box()
    front.page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    front.page.wait_for_url(re.compile(re.escape(address)))


@pytest.mark.parametrize("words", ["pennington", "spectrum random", "RESOLVENT", "pennington 2017"])
def test_the_search_looks_through_titles_authors_years_and_claims(front, chapters, words):
    front.page.fill("#gallery-q", words)
    assert shown(front.page) == ["random-matrix"]
    assert said(front.page) == f"1 of {len(chapters)} chapters"


def test_a_search_that_finds_nothing_says_so_and_parts_without_cards_are_gone(front):
    front.page.fill("#gallery-q", "no chapter has this")
    assert shown(front.page) == []
    assert said(front.page) == "No chapter fits"
    assert front.page.locator("article section section h3:visible").count() == 0


@pytest.mark.parametrize("name", ["topic", "verdict", "difficulty"])
def test_a_choice_leaves_the_cards_that_have_it(front, name):
    page = front.page
    chip = page.locator(f".gallery-{name} .chip").last
    value, count = chip.get_attribute("value"), int(chip.locator(".chip-count").inner_text())
    chip.click()
    assert chip.get_attribute("aria-pressed") == "true"
    assert shown(page) == with_data(page, name, value)
    assert len(shown(page)) == count
    chip.click()
    assert said(page).startswith(f"{page.locator('.gallery .card').count()} of")


def test_two_topics_widen_and_a_verdict_narrows(front):
    page = front.page
    first, second = page.locator(TOPIC).first, page.locator(TOPIC).last
    first.click()
    second.click()
    either = {
        *with_data(page, "topic", first.get_attribute("value")),
        *with_data(page, "topic", second.get_attribute("value")),
    }
    assert set(shown(page)) == either
    held = page.locator('.gallery-verdict .chip[value="not judged"]')
    held.click()
    assert set(shown(page)) == either & set(with_data(page, "verdict", "not judged"))


def test_show_all_gives_everything_back_and_keeps_the_focus_in_the_form(front, chapters):
    page = front.page
    reset = page.locator(".gallery-filter button[type=reset]")
    assert not reset.is_visible()  # nothing is chosen yet
    page.fill("#gallery-q", "bound")
    page.locator(TOPIC).first.click()
    reset.click()
    page.wait_for_function("document.activeElement.id === 'gallery-q'")
    assert shown(page) == sorted(chapters)
    assert page.locator('.chip[aria-pressed="true"]').count() == 0
    assert page.evaluate("location.hash") == ""


@pytest.mark.parametrize("from_disk", [False, True])
def test_a_choice_stands_in_the_address_and_is_found_again(read, html, from_disk):
    reader = read(address=f"{html.resolve().as_uri()}/") if from_disk else read()
    reader.goto(PAGE)
    page = reader.page
    page.locator(TOPIC).nth(1).click()
    page.fill("#gallery-q", "re")
    chosen, address = shown(page), page.url
    assert "#q=re&topic=" in address
    page.goto("about:blank")
    page.goto(address)
    assert shown(page) == chosen
    assert page.input_value("#gallery-q") == "re"
    assert reader.problems == []


def test_it_works_by_keyboard_alone(front):
    page = front.page
    page.locator("#gallery-q").focus()
    page.keyboard.press("Tab")
    chip = page.locator(".gallery-filter .chip").first
    assert page.evaluate("document.activeElement.value") == chip.get_attribute("value")
    outline = page.evaluate("getComputedStyle(document.activeElement).outlineWidth")
    assert outline != "0px"
    page.keyboard.press("Space")
    assert chip.get_attribute("aria-pressed") == "true"
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.closest('.card') !== null"):
            break
    first = page.locator(CARDS).first
    assert first.evaluate("card => card.contains(document.activeElement)")
    assert first.evaluate("card => getComputedStyle(card).outlineWidth") != "0px"
    address = page.evaluate("document.activeElement.getAttribute('href')")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(re.escape(address)))


def test_on_a_phone_cards_stand_one_below_the_other_and_nothing_is_cut(read):
    reader = read(width=390)
    reader.goto(PAGE)
    lefts = reader.page.locator(CARDS).evaluate_all(
        "cards => [...new Set(cards.map(c => c.getBoundingClientRect().left))]"
    )
    assert len(lefts) == 1
    assert reader.page.evaluate("document.documentElement.scrollWidth") <= 390
    chip = reader.page.locator(TOPIC).last
    chip.scroll_into_view_if_needed()
    chip.click()
    assert len(shown(reader.page)) == int(chip.locator(".chip-count").inner_text())


def test_without_scripts_every_card_is_there_and_no_dead_form(browser, base, chapters):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(base + PAGE)
    assert page.locator(CARDS).count() == len(chapters)
    assert page.locator("form.gallery-filter").is_hidden()
    context.close()


def test_a_total_leads_to_the_scorecard_with_those_claims_alone(front, chapters):
    page = front.page
    claims = Counter((c["origin"], c["verdict"]) for chapter in chapters.values() for c in chapter["claims"])
    for origin, verdict in (("paper", "held"), ("ours", "held"), ("joint", "held"), ("paper", "not judged")):
        page.goto(front.base + PAGE)
        page.locator(f'.totals-list a[href*="origin={origin}&"]', has_text=verdict).click()
        page.wait_for_selector("form.scorecard-filter:visible")
        assert page.locator('select[name="verdict"]').input_value() == verdict
        rows = page.locator("#scorecard-claims tbody tr:visible")
        found = rows.evaluate_all("rows => rows.map(row => [row.dataset.origin, row.dataset.verdict])")
        assert Counter(map(tuple, found)) == {(origin, verdict): claims[origin, verdict]}


@pytest.mark.parametrize(
    ("place", "names"), [("scorecard", ".claim-place a"), ("status", "#cost-of-each-chapter td a")]
)
def test_the_record_lists_the_chapters_as_the_gallery_does(read, front, place, names):
    links = "all => [...new Set(all.map(a => a.pathname.split('/').pop()))]"
    in_gallery = front.page.eval_on_selector_all(".card-title a", links)
    reader = read()
    reader.goto(f"book/{place}.html")
    assert reader.page.eval_on_selector_all(names, links) == in_gallery
