from dataclasses import replace

import pytest

from companion.scales import Scale
from companion.staging import overview
from companion.staging.bibliography import read_papers
from companion.staging.chapters import read_chapter
from companion.staging.contents import Part


@pytest.fixture
def chapter(toy_project):
    return read_chapter(toy_project, "toy", Scale.QUICK)


def test_totals_are_the_counts_of_all_claims(chapter):
    text = overview.totals([chapter, chapter], Scale.QUICK)
    assert '<span class="verdict-count">2</span> held' in text
    assert '<span class="verdict-count">6</span> not judged' in text
    assert "10 claims of 2 papers, judged at `quick` scale." in text


def test_chapters_stand_under_their_parts(toy_project, chapter):
    papers = read_papers(toy_project.root / "book" / "references.bib")
    text = overview.chapter_list([Part("Shapes", ("toy",))], {"toy": chapter}, papers)
    assert text.index("### Shapes") < text.index("[Circles and squares](toy.md)") < text.index("Ann Püschel")


def test_a_chapter_that_joins_others_is_counted_apart_from_the_papers(chapter):
    joining = replace(chapter, claims=chapter.claims.model_copy(update={"paper": None, "joins": ("one", "two")}))
    assert "10 claims of one paper and across them" in overview.totals([chapter, joining], Scale.QUICK)
    assert "What 2 chapters say together." in overview.chapter_list([Part("P", ("toy",))], {"toy": joining}, {})


def test_the_scorecard_has_a_row_for_every_claim_and_a_filter_hidden_until_wired(toy_project, chapter):
    text = overview.scorecard_table(toy_project, [chapter])
    assert text.count("<tr id=") == 5
    assert '<form class="scorecard-filter" data-for="scorecard-claims" hidden>' in text
    assert '<option value="not judged">' in text
    assert '<output aria-live="polite">' in text
    assert '<a href="toy.html#verdict-round">toy/round</a>' in text


def test_costs_are_those_of_the_run(chapter):
    row = "| [Circles and squares](toy.md) | 5 | 12.5 | 321 | 1 | 2026-01-02 03:04 |"
    assert row in overview.costs_table([chapter])


def test_versions_that_differ_are_told_apart(chapter):
    other_stamp = chapter.verdicts.stamp.model_copy(update={"versions": {"python": "3.12.1"}})
    verdicts = chapter.verdicts.model_copy(update={"stamp": other_stamp})
    other = type(chapter)("other", chapter.scale, chapter.claims, verdicts, chapter.notebook)
    text = overview.versions_table([chapter, other])
    assert "| python | 3.11.2 | toy |" in text
    assert "| python | 3.12.1 | other |" in text
    assert "| processor | Abacus 9 | all |" in text
