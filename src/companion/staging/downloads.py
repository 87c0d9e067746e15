"""Files that readers take away, and scripts that pages load: nothing of it is Sphinx's business."""

from importlib.metadata import files
from pathlib import Path

from companion.errors import BuildFailed, RefusedInput
from companion.project import Project
from companion.scales import Scale
from companion.source.notebooks import read_notebook, text_of


def clean_twin(source: Path) -> str:
    """The notebook of a chapter as ``.ipynb`` without outputs."""
    return text_of(read_notebook(source).node)


def downloads(project: Project, slug: str, scale: Scale, *, failed: bool = False) -> dict[str, bytes]:
    """Executed notebook, clean twin and source of a chapter under the names that readers get.

    Of one that failed only its source, and the twin where the source can be read.
    """
    source = {f"{slug}.py": project.notebook(slug).read_bytes()}
    if failed:
        try:
            return {f"{slug}.ipynb": clean_twin(project.notebook(slug)).encode("utf-8"), **source}
        except RefusedInput:
            return source
    return {
        f"{slug}.run.ipynb": project.executed(slug, scale).read_bytes(),
        f"{slug}.ipynb": clean_twin(project.notebook(slug)).encode("utf-8"),
        **source,
    }


def plotly_script(project: Project) -> bytes:
    """Plotly's JavaScript: the small one from npm where npm's packages are, else the whole one of the Python package.

    The small one (``plotly.js-basic-dist-min``, 395 kB as transferred instead of 1.5 MB) draws ``scatter``, ``bar`` and
    ``pie``; :mod:`companion.notebook.interactive` refuses figures that need more, so that both show the same book.

    Raises:
        BuildFailed: If neither is there.
    """
    small = project.root / "node_modules" / "plotly.js-basic-dist-min" / "plotly-basic.min.js"
    if small.is_file():
        return small.read_bytes()
    for entry in files("plotly") or ():
        if entry.name == "plotly.min.js":
            return Path(str(entry.locate())).read_bytes()
    raise BuildFailed("the package plotly carries no plotly.min.js; install the versions of requirements.lock")
