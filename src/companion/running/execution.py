"""Running a chapter: everything is checked before, the kernel cannot outlive its time, the output is whole or absent.

The order: refuse what is wrong (slug, claims file, form of the notebook, parameters, data), execute in a kernel of its
own, refuse measurements that do not fit the declared claims, stamp, and only then let the new notebook take the place
of the former one. After a failure the former one still stands, and the broken notebook lies in ``failed/`` beside it.
"""

import contextlib
import copy
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from nbformat import NotebookNode

from companion.claims.judging import judge_measurements
from companion.claims.verdicts import Verdict
from companion.errors import BuildFailed, CompanionError, ExecutionFailed
from companion.files import check_writable, write_atomically
from companion.machine.hardware import Source, hardware, versions_of
from companion.project import Project
from companion.record.judged import chapter_verdicts, measurements_in, store_verdicts
from companion.running.engine import INJECTED, SKIP_TAG, Progress, execute
from companion.running.failures import described_death, described_error, failed_cell, place
from companion.running.kernels import PrivateKernelManager, killed_after, private_kernel
from companion.running.outputs import checked_output
from companion.running.planning import Plan, planned_run
from companion.running.showing import check_shown
from companion.scales import Scale
from companion.source.cell_code import ending_line
from companion.source.closure import import_closure
from companion.source.locked import other_versions
from companion.source.notebooks import node_from, text_of
from companion.source.stamp import Stamp, inputs_of, moved, outputs_digest


def run_chapter(
    project: Project,
    slug: str,
    *,
    scale: Scale | str,
    parameters: Mapping[str, object] | None = None,
    output: Path | None = None,
    time_limit: float | None = None,
    on_cell: Callable[[str], None] | None = None,
) -> Path:
    """Execute a chapter and write the executed, stamped notebook.

    Args:
        project: The book.
        slug: The chapter.
        scale: Size of the run.
        parameters: Values that differ from the defaults, as texts (``{"seed": "3"}``) or typed.
        output: Where to write; default ``build/<scale>/<slug>.ipynb`` with default parameters and
            ``build/runs/<slug>/<hash>/<slug>.ipynb`` with others.
        time_limit: Seconds; default ten times the chapter's budget, and two minutes at least.
        on_cell: Called with the name of each cell before it runs.

    Returns:
        The path written.

    Raises:
        RefusedInput: If something given is wrong; nothing was executed.
        ExecutionFailed: If a cell raised, the kernel died or ran past its limit, a measurement is undeclared, missing
            or doubled, or a source changed meanwhile; the former output is untouched.
        BuildFailed: If the output cannot be written; the former one is untouched.
    """
    plan = planned_run(project, slug, scale=scale, parameters=parameters, output=output, limit=time_limit)
    check_writable(plan.output)
    started = time.monotonic()
    progress = _executed(plan, on_cell or (lambda _: None))
    seconds = time.monotonic() - started
    try:
        verdicts = _judged(plan, progress.node)
        check_shown(plan.notebook, plan.project.root, progress.node)
        _check_stamp_is_whole(plan, progress.loaded["own"])
        _check_unchanged(plan)
    except CompanionError as error:
        raise type(error)(_with_broken(plan, progress.node, str(error))) from None
    if output is not None:
        checked_output(project, plan.output)  # somebody may have come first
    node, stamp = _stamped(plan, progress, seconds)
    write_atomically(plan.output, text_of(node))
    store_verdicts(plan.project, chapter_verdicts(plan.claims, plan.claims_file, stamp, verdicts), plan.output)
    with contextlib.suppress(OSError):
        plan.broken.unlink()
    return plan.output


def _executed(plan: Plan, on_cell: Callable[[str], None]) -> Progress:
    """The run itself.

    Raises:
        ExecutionFailed: If it did not come to its end.
    """
    folder = plan.notebook.path.parent
    with private_kernel(plan.project.root) as manager, killed_after(manager, plan.limit) as expired:
        progress = execute(_prepared(plan), plan.changed, manager, folder=folder, on_cell=on_cell)
        _keep_log(plan, manager)
        if progress.died:
            message = _described_end(plan, progress, manager, is_late=expired.is_set())
            raise ExecutionFailed(_with_broken(plan, progress.node, message))
    failed = failed_cell(progress.node)
    if failed is not None:
        message = described_error(plan.notebook, plan.project.root, *failed)
        raise ExecutionFailed(_with_broken(plan, progress.node, f"{plan.inputs.slug}: {message}"))
    return progress


def _keep_log(plan: Plan, manager: PrivateKernelManager) -> None:
    """Keep what the kernel wrote beside its outputs, in place of a former run's; a full disk does not end the run."""
    log = log_beside(plan.output)
    with contextlib.suppress(OSError, BuildFailed):
        log.unlink(missing_ok=True)
        if manager.said():
            write_atomically(log, manager.said())


