"""Numbers within chapters: Sphinx counts the theorems, figures and exercises of a page and its notebook together."""

import re

from companion.scales import Scale


def numbers(page) -> list[str]:
    """What theorems, figures and exercises are called on a page."""
    return [re.sub(r"\s+", " ", one.text).strip() for one in page.select("article .caption-number")]


def test_a_chapter_has_a_number_and_its_notebook_has_none(cited):
    assert cited("book/toy.html").select_one("article h1").text.startswith("1. Circles")
    assert cited("notebooks/toy.html").select_one("article h1").text.startswith("Circles, measured")
    assert cited("book/far.html").select_one("article h1").text.startswith("Far away")


def test_theorems_figures_and_exercises_carry_the_number_of_their_chapter(cited):
    expected = ["Fig. 1.1", "Fig. 1.2", "Theorem 1.1", "Exercise 1.1", "Exercise 1.2"]
    assert numbers(cited("book/toy.html")) == expected


def test_the_notebook_counts_on_where_the_page_ends(cited):
    assert numbers(cited("notebooks/toy.html")) == ["Theorem 1.2", "Exercise 1.3", "Fig. 1.3"]


def test_a_reference_from_afar_shows_the_same_number(cited):
    assert "As Theorem 1.2 says" in cited("book/far.html").article.get_text()


def test_a_page_that_did_not_change_is_not_rendered_again(cited_project, render_again):
    page = cited_project.build(Scale.QUICK) / "_build" / "html" / "notebooks" / "toy.html"
    before = page.stat().st_mtime_ns
    render_again(cited_project)
    assert page.stat().st_mtime_ns == before
