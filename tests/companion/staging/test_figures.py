from xml.etree import ElementTree

from nbformat.v4 import new_code_cell, new_notebook

from companion.scales import Scale
from companion.staging.chapters import read_chapter
from companion.staging.figures import figures_in, moving_figures_in

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
    assert '<script type="application/json">' in moving(toy_project)["toy-slider"]


def test_a_figure_that_moves_but_lacks_its_data_says_so():
    cell = new_code_cell(source='chapter.interactive(\n    figure,\n    name="toy-far",\n)')
    cell.metadata["companion"] = {"skipped": "far-stars"}
    (figure,) = moving_figures_in(new_notebook(cells=[cell]))
    assert figure.name == "toy-far"
    assert "The data set far-stars was not found." in figure.html
