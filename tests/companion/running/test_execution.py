"""Real kernels: finished, hung, stopped, killed, crashed, and two at once. Each run takes about two seconds."""

import errno
import os
import signal
import subprocess
import sys
import time
from importlib import metadata

import nbformat
import psutil
import pytest

from companion.claims.samples import MEASUREMENT_MIME
from companion.errors import BuildFailed, ExecutionFailed, RefusedInput
from companion.notebook.figure_data import FIGURE_DATA_MIME
from companion.record import judged
from companion.record.judged import judge_notebook, read_verdicts, standing_verdicts
from companion.running import execution
from companion.running.engine import Progress
from companion.running.execution import run_chapter
from companion.scales import Scale
from companion.source.notebooks import read_notebook
from companion.source.stamp import Stamp, check_stamp

pytestmark = pytest.mark.usefixtures("no_orphans")

SAMPLES = {"doubles": {"computed": [1.0] * 5, "expected": [1.0] * 5}}
LONG = 30  # seconds, on a busy machine; a run that waits for its own limit takes 120
BROKEN = "build/quick/failed/toy.ipynb"
STARTED_BY_ITSELF = """
import sys
from pathlib import Path
from companion.running.execution import run_chapter
from companion.notebook.figure_data import FIGURE_DATA_MIME
from companion.project import Project
print(run_chapter(Project.find(Path(sys.argv[1])), "toy", scale="quick", parameters={"seed": sys.argv[2]}))
"""


def cells_of(path):
    return {cell["id"]: cell for cell in nbformat.read(path, as_version=4).cells}


@pytest.fixture
def former(scratch_project):
    """A file that stands where a good result would; a failure must leave it alone."""
    path = scratch_project.executed("toy", "quick")
    path.parent.mkdir(parents=True)
    path.write_text("the former result")
    return path


def test_a_default_run_is_stamped_and_holds_nothing_of_the_machine(scratch_project):
    seen = []
    path = run_chapter(scratch_project, "toy", scale="quick", on_cell=seen.append)
    assert path == scratch_project.root / "build" / "quick" / "toy.ipynb"
    assert seen == ["parameters", "injected-parameters", "setup", "doubling", "halves", "circle"]
    stamp = check_stamp(scratch_project, path)
    assert stamp.parameters == {"scale": "quick", "seed": 0, "device": "auto", "count": None}
    assert stamp.threads == 1
    assert stamp.seconds > 0
    assert 20 < stamp.peak_megabytes < 1000
    text = path.read_text()
    assert "papermill" not in text
    assert str(scratch_project.root) not in text
    assert sorted(p.name for p in path.parent.iterdir()) == ["inputs", "toy.ipynb", "toy.verdicts.json"]
    skipped = cells_of(path)["numbers"]
    assert skipped.metadata["companion"] == {"skipped": "toy-numbers"}
    assert skipped.metadata["tags"] == ["needs:toy-numbers"]
    assert skipped.outputs == []
    assert stamp.data == {"toy-numbers": None}
    verdicts = {v.id: str(v.verdict) for v in judge_notebook(scratch_project, path).claims}
    assert verdicts["numbers-positive"] == "not judged"


def test_other_parameters_never_write_where_the_book_looks(scratch_project, former, provide_data):
    provide_data(scratch_project)
    path = run_chapter(scratch_project, "toy", scale="quick", parameters={"seed": "7", "count": "6"})
    assert path.parent.parent == scratch_project.root / "build" / "runs" / "toy"
    assert former.read_text() == "the former result"
    injected = cells_of(path)["injected-parameters"].source
    assert "seed = 7\ncount = 6\n" in injected
    verdicts = {v.id: v for v in judge_notebook(scratch_project, path).claims}
    assert verdicts["doubles"].n == 6
    assert str(verdicts["numbers-positive"].verdict) == "held"


