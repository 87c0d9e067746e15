"""Files that readers take away, and scripts that pages load: nothing of it is Sphinx's business."""

from importlib.metadata import files
from pathlib import Path

from companion.errors import BuildFailed
from companion.notebooks import read_notebook, text_of
from companion.project import Project
from companion.scales import Scale


def clean_twin(source: Path) -> str:
    """The notebook of a chapter as ``.ipynb`` without outputs."""
    return text_of(read_notebook(source).node)


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
