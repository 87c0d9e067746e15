from dataclasses import replace

import pytest

from companion.errors import RefusedInput
from companion.scales import Scale
from companion.staging.bibliography import read_papers
from companion.staging.chapters import read_chapter
from companion.staging.fragments import chapter_header, verdicts_table


def test_the_head_names_paper_cost_and_downloads(toy_project):
    chapter = read_chapter(toy_project, "toy", Scale.QUICK)
    head = chapter_header(chapter, read_papers(toy_project.root / "book" / "references.bib"))
    assert "*On ROUND things* by Ann Püschel, Cy Bo (Journal of Toys, 2020) {cite}`toy2020paper`" in head
    assert '<a href="https://arxiv.org/abs/2001.00001">arXiv:2001.00001</a>' in head
    assert "`quick` scale, 12 s, 321 MB, one thread of Abacus 9, 2026-01-02" in head
    assert "again: `companion run toy --scale quick`" in head
    assert 'href="../downloads/toy.run.ipynb" download' in head


def test_a_paper_that_the_bibliography_lacks_is_named(toy_project):
    chapter = read_chapter(toy_project, "toy", Scale.QUICK)
    with pytest.raises(RefusedInput, match="names the paper 'toy2020paper', which"):
        chapter_header(chapter, {})


def test_a_chapter_that_joins_others_links_to_them(toy_project):
    chapter = read_chapter(toy_project, "toy", Scale.QUICK)
    joining = replace(chapter, claims=chapter.claims.model_copy(update={"paper": None, "joins": ("one", "two")}))
    assert "**Joins the chapters:** [](<one.md>) · [](<two.md>)" in chapter_header(joining, {})


def test_all_claims_stand_in_the_table(toy_project):
    table = verdicts_table(toy_project, read_chapter(toy_project, "toy", Scale.QUICK))
    assert table.count("<tr id=") == 5
    assert 'id="verdicts"' in table
