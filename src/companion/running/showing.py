"""What a run may leave in its cells: outputs that the book can show, so that rendering finds nothing to refuse.

Pages show text, HTML and pictures. Formulas and prose that a cell makes up while it runs could be wrong in ways that
only rendering would notice; both belong into a cell of text, which is read before anything runs.
"""

from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

from nbformat import NotebookNode

from companion.errors import ExecutionFailed
from companion.notebook.figure_data import FIGURE_DATA_MIME
from companion.running.failures import place
from companion.source.notebooks import TextNotebook

DRAWING = "image/svg+xml"
SHOWN = ("text/plain", "text/html", DRAWING, "image/png", "image/jpeg", "image/gif")
_OURS = ("application/vnd.companion.", "application/companion/")


def check_shown(notebook: TextNotebook, root: Path, executed: NotebookNode) -> None:
    """Check that every output of a run can be shown.

    Args:
        notebook: The source.
        root: The project's folder.
        executed: The notebook as it was run.

    Raises:
        ExecutionFailed: Naming every cell whose output cannot.
    """
    problems = []
    for cell in executed.cells:
        outputs = cell.get("outputs", ())
        found = [*(problem for output in outputs for problem in _problems(output)), *_problems_of_figure(cell)]
        problems += [f"{place(notebook, root, notebook.cell(cell['id']))} {problem}" for problem in found]
    if problems:
        raise ExecutionFailed("\n".join(problems))


def _problems(output: NotebookNode) -> Iterator[str]:
    """What is wrong with one output, as the end of a sentence that begins with its cell.

    Yields:
        The ends of the sentences.
    """
    if output.output_type == "stream" and output.name != "stdout":
        yield f"has text on {output.name} among its outputs; such text belongs into the log"
    bundle = output.get("data", {})
    for kind in bundle:
        if kind not in SHOWN and not kind.startswith(_OURS):
            known = ", ".join(SHOWN)
            yield f"shows {kind}, which a page cannot show. It can show {known}; print() makes text of a value"
    if DRAWING in bundle and not _is_xml(bundle[DRAWING]):
        yield "shows a drawing that is no XML; an SVG must be well-formed"


def _problems_of_figure(cell: NotebookNode) -> Iterator[str]:
    """What is wrong with the drawing of a cell that names a figure.

    Yields:
        The end of a sentence.
    """
    name = cell.metadata.get("mystnb", {}).get("figure", {}).get("name")
    if name is None or "skipped" in cell.metadata.get("companion", {}):
        return
    drawings = [output.data for output in cell.outputs if DRAWING in output.get("data", {})]
    if len(drawings) != 1:
        yield f"names the figure {name!r} and shows {len(drawings)} drawings; expected one"
    elif FIGURE_DATA_MIME not in drawings[0]:
        yield f"shows the figure {name!r} without its numbers; only a figure of Matplotlib brings them"


def _is_xml(text: str) -> bool:
    try:
        ElementTree.fromstring(text)
    except ElementTree.ParseError:
        return False
    return True