def test_the_kernel_is_alone_with_one_thread_and_the_project(scratch_project, add_cell):
    add_cell(
        scratch_project,
        "environment",
        """
import os, sys, pathlib
wanted = dict(OMP_NUM_THREADS="1", MKL_NUM_THREADS="1", COMPANION_RUN="1", PYTHONHASHSEED="0")
assert {name: os.environ[name] for name in wanted} == wanted
assert "" not in sys.path and str(pathlib.Path.cwd()) not in sys.path
assert get_ipython().history_manager.hist_file == ":memory:"
assert get_ipython().ipython_dir not in str(pathlib.Path.home())
import matplotlib
matplotlib.get_backend()
""",
    )
    path = run_chapter(scratch_project, "toy", scale="quick")
    assert "matplotlib" in Stamp.read(path).versions
    assert cells_of(path)["environment"].outputs[0].data["text/plain"].endswith("inline'")


def test_a_cell_that_raises_is_shown_with_its_line(scratch_project, former, add_cell):
    line = add_cell(scratch_project, "wrong", "x = 1\n\ny = doubled(None)\nz = 3")
    with pytest.raises(ExecutionFailed) as caught:
        run_chapter(scratch_project, "toy", scale="quick")
    message = str(caught.value)
    assert f"toy: cell 'wrong' (notebooks/toy.py, line {line + 2}) raised TypeError: unsupported operand" in message
    assert f"-> {line + 2:4d} | y = doubled(None)" in message
    assert f"   {line + 3:4d} | z = 3" in message
    assert "in src/toymath/doubling.py, line 8, doubled" in message
    assert BROKEN in message
    assert former.read_text() == "the former result"
    assert cells_of(scratch_project.root / BROKEN)["wrong"].outputs[0].ename == "TypeError"


@pytest.mark.parametrize(
    "code",
    ["import ctypes\nctypes.PyDLL(None).sleep(1000)", "import os, signal\nos.kill(os.getpid(), signal.SIGSTOP)"],
    ids=["hangs in C", "stopped"],
)
def test_a_kernel_that_hangs_ends_at_its_limit(scratch_project, former, code):
    source = scratch_project.notebook(
        "toy"
    )  # it hangs in its second cell, so that a busy machine comes that far in time
    source.write_text(source.read_text().replace("# %% setup", f"# %% hang\n{code}\n\n# %% setup"))
    line = source.read_text().splitlines().index("# %% hang") + 2
    started = time.monotonic()
    with pytest.raises(ExecutionFailed, match=rf"limit of 3 s in cell 'hang' \(notebooks/toy.py, line {line}\)"):
        run_chapter(scratch_project, "toy", scale="quick", time_limit=3)
    assert time.monotonic() - started < LONG
    assert former.read_text() == "the former result"


def test_a_limit_shorter_than_the_start_is_said_too(scratch_project):
    with pytest.raises(ExecutionFailed, match=r"limit of 0.2 s in its start, before the first cell"):
        run_chapter(scratch_project, "toy", scale="quick", time_limit=0.2)


def test_a_killed_kernel_ends_the_run_at_once(scratch_project, former, add_cell):
    add_cell(scratch_project, "suicide", "import os, signal\nos.kill(os.getpid(), signal.SIGKILL)")
    started = time.monotonic()
    with pytest.raises(ExecutionFailed, match=r"was killed in cell 'suicide' .* memory: .* budget .* is 300 MB"):
        run_chapter(scratch_project, "toy", scale="quick")
    assert time.monotonic() - started < LONG
    assert former.read_text() == "the former result"


def test_a_crash_is_named_with_its_last_words(scratch_project, add_cell):
    add_cell(scratch_project, "crash", "import os\nos.write(2, b'corrupted heap\\n')\nos.abort()")
    with pytest.raises(ExecutionFailed, match=r"(?s)crashed with SIGABRT in cell 'crash'"):
        run_chapter(scratch_project, "toy", scale="quick")


@pytest.fixture
def finished(scratch_project, monkeypatch):
    """Let a run have ended with given measurements, without a kernel."""

    def pretend(*measured):
        node = read_notebook(scratch_project.notebook("toy")).node
        for claim in measured:
            data = {MEASUREMENT_MIME: {"id": claim, "samples": SAMPLES.get(claim, [1.0] * 5)}}
            node.cells[1].outputs.append(nbformat.v4.new_output("display_data", data=data))
        drawing = {"image/svg+xml": "<svg/>", FIGURE_DATA_MIME: {"series": []}}
        circle = next(cell for cell in node.cells if cell["id"] == "circle")
        circle.outputs = [nbformat.v4.new_output("display_data", data=drawing)]
        usage = {"cpu_seconds": 1.0, "peak_megabytes": 1.0, "threads": 1, "device": "cpu"}
        monkeypatch.setattr(execution, "_executed", lambda *_: Progress(node, usage=usage))

    return pretend


