import nbformat

from companion.scales import Scale
from companion.staging.downloads import clean_twin, downloads, plotly_script


def test_the_clean_twin_has_the_cells_and_no_outputs(toy_project):
    notebook = nbformat.reads(clean_twin(toy_project.notebook("toy")), as_version=4)
    nbformat.validate(notebook)
    assert [cell.cell_type for cell in notebook.cells] == ["markdown", "code", "code"]
    assert all(not cell.get("outputs") for cell in notebook.cells)
    assert notebook.metadata.kernelspec.name == "python3"


def test_the_clean_twin_is_the_same_twice(toy_project):
    source = toy_project.notebook("toy")
    assert clean_twin(source) == clean_twin(source)


def test_downloads_are_the_run_the_twin_and_the_source(toy_project):
    files = downloads(toy_project, "toy", Scale.QUICK)
    assert files["toy.run.ipynb"] == toy_project.executed("toy", Scale.QUICK).read_bytes()
    assert files["toy.py"] == toy_project.notebook("toy").read_bytes()
    assert set(files) == {"toy.run.ipynb", "toy.ipynb", "toy.py"}


def test_plotly_comes_from_the_installed_package_where_npm_s_is_not(toy_project):
    assert b"plotly.js" in plotly_script(toy_project)[:200]


def test_plotly_is_the_small_one_where_npm_has_it(toy_project):
    folder = toy_project.root / "node_modules" / "plotly.js-basic-dist-min"
    folder.mkdir(parents=True)
    (folder / "plotly-basic.min.js").write_bytes(b"small")
    assert plotly_script(toy_project) == b"small"
