"""What programs read of a page."""

import re
from xml.etree import ElementTree

import pytest
from docutils import nodes

from companion.machine.browser import chromium_path
from companion.scales import Scale
from companion.site.rendering import render
from companion.sphinx_extension.meta import description
from companion.staging.book import stage

PLACE = "{http://www.sitemaps.org/schemas/sitemap/0.9}loc"
PAGES = ["book/far", "book/index", "book/scorecard", "book/status", "book/toy", "notebooks/toy"]


@pytest.fixture
def published(toy_project, monkeypatch):
    """The HTML of a toy book whose address is known."""
    monkeypatch.setenv("COMPANION_ADDRESS", "https://example.org/book/")
    project = type(toy_project).find(toy_project.root)
    stage(project, Scale.QUICK)
    render(project, Scale.QUICK)
    return project.build(Scale.QUICK) / "_build" / "html"


def places(html):
    return [place.text for place in ElementTree.parse(html / "sitemap.xml").iter(PLACE)]


def facts(soup):
    return {tag.get("property") or tag.get("name"): tag["content"] for tag in soup.select("meta[content]")}


def test_every_page_says_what_it_is(page):
    for name in PAGES:
        found = facts(page(f"{name}.html"))
        assert found["og:title"], name
        assert found["og:description"] == found["description"] != "", name
        assert found["og:type"] == ("website" if name == "book/index" else "article")
        assert "<" not in found["og:title"] + found["description"]


def test_titles_carry_no_number_of_the_chapter(cited):
    soup = cited("book/toy.html")
    assert soup.select_one("h1 .section-number").text == "1. "
    assert facts(soup)["og:title"] == "Circles"
    assert soup.title.text == "Circles — Rectified"


def test_cards_are_named_where_they_will_be_drawn(page):
    cards = {name: facts(page(f"{name}.html")).get("og:image") for name in ("book/toy", "notebooks/toy", "book/far")}
    drawn = {"book/toy": "/cards/toy.png", "notebooks/toy": "/cards/toy.png", "book/far": "/cards/index.png"}
    assert cards == (drawn if chromium_path() else dict.fromkeys(cards))


def test_without_an_address_the_map_has_places_and_says_why_and_robots_are_told_of_none(rendered_toy, page):
    assert places(rendered_toy) == [f"/{name}.html" for name in PAGES]
    assert "the setting address in pyproject.toml" in (rendered_toy / "sitemap.xml").read_text(encoding="utf-8")
    assert "Sitemap" not in (rendered_toy / "robots.txt").read_text(encoding="utf-8")
    assert not page("book/toy.html").select('link[rel="canonical"], meta[property="og:url"]')


def test_with_an_address_map_robots_and_pages_have_whole_addresses(published):
    assert places(published) == [f"https://example.org/book/{name}.html" for name in PAGES]
    assert "Sitemap: https://example.org/book/sitemap.xml" in (published / "robots.txt").read_text(encoding="utf-8")
    text = (published / "book" / "toy.html").read_text(encoding="utf-8")
    assert '<link rel="canonical" href="https://example.org/book/book/toy.html"' in text
    assert '<meta property="og:url" content="https://example.org/book/book/toy.html"' in text
    missing = (published / "404.html").read_text(encoding="utf-8")
    assert 'href="https://example.org/book/book/toy.html"' in missing
    assert 'action="https://example.org/book/search.html"' in missing


def test_the_page_for_what_is_missing_lists_the_pages_and_loads_nothing(page):
    missing = page("404.html")
    assert [link["href"] for link in missing.select("li a")] == [
        f"/{name}.html" for name in ("book/index", "book/toy", "book/far", "book/scorecard", "book/status")
    ]
    assert not missing.select("script[src], link[rel=stylesheet], img")
    assert facts(missing)["robots"] == "noindex"


def test_pages_that_are_no_pages_of_the_book_are_not_to_be_listed(page):
    assert facts(page("search.html"))["robots"] == "noindex"
    assert "robots" not in facts(page("book/toy.html"))


def paragraph(*parts):
    return nodes.paragraph(
        "", "", *[nodes.math("", part[1:]) if part[0] == "$" else nodes.Text(part) for part in parts]
    )


def test_a_description_is_whole_sentences_without_formulas_or_the_chapters_head():
    section = nodes.section("", nodes.title("", "T"))
    section += nodes.raw("", '<div class="chapter-head">', format="html")
    section += paragraph("Paper: On things.")
    section += nodes.raw("", "</div>", format="html")
    section += paragraph("How far can it go? At most ", "$x", ". That is far.")
    section += paragraph("And " + "so " * 80 + "on.")
    assert description(nodes.document(None, None, "", section)) == "How far can it go? That is far."


def test_a_description_that_is_long_is_cut_at_a_word():
    section = nodes.section("", paragraph("Word " * 60 + "end."))
    said = description(nodes.document(None, None, "", section))
    assert len(said) <= 200
    assert re.fullmatch(r"(Word )+Word…", said)
