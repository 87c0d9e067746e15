"""papermill's engine with our kernel: what happens between the first and the last cell of a run."""

import ast
import json
import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import papermill
from nbclient.exceptions import DeadKernelError
from nbformat import NotebookNode
from papermill.clientwrap import PapermillNotebookClient
from papermill.engines import Engine, NotebookExecutionManager, papermill_engines
from papermill.exceptions import PapermillExecutionError

from companion.running.kernels import PrivateKernelManager

ENGINE = "companion"
SKIP_TAG = "companion-skip"  # carried while the notebook runs only
INJECTED = "injected-parameters"
FOREVER = 10**9  # seconds: the watchdog ends what takes too long, nobody else

_USAGE = "__import__('companion.running.kernel_process', fromlist=['usage']).usage()"
_LOADED = "__import__('companion.running.kernel_process', fromlist=['loaded']).loaded({root!r})"


@dataclass
class Progress:
    """What is known of a run while it goes on, and after it broke off.

    Attributes:
        node: The notebook as far as it is executed.
        cell: Name of the cell that runs or ran last; None before the first.
        usage: What the kernel says it used, once all cells are done: cpu_seconds, peak_megabytes, threads, device.
        loaded: What it says it had loaded then, as :func:`companion.running.kernel_process.loaded` describes it.
        died: Whether the kernel ended before its work was done.
    """

    node: NotebookNode
    cell: str | None = None
    usage: dict[str, Any] = field(default_factory=dict)
    loaded: dict[str, Any] = field(default_factory=lambda: {"own": [], "packages": {}})
    died: bool = False


def execute(
    node: NotebookNode,
    parameters: dict[str, Any],
    manager: PrivateKernelManager,
    *,
    folder: Path,
    on_cell: Callable[[str], None],
) -> Progress:
    """Execute ``node`` by papermill with the kernel of ``manager``, until the end, an exception or the kernel's death.

    Args:
        node: The notebook; it is not changed.
        parameters: Values to inject after the parameters cell; none, no cell.
        manager: The kernel; this starts it and stops it.
        folder: Where the kernel runs.
        on_cell: Called with the name of each code cell before it runs.

    Returns:
        How far it came. A cell that raised has an output of type ``error``; nothing is raised for it here.

    Raises:
        RuntimeError: If something failed other than the notebook and its kernel.
    """
    papermill_engines.register(ENGINE, _Engine)
    for name in ("papermill", __name__):  # they repeat what we report
        logging.getLogger(name).addHandler(logging.NullHandler())
    progress = Progress(node)
    try:
        papermill.execute_notebook(
            node,
            None,
            parameters,
            engine_name=ENGINE,
            progress_bar=False,
            autosave_cell_every=0,
            manager=manager,
            progress=progress,
            folder=folder,
            on_cell=on_cell,
        )
    except PapermillExecutionError:
        pass  # the outputs say it
    except RuntimeError as error:
        if not isinstance(error, DeadKernelError) and "Kernel died" not in str(error):  # the latter while it starts
            raise
        progress.died = True
    return progress


class _Engine(Engine):  # type: ignore[misc]
    @classmethod
    def execute_managed_notebook(
        cls,
        nb_man: NotebookExecutionManager,
        kernel_name: str,
        *,
        manager: PrivateKernelManager,
        progress: Progress,
        folder: Path,
        on_cell: Callable[[str], None],
        **_papermills_own: Any,
    ) -> None:
        progress.node = nb_man.nb
        client = _Client(
            nb_man,
            km=manager,
            timeout=None,
            startup_timeout=FOREVER,
            shutdown_kernel="immediate",
            skip_cells_with_tag=SKIP_TAG,
            record_timing=False,  # two equal runs give equal notebooks
            coalesce_streams=True,  # how a stream is cut into messages is chance
            log=logging.getLogger(__name__),
        )
        client.progress, client.report = progress, on_cell
        client.execute(cleanup_kc=True, cwd=str(folder))


class _Client(PapermillNotebookClient):  # type: ignore[misc]
    progress: Progress
    report: Callable[[str], None]

    def papermill_execute_cells(self) -> None:
        self.on_cell_execute = self._note
        super().papermill_execute_cells()
        root = str(self.km.root)
        self.progress.usage, self.progress.loaded = self._asked(_USAGE, _LOADED.format(root=root))

    def _note(self, cell: NotebookNode, cell_index: int) -> None:
        del cell_index
        name = INJECTED if INJECTED in cell.metadata["tags"] else cell["id"]
        self.progress.cell = name
        self.km.begin(name)
        self.report(name)

    def _asked(self, *expressions: str) -> list[dict[str, Any]]:
        """What the kernel answers to expressions that give JSON; the question leaves no trace in the notebook."""
        named = {str(number): expression for number, expression in enumerate(expressions)}
        question = self.kc.execute("", silent=True, store_history=False, user_expressions=named)
        answers = self.wait_for_reply(question)["content"]["user_expressions"]
        return [json.loads(ast.literal_eval(answers[name]["data"]["text/plain"])) for name in named]
