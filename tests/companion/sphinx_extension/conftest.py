import nbformat
import pytest
from bs4 import BeautifulSoup
from nbformat.v4 import new_code_cell

from companion.scales import Scale
from companion.site.rendering import render
from companion.staging.book import stage

THEOREM = "```{{prf:theorem}} A circle\n:label: {0}\n\nIt is round.\n```\n\n"
PROOF = "```{prf:proof}\nLook at it.\n```\n\n```{prf:proof}\nLook again.\n```\n\n"
EXERCISE = (
    "```{{exercise}}\n:label: {0}\n\nTurn it.\n```\n\n```{{solution}} {0}\n:class: dropdown\n\nIt is the same.\n```\n\n"
)
EXERCISES = EXERCISE.format("turn") + EXERCISE.format("turn-again")
UNCITED = (
    "\n@book{toy1999uncited,\n  author = {Zed, Em},\n  title = {Unread},\n  publisher = {None},\n  year = {1999}\n}\n"
)


@pytest.fixture(scope="session")
def page(rendered_toy):
    """The parsed HTML of a page of the rendered toy book."""
    return lambda name: BeautifulSoup((rendered_toy / name).read_text(encoding="utf-8"), "html.parser")


@pytest.fixture(scope="session")
def render_again():
    """A function that stages and renders a book."""

    def run(project) -> None:
        stage(project, Scale.QUICK)
        render(project, Scale.QUICK)

    return run


@pytest.fixture(scope="session")
def cited_project(toy_book, render_again):
    """A rendered toy book whose chapter has a number and theorems, and whose pages cite."""
    project = toy_book()
    edit(project.root / "_toc.yml", "caption: Shapes", "caption: Shapes\n    numbered: 1")
    edit(project.root / "book" / "toy.md", "## Claims", THEOREM.format("first") + PROOF + EXERCISES + "## Claims")
    edit(project.root / "book" / "far.md", "Far away", "Far away\n\n{cite:t}`toy2020paper`. As {prf:ref}`second` says.")
    edit(project.root / "book" / "index.md", "# A toy book", "# A toy book\n\n{claim}`toy/round`")
    edit(project.root / "book" / "status.md", "```{bibliography}", "```{bibliography}\n:all:")
    with (project.root / "book" / "references.bib").open("a", encoding="utf-8") as file:
        file.write(UNCITED)
    path = project.build(Scale.QUICK) / "toy.ipynb"
    notebook = nbformat.read(path, as_version=4)
    notebook.cells[0].source += "\n\n{cite:p}`toy2020paper`\n\n" + THEOREM.format("second") + EXERCISE.format("measure")
    notebook.cells.insert(1, new_code_cell("1 + 1", metadata={"tags": ["hide-input"]}))
    nbformat.write(notebook, path)
    render_again(project)
    return project


@pytest.fixture(scope="session")
def cited(cited_project):
    """The parsed HTML of a page of that book."""
    html = cited_project.build(Scale.QUICK) / "_build" / "html"
    return lambda name: BeautifulSoup((html / name).read_text(encoding="utf-8"), "html.parser")


def edit(path, old: str, new: str) -> None:
    """Replace ``old`` in a file, once."""
    text = path.read_text(encoding="utf-8")
    assert old in text, path
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
