import pytest
from nbformat.v4 import new_output

from companion.claims.samples import MEASUREMENT_MIME
from companion.errors import ExecutionFailed
from companion.notebook.figure_data import FIGURE_DATA_MIME
from companion.project import Project
from companion.running.showing import check_shown
from companion.source.notebooks import read_notebook

SVG = {"image/svg+xml": "<svg/>", FIGURE_DATA_MIME: {"series": []}}


def check(
    project: Project, *outputs: object, circle: tuple[object, ...] = (new_output("display_data", data=SVG),)
) -> None:
    notebook = read_notebook(project.notebook("toy"))
    cells = {cell["id"]: cell for cell in notebook.node.cells}
    cells["doubling"].outputs, cells["circle"].outputs = list(outputs), list(circle)
    check_shown(notebook, project.root, notebook.node)


@pytest.mark.parametrize("kind", ["text/plain", "text/html", "image/png", MEASUREMENT_MIME, "application/companion/x"])
def test_what_pages_show_passes(scratch_project: Project, kind: str) -> None:
    check(scratch_project, new_output("display_data", data={kind: "x"}), new_output("stream", name="stdout", text="x"))


@pytest.mark.parametrize(
    "kind",
    [
        *("application/json", "application/vnd.plotly.v1+json", "application/vnd.jupyter.widget-view+json"),
        *("text/markdown", "text/latex", "application/javascript", "application/pdf", "video/mp4"),
    ],
)
def test_what_rendering_would_refuse_or_cannot_check_is_refused_with_its_cell(
    scratch_project: Project, kind: str
) -> None:
    with pytest.raises(ExecutionFailed, match=r"cell 'doubling' \(notebooks/toy\.py, line \d+\) shows " + kind[:9]):
        check(scratch_project, new_output("execute_result", data={kind: "x", "text/plain": "x"}))


def test_stderr_among_the_outputs_is_refused(scratch_project: Project) -> None:
    with pytest.raises(ExecutionFailed, match="has text on stderr among its outputs; such text belongs into the log"):
        check(scratch_project, new_output("stream", name="stderr", text="x"))


@pytest.mark.parametrize(
    ("circle", "message"),
    [
        ((), "names the figure 'toy-circle' and shows 0 drawings; expected one"),
        ((new_output("display_data", data=SVG),) * 2, "shows 2 drawings; expected one"),
        ((new_output("display_data", data={"image/svg+xml": "<svg/>"}),), "'toy-circle' without its numbers"),
        ((new_output("display_data", data=SVG | {"image/svg+xml": "<svg>"}),), "shows a drawing that is no XML"),
    ],
)
def test_a_figure_is_one_drawing_with_its_numbers(
    scratch_project: Project, circle: tuple[object, ...], message: str
) -> None:
    with pytest.raises(ExecutionFailed, match=message):
        check(scratch_project, circle=circle)


def test_a_figure_that_was_skipped_has_no_drawing(scratch_project: Project) -> None:
    notebook = read_notebook(scratch_project.notebook("toy"))
    for cell in notebook.node.cells:
        cell.metadata["companion"] = {"skipped": "toy-numbers"}
    check_shown(notebook, scratch_project.root, notebook.node)
