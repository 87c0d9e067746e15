import re

import pytest
import yaml
from bs4 import BeautifulSoup
from markupsafe import Markup

from companion.claims.criteria import AllOf
from companion.claims.verdicts import Decision
from companion.scales import Scale
from companion.staging.chapters import read_chapter
from companion.staging.claim_rows import claim_row, claims_table


@pytest.fixture
def rows(toy_project):
    chapter = read_chapter(toy_project, "toy", Scale.QUICK)
    return {claim.id: claim_row(toy_project, chapter, claim, verdict) for claim, verdict in chapter.pairs}


def test_a_judged_row_says_what_came_out_and_links_the_cell(rows):
    assert '<p class="claim-result">The largest is 3.14.</p>' in rows["round"]
    assert '<a href="../notebooks/toy.html#claim-round">The cell that measured it</a>' in rows["round"]
    assert "of the paper: Theorem 1 · inequality" in rows["round"]
    assert "about 3.1416" in rows["round"]


def test_a_threshold_that_we_chose_is_labelled(rows):
    assert "of the paper: Abstract · threshold ours · statistical" in rows["square"]


def test_a_row_is_a_line_unless_something_is_wrong(rows):
    assert '<details class="claim-details" open>' in rows["square"]
    assert all('<details class="claim-details">' in rows[name] for name in ("round", "large", "eternal"))


def test_the_other_conditions_of_a_claim_are_told(toy_project):
    chapter = read_chapter(toy_project, "toy", Scale.QUICK)
    claim, verdict = chapter.pairs[0]
    part = {"test": "at-most", "cases": 1, "bound": 1.0, "reads": "{number}"}
    parts = AllOf.model_validate({"test": "all-of", "parts": {"one": part, "two": part}})
    decisions = [Decision(outcome="held", number=1.0, n=1, note=f"it is {name}", name=name) for name in ("one", "two")]
    row = claim_row(
        toy_project,
        chapter,
        claim.model_copy(update={"criterion": parts}),
        verdict.model_copy(update={"parts": tuple(decisions), "note": "Held: it is one."}),
    )
    items = [item.text for item in BeautifulSoup(row, "html.parser").select("ul.claim-parts li")]
    assert items == ["held it is two"]


def test_a_violated_row_is_as_complete_as_one_that_held(rows):
    shape = {name: re.sub(r">[^<]*<", "><", rows[name]).count("<td") for name in ("round", "square")}
    assert shape == {"round": 2, "square": 2}
    assert "verdict-violated" in rows["square"]


@pytest.mark.parametrize(
    ("claim", "reason"),
    [
        ("large", "Not judged: it is measured from book scale on."),
        ("starry", "Not judged: it needs Spectra of far stars, not found on this machine."),
        ("eternal", "Not checked. For ever is too long for us."),
    ],
)
def test_a_row_that_was_not_judged_says_why(rows, claim, reason):
    assert reason in rows[claim]
    assert "The cell that measured it" not in rows[claim]


@pytest.mark.parametrize(("claim", "scale"), [("round", "quick"), ("large", "book")])
def test_the_command_measures_at_a_scale_that_judges(rows, claim, scale):
    assert f"<code>companion run toy --scale {scale}</code>" in rows[claim]


def test_rows_carry_what_the_filter_needs_and_unique_anchors(toy_project, rows):
    declared = yaml.safe_load(toy_project.claims("toy").read_text(encoding="utf-8"))["claims"]
    for claim in declared:
        row = rows[claim["id"]]
        assert f'id="verdict-{claim["id"]}" data-chapter="toy" data-origin="paper" data-kind="{claim["kind"]}"' in row


def test_the_table_can_be_scrolled_by_keyboard_and_names_itself():
    table = claims_table([Markup("<tr></tr>\n")], label='Claims of "x"', name="verdicts")
    assert 'role="region" aria-label="Claims of &#34;x&#34;" tabindex="0"' in table
    assert table.count("<th") - table.count("<thead") == 2
