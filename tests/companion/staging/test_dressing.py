import nbformat
import pytest

from companion.claims.samples import MEASUREMENT_MIME
from companion.scales import Scale
from companion.staging.chapters import read_chapter
from companion.staging.dressing import claim_keys, dressed, keys_used


@pytest.fixture
def chapter(toy_project):
    return read_chapter(toy_project, "toy", Scale.QUICK)


@pytest.fixture
def notebook(toy_project, chapter):
    return nbformat.reads(dressed(toy_project, chapter, {"star-count", "plain"}), as_version=4)


def cell(notebook, name):
    return next(cell for cell in notebook.cells if cell.id == name)


def glued(notebook):
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", ())]
    return {
        o.metadata["scrapbook"]["name"]: o.data["application/companion/text/plain"]
        for o in outputs
        if "scrapbook" in o.metadata
    }


def test_a_measurement_becomes_the_true_verdict_with_its_anchor(notebook):
    html = cell(notebook, "square").outputs[0].data["text/html"]
    assert 'id="claim-square"' in html
    assert '<span class="verdict verdict-violated">violated</span>' in html
    assert 'href="../book/toy.html#verdict-square"' in html


def test_raw_numbers_do_not_reach_the_page(notebook):
    assert MEASUREMENT_MIME not in nbformat.writes(notebook)


def test_every_claim_has_its_five_keys(toy_project, chapter):
    keys = claim_keys(toy_project, chapter)
    assert len(keys) == 5 * 5
    assert keys["round.number"] == "3.14"
    assert keys["square.interval"] == "'[-inf, 0.2]'"
    assert keys["square.verdict"] == "'violated'"
    assert keys["eternal.number"] == "(no number: it was not checked)"
    assert keys["eternal.n"] == "(no cases: it was not checked)"
    assert keys["large.interval"] == "(no interval: it is measured from book scale on)"
    assert keys["eternal.verdict"] == "'not judged'"


def test_keys_of_skipped_cells_show_words_and_recorded_ones_their_value(notebook):
    keys = glued(notebook)
    assert keys["star-count"] == "(no number: it needs Spectra of far stars, not found on this machine)"
    assert keys["plain"] == "0.5"


def test_without_skipped_cells_a_missing_key_stays_missing(toy_project, chapter):
    chapter.notebook.cells = [cell for cell in chapter.notebook.cells if cell.id != "stars"]
    notebook = nbformat.reads(dressed(toy_project, chapter, {"star-count"}), as_version=4)
    assert "star-count" not in glued(notebook)


def test_a_skipped_cell_says_which_data_it_lacks_and_how_to_get_it(notebook):
    html = cell(notebook, "stars").outputs[0].data["text/html"]
    assert "Spectra of far stars" in html
    assert "<code>fetch stars</code>" in html
    assert "mystnb" not in cell(notebook, "stars").metadata


def test_injected_parameters_are_hidden_and_told_in_a_table(notebook):
    assert "remove-cell" in cell(notebook, "injected").metadata["tags"]
    table = cell(notebook, "parameters-of-this-run").source
    assert "| `scale` | `seed` |" in table
    assert "| `quick` | `0` |" in table


def test_the_run_itself_is_not_changed(toy_project, chapter):
    before = nbformat.writes(chapter.notebook)
    dressed(toy_project, chapter, set())
    assert nbformat.writes(chapter.notebook) == before


def test_keys_used_tells_own_keys_from_those_of_a_notebook():
    text = "{glue:text}`own:.2f`, {glue:text}`../notebooks/toy.ipynb::far.number:.3f`, {glue:text}`x.ipynb::other:s`"
    assert keys_used(text) == {"own"}
    assert keys_used(text, "notebooks/toy.ipynb") == {"far.number"}


def test_what_a_drawing_function_returned_is_not_shown(toy_project, chapter):
    returned = nbformat.v4.new_output("execute_result", data={"text/plain": "[<Line2D at 0x7f>]"})
    cell(chapter.notebook, "circle").outputs.append(returned)
    circle = cell(nbformat.reads(dressed(toy_project, chapter, ()), as_version=4), "circle")
    assert circle.outputs == []


def test_a_named_drawing_is_shown_by_the_file_that_other_pages_show_too(notebook):
    assert cell(notebook, "circle").outputs == []
    assert "figure" not in cell(notebook, "circle").metadata["mystnb"]
    directive = cell(notebook, "circle-figure").source
    assert directive.startswith("````{figure} ../book/_figures/toy-circle.svg\n:name: toy-circle\n")
    assert ':alt: "A \\"circle\\" & no corner."' in directive
    assert directive.endswith("\n\nA circle.\n````")


def test_other_outputs_of_a_drawing_s_cell_stay(toy_project, chapter):
    circle = cell(chapter.notebook, "circle")
    circle.outputs += cell(chapter.notebook, "round").outputs
    cell(chapter.notebook, "round").outputs = []
    notebook = nbformat.reads(dressed(toy_project, chapter, set()), as_version=4)
    assert 'id="claim-round"' in cell(notebook, "circle").outputs[0].data["text/html"]
    assert not any("image/svg+xml" in output.get("data", {}) for output in cell(notebook, "circle").outputs)


def test_what_the_last_call_of_a_drawing_returned_is_not_shown(toy_project, chapter):
    value = nbformat.v4.new_output("execute_result", data={"text/plain": "[Text(0.5, 0, 'x')]"}, execution_count=1)
    cell(chapter.notebook, "circle").outputs.append(value)
    cell(chapter.notebook, "square").outputs.append(value)
    notebook = nbformat.reads(dressed(toy_project, chapter, set()), as_version=4)
    assert cell(notebook, "circle").outputs == []
    assert value in cell(notebook, "square").outputs


def test_a_figure_that_moves_links_its_numbers(notebook):
    assert "../downloads/data/toy-slider.csv" in cell(notebook, "slide").outputs[0].data["text/html"]


@pytest.mark.parametrize(
    ("tags", "source", "prompt"),
    [
        (["setup"], "import numpy\nfrom a import b", "Show the imports"),
        (["setup"], "chapter = companion.chapter('toy')", None),
        (["hide-input"], "draw()", "Show the code of the figure"),
        ([], "draw()", None),
    ],
)
def test_code_that_is_not_the_point_is_folded(toy_project, chapter, tags, source, prompt):
    code = cell(chapter.notebook, "circle")
    code.metadata["tags"], code.source = tags, source
    circle = cell(nbformat.reads(dressed(toy_project, chapter, ()), as_version=4), "circle")
    assert circle.metadata["mystnb"].get("code_prompt_show") == prompt
    assert ("hide-input" in circle.metadata["tags"]) is bool(prompt)


def test_solutions_are_folded(toy_project, chapter):
    code = cell(chapter.notebook, "circle")
    code.source = "x = 3.2\n### BEGIN SOLUTION\ny = round(x)\n### END SOLUTION\nassert y == 3"
    code.metadata["tags"] = ["solution"]
    notebook = nbformat.reads(dressed(toy_project, chapter, set()), as_version=4)
    assert cell(notebook, "circle").source == "y = round(x)"
    assert cell(notebook, "circle-tests").source == "assert y == 3"
