"""An executed notebook made ready for readers: verdicts, numbers for prose, notes where data is lacking."""

import copy
import json
import re
from collections.abc import Collection
from typing import Any

from markupsafe import Markup
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_output

from companion.claims.declared import Claim
from companion.claims.samples import MEASUREMENT_MIME
from companion.claims.verdicts import Verdict
from companion.notebook.surfaces import RECORD_PREFIX
from companion.project import Project
from companion.source.datasets import registered_data
from companion.source.notebooks import text_of
from companion.staging import markup
from companion.staging.chapters import Chapter
from companion.staging.exercises import with_solutions_folded
from companion.staging.figures import is_drawing, skipped_data, with_data_links
from companion.staging.lacking import FAILED, why_no_number
from companion.staging.templates import fill

_NAMES = {"number": "number", "bound": "bound", "interval": "interval", "n": "cases"}
_IMPORT = re.compile(r"^(import|from) ", re.MULTILINE)
_GLUE_USE = re.compile(r"\{glue:text\}`(?:(?P<page>[^`:]+)::)?(?P<key>[^`:]+)(?::[^`:]*)?`")


def dressed(project: Project, chapter: Chapter, used_on_pages: Collection[str]) -> str:
    """The staged notebook of a chapter as JSON.

    Args:
        project: The book.
        chapter: The chapter and its run.
        used_on_pages: Keys that the pages of the book show from this notebook.

    Returns:
        The notebook's JSON. Its own text is that of the run; only what readers see of verdicts is added.
    """
    notebook = copy.deepcopy(chapter.notebook)
    skipped = [cell for cell in notebook.cells if skipped_data(cell)]
    for cell in notebook.cells:
        _fold(cell)
        _dress_measurements(cell, chapter)
        if skipped_data(cell):
            _note_skipped(project, cell)
    cells = [*with_solutions_folded(_with_figures(notebook.cells))]
    notebook.cells = _with_parameters_table(cells, chapter)
    keys = claim_keys(project, chapter)
    if skipped or chapter.failure is not None:
        wanted = set(used_on_pages) | keys_used("".join(c.source for c in notebook.cells if c.cell_type == "markdown"))
        words = markup.nothing("number", _why_not_run(project, skipped))
        keys |= dict.fromkeys(wanted - set(keys) - set(recorded_texts(notebook)), words)
    notebook.cells.append(_glue_cell(keys))
    notebook.metadata = {
        name: notebook.metadata[name] for name in ("kernelspec", "language_info") if name in notebook.metadata
    }
    return text_of(notebook)


def keys_used(markdown: str, page: str | None = None) -> set[str]:
    """The keys that a text shows by ``{glue:text}``: its own ones, or those of the notebook ``page``."""
    uses = _GLUE_USE.finditer(markdown)
    return {use["key"] for use in uses if (use["page"] or "").endswith(page or "") and bool(use["page"]) == bool(page)}


def claim_keys(project: Project, chapter: Chapter) -> dict[str, str]:
    """Glue keys of all claims, ``<id>.number``, ``.bound``, ``.interval``, ``.n``, ``.verdict``; words for nothing."""
    keys: dict[str, str] = {}
    for claim, verdict in chapter.pairs:
        why = why_no_number(project, chapter, claim, verdict)
        values: dict[str, Any] = {
            "number": verdict.number,
            "bound": verdict.bound,
            "interval": None if verdict.interval is None else markup.plain_interval(verdict.interval),
            "n": verdict.n,
            "verdict": str(verdict.verdict),
        }
        keys |= {
            f"{verdict.id}.{k}": markup.nothing(_NAMES[k], why) if v is None else repr(v) for k, v in values.items()
        }
    return keys


def _why_not_run(project: Project, skipped: Collection[NotebookNode]) -> str:
    """Why a number was not recorded: for want of data, or else since the chapter failed."""
    cards = registered_data(project)
    titles = dict.fromkeys(cards[str(skipped_data(cell))].title for cell in skipped)
    return f"it needs {' and '.join(titles)}, not found on this machine" if titles else FAILED


def verdict_block(chapter: Chapter, claim: Claim, verdict: Verdict) -> Markup:
    """What stands below the cell that measured a claim; its id is the anchor of all links to that cell."""
    return fill("staging/html/verdict_block.html", slug=chapter.slug, claim=claim, verdict=verdict)


def _dress_measurements(cell: NotebookNode, chapter: Chapter) -> None:
    by_id = {claim.id: (claim, verdict) for claim, verdict in chapter.pairs}
    for output in cell.get("outputs", ()):
        stored = output.get("data", {}).get(MEASUREMENT_MIME)
        if stored is not None:  # the numbers themselves stay in the notebook that readers download
            output.data = {"text/html": verdict_block(chapter, *by_id[stored["id"]])}
        elif "text/html" in output.get("data", {}):
            output.data["text/html"] = with_data_links(output.data["text/html"])


