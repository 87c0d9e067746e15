"""Everything that speaks beside a cell's outputs: none of it may enter them, and the log says where it came from."""

from collections.abc import Callable

import nbformat
import pytest
from typer.testing import CliRunner

from companion.cli import app
from companion.errors import ExecutionFailed
from companion.project import Project
from companion.running.execution import log_beside, run_chapter
from companion.scales import Scale
from companion.site.rendering import render
from companion.staging.book import stage

NOISE = """
import ctypes, logging, multiprocessing, os, subprocess, sys, threading, time
print("of the cell")
print("to stderr", file=sys.stderr)
os.write(1, b"by one\\n"), os.write(2, b"by two\\n")
logging.warning("a logged warning")
subprocess.run(["echo", "by another program"])
subprocess.run(["echo", "into our stdout"], stdout=sys.stdout)
libc = ctypes.CDLL(None)
libc.puts(b"by compiled code"), libc.fflush(None)
child = multiprocessing.get_context("fork").Process(target=print, args=("by a fork",))
child.start(), child.join()
early = threading.Thread(target=print, args=("by an early thread",))
early.start(), early.join()
late = threading.Thread(target=lambda: (time.sleep(0.3), print("by a late thread")))
late.start()
exec("import warnings; warnings.warn('of a library')", {"__name__": "library"})
None
"""
SAID = (
    *("to stderr", "by one", "by two", "a logged warning", "by another program", "into our stdout"),
    *("by compiled code", "by a fork", "by an early thread", "of a library"),
)


def outputs(project: Project, cell: str) -> list[nbformat.NotebookNode]:
    cells = nbformat.read(project.executed("toy", Scale.QUICK), as_version=4).cells
    found: list[nbformat.NotebookNode] = next(one for one in cells if one.id == cell).outputs
    return found


def test_only_what_a_cell_itself_prints_is_its_output(scratch_project: Project, add_cell: Callable[..., int]) -> None:
    add_cell(scratch_project, "noise", NOISE)
    add_cell(scratch_project, "after", "late.join()\nprint('after')")
    log = log_beside(run_chapter(scratch_project, "toy", scale="quick")).read_text()
    assert [output.text for output in outputs(scratch_project, "noise")] == ["of the cell\n"]
    assert [output.text for output in outputs(scratch_project, "after")] == ["after\n"]
    assert log.startswith("# noise\n")
    noise, _, after = log.partition("# after\n")
    assert not [said for said in SAID if said not in noise]
    assert "by a late thread" in after


def test_the_program_says_where_the_log_is(scratch_project: Project, add_cell, monkeypatch) -> None:
    add_cell(scratch_project, "noise", "import sys\nprint('x', file=sys.stderr)")
    monkeypatch.chdir(scratch_project.root)
    said = CliRunner().invoke(app, ["run", "toy"]).stdout
    assert f"What was said on stderr meanwhile: {log_beside(scratch_project.executed('toy', Scale.QUICK))}" in said


def test_a_quiet_run_leaves_no_log(scratch_project: Project) -> None:
    log = log_beside(scratch_project.executed("toy", Scale.QUICK))
    log.parent.mkdir(parents=True)
    log.write_text("of a former run\n")
    run_chapter(scratch_project, "toy", scale="quick")
    assert not log.exists()


@pytest.mark.parametrize(
    "code",
    [
        "import warnings\nwarnings.warn('beware')",
        "import numpy as np\nnp.float64(1) / np.array([0.0])",
        "from toymath import loud\nloud.speak()",
        "import warnings\nwarnings.warn('old', DeprecationWarning)",
    ],
    ids=["the cell's", "numpy's about the cell", "a module's of the book", "a deprecation"],
)
def test_a_warning_that_points_into_the_book_ends_the_run(
    scratch_project: Project, add_cell: Callable[..., int], code: str
) -> None:
    loud = "import warnings\n\n\ndef speak():\n    warnings.warn('beware')\n"
    (scratch_project.root / "src" / "toymath" / "loud.py").write_text(loud)
    line = add_cell(scratch_project, "loud", code)
    with pytest.raises(ExecutionFailed, match=rf"cell 'loud' \(notebooks/toy\.py, line {line + 1}\) raised \w+Warning"):
        run_chapter(scratch_project, "toy", scale="quick")


def test_a_thread_that_shows_something_is_told_so_in_the_log(
    scratch_project: Project, add_cell: Callable[..., int]
) -> None:
    code = "import threading\none = threading.Thread(target=display, args=(1,))\none.start()\none.join()"
    add_cell(scratch_project, "thread", code)
    log = log_beside(run_chapter(scratch_project, "toy", scale="quick")).read_text()
    assert outputs(scratch_project, "thread") == []
    assert "whether it comes in time is chance: show it in the cell" in log


@pytest.mark.pipeline
def test_what_a_noisy_run_left_is_rendered(toy_project: Project, scratch_project: Project, add_cell) -> None:
    add_cell(scratch_project, "noise", NOISE)
    run_chapter(scratch_project, "toy", scale="quick")
    path = toy_project.executed("toy", Scale.QUICK)
    node = nbformat.read(path, as_version=4)
    node.cells[3].outputs += outputs(scratch_project, "noise")
    nbformat.write(node, path)
    stage(toy_project, Scale.QUICK)
    render(toy_project, Scale.QUICK)
    assert "of the cell" in (toy_project.build(Scale.QUICK) / "_build/html/notebooks/toy.html").read_text()