def log_beside(executed: Path) -> Path:
    """Where a run keeps what libraries and compiled code wrote to stderr; the file is there if there is any."""
    return executed.parent / "logs" / f"{executed.stem}.stderr.log"


def _prepared(plan: Plan) -> NotebookNode:
    """A copy of the source in which the cells whose data is lacking are marked."""
    node = copy.deepcopy(plan.notebook.node)
    for cell, raw in zip(plan.notebook.cells, node.cells, strict=True):
        absent = [name for name in cell.needs(plan.scale) if plan.inputs.data[name] is None] if cell.is_code else []
        if absent:
            raw.metadata["companion"] = {"skipped": absent[0]}
            raw.metadata["tags"] = [*raw.metadata.get("tags", ()), SKIP_TAG]
    return node


def _described_end(plan: Plan, progress: Progress, manager: PrivateKernelManager, *, is_late: bool) -> str:
    known = progress.cell is not None and progress.cell != INJECTED
    cell = plan.notebook.cell(str(progress.cell)) if known else None
    ending = None if is_late or cell is None else ending_line(cell.source)  # what takes too long ends nowhere
    line = cell.line + (ending or 1) - 1 if cell else 0
    where = place(plan.notebook, plan.project.root, cell, line) if cell else "its start, before the first cell"
    if is_late:
        return (
            f"{plan.inputs.slug}: ran past its limit of {plan.limit:g} s in {where}. A smaller --scale runs shorter; "
            "--time-limit gives it longer"
        )
    budget = plan.claims.budget[plan.scale].megabytes
    return f"{plan.inputs.slug}: {described_death(where, manager.killed_by, budget, manager.last_words())}"


def _judged(plan: Plan, node: NotebookNode) -> tuple[Verdict, ...]:
    """The verdicts; the judge refuses what does not fit the declaration."""
    available = [name for name, found in plan.inputs.data.items() if found is not None]
    return judge_measurements(plan.claims, list(measurements_in(node)), plan.scale, available, plan.values["seed"])


def _check_stamp_is_whole(plan: Plan, loaded: Sequence[str]) -> None:
    """Every module of ours that the kernel has loaded must stand in the stamp, or a change to it would go unseen.

    Raises:
        ExecutionFailed: If one does not; the message names them all.
    """
    unseen = sorted(set(loaded) - set(plan.inputs.modules))
    if unseen:
        raise ExecutionFailed(
            f"{plan.inputs.slug}: the run loaded {', '.join(unseen)}, which no import statement leads to, so that its "
            "stamp would not notice a change there. Import what the notebook uses by its module "
            "(from package.module import name), not by importlib or through a package's __getattr__"
        )


def _check_unchanged(plan: Plan) -> None:
    """The kernel imports what lies there when it runs; the stamp must speak of the same.

    Raises:
        ExecutionFailed: If something changed between the two.
    """
    changes = moved(plan.inputs, inputs_of(plan.project, plan.notebook, plan.scale, plan.values))
    if changes:
        raise ExecutionFailed(f"{plan.inputs.slug}: {'; '.join(changes)} changed while it ran; run it again")


def _with_broken(plan: Plan, node: NotebookNode, message: str) -> str:
    """``message``, and where the broken notebook is kept for inspection; a full disk must not hide the message."""
    try:
        write_atomically(plan.broken, text_of(_tidied(plan, node)))
    except BuildFailed as error:
        return f"{message}\n  The broken notebook could not be kept: {error}"
    return f"{message}\n  The broken notebook: {plan.project.relative(plan.broken)}"


def _stamped(plan: Plan, progress: Progress, seconds: float) -> tuple[NotebookNode, Stamp]:
    node = _tidied(plan, progress.node)
    packages = {name: Source(*found) for name, found in progress.loaded["packages"].items()}
    versions = versions_of(import_closure(plan.project, plan.notebook).external, packages)
    stamp = Stamp(
        **plan.inputs.model_dump(),
        outputs=outputs_digest(node),
        versions=versions,
        other_versions=other_versions(plan.project, versions),
        hardware=hardware(progress.usage["device"]),
        threads=progress.usage["threads"],
        cpu_seconds=progress.usage["cpu_seconds"],
        peak_megabytes=progress.usage["peak_megabytes"],
        seconds=round(seconds, 2),
        finished=datetime.now(UTC).isoformat(timespec="seconds"),
    )
    node.metadata["companion"] = {"stamp": stamp.model_dump(mode="json")}
    return node, stamp


def _tidied(plan: Plan, executed: NotebookNode) -> NotebookNode:
    """``executed`` as a file would give it back, without papermill's times and paths."""
    node = copy.deepcopy(executed)
    node.metadata.pop("papermill", None)
    for cell in node.cells:
        tags = [tag for tag in cell.metadata.pop("tags", ()) if tag != SKIP_TAG]
        if tags:
            cell.metadata["tags"] = tags
        if INJECTED in tags:
            cell["id"] = cell.metadata["title"] = INJECTED
        cell.metadata.pop("papermill", None)
    return node_from(text_of(node))
