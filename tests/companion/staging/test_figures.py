import csv
import io
import json
from xml.etree import ElementTree

import pytest
from nbformat.v4 import new_code_cell, new_notebook

from companion.errors import BuildFailed
from companion.notebook.figure_data import FIGURE_DATA_MIME
from companion.scales import Scale
from companion.staging.chapters import read_chapter
from companion.staging.figures import figures_in, moving_figures_in, with_data_links

SVG = "{http://www.w3.org/2000/svg}"


def figures(project):
    return {f.name: f.svg for f in figures_in(read_chapter(project, "toy", Scale.QUICK).notebook)}


def test_a_figure_is_its_svg_with_the_alt_text_as_title(toy_project):
    root = ElementTree.fromstring(figures(toy_project)["toy-circle"])
    assert root.find(f"{SVG}title").text == 'A "circle" & no corner.'
    assert root.find(f"{SVG}circle") is not None


def test_a_figure_without_its_data_says_so(toy_project):
    root = ElementTree.fromstring(figures(toy_project)["toy-stars"])
    assert "far-stars" in " ".join(text.text for text in root.iter(f"{SVG}text"))


def test_outputs_without_a_name_are_left_alone(toy_project):
    assert set(figures(toy_project)) == {"toy-circle", "toy-stars"}


def moving(project):
    return {f.name: f.html for f in moving_figures_in(read_chapter(project, "toy", Scale.QUICK).notebook)}


def test_a_figure_that_moves_is_its_markup(toy_project):
    page = moving(toy_project)["toy-slider"]
    assert '<script type="application/json" data-src="numbers/toy-slider.js"></script>' in page


@pytest.mark.parametrize("call", ["interactive", "show"])
def test_a_figure_that_moves_but_lacks_its_data_says_so(call):
    cell = new_code_cell(source=f'chapter.{call}(\n    figure,\n    name="toy-far",\n)')
    cell.metadata["companion"] = {"skipped": "far-stars"}
    (figure,) = moving_figures_in(new_notebook(cells=[cell]))
    assert figure.name == "toy-far"
    assert "The data set far-stars was not found." in figure.html


def named(project, name):
    return next(f for f in figures_in(read_chapter(project, "toy", Scale.QUICK).notebook) if f.name == name)


def test_a_figure_has_a_twin_for_the_night_and_its_numbers(toy_project):
    circle = named(toy_project, "toy-circle")
    assert ElementTree.fromstring(circle.night).find(f"{SVG}circle") is not None
    assert [row["x"] for row in csv.DictReader(io.StringIO(circle.table))] == ["2", "18", ""]


def test_a_figure_without_its_data_is_dark_at_night_and_has_no_numbers(toy_project):
    stars = named(toy_project, "toy-stars")
    assert ElementTree.fromstring(stars.night).find(f"{SVG}rect").get("fill") == "#121212"
    assert stars.table is None


def test_a_drawing_without_its_numbers_is_refused(toy_project):
    notebook = read_chapter(toy_project, "toy", Scale.QUICK).notebook
    cell = next(cell for cell in notebook.cells if cell.id == "circle")
    del cell.outputs[0].data[FIGURE_DATA_MIME]
    with pytest.raises(BuildFailed, match="toy-circle came without its numbers"):
        list(figures_in(notebook))


def test_a_figure_that_moves_links_the_numbers_of_all_its_frames(toy_project):
    (slider,) = moving_figures_in(read_chapter(toy_project, "toy", Scale.QUICK).notebook)
    assert list(slider.data) == ["toy-slider.csv"]
    assert slider.html.count('href="../downloads/data/toy-slider.csv"') == 1
    assert slider.html.index("downloads") < slider.html.index("</figcaption>")
    assert len(slider.data["toy-slider.csv"].splitlines()) == 1 + 3 * 2


def test_a_scene_in_space_links_its_numbers():
    scene = {"layers": [{"name": "a</b"}]}
    content = json.dumps(scene).replace("</", "<\\/")
    page = (
        '<figure class="netspace" id="net"><figcaption>A net.</figcaption>'
        f'<script type="application/json">{content}</script></figure>'
    )
    cell = new_code_cell(source="chapter.show()")
    cell.outputs = [{"output_type": "display_data", "data": {"text/html": page}, "metadata": {}}]
    (space,) = moving_figures_in(new_notebook(cells=[cell]))
    assert json.loads(space.data["net.json"]) == scene
    assert 'href="../downloads/data/net.json"' in space.html
    assert 'data-src="numbers/net.js"></script>' in space.html
    name, text = json.loads(f"[{space.numbers.removeprefix('companionNumbers.take(').removesuffix(');' + chr(10))}]")
    assert (name, json.loads(text)) == ("net", scene)


def test_other_markup_stays_as_it_is():
    assert with_data_links("<p>words</p>") == "<p>words</p>"
