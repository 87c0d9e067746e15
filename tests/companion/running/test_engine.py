import subprocess
import sys

import pytest

from companion.running.engine import execute
from companion.running.failures import failed_cell
from companion.running.kernels import private_kernel
from companion.source.notebooks import read_notebook

pytestmark = pytest.mark.usefixtures("no_orphans")

SOURCE = """# %% parameters tags=["parameters"]
n = 1

# %% talk
import sys
print(n)
print("aside", file=sys.stderr)
print(n + 1)

# %% skipped tags=["companion-skip"]
1 / 0

# %% wrong
{}["x"]

# %% never
n = 2
"""

ONE_OF_TWO = """
import sys
from pathlib import Path
from companion.running.engine import execute
from companion.running.kernels import private_kernel
from companion.source.notebooks import read_notebook
source = Path(sys.argv[1])
with private_kernel(source.parent) as manager:
    done = execute(read_notebook(source).node, {"n": int(sys.argv[2])}, manager, folder=source.parent, on_cell=str)
print([cell.outputs[0].text for cell in done.node.cells if cell.outputs], done.usage["threads"])
"""


def test_execution_goes_as_far_as_it_can(tmp_path, capfd):
    (tmp_path / "some.py").write_text(SOURCE)
    node, seen = read_notebook(tmp_path / "some.py").node, []
    before = str(node)
    with private_kernel(tmp_path) as manager:
        progress = execute(node, {"n": 5}, manager, folder=tmp_path, on_cell=seen.append)
        said = manager.said()
    assert seen == ["parameters", "injected-parameters", "talk", "wrong"]
    assert progress.cell == "wrong"
    assert not progress.died
    cells = {cell["id"]: cell for cell in progress.node.cells}
    assert [(output.name, output.text) for output in cells["talk"].outputs] == [("stdout", "5\n6\n")]
    assert said == "# talk\naside\n"
    assert cells["skipped"].outputs == cells["never"].outputs == []
    assert failed_cell(progress.node)[1].ename == "KeyError"
    assert set(progress.usage) == {"cpu_seconds", "peak_megabytes", "threads", "device"}
    assert str(node) == before
    assert capfd.readouterr() == ("", "")


def test_leaving_early_is_an_error_too(tmp_path):
    (tmp_path / "some.py").write_text("# %% leave\nimport sys\nsys.exit(0)\n\n# %% never\n1\n")
    with private_kernel(tmp_path) as manager:
        progress = execute(read_notebook(tmp_path / "some.py").node, {}, manager, folder=tmp_path, on_cell=str)
    assert failed_cell(progress.node)[1].ename == "SystemExit"


def test_two_kernels_at_once_do_not_meet(tmp_path):
    source = tmp_path / "some.py"
    talk = "".join(f"\n# %% talk-{k}\nprint(n, {k})\n" for k in range(9))
    source.write_text('# %% parameters tags=["parameters"]\nn = 1\n' + talk)
    commands = [[sys.executable, "-c", ONE_OF_TWO, str(source), n] for n in ("5", "6")]
    running = [subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) for command in commands]
    results = [process.communicate(timeout=100) for process in running]
    for n, (out, errors) in zip("56", results, strict=True):
        assert out.decode().strip() == f"{[f'{n} {k}' + chr(10) for k in range(9)]} 1"
        assert errors == b""
