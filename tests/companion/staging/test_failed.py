from companion.pipeline.steps import run_step
from companion.record.attempts import Failure
from companion.record.unjudged import unjudged
from companion.scales import Scale
from companion.staging.book import stage
from companion.staging.chapters import read_chapter
from companion.staging.failed import failure_box, lacking_figures, with_failure_box

FAILURE = Failure(
    step="execute", message="toy: cell 'round-polygons' raised E: <no>\n  -> 3 | x\n\n  more", exit_code=3
)


def fail(project):
    """Let the toy chapter have failed."""
    text = unjudged(project, "toy", Scale.QUICK, FAILURE).model_dump_json()
    project.verdicts("toy", Scale.QUICK).write_text(text)


def test_the_box_stands_below_the_title_and_is_one_block():
    page = with_failure_box("# Title\n\nText.\n", FAILURE, "toy", Scale.QUICK)
    assert page.startswith("# Title\n\n<div")
    assert page.endswith("Text.\n")
    assert "\n\n" not in failure_box(FAILURE, "toy", Scale.QUICK, place="failure").strip()
    assert "raised E: &lt;no&gt;" in page


def test_a_failed_chapter_is_staged_without_a_number_of_its_former_run(toy_project):
    fail(toy_project)
    stage(toy_project, Scale.QUICK)
    folder = toy_project.build(Scale.QUICK) / "source"
    notebook = (folder / "notebooks" / "toy.ipynb").read_text()
    assert "This chapter failed in this build." in (folder / "book" / "toy.md").read_text()
    assert "This chapter failed in this build." in notebook
    assert "3.14" not in notebook
    assert "(no number: the run of its chapter failed)" in notebook
    assert "The chapter that draws it failed." in (folder / "book" / "_figures" / "toy-circle.svg").read_text()
    assert "1 chapter failed in this build" in (folder / "book" / "_generated" / "totals.md").read_text()
    assert "| failed | | |" in (folder / "book" / "_generated" / "costs.md").read_text()
    assert not (folder / "_extra" / "downloads" / "toy.run.ipynb").exists()


def test_the_box_stands_in_the_notebook_below_the_cell_that_failed(toy_project):
    fail(toy_project)
    names = [cell.id for cell in read_chapter(toy_project, "toy", Scale.QUICK).notebook.cells]
    assert names.index("failure") == names.index("round-polygons") + 1


def test_a_source_that_cannot_be_read_is_a_cell_that_says_so(toy_project):
    toy_project.notebook("toy").write_bytes(b"\xff\xfe")
    fail(toy_project)
    cells = read_chapter(toy_project, "toy", Scale.QUICK).notebook.cells
    assert [cell.id for cell in cells] == ["title", "failure"]


def test_figures_that_nobody_drew_are_found():
    pages = ["![](_figures/one.svg) and _figures/two.html", "../book/_figures/three.svg"]
    assert lacking_figures(pages, ["book/_figures/one.svg"]) == {("two", "html"), ("three", "svg")}


def test_a_step_of_a_chapter_that_fails_is_noted_and_ends_well(scratch_project, add_cell):
    add_cell(scratch_project, "broken", "1 / 0")
    run_step(scratch_project, "execute", "toy", Scale.QUICK)
    assert "ZeroDivisionError" in scratch_project.ran("toy", Scale.QUICK).read_text()
    run_step(scratch_project, "judge", "toy", Scale.QUICK)
    assert '"reason": "failed"' in scratch_project.verdicts("toy", Scale.QUICK).read_text()