@pytest.mark.parametrize(
    ("measured", "message"),
    [
        (["doubles"], "claim toy/halves-grow was not measured"),
        (["doubles", "halves-grow", "halves-grow"], "measured more than once .* toy/halves-grow"),
        (["doubles", "halves-grow", "new"], "not declared: toy/new"),
    ],
)
def test_a_missing_doubled_or_undeclared_measurement_fails_the_run(
    scratch_project, former, finished, measured, message
):
    finished(*measured)
    with pytest.raises(ExecutionFailed, match=message) as caught:
        run_chapter(scratch_project, "toy", scale="quick")
    assert BROKEN in str(caught.value)
    assert (scratch_project.root / BROKEN).is_file()
    assert former.read_text() == "the former result"


def test_success_removes_the_broken_notebook(scratch_project, finished):
    finished("doubles")
    with pytest.raises(ExecutionFailed):
        run_chapter(scratch_project, "toy", scale="quick")
    finished("doubles", "halves-grow")
    run_chapter(scratch_project, "toy", scale="quick")
    assert not (scratch_project.root / BROKEN).exists()


def test_a_full_disk_is_a_clear_error_and_nothing_is_lost(scratch_project, former, finished, monkeypatch):
    def full(_):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    finished("doubles", "halves-grow")
    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(BuildFailed, match=r"toy\.ipynb .*the disk is full\. What was there before is untouched"):
        run_chapter(scratch_project, "toy", scale="quick")
    finished("doubles")
    with pytest.raises(ExecutionFailed, match=r"(?s)was not measured.*could not be kept: .*the disk is full"):
        run_chapter(scratch_project, "toy", scale="quick")
    assert former.read_text() == "the former result"
    assert [p.name for p in former.parent.iterdir() if p.is_file()] == ["toy.ipynb"]


def test_a_source_that_changes_meanwhile_fails_the_run(scratch_project, add_cell):
    add_cell(
        scratch_project,
        "meddle",
        "from pathlib import Path\nPath('../src/toymath/factors.py').write_text('FACTOR = 3')",
    )
    with pytest.raises(ExecutionFailed, match=r"modules \(toymath.factors\) changed while it ran"):
        run_chapter(scratch_project, "toy", scale="quick")


def test_the_kernel_dies_with_a_killed_parent(scratch_project, add_cell):
    add_cell(
        scratch_project,
        "wait",
        "open('../waiting', 'w').write(str(__import__('os').getpid()))\nimport time\ntime.sleep(60)",
    )
    runner = subprocess.Popen([sys.executable, "-c", STARTED_BY_ITSELF, str(scratch_project.root), "0"])
    waiting = scratch_project.root / "waiting"
    deadline = time.monotonic() + 30
    while not (waiting.is_file() and waiting.read_text()) and time.monotonic() < deadline:
        time.sleep(0.05)
    kernel = psutil.Process(int(waiting.read_text()))
    runner.send_signal(signal.SIGKILL)
    runner.wait()
    psutil.wait_procs([kernel], timeout=5)
    assert not kernel.is_running()
    assert not scratch_project.executed("toy", "quick").exists()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"slug": "tooy"}, "no chapter 'tooy'. Did you mean 'toy'"),
        ({"scale": "huge"}, "no scale 'huge'; the scales: quick, book, paper"),
        ({"parameters": {"sed": "3"}}, "no parameter 'sed'. Did you mean 'seed'"),
        ({"parameters": {"count": "0"}}, "count is '0'; expected int | None, from 1 to 1000"),
        ({"parameters": {"scale": "book"}}, "scale is given twice"),
    ],
)
def test_wrong_input_is_refused_before_anything_starts(scratch_project, monkeypatch, change, message):
    monkeypatch.setattr("companion.running.execution.private_kernel", lambda *_: pytest.fail("a kernel was started"))
    arguments = {"slug": "toy", "scale": "quick", **change}
    with pytest.raises(RefusedInput) as caught:
        run_chapter(scratch_project, arguments.pop("slug"), **arguments)
    assert message in str(caught.value)


