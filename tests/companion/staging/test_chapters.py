import json

import pytest

from companion.claims.verdicts import Outcome
from companion.errors import BuildFailed
from companion.scales import Scale
from companion.staging.chapters import read_chapter


def test_everything_of_a_chapter_is_read(toy_project):
    chapter = read_chapter(toy_project, "toy", Scale.QUICK)
    assert chapter.outcomes[:3] == [Outcome.HELD, Outcome.VIOLATED, Outcome.NOT_JUDGED]
    assert [claim.id == verdict.id for claim, verdict in chapter.pairs] == [True] * 5
    assert chapter.measured == {"round", "square"}


def test_links_lead_to_the_cell_or_to_the_row(toy_project):
    chapter = read_chapter(toy_project, "toy", Scale.QUICK)
    assert chapter.link("round") == "../notebooks/toy.html#claim-round"
    assert chapter.link("eternal") == "../book/toy.html#verdict-eternal"


def test_verdicts_of_another_claims_file_are_refused(toy_project):
    path = toy_project.verdicts("toy", Scale.QUICK)
    document = json.loads(path.read_text(encoding="utf-8"))
    document["claims"] = document["claims"][1:]
    path.write_text(json.dumps(document), encoding="utf-8")
    with pytest.raises(BuildFailed, match=r"verdicts of toy do not belong to its claims file \(round\)"):
        read_chapter(toy_project, "toy", Scale.QUICK)


def test_a_chapter_that_was_not_executed_is_named(toy_project):
    toy_project.executed("toy", Scale.QUICK).unlink()
    with pytest.raises(BuildFailed, match="toy was not executed at quick scale"):
        read_chapter(toy_project, "toy", Scale.QUICK)
