"""The alarm drill: whatever must stop a build is given to it, and must stop it with its own words."""

import shutil
from pathlib import Path

import nbformat
import pytest

from companion.claims.verdicts import Reason
from companion.errors import ExecutionFailed, RefusedInput, StaleResult
from companion.pipeline.building import build_book
from companion.project import Project
from companion.record.judged import read_verdicts
from companion.scales import Scale

ROOT = Path(__file__).parents[2]

pytestmark = pytest.mark.pipeline


@pytest.fixture
def project(scratch_project: Project) -> Project:
    shutil.copy(ROOT / "Snakefile", scratch_project.root)
    return scratch_project


@pytest.fixture(scope="module")
def template() -> dict[str, Path]:
    return {}


@pytest.fixture
def built(project: Project, template: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> Project:
    """The toy book after a build; built once, copied for each test."""
    if not template:
        build(project)
        template["root"] = shutil.copytree(project.root, tmp_path_factory.mktemp("template") / "book")
    else:
        shutil.rmtree(project.root)
        shutil.copytree(template["root"], project.root)
    return Project.find(project.root)


def build(project: Project) -> None:
    build_book(project, Scale.QUICK, engine_arguments=("--until", "scorecard"))


def replace(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


def test_the_unbroken_chapter_raises_no_alarm(built: Project) -> None:
    build(built)
    assert (built.build(Scale.QUICK) / "scorecard.json").is_file()


def test_a_chapter_that_fails(project: Project, add_cell) -> None:
    add_cell(project, "broken", "1 / 0")
    with pytest.raises(ExecutionFailed, match=r"execute toy failed: (.|\n)*ZeroDivisionError"):
        build(project)


def test_an_undeclared_measurement(project: Project, add_cell) -> None:
    add_cell(project, "undeclared", "chapter.measure('too-good', [1.0])")
    with pytest.raises(ExecutionFailed, match="too-good"):
        build(project)


def test_a_missing_measurement(project: Project) -> None:
    replace(project.notebook("toy"), 'chapter.measure("halves-grow", [x / 2 - x for x in numbers])', "pass")
    with pytest.raises(ExecutionFailed, match="toy/halves-grow was not measured"):
        build(project)


def test_a_claim_without_sample_size(project: Project) -> None:
    replace(project.claims("toy"), "{test: at-least, cases: 5, bound: 0.0,", "{test: at-least, bound: 0.0,")
    with pytest.raises(RefusedInput, match="cases"):
        build(project)


def test_a_hand_edited_output(built: Project) -> None:
    path, judged = built.executed("toy", Scale.QUICK), built.verdicts("toy", Scale.QUICK)
    node = nbformat.read(path, as_version=4)
    next(cell for cell in node.cells if cell.get("outputs")).outputs[0].data["text/html"] = "<b>much better</b>"
    nbformat.write(node, path)
    with pytest.raises(StaleResult, match=r"judge toy failed: .* was edited after its run"):
        build(built)
    assert {verdict.reason for verdict in read_verdicts(judged).claims} == {Reason.FAILED, Reason.UNCHECKED}


def test_a_stale_stamp(built: Project) -> None:
    path = built.executed("toy", Scale.QUICK)
    former = path.read_bytes()
    factors = built.root / "src" / "toymath" / "factors.py"
    factors.write_text("FACTOR = 1 + 1\n")
    build(built)
    path.write_bytes(former)  # somebody puts an older result back: it is not judged, but run again
    assert build_book(built, Scale.QUICK, engine_arguments=("--until", "scorecard")).executed == 1
    assert path.read_bytes() != former
