import csv
import io
import json

import pytest

from companion.errors import RefusedInput
from companion.record.scorecard import scorecard, write_scorecard
from companion.scales import Scale


def test_json_has_exactly_the_documented_form(toy_project):
    write_scorecard(toy_project, Scale.QUICK)
    card = json.loads((toy_project.build(Scale.QUICK) / "scorecard.json").read_text(encoding="utf-8"))
    assert list(card) == ["scale", "chapters"]
    assert card["scale"] == "quick"
    (chapter,) = card["chapters"]
    assert list(chapter) == ["slug", "seconds", "cpu_seconds", "peak_mb", "other_versions", "claims"]
    assert (chapter["slug"], chapter["cpu_seconds"], chapter["peak_mb"]) == ("toy", 12.5, 321.0)
    fields = ["id", "origin", "kind", "place", "verdict", "reason", "note", "number", "bound", "interval", "n", "seed"]
    assert all(list(claim) == fields for claim in chapter["claims"])
    assert chapter["claims"][1] == {
        "id": "square",
        "origin": "paper",
        "kind": "statistical",
        "place": "Abstract",
        "verdict": "violated",
        "reason": None,
        "note": "As it is.",
        "number": 0.1,
        "bound": 0.5,
        "interval": [None, 0.2],
        "n": 5,
        "seed": 0,
    }


def test_reasons_are_those_of_the_judge(toy_project):
    claims = scorecard(toy_project, Scale.QUICK)["chapters"][0]["claims"]
    assert [claim["reason"] for claim in claims] == [None, None, "scale", "data", "unchecked"]


def test_csv_has_the_same_values(toy_project):
    write_scorecard(toy_project, Scale.QUICK)
    text = (toy_project.build(Scale.QUICK) / "scorecard.csv").read_text(encoding="utf-8")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert len(rows) == 5
    assert rows[1] | {"interval_low": "", "interval_high": "0.2"} == rows[1]
    assert {row["chapter"] for row in rows} == {"toy"}
    assert rows[2]["number"] == ""


def test_written_only_when_different(toy_project, judge_toy):
    path = toy_project.build(Scale.QUICK) / "scorecard.json"
    write_scorecard(toy_project, Scale.QUICK)
    before = path.stat().st_mtime_ns
    write_scorecard(toy_project, Scale.QUICK)
    assert path.stat().st_mtime_ns == before
    judge_toy(toy_project, 3.15)
    write_scorecard(toy_project, Scale.QUICK)
    assert path.stat().st_mtime_ns > before


def test_chapter_without_verdicts_is_named(toy_project):
    toy_project.verdicts("toy", Scale.QUICK).unlink()
    with pytest.raises(RefusedInput, match=r"toy\.verdicts\.json is missing"):
        write_scorecard(toy_project, Scale.QUICK)
