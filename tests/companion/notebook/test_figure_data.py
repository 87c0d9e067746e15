import json

import matplotlib
import pytest

matplotlib.use("agg")
import matplotlib.pyplot as plt
from IPython.core.interactiveshell import InteractiveShell

from companion.notebook.figure_data import FIGURE_DATA_MIME, figure_data, register
from companion.running.execution import run_chapter
from companion.source.notebooks import node_from


@pytest.fixture
def figure():
    figure, _ = plt.subplots(1, 2, sharey=True)
    yield figure
    plt.close("all")


def test_each_series_says_panel_axes_and_numbers_of_six_digits(figure):
    left, right = figure.axes
    left.set(title="first", xlabel="x", ylabel="height")
    left.plot([1.0, 2.0], [1 / 3, float("nan")], label="third")
    right.plot([0], [1e-9])
    one, other = figure_data(figure)["series"]
    assert one == {
        **{"panel": "1: first", "series": "third", "kind": "line", "x_label": "x", "y_label": "height", "note": ""},
        **{"x": [1, 2], "y": [0.333333, None], "value": [None, None]},
    }
    assert other["panel"] == "2"
    assert other["y_label"] == "height"  # the panels share the axis


def test_colour_bars_are_no_panels_and_insets_are(figure):
    left, right = figure.axes
    figure.colorbar(left.imshow([[1, 2], [3, 4]]), label="height")
    right.inset_axes([0, 0, 0.5, 0.5]).plot([0, 1], [2, 3], label="inner")
    found = figure_data(figure)["series"]
    assert [(one["panel"], one["series"]) for one in found] == [("1", "image 1"), ("3", "inner")]


def test_a_registered_figure_brings_its_numbers_and_other_things_do_not(figure):
    shell = InteractiveShell()
    register(shell.display_formatter)
    figure.axes[0].plot([0, 1], [2, 3])
    bundle, _ = shell.display_formatter.format(figure)
    assert json.loads(json.dumps(bundle[FIGURE_DATA_MIME]))["series"][0]["y"] == [2, 3]
    assert FIGURE_DATA_MIME not in shell.display_formatter.format({"a": 1})[0]


def test_the_kernel_of_a_run_stores_them_beside_the_drawing(scratch_project, add_cell):
    code = "import matplotlib.pyplot as plt\n_ = plt.figure(figsize=(2, 2)).add_subplot().plot([1, 2], [3, 7])"
    add_cell(scratch_project, "drawn", code)
    path = run_chapter(scratch_project, "toy", scale="quick")
    cell = next(cell for cell in node_from(path.read_text()).cells if cell.id == "drawn")
    (output,) = [output for output in cell.outputs if FIGURE_DATA_MIME in output.get("data", {})]
    assert output.data[FIGURE_DATA_MIME]["series"][0]["y"] == [3, 7]
    assert any(kind.startswith("image/") for kind in output.data)
