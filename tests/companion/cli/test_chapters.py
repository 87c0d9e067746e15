import json
from collections.abc import Callable

import pytest
from typer.testing import CliRunner

from companion.cli import app
from companion.project import Project


@pytest.fixture
def said(scratch_project: Project, monkeypatch: pytest.MonkeyPatch) -> Callable[..., str]:
    monkeypatch.chdir(scratch_project.root)

    def call(*arguments: str) -> str:
        result = CliRunner().invoke(app, arguments)
        assert result.exit_code == 0, result.output
        return result.stdout

    return call


def test_list_names_every_chapter(said: Callable[..., str]) -> None:
    assert "toy" in said("list")
    (chapter,) = json.loads(said("list", "--json"))
    assert chapter == {
        "slug": "toy", "title": "Toy", "paper": "nobody2020toy", "joins": [], "claims": 4, "verdicts": None
    }  # fmt: skip


def test_a_chapter_that_joins_others_names_them(said: Callable[..., str], scratch_project: Project) -> None:
    path = scratch_project.claims("toy")
    path.write_text(path.read_text().replace("paper: nobody2020toy\nread: {", "joins: [one, two]\n# {"))
    assert "joins one, two" in " ".join(said("list").split())
    assert "Joins: one, two" in said("show", "toy")


def test_show_gives_the_cost_of_every_scale_before_anything_runs(said: Callable[..., str]) -> None:
    text = said("show", "toy")
    assert "Paper: nobody2020toy" in text
    assert text.count("5 s, 300 MB") == 3
    assert text.count("never run here") == 3
    assert "Doubling is adding a number to itself." in text
    chapter = json.loads(said("show", "toy", "--json"))
    assert [cost["scale"] for cost in chapter["costs"]] == ["quick", "book", "paper"]
    assert [claim["id"] for claim in chapter["claims"]] == ["doubles", "halves-grow", "numbers-positive", "too-large"]


def test_a_claims_file_is_checked_before_there_is_a_notebook(
    said: Callable[..., str], scratch_project: Project
) -> None:
    text = scratch_project.claims("toy").read_text()
    scratch_project.claims("coming").write_text(text.replace("chapter: toy", "chapter: coming"))
    assert "4 claims" in said("show", "coming")
    with pytest.raises(AssertionError, match=r"notebooks/coming\.claims\.yml is there, notebooks/coming\.py is not"):
        said("run", "coming")


def test_after_a_run_its_verdicts_and_its_cost_are_shown(said: Callable[..., str]) -> None:
    said("run", "toy", "--scale", "quick")
    assert "1 held, 2 not judged, 1 violated" in said("list", "--scale", "quick")
    costs = json.loads(said("show", "toy", "--json"))["costs"]
    assert costs[0]["last_cpu_seconds"] > 0
    assert costs[1]["last_cpu_seconds"] is None


def test_a_copy_of_a_notebook_is_named_once_and_the_others_are_listed(
    scratch_project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(scratch_project.root)
    copy = scratch_project.root / "notebooks" / "toy-Copy1.py"
    copy.write_text(scratch_project.notebook("toy").read_text())
    result = CliRunner().invoke(app, ["list", "--json"])
    assert result.exit_code == 0
    assert [chapter["slug"] for chapter in json.loads(result.stdout)] == ["toy"]
    (line,) = result.stderr.splitlines()
    assert line.startswith("companion: notebooks/toy-Copy1.py is left out: ")


def test_a_half_finished_chapter_says_what_it_lacks_when_it_is_asked_for(
    scratch_project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(scratch_project.root)
    (scratch_project.root / "notebooks" / "half.py").write_text(scratch_project.notebook("toy").read_text())
    result = CliRunner().invoke(app, ["run", "half"])
    assert result.exit_code == 2
    assert "half.claims.yml is missing: a chapter declares its claims before it runs" in result.stderr
