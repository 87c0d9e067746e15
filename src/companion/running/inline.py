"""Running a chapter in the process of a test: no kernel, measured by coverage, open to sabotage.

The gates of scale and data are lifted: whatever the notebook measures is judged. Cells that need data which is not here
are skipped, as the executor does.
"""

import ast
import sys
import traceback
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from importlib import import_module
from types import ModuleType
from typing import Any

from companion.claims.declared import ChapterClaims, read_claims
from companion.claims.judging import judge_claim, judge_measurements
from companion.claims.verdicts import Verdict
from companion.errors import ExecutionFailed, RefusedInput
from companion.notebook.surfaces import Inline, collecting
from companion.project import Project
from companion.running.sabotage import Sabotage, sabotaged
from companion.scales import Scale
from companion.source.datasets import fingerprints
from companion.source.notebooks import PARAMETERS, SETUP, Cell, TextNotebook, read_notebook
from companion.source.parameters import checked_parameters, declared_parameters

__all__ = ["DataLacking", "InlineRun", "Sabotage", "run_inline"]


class DataLacking(RefusedInput):
    """A cell that was asked for needs data which is not on this machine; a test skips with this message."""


@dataclass(frozen=True)
class InlineRun:
    """What one run left.

    Attributes:
        verdicts: By claim: all claims after a whole run, the measured ones after a part.
        namespace: The notebook's variables.
        records: What ``chapter.record`` stored.
        skipped: Cells that were skipped, with the data set that each lacks.
    """

    verdicts: dict[str, Verdict]
    namespace: dict[str, Any]
    records: dict[str, float | int | str] = field(default_factory=dict)
    skipped: dict[str, str] = field(default_factory=dict)


def run_inline(
    slug: str,
    *,
    scale: str = "quick",
    parameters: Mapping[str, object] | None = None,
    cells: Collection[str] | None = None,
    sabotage: Sabotage | None = None,
    project: Project | None = None,
) -> InlineRun:
    """Run a chapter's cells here, and judge what they measure.

    Args:
        slug: The chapter.
        scale: Size of the run.
        parameters: Values that differ from the defaults.
        cells: Names of the cells to run beside parameters and setup; None runs those of the sabotage, or all.
        sabotage: What to break while the cells run.
        project: The book; None finds the one around the working folder.

    Returns:
        Verdicts, variables and recorded numbers.

    Raises:
        RefusedInput: If chapter, parameter, cell or claim does not exist, or the sabotage's twin was never called.
        DataLacking: If a cell that was asked for needs data which is not here.
        ExecutionFailed: If a cell raises (with its name and line), or the measurements do not fit the claims.
    """
    project = project or Project.find()
    notebook = read_notebook(project.notebook(project.check_slug(slug)))
    claims = read_claims(project.claims(slug))
    values = checked_parameters(
        declared_parameters(notebook), claims.parameters, {**(parameters or {}), "scale": scale}
    )
    wanted = _checked_names(notebook, claims, cells, sabotage)
    size = Scale(values["scale"])
    data = fingerprints(project, notebook.needs(size))
    run, skipped = _selected(notebook, wanted, size, data)
    with project.importable(), _broken(sabotage, run, project.packages), collecting(claims) as collector:
        namespace = _executed(notebook, run, values)
    available = [name for name, fingerprint in data.items() if fingerprint is not None]
    verdicts = _judged(claims, collector, size, available, values["seed"], whole=wanted is None)
    _check_measured(sabotage, verdicts)
    return InlineRun(verdicts, namespace, collector.records, skipped)


def _checked_names(
    notebook: TextNotebook, claims: ChapterClaims, cells: Collection[str] | None, sabotage: Sabotage | None
) -> set[str] | None:
    """The cells that are asked for, None for all.

    Raises:
        RefusedInput: If a cell or a claim of the sabotage does not exist.
    """
    if isinstance(cells, str):
        raise RefusedInput(f"cells is the text {cells!r}; expected a list of cell names: [{cells!r}]")
    if sabotage is not None:
        unknown = [claim for claim in sabotage.claims if claim not in claims.by_id]
        if unknown:
            raise RefusedInput(
                f"the sabotage of {sabotage.target} names the claims {', '.join(unknown)}, which {claims.chapter} does "
                f"not declare; it declares {', '.join(claims.by_id)}"
            )
    wanted = cells if cells is not None else (sabotage.cells if sabotage is not None else None) or None
    return None if wanted is None else {notebook.cell(name).name for name in wanted}


def _selected(
    notebook: TextNotebook, wanted: set[str] | None, scale: Scale, data: Mapping[str, str | None]
) -> tuple[list[Cell], dict[str, str]]:
    """The cells to run, and those skipped with what they lack.

    Raises:
        DataLacking: If a wanted cell lacks data.
    """
    run, skipped = [], {}
    for cell in notebook.code_cells:
        if wanted is not None and cell.name not in wanted and not {PARAMETERS, SETUP} & set(cell.tags):
            continue
        lacking = [name for name in cell.needs(scale) if data[name] is None]
        if lacking and wanted is not None:
            raise DataLacking(f"cell {cell.name!r} of {notebook.path.name} needs {lacking[0]}, which is not here")
        if lacking:
            skipped[cell.name] = lacking[0]
        else:
            run.append(cell)
    return run, skipped