HIDDEN = {
    "by importlib": "import importlib\nimportlib.import_module('toymath.tripling')",
    "through a lazy package": "from toymath import lazy\nlazy.tripled",
    "in a function of ours": "from toymath.late import late\nlate()",
    "from the notebooks' folder": "import sys\nsys.path.append('.')\nimport toy_helper",
    "of the machinery": "__import__('companion.claims.criteria')",
}


@pytest.mark.parametrize("code", HIDDEN.values(), ids=HIDDEN)
def test_a_run_that_loads_what_its_stamp_does_not_name_is_refused(scratch_project, former, add_cell, code):
    package, notebooks = scratch_project.root / "src" / "toymath", scratch_project.root / "notebooks"
    lazy = "from importlib import import_module\n\n\ndef __getattr__(name):\n"
    (package / "lazy.py").write_text(f"{lazy}    return getattr(import_module('toymath.tripling'), name)\n")
    (package / "late.py").write_text("def late():\n    __import__('toymath.tripling')\n")
    (notebooks / "toy_helper.txt").write_text("x = 1\n")
    if "helper" in code:
        (notebooks / "toy_helper.py").write_text("x = 1\n")
        (notebooks / "toy_helper.claims.yml").write_text(scratch_project.claims("toy").read_text())
    add_cell(scratch_project, "hidden", code)
    loaded = {"helper": "toy_helper", "criteria": r"companion\.claims\.criteria"}
    name = next((found for key, found in loaded.items() if key in code), r"toymath\.tripling")
    with pytest.raises(ExecutionFailed, match=rf"toy: the run loaded .*{name}.*, which no import statement leads to"):
        run_chapter(scratch_project, "toy", scale="quick")
    assert former.read_text() == "the former result"


def test_versions_that_differ_from_the_lock_are_stamped(scratch_project, add_cell):
    scratch_project.lock.write_text("numpy==1.0.1\npydantic==0.1\nnot-installed-here==3.0\n")
    path = run_chapter(scratch_project, "toy", scale="quick")
    stamp = Stamp.read(path)
    assert set(stamp.other_versions) == {"numpy", "pydantic"}
    assert stamp.other_versions["numpy"].endswith(", not 1.0.1")
    verdicts = read_verdicts(scratch_project.verdicts("toy", Scale.QUICK))
    assert verdicts.stamp.other_versions == stamp.other_versions
    assert "differing from the lock file: numpy" in verdicts.stamp.versions_text


def test_the_version_is_that_of_the_package_that_was_loaded(scratch_project, add_cell, tmp_path):
    """A folder that the notebook puts first on the path holds another release of a package that is installed."""
    foreign = tmp_path / "elsewhere" / "mnist1d"
    foreign.mkdir(parents=True)
    (foreign / "__init__.py").write_text("__version__ = '99.1'\n")
    add_cell(scratch_project, "foreign", f"import sys\nsys.path.insert(0, {str(foreign.parent)!r})\nimport mnist1d")
    scratch_project.lock.write_text(f"mnist1d=={metadata.version('mnist1d')}\n")
    stamp = Stamp.read(run_chapter(scratch_project, "toy", scale="quick"))
    assert stamp.versions["mnist1d"] == "99.1"
    assert stamp.other_versions == {"mnist1d": f"99.1, not {metadata.version('mnist1d')}"}


def test_a_run_leaves_its_verdicts_and_the_judge_need_not_be_asked_again(scratch_project, monkeypatch):
    path = run_chapter(scratch_project, "toy", scale="quick")
    standing = standing_verdicts(scratch_project, path)
    assert standing == judge_notebook(scratch_project, path)
    monkeypatch.setattr(judged, "judge_digest", lambda project: "another judge")
    assert standing_verdicts(scratch_project, path) is None
    monkeypatch.undo()
    claims = scratch_project.claims("toy")
    claims.write_text(claims.read_text() + "# a line more\n")
    assert standing_verdicts(scratch_project, path) is None
