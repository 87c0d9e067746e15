from dataclasses import replace

import pytest
from bs4 import BeautifulSoup

from companion.errors import RefusedInput
from companion.record.history import History
from companion.scales import Scale
from companion.staging.bibliography import bibliographies, read_papers
from companion.staging.chapters import read_chapter
from companion.staging.citing import read_citation
from companion.staging.fragments import (
    Sources,
    chapter_downloads,
    chapter_foot,
    chapter_header,
    verdicts_table,
)


@pytest.fixture
def chapter(toy_project):
    return read_chapter(toy_project, "toy", Scale.QUICK)


@pytest.fixture
def sources(toy_project):
    return Sources(read_papers(bibliographies(toy_project.root / "book")), read_citation(toy_project.root))


@pytest.fixture(autouse=True)
def browser(monkeypatch):
    """A machine with a browser, so that chapters are printed."""
    monkeypatch.setattr("companion.staging.fragments.chromium_path", lambda: "/usr/bin/browser")


@pytest.fixture
def head(toy_project, chapter, sources):
    return chapter_header(toy_project, chapter, sources)


def facts(head: str, within: str) -> dict[str, str]:
    """The pairs of a list of facts, as a reader sees them."""
    pairs = BeautifulSoup(head, "html.parser").select(f"{within} > div")
    return {pair.dt.text: " ".join(pair.dd.get_text(" ").split()) for pair in pairs}


def test_the_head_names_the_paper_and_where_to_read_it(head):
    assert "**On ROUND things** {cite}`toy2020paper`<br>\nAnn Püschel, Cy Bo<br>\nJournal of Toys, 2020" in head
    assert '<a href="https://arxiv.org/abs/2001.00001">arXiv:2001.00001</a>' in head


def test_the_head_says_what_a_reader_needs_and_how_long_it_takes(head):
    assert facts(head, "dl.chapter-facts") == {
        "We read": "The abstract; not the body.",
        "You need": "What a circle is.",
        "Reading": "introductory; 1 min, and 1 min for the notebook that measures",
        "Download": "the notebook as it was run , without outputs , as text , with this page as PDF",
    }


def test_the_first_line_says_source_verdicts_minutes_and_difficulty_and_the_rest_is_folded(head):
    page = BeautifulSoup(head, "html.parser")
    line = " ".join(page.select_one(".chapter-head > .chapter-line").get_text(" ").split())
    assert line == "Püschel and Bo, 2020 of the paper 1 held 1 violated 3 not judged 1 min, introductory"
    assert page.select_one(".chapter-line a")["href"] == "#verdicts"
    assert page.select_one("details.about:not([open]) dl.chapter-facts")


def test_the_head_leads_to_table_notebook_and_files(head):
    links = [link["href"] for link in BeautifulSoup(head, "html.parser").select("dl.chapter-facts a")]
    files = [f"../downloads/{name}" for _, name in chapter_downloads("toy")]
    assert links == ["../notebooks/toy.html", *files]
    assert files == [f"../downloads/toy{kind}" for kind in (".run.ipynb", ".ipynb", ".py", ".pdf")]


def test_where_no_chapter_is_printed_none_is_offered(monkeypatch):
    monkeypatch.setattr("companion.staging.fragments.chromium_path", lambda: None)
    assert not [name for _, name in chapter_downloads("toy") if name.endswith(".pdf")]


def test_a_fold_has_all_that_made_this_run(head):
    assert facts(head, ".chapter-folds details dl") == {
        "Scale": "quick, seed 0",
        "Cost": "12 s of CPU time, 321 MB, one thread",
        "Finished": "2026-01-02 03:04 UTC",
        "Hardware": "cores 2, processor Abacus 9",
        "Versions": "numpy 2.4.6, python 3.11.2",
        "Stamp": "0" * 12,
        "Again": "companion run toy --scale quick",
    }


def test_a_fold_has_what_to_cite_and_the_licences(head):
    assert "\n\n```bibtex\n@article{toy2020paper,\n" in head
    assert "\n\n```bibtex\n@misc{toys2026,\n" in head
    assert '<p class="licences">The prose may be shared &amp; adapted, under CC BY 4.0.</p>' in head


def test_a_paper_that_the_bibliography_lacks_is_named(toy_project, chapter, sources):
    with pytest.raises(RefusedInput, match="names the paper 'toy2020paper', which"):
        chapter_header(toy_project, chapter, replace(sources, papers={}))


def test_a_chapter_that_joins_others_links_to_them_and_cites_the_book_alone(toy_project, chapter, sources):
    joining = replace(chapter, claims=chapter.claims.model_copy(update={"paper": None, "joins": ("one", "two")}))
    head = chapter_header(toy_project, joining, sources)
    assert "Joins the chapters [](<one.md>) · [](<two.md>)" in head
    assert head.count("```bibtex") == 1


def test_all_claims_stand_in_the_table_and_below_it_in_the_map(toy_project, chapter):
    table = verdicts_table(toy_project, chapter)
    assert table.count('<tr id="verdict-') == 5
    assert 'id="verdicts"' in table
    assert table.index('id="verdicts"') < table.index("Map of the paper")


def test_the_foot_has_the_moves_and_the_report(toy_project, chapter):
    foot = chapter_foot(toy_project, chapter, History(()))
    assert foot.index("How the verdicts have moved") < foot.index("Report a mistake")