@contextmanager
def _broken(sabotage: Sabotage | None, cells: Sequence[Cell], packages: tuple[str, ...]) -> Iterator[None]:
    """The twin of ``sabotage`` in place, if there is one, in all that ``cells`` import.

    Yields:
        Nothing.
    """
    if sabotage is None:
        yield
        return
    _import_first(cells, packages)
    with sabotaged(sabotage, packages):
        yield


def _import_first(cells: Sequence[Cell], packages: tuple[str, ...]) -> None:
    """Load what the cells import from ``packages``, so that the twin reaches every copy before the first cell."""
    names: set[str] = set()
    for cell in cells:
        for node in ast.walk(_parsed(cell)):
            if isinstance(node, ast.Import):
                names.update(alias.name for alias in node.names)
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                names.update([node.module, *(f"{node.module}.{alias.name}" for alias in node.names)])
    for name in sorted(names):
        if name.split(".")[0] in packages:
            with suppress(ImportError):  # a name that is no module, or an import that the cell itself will report
                import_module(name)


def _parsed(cell: Cell) -> ast.Module:
    try:
        return ast.parse(cell.source)
    except SyntaxError:
        return ast.Module([], [])  # reported with its line when the cell runs


def _executed(notebook: TextNotebook, cells: Sequence[Cell], values: Mapping[str, Any]) -> dict[str, Any]:
    """The notebook's variables after ``cells``, with the parameters' ``values``."""
    with _figures_closed(), _notebook_namespace(notebook.path.stem) as namespace:
        for cell in cells:
            _execute(notebook, cell, namespace)
            if PARAMETERS in cell.tags:
                namespace.update(values)
        return namespace


def _execute(notebook: TextNotebook, cell: Cell, namespace: dict[str, Any]) -> None:
    """Run one cell; its code carries the lines of the notebook's file, for tracebacks and for coverage.

    Raises:
        ExecutionFailed: If it raises.
    """
    try:
        code = compile("\n" * (cell.line - 1) + cell.source, str(notebook.path), "exec", dont_inherit=True)
        exec(code, namespace)
    except Exception as error:
        line = _line_of(error, str(notebook.path)) or cell.line
        text = notebook.path.read_text(encoding="utf-8").splitlines()[line - 1].strip()
        raise ExecutionFailed(
            f"{notebook.path.name}, cell {cell.name!r}, line {line}: {type(error).__name__}: {error}\n    {text}"
        ) from error


def _line_of(error: Exception, file: str) -> int | None:
    """The line of the notebook where the error arose: the innermost frame that stands in its file."""
    if isinstance(error, SyntaxError) and error.filename == file:
        return error.lineno
    lines = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == file]
    return lines[-1] if lines else None


@contextmanager
def _notebook_namespace(slug: str) -> Iterator[dict[str, Any]]:
    """The variables of a fresh module, findable while it runs: dataclasses look their module up by name.

    Yields:
        The variables.
    """
    module = ModuleType(f"notebook_{slug.replace('-', '_')}")
    former = sys.modules.get(module.__name__)
    sys.modules[module.__name__] = module
    try:
        yield vars(module)
    finally:
        if former is None:
            del sys.modules[module.__name__]
        else:
            sys.modules[module.__name__] = former


@contextmanager
def _figures_closed() -> Iterator[None]:
    """Draw without a screen; close the figures and undo the style afterwards.

    Yields:
        Nothing.
    """
    import matplotlib as mpl

    mpl.use("Agg")
    import matplotlib.pyplot as plt

    former = set(plt.get_fignums())
    with mpl.rc_context():
        try:
            yield
        finally:
            for number in set(plt.get_fignums()) - former:
                plt.close(number)


def _judged(
    claims: ChapterClaims, collector: Inline, scale: Scale, available: Collection[str], seed: int, *, whole: bool
) -> dict[str, Verdict]:
    if whole:
        verdicts = judge_measurements(claims, collector.measurements, scale, available, seed, lift_gates=True)
        return {verdict.id: verdict for verdict in verdicts}
    return {m.id: judge_claim(claims.chapter, claims.by_id[m.id], m.samples, seed) for m in collector.measurements}


def _check_measured(sabotage: Sabotage | None, verdicts: Mapping[str, Verdict]) -> None:
    unmeasured = [claim for claim in sabotage.claims if claim not in verdicts] if sabotage is not None else []
    if sabotage is not None and unmeasured:
        raise RefusedInput(
            f"the sabotage of {sabotage.target} names the claims {', '.join(unmeasured)}, which its cells "
            f"({', '.join(sabotage.cells)}) do not measure; add the cells that do"
        )
