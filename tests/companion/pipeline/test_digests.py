import os

import pytest

from companion.pipeline.digests import write_digests
from companion.pipeline.steps import run_step
from companion.project import Project
from companion.running.execution import run_chapter
from companion.scales import Scale


def times(project: Project) -> dict[str, int]:
    """When each digest was written."""
    folder = project.build(Scale.QUICK)
    return {path.name: path.stat().st_mtime_ns for path in [*folder.glob("*.inputs.json"), *folder.glob("inputs/*")]}


def written_again(project: Project) -> set[str]:
    """The digests that a call writes anew, those just written being dated back first."""
    for path in project.build(Scale.QUICK).rglob("*"):
        os.utime(path, (10**9, 10**9))
    before = times(project)
    write_digests(project, Scale.QUICK)
    return {name for name, when in times(project).items() if before.get(name) != when}


@pytest.fixture
def digested(scratch_project: Project) -> Project:
    write_digests(scratch_project, Scale.QUICK)
    return scratch_project


def test_nothing_is_written_where_nothing_changed(digested: Project) -> None:
    for path in digested.root.rglob("*"):
        path.touch()
    assert written_again(digested) == set()


@pytest.mark.parametrize(
    ("file", "changed"),
    [
        ("notebooks/toy.py", {"toy.inputs.json"}),
        ("src/toymath/factors.py", {"toy.inputs.json"}),
        ("src/toymath/tripling.py", set()),
        ("requirements.lock", {"toy.inputs.json", "staging.sha256"}),
        ("notebooks/toy.claims.yml", {"toy.claims.sha256"}),
        ("book/toy.md", {"prose.sha256"}),
        ("_toc.yml", {"prose.sha256"}),
        ("history.json", {"prose.sha256"}),
        ("CITATION.cff", {"prose.sha256"}),
        ("LICENSE-prose", {"prose.sha256"}),
    ],
)
def test_each_file_moves_what_depends_on_it(digested: Project, file: str, changed: set[str]) -> None:
    path = digested.root / file
    former = path.read_text() if path.is_file() else ""
    path.write_text(former + "\n# a line more\n")
    assert written_again(digested) == changed


def test_a_result_that_belongs_to_its_inputs_asks_for_nothing(digested: Project) -> None:
    path = run_chapter(digested, "toy", scale=Scale.QUICK)
    write_digests(digested, Scale.QUICK)
    digest = digested.inputs("toy", Scale.QUICK)
    assert digest.stat().st_mtime < path.stat().st_mtime - 10**6
    factors = digested.root / "src" / "toymath" / "factors.py"
    factors.write_text("FACTOR = 1 + 1\n")
    write_digests(digested, Scale.QUICK)
    assert digest.stat().st_mtime > path.stat().st_mtime


def test_verdicts_that_the_judge_did_not_write_are_judged_again(digested: Project) -> None:
    run_chapter(digested, "toy", scale=Scale.QUICK)
    run_step(digested, "judge", "toy", Scale.QUICK)
    verdicts = digested.verdicts("toy", Scale.QUICK)
    write_digests(digested, Scale.QUICK)
    assert verdicts.is_file()
    verdicts.write_text(verdicts.read_text().replace('"violated"', '"held"'))
    write_digests(digested, Scale.QUICK)
    assert not verdicts.exists()


def test_lost_pages_are_rendered_again(digested: Project) -> None:
    note = digested.build(Scale.QUICK) / "rendered.json"
    page = digested.build(Scale.QUICK) / "_build" / "html" / "index.html"
    page.parent.mkdir(parents=True)
    for path in (note, page):
        path.write_text("{}")
    write_digests(digested, Scale.QUICK)
    assert note.is_file()
    page.unlink()
    write_digests(digested, Scale.QUICK)
    assert not note.exists()


def test_where_the_book_is_published_and_whether_it_is_printed_count_as_prose(
    digested: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    def prose() -> str:
        write_digests(Project.find(digested.root), Scale.QUICK)
        return (digested.build(Scale.QUICK) / "inputs" / "prose.sha256").read_text()

    monkeypatch.setattr("companion.pipeline.digests.chromium_path", lambda: "/usr/bin/browser")
    seen = {prose(), prose()}
    monkeypatch.setenv("COMPANION_ADDRESS", "https://example.org")
    seen.add(prose())
    monkeypatch.setattr("companion.pipeline.digests.chromium_path", lambda: None)
    seen.add(prose())
    assert len(seen) == 3


def test_a_refused_claims_file_asks_for_a_run_that_says_so(digested: Project) -> None:
    digested.claims("toy").write_text("chapter: toy\n")
    digest = digested.inputs("toy", Scale.QUICK)
    seen = {digest.read_text()}
    for _ in range(2):
        write_digests(digested, Scale.QUICK)
        seen.add(digest.read_text())
    assert len(seen) == 3
    assert "toy.claims.yml is refused" in digest.read_text()


def test_a_note_that_snakemake_put_back_after_a_kill_does_not_pass_for_a_new_result(digested: Project) -> None:
    """It restores what a killed step would have updated, with the time of the kill."""
    run_step(digested, "execute", "toy", Scale.QUICK)
    run_step(digested, "judge", "toy", Scale.QUICK)
    write_digests(digested, Scale.QUICK)
    (digested.root / "src" / "toymath" / "factors.py").write_text("FACTOR = 1 + 1\n")
    write_digests(digested, Scale.QUICK)
    inputs, note = digested.inputs("toy", Scale.QUICK), digested.ran("toy", Scale.QUICK)
    asked = inputs.read_text()
    os.utime(note, (inputs.stat().st_mtime + 1, inputs.stat().st_mtime + 1))
    write_digests(digested, Scale.QUICK)
    assert inputs.read_text() != asked
