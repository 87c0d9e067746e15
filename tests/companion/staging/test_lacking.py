"""What a build lacks, told once."""

import pytest

from companion.scales import Scale
from companion.staging.chapters import read_chapter
from companion.staging.claim_rows import claim_row
from companion.staging.fragments import verdicts_table
from companion.staging.lacking import how_to_get, lacking_box


@pytest.fixture
def chapter(toy_project):
    return read_chapter(toy_project, "toy", Scale.QUICK)


def test_the_box_counts_claims_and_gives_one_command_for_each_want(toy_project, chapter):
    box = lacking_box(toy_project, [chapter])
    assert "1 claim is measured from <code>book</code> scale on: <code>companion build --scale book</code>" in box
    assert "1 claim needs Spectra of far stars: <code>fetch stars</code>" in box
    assert "2 claims are measured from" in lacking_box(toy_project, [chapter, chapter])
    assert "2 claims need Spectra of far stars" in lacking_box(toy_project, [chapter, chapter])


def test_what_is_here_is_not_asked_for(toy_project, chapter):
    chapter.notebook.metadata["companion"] = {"stamp": {"data": {"far-stars": "0" * 64}}}
    assert "far stars" not in lacking_box(toy_project, [chapter])
    assert how_to_get(toy_project, [chapter]) == ""


def test_where_nothing_lacks_there_is_no_box(toy_project):
    assert lacking_box(toy_project, []) == how_to_get(toy_project, []) == ""


def test_a_table_says_once_how_to_get_what_its_rows_only_name(toy_project, chapter):
    table = verdicts_table(toy_project, chapter)
    assert table.count("get it by running <code>fetch stars</code>") == 1
    rows = [claim_row(toy_project, chapter, claim, verdict) for claim, verdict in chapter.pairs]
    assert not any("fetch stars" in row for row in rows)
