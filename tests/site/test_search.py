"""The search: what it finds, how it shows it, and that it works from a disk."""

import pytest

pytestmark = pytest.mark.site

RESULTS = "#search-results ul.search > li"


def asked(reader, words: str):
    """The page of results for some words, when it has counted them."""
    reader.page.goto(reader.base + "search.html?q=" + words.replace(" ", "+"), wait_until="load")
    reader.page.locator(".search-summary", has_text="Search finished").wait_for()
    return reader.page


@pytest.mark.parametrize(
    ("words", "page"),
    [
        ("halfspace depth", "book/injective-relu.html"),  # beside a formula
        ("softplus", "notebooks/crown.html"),  # in an exercise
        ("memorise", "book/random-matrix.html"),  # in a claim
        ("directed spanning set", "book/injective-relu.html"),  # in the title of a definition
        ("Tukey", "book/bibliography.html"),
    ],
)
def test_it_finds_terms_beside_formulas_in_exercises_claims_and_definitions(read, words, page):
    found = asked(read(), words).locator(RESULTS)
    assert any(page in link.get_attribute("href") for link in found.locator("a").all())


def test_excerpts_are_lines_of_text(read):
    reader = read()
    page = asked(reader, "halfspace depth")
    page.locator("p.context", has_text="open half-space").wait_for()
    assert "\\" not in "".join(page.locator("p.context").all_inner_texts())
    assert reader.problems == []


def test_it_works_from_a_file_on_disk(read, html):
    reader = read(address=html.as_uri() + "/")
    page = asked(reader, "halfspace depth")
    assert page.locator(RESULTS).count() > 1
    assert reader.problems == []


@pytest.mark.parametrize(("theme", "width"), [("light", 1400), ("dark", 390)])
def test_the_page_fits_and_axe_finds_nothing_serious(read, theme, width):
    from axe_playwright_python.sync_playwright import Axe

    page = asked(read(theme, width), "certified radius")
    box = page.locator("main input[type=search], article input[type=search]").first
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert box.evaluate("input => parseFloat(getComputedStyle(input).paddingLeft)") > 30  # beside the magnifying glass
    found = Axe().run(page).response["violations"]
    assert [one["id"] for one in found if one["impact"] in ("serious", "critical")] == []