def _fold(cell: NotebookNode) -> None:
    """Hide behind a click what is not the point: imports, and how a figure is drawn."""
    tags = cell.metadata.get("tags", [])
    if "setup" in tags and _IMPORT.search(cell.source):
        _hide(cell, "the imports")
    elif "hide-input" in tags and "figure" in cell.metadata.get("mystnb", {}):
        _hide(cell, "the code of the figure")


def _hide(cell: NotebookNode, what: str) -> None:
    cell.metadata["tags"] = list(dict.fromkeys([*cell.metadata["tags"], "hide-input"]))
    prompts = {"code_prompt_show": f"Show {what}", "code_prompt_hide": f"Hide {what}"}
    cell.metadata["mystnb"] = {**cell.metadata.get("mystnb", {}), **prompts}


def _note_skipped(project: Project, cell: NotebookNode) -> None:
    note = markup.inline_html(f"This cell was not run in this build, for want of data. {_how_to_get(project, cell)}")
    cell.metadata.pop("mystnb", None)  # a caption would stand under nothing
    data = {"text/html": Markup('<p class="skipped-note">{}</p>').format(note)}
    cell.outputs = [new_output("display_data", data=data)]  # type: ignore[no-untyped-call]


def _how_to_get(project: Project, cell: NotebookNode) -> str:
    return registered_data(project)[str(skipped_data(cell))].how_to_get


def _with_figures(cells: list[NotebookNode]) -> list[NotebookNode]:
    """Show the drawing of a named cell by the same file as every other page does, after what else the cell gave out.

    The value of such a cell is what a drawing function returned, which says nothing to readers.
    """
    shown: list[NotebookNode] = []
    for cell in cells:
        shown.append(cell)
        settings = cell.metadata.get("mystnb", {})
        is_drawn = any(is_drawing(output) for output in cell.get("outputs", ()))
        if "figure" in settings and (is_drawn or "failed" in cell.metadata.get("companion", {})):
            cell.outputs = [o for o in cell.outputs if not is_drawing(o) and o.output_type != "execute_result"]
            cell.metadata["mystnb"] = {name: settings[name] for name in settings if name not in ("figure", "image")}
            directive = _figure_directive(settings["figure"], settings.get("image", {}))
            shown.append(new_markdown_cell(directive, id=f"{cell.id}-figure"[-64:]))  # type: ignore[no-untyped-call]
    return shown


def _figure_directive(figure: NotebookNode, image: NotebookNode) -> str:
    alt = json.dumps(image.get("alt", ""), ensure_ascii=False)
    head = f"````{{figure}} ../book/_figures/{figure['name']}.svg\n:name: {figure['name']}\n:alt: {alt}"
    return f"{head}\n\n{figure.get('caption', '')}\n````"


def _outputs_alone(name: str, outputs: list[NotebookNode], tag: str) -> NotebookNode:
    cell: NotebookNode = new_code_cell(id=name, outputs=outputs)  # type: ignore[no-untyped-call]
    cell.metadata["tags"] = [tag]
    return cell


def _with_parameters_table(cells: list[NotebookNode], chapter: Chapter) -> list[NotebookNode]:
    """Hide the cell that the runner injected, and say instead with what the notebook was run."""
    shown: list[NotebookNode] = []
    for cell in cells:
        tags = cell.metadata.get("tags", [])
        if "injected-parameters" in tags:
            cell.metadata["tags"] = [*tags, "remove-cell"]
        shown.append(cell)
        if "parameters" in tags and chapter.failure is None:
            table = _parameters_table(chapter)
            shown.append(new_markdown_cell(table, id="parameters-of-this-run"))  # type: ignore[no-untyped-call]
    return shown


def _parameters_table(chapter: Chapter) -> str:
    given = {"scale": str(chapter.scale), **chapter.verdicts.parameters}
    head = " | ".join(f"`{name}`" for name in given)
    values = " | ".join(f"`{value}`" for value in given.values())
    return f"This page shows a run with\n\n| {head} |\n|{' --- |' * len(given)}\n| {values} |"


def _glue_cell(keys: dict[str, str]) -> NotebookNode:
    outputs = [
        new_output(  # type: ignore[no-untyped-call]
            "display_data",
            data={f"{RECORD_PREFIX}text/plain": text},
            metadata={"scrapbook": {"name": key, "mime_prefix": RECORD_PREFIX}},
        )
        for key, text in keys.items()
    ]
    return _outputs_alone("verdicts", outputs, "remove-cell")


def recorded_texts(notebook: NotebookNode) -> dict[str, str]:
    """What a run recorded for prose: each key with its value as Python writes it."""
    outputs = (output for cell in notebook.cells for output in cell.get("outputs", ()))
    glued = (output for output in outputs if "scrapbook" in output.get("metadata", {}))
    return {o.metadata["scrapbook"]["name"]: o.data.get(f"{RECORD_PREFIX}text/plain", "") for o in glued}
