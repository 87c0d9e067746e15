import json

import nbformat
import pytest
import yaml
from nbformat.v4 import new_code_cell, new_notebook, new_output

import companion.source.stamp
from companion.claims.declared import ChapterClaims
from companion.claims.samples import MEASUREMENT_MIME, Measurement
from companion.errors import ExecutionFailed, RefusedInput, StaleResult
from companion.project import Project
from companion.record.judged import judge_notebook, measurements_in, read_verdicts, verdicts_beside, write_verdicts
from companion.scales import Scale
from companion.source.stamp import Stamp

QUICK, BOOK = Scale.QUICK, Scale.BOOK
COST = {"cpu_seconds": 1, "megabytes": 10}
READER = {"topics": ["toys", "games"], "assumes": "Nothing.", "difficulty": "introductory", "figure": "toy-car"}


def claim(name: str, **fields) -> dict:
    criterion = {"test": "at-least", "cases": 3, "bound": 0.0, "reads": "the smallest is {number}"}
    given_fields = {
        "sentence": f"It is {name}.",
        "place": "ours",
        "of": "ours",
        "kind": "inequality",
        "why": "Counted.",
    }
    return {"id": name, **given_fields, "criterion": criterion, **fields}


UNCHECKED = {
    "id": "eternal",
    "sentence": "For ever.",
    "place": "ours",
    "of": "ours",
    "kind": "unchecked",
    "why": "It takes too long.",
}
DOCUMENT = {
    "chapter": "toy",
    "title": "A toy",
    "part": "Toys",
    "position": 1,
    "paper": "toy2020paper",
    "read": {"sources": ["abstract"], "sentence": "The abstract; not the body."},
    "reader": READER,
    "budget": {"quick": COST, "book": COST, "paper": COST},
    "claims": [claim("sound"), claim("large", **{"from": "book"}), claim("starry", needs=["stars"]), UNCHECKED],
}
CLAIMS = ChapterClaims.model_validate(DOCUMENT)
GOOD = [1.0, 2.0, 3.0]


def measured(*names: str) -> list[Measurement]:
    return [Measurement(name, GOOD) for name in names]


def output(name: str, samples=GOOD):
    return new_output("display_data", data={MEASUREMENT_MIME: {"id": name, "samples": samples}, "text/html": "x"})


def notebook(*outputs) -> nbformat.NotebookNode:
    return new_notebook(cells=[new_code_cell("pass", id=f"c{i}", outputs=[o]) for i, o in enumerate(outputs)])


def test_measurements_are_read_from_the_outputs() -> None:
    other = new_output("display_data", data={"text/plain": "3"})
    found = list(measurements_in(notebook(output("sound"), other, output("large", {"a": [1.0]}))))
    assert found == [Measurement("sound", GOOD), Measurement("large", {"a": [1.0]})]


@pytest.mark.parametrize("stored", [{"id": "sound"}, [], "held"])
def test_a_damaged_measurement_is_refused(stored) -> None:
    broken = new_output("display_data", data={MEASUREMENT_MIME: stored})
    with pytest.raises(ExecutionFailed, match="damaged"):
        list(measurements_in(notebook(broken)))


STAMP = Stamp(
    schema_version=1,
    slug="toy",
    scale=BOOK,
    parameters={"scale": "book", "seed": 5},
    source="0",
    modules={},
    lock=None,
    data={"stars": None},
    outputs="0",
    versions={"python": "3.11"},
    hardware={"cores": 2},
    threads=1,
    seconds=2.5,
    cpu_seconds=2.0,
    peak_megabytes=100.0,
    finished="2026-01-01T00:00:00+00:00",
)


@pytest.fixture
def run(tmp_path, monkeypatch):
    """A project with one executed notebook whose stamp is right."""
    table = '[tool.companion]\npackages = []\ndata = "d"\ndata-probe = "m:f"\nrepository = ""\n'
    (tmp_path / "pyproject.toml").write_text(table, encoding="utf-8")
    (tmp_path / "notebooks").mkdir()
    (tmp_path / "notebooks" / "toy.claims.yml").write_text(yaml.safe_dump(DOCUMENT), encoding="utf-8")
    monkeypatch.setattr(companion.source.stamp, "check_stamp", lambda project, path: STAMP)
    path = tmp_path / "toy.ipynb"
    nbformat.write(notebook(output("sound"), output("large")), path)
    return Project.find(tmp_path), path


def test_an_executed_notebook_is_judged_by_its_stamp(run) -> None:
    verdicts = judge_notebook(*run)
    assert (verdicts.chapter, verdicts.scale, verdicts.seed) == ("toy", BOOK, 5)
    assert [str(v.reason or v.verdict) for v in verdicts.claims] == ["held", "held", "data", "unchecked"]
    assert (verdicts.stamp.seconds, verdicts.stamp.hardware) == (2.5, {"cores": 2})


def test_a_stale_notebook_is_not_judged(run, monkeypatch) -> None:
    def refuse(project, path):
        raise StaleResult("moved")

    monkeypatch.setattr(companion.source.stamp, "check_stamp", refuse)
    with pytest.raises(StaleResult, match="moved"):
        judge_notebook(*run)


def test_verdicts_are_written_once_and_read_again(run) -> None:
    verdicts, path = judge_notebook(*run), verdicts_beside(run[1])
    assert path.name == "toy.verdicts.json"
    assert write_verdicts(verdicts, path) is True
    before = path.stat().st_mtime_ns
    assert write_verdicts(judge_notebook(*run), path) is False
    assert path.stat().st_mtime_ns == before
    assert read_verdicts(path) == verdicts
    assert json.loads(path.read_text(encoding="utf-8"))["claims"][0]["verdict"] == "held"


@pytest.mark.parametrize(
    ("content", "message"), [(None, "missing"), ("{}", "not a file of verdicts"), ("x", "not a file")]
)
def test_other_files_are_refused(tmp_path, content, message) -> None:
    path = tmp_path / "toy.verdicts.json"
    if content is not None:
        path.write_text(content, encoding="utf-8")
    with pytest.raises(RefusedInput, match=message):
        read_verdicts(path)
