"""Files that readers take away, and scripts that pages load: nothing of it is Sphinx's business."""

from importlib.metadata import files
from pathlib import Path

import jupytext
import nbformat

from companion.errors import BuildFailed
from companion.project import Project
from companion.scales import Scale

_KERNEL = {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}}


def clean_twin(source: Path) -> str:
    """The notebook of a chapter as ``.ipynb`` without outputs."""
    notebook = jupytext.reads(source.read_text(encoding="utf-8"), fmt="py:percent")
    for position, cell in enumerate(notebook.cells):
        cell["id"] = f"cell-{position}"  # jupytext draws it by chance, and a stage must be the same twice
        cell.metadata.pop("lines_to_next_cell", None)
    notebook.metadata = nbformat.NotebookNode(_KERNEL)
    return nbformat.writes(nbformat.v4.upgrade(notebook))  # type: ignore[no-untyped-call,no-any-return]


def downloads(project: Project, slug: str, scale: Scale) -> dict[str, bytes]:
    """Executed notebook, clean twin and source of a chapter under the names that readers get."""
    return {
        f"{slug}.run.ipynb": project.executed(slug, scale).read_bytes(),
        f"{slug}.ipynb": clean_twin(project.notebook(slug)).encode("utf-8"),
        f"{slug}.py": project.notebook(slug).read_bytes(),
    }


def plotly_script() -> bytes:
    """Plotly's JavaScript, as the Python package of that name carries it.

    Raises:
        BuildFailed: If the package is not installed, or carries no script.
    """
    for entry in files("plotly") or ():
        if entry.name == "plotly.min.js":
            return Path(str(entry.locate())).read_bytes()
    raise BuildFailed("the package plotly carries no plotly.min.js; install the versions of requirements.lock")
