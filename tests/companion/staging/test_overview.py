from dataclasses import replace

import pytest
from bs4 import BeautifulSoup

from companion.claims.verdicts import Origin
from companion.scales import Scale
from companion.staging import overview
from companion.staging.chapters import read_chapter


@pytest.fixture
def chapter(toy_project):
    return read_chapter(toy_project, "toy", Scale.QUICK)


def test_totals_are_the_counts_of_all_claims_and_lead_to_them(chapter):
    text = overview.totals([chapter, chapter], Scale.QUICK)
    links = {link["href"]: link.text for link in BeautifulSoup(text, "html.parser").select("ul.totals-list a")}
    assert links == {
        "scorecard.html?origin=paper&verdict=held": "2 held",
        "scorecard.html?origin=paper&verdict=violated": "2 violated",
        "scorecard.html?origin=paper&verdict=undecided": "0 undecided",
        "scorecard.html?origin=paper&verdict=not%20judged": "6 not judged",
    }
    assert "10 claims of 2 papers, judged at <code>quick</code> scale" in text


def test_the_bar_has_a_piece_as_wide_as_its_count_for_each_verdict_that_occurs(chapter):
    bar = BeautifulSoup(overview.totals([chapter], Scale.QUICK), "html.parser").select_one(".totals-bar")
    assert [piece["style"] for piece in bar.select("span")] == ["flex-grow:1", "flex-grow:1", "flex-grow:3"]
    assert bar["aria-hidden"] == "true"  # the links say the same in words


def test_our_claims_and_those_across_papers_are_counted_apart(chapter):
    own = [verdict.model_copy(update={"origin": Origin.OURS}) for verdict in chapter.verdicts.claims]
    joint = [verdict.model_copy(update={"origin": Origin.JOINT}) for verdict in chapter.verdicts.claims[:1]]
    chapters = [
        chapter,
        *(replace(chapter, verdicts=chapter.verdicts.model_copy(update={"claims": c})) for c in (own, joint)),
    ]
    page = BeautifulSoup(overview.totals(chapters, Scale.QUICK), "html.parser")
    assert [said.text.split(",")[0] for said in page.select(".totals-said")] == [
        "5 claims of 3 papers",
        "5 claims of ours: limits and controls",
        "1 claims across papers",
    ]
    (link,) = page.select("ul")[-1].select("a")
    assert (link["href"], link.text) == ("scorecard.html?origin=joint&verdict=held", "1 held")


def test_the_scorecard_has_a_row_for_every_claim_and_a_filter_hidden_until_wired(toy_project, chapter):
    text = overview.scorecard_table(toy_project, [chapter])
    assert text.count("<tr id=") == 5
    assert '<form class="scorecard-filter" data-for="scorecard-claims" hidden>' in text
    assert '<option value="not judged">' in text
    assert '<option value="toy">Circles and squares</option>' in text
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
