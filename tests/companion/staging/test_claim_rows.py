import re

import pytest
import yaml
from markupsafe import Markup

from companion.scales import Scale
from companion.staging.chapters import read_chapter
from companion.staging.claim_rows import claim_row, claims_table


@pytest.fixture
def rows(toy_project):
    chapter = read_chapter(toy_project, "toy", Scale.QUICK)
    return {claim.id: claim_row(toy_project, chapter, claim, verdict) for claim, verdict in chapter.pairs}


def test_a_judged_row_links_its_number_to_the_cell(rows):
    assert '<a href="../notebooks/toy.html#claim-round">3.14</a>' in rows["round"]
    assert '<td class="claim-number">3.2</td>' in rows["round"]
    assert "Theorem 1 · inequality" in rows["round"]
    assert "about 3.1416" in rows["round"]


def test_a_violated_row_is_as_complete_as_one_that_held(rows):
    shape = {name: re.sub(r">[^<]*<", "><", rows[name]).count("<td") for name in ("round", "square")}
    assert shape == {"round": 5, "square": 5}
    assert "[\N{MINUS SIGN}∞, 0.2]" in rows["square"]
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
        assert f'id="verdict-{claim["id"]}" data-chapter="toy" data-kind="{claim["kind"]}"' in row


def test_the_table_can_be_scrolled_by_keyboard_and_names_itself():
    table = claims_table([Markup("<tr></tr>\n")], label='Claims of "x"', name="verdicts")
    assert 'role="region" aria-label="Claims of &#34;x&#34;" tabindex="0"' in table
    assert table.count("<th") - table.count("<thead") == 5
