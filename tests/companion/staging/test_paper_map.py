import pytest
from bs4 import BeautifulSoup

from companion.claims.verdicts import Origin
from companion.scales import Scale
from companion.staging.chapters import read_chapter
from companion.staging.paper_map import Section, measuring_sections, paper_map, places, telling_sections


@pytest.fixture
def chapter(toy_project):
    return read_chapter(toy_project, "toy", Scale.QUICK)


def rows(fragment: str) -> list[list[str]]:
    table = BeautifulSoup(fragment, "html.parser").select("table.paper-map tbody tr")
    return [[" ".join(cell.get_text(" ").split()) for cell in row.select("th, td")] for row in table]


def test_each_place_leads_to_its_claims_their_cell_and_our_sections(toy_project, chapter):
    toy_project.page("toy").write_text(
        "# Circles\n\n## The *idea*\n\n{claim}`toy/round`\n\n## By hand\n\n{claim}`toy/round`"
    )
    fragment = paper_map(toy_project, chapter)
    assert rows(fragment) == [
        ["Theorem 1", "round held", "Circles, measured", "The idea , By hand"],
        ["Abstract", "square violated", "Circles, measured", "\N{EM DASH}"],
        ["Figure 2", "large not judged", "not in this run", "\N{EM DASH}"],
        ["Figure 3", "starry not judged", "not in this run", "\N{EM DASH}"],
        ["Section 9", "eternal not judged", "not in this run", "\N{EM DASH}"],
    ]
    links = [link["href"] for link in BeautifulSoup(fragment, "html.parser").select("tbody tr:first-child a")]
    assert links == ["#verdict-round", "../notebooks/toy.html#claim-round", "#by-hand"]
    assert "\n\n" not in fragment


def test_claims_of_one_place_stand_together_and_ours_last(chapter):
    first, second, third, *_ = chapter.claims.claims
    ours = first.model_copy(update={"place": "ours; after the theorem", "origin": Origin.OURS})
    again = third.model_copy(update={"place": second.place})
    assert places((ours, second, again)) == {second.place: [second, again], "ours; after the theorem": [ours]}


def test_a_place_with_two_claims_is_named_once(toy_project, chapter):
    claims = tuple(claim.model_copy(update={"place": "Theorem 1"}) for claim in chapter.claims.claims)
    same = chapter.claims.model_copy(update={"claims": claims})
    fragment = paper_map(toy_project, type(chapter)("toy", Scale.QUICK, same, chapter.verdicts, chapter.notebook))
    heads = BeautifulSoup(fragment, "html.parser").select("tbody th")
    assert [(head.text, head["rowspan"]) for head in heads] == [("Theorem 1", "5")]


def test_a_claim_belongs_to_the_last_heading_before_its_cell(chapter):
    assert measuring_sections(chapter.notebook) == {
        "round": Section("Circles, measured"),
        "square": Section("Circles, measured"),
    }


def test_a_line_of_code_is_no_heading():
    block = "```python\n# not a heading\n```\n\n{claim}`toy/round`\n\n"
    nested = "````{note}\n```\n# neither\n```\n````\n{claim}`toy/square`"
    page = f"## One\n\n{block}{nested}"
    assert telling_sections(page, "toy/round") == [Section("One")]
    assert telling_sections(page, "toy/square") == [Section("One")]
    assert telling_sections(page, "toy/roun") == []


@pytest.mark.parametrize(
    ("heading", "anchor"),
    [("What does not hold", "what-does-not-hold"), ("Bounds, by hand", "bounds-by-hand"), ("The $L^1$ norm", None)],
)
def test_the_anchor_of_a_heading_is_known_where_it_is_plain_text(heading, anchor):
    assert Section(heading).anchor == anchor
