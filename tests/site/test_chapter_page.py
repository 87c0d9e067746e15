"""The frame of a chapter's page: its head, the map of its paper, its foot; and links into the scorecard."""

import json
from collections import Counter

import pytest
from bs4 import BeautifulSoup

pytestmark = pytest.mark.site


@pytest.fixture(scope="module")
def chapters(html):
    card = json.loads((html / "downloads" / "scorecard.json").read_text(encoding="utf-8"))
    return {chapter["slug"]: chapter for chapter in card["chapters"]}


@pytest.fixture(scope="module")
def soups(html, chapters):
    pages = {slug: html / "book" / f"{slug}.html" for slug in chapters}
    return {slug: BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser") for slug, path in pages.items()}


def test_every_chapter_says_what_it_needs_how_long_it_takes_and_where_its_files_are(html, soups):
    for slug, soup in soups.items():
        facts = {pair.dt.text: pair.dd for pair in soup.select("dl.chapter-facts > div")}
        assert facts["You need"].text.endswith("."), slug
        assert " min" in facts["Reading"].text, slug
        files = [link["href"] for link in facts["Download"].select("a")]
        assert f"../downloads/{slug}.run.ipynb" in files
        assert all((html / "book" / file).resolve().is_file() for file in files), slug


def test_the_verdicts_in_the_head_are_those_of_the_table(soups):
    for slug, soup in soups.items():
        rows = [row["data-verdict"] for row in soup.select("table#verdicts tbody tr")]
        head = Counter()
        for badge in soup.select(".chapter-line .verdict"):
            count, _, verdict = badge.text.partition(" ")
            head[verdict] += int(count)
        assert head == Counter(rows), slug


def test_every_claim_stands_in_the_map_once_with_the_section_that_measured_it(soups, chapters):
    for slug, soup in soups.items():
        named = [link["href"] for link in soup.select('table.paper-map a[href^="#verdict-"]')]
        claims = [claim["id"] for claim in chapters[slug]["claims"]]
        assert sorted(named) == sorted(f"#verdict-{claim}" for claim in claims), slug
        cells = [link for link in soup.select("table.paper-map a") if link["href"].startswith("../notebooks/")]
        assert cells
        assert all(link.text.strip() for link in cells), slug


def test_what_to_cite_is_there_to_be_copied(soups):
    for slug, soup in soups.items():
        blocks = [block.text for block in soup.select(".chapter-head .highlight-bibtex pre")]
        assert "Version" in blocks[-1], slug
        assert all(block.startswith("@") for block in blocks), slug


def test_every_chapter_ends_with_its_moves_and_a_way_to_report(soups):
    for slug, soup in soups.items():
        foot = soup.select_one(".chapter-foot")
        assert foot.select_one(".moves summary").text == "How the verdicts have moved", slug
        assert foot.select_one("textarea, a[href*='/issues']") is not None, slug


def test_the_status_page_has_the_moves_of_the_whole_book(html):
    status = BeautifulSoup((html / "book" / "status.html").read_text(encoding="utf-8"), "html.parser")
    assert status.select("ol.moves-list > li time")


@pytest.mark.parametrize("allowed", [True, False])
def test_a_report_is_copied_or_at_least_selected(read, base, chapters, allowed):
    reader = read()
    reader.goto(f"book/{next(iter(chapters))}.html")
    page = reader.page
    if page.locator(".report textarea").count() == 0:
        pytest.skip("this book has a public tracker")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"] if allowed else [], origin=base.rstrip("/"))
    if not allowed:
        page.evaluate("() => { navigator.clipboard.writeText = () => Promise.reject(new Error('not allowed')); }")
    page.locator(".report summary").focus()
    page.keyboard.press("Enter")
    page.locator(".report-copy").press("Enter")
    page.wait_for_function("document.querySelector('.report output').textContent !== ''")
    text = page.locator(".report textarea").input_value()
    copied = "navigator.clipboard.readText()" if allowed else "document.getSelection().toString()"
    assert page.evaluate(copied) == text
    assert "companion run" in text
    assert reader.problems == []


@pytest.mark.parametrize("sign", ["?", "#"])
@pytest.mark.parametrize("from_disk", [False, True])
def test_a_link_into_the_scorecard_chooses(read, html, chapters, sign, from_disk):
    reader = read(address=f"{html.resolve().as_uri()}/") if from_disk else read()
    slug = sorted(chapters)[-1]
    page = reader.page
    page.goto(f"{reader.base}book/scorecard.html{sign}chapter={slug}&verdict=held")
    seen = page.locator("#scorecard-claims tbody tr:visible")
    held = [claim for claim in chapters[slug]["claims"] if claim["verdict"] == "held"]
    assert seen.count() == len(held) > 0
    assert set(seen.evaluate_all("rows => rows.map(row => row.dataset.chapter + row.dataset.verdict)")) == {
        f"{slug}held"
    }
    page.select_option("select[name=verdict]", "")
    assert page.url.endswith(f"#chapter={slug}")
    page.reload()
    assert seen.count() == len(chapters[slug]["claims"])


def test_a_choice_that_does_not_exist_leaves_the_whole_table(read, chapters):
    reader = read()
    reader.goto("book/scorecard.html?verdict=perhaps")
    total = sum(len(chapter["claims"]) for chapter in chapters.values())
    assert reader.page.locator("#scorecard-claims tbody tr:visible").count() == total


def test_the_tab_key_stops_only_at_formulas_that_scroll(read):
    reader = read()
    reader.goto("book/crown.html")
    inline = reader.page.locator("article mjx-container:not([display])")
    assert inline.count() > 10
    assert set(inline.evaluate_all("all => all.map(one => one.tabIndex)")) == {-1}
    displayed = reader.page.locator("article mjx-container[display]")
    told = displayed.evaluate_all("all => all.map(one => [one.tabIndex === 0, one.scrollWidth > one.clientWidth + 1])")
    assert told
    assert all(stops == scrolls for stops, scrolls in told)
