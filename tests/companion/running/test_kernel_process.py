import json
import subprocess
import sys
from importlib import import_module

import pytest

from companion.running.kernel_process import cpu_seconds, loaded, peak_megabytes, usage

GROW = """
import sys
from importlib import import_module
from companion.running.kernel_process import peak_megabytes
before = peak_megabytes()
block = bytearray(100_000_000)
del block
print(peak_megabytes() - before)
"""

CHILD = """
import time
from companion.running.kernel_process import die_with_parent
die_with_parent()
print("ready", flush=True)
time.sleep(60)
"""

PARENT = f"""
import subprocess, sys
child = subprocess.Popen([sys.executable, "-c", {CHILD!r}], stdout=subprocess.PIPE)
child.stdout.readline()
print(child.pid, flush=True)
"""


def test_the_peak_stays_after_the_memory_is_given_back():
    grown = subprocess.run([sys.executable, "-c", GROW], capture_output=True, text=True, check=True)
    assert 90 < float(grown.stdout) < 120


def test_usage_is_json(monkeypatch):
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    monkeypatch.delitem(sys.modules, "torch", raising=False)
    found = json.loads(usage())
    assert found["threads"] == 1
    assert found["device"] == "cpu"
    assert 0 < found["peak_megabytes"] <= peak_megabytes() + 1
    assert 0 < found["cpu_seconds"] <= cpu_seconds() + 0.01


BUSY = "import time\nwhile time.process_time() < 0.5: pass\nprint(flush=True)\ninput()"


@pytest.mark.parametrize("has_ended", [False, True])
def test_what_a_child_used_counts_while_it_runs_and_after(has_ended):
    before = cpu_seconds()
    with subprocess.Popen(
        [sys.executable, "-c", BUSY], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as child:
        child.stdout.readline()
        if has_ended:
            child.communicate("\n")
        assert cpu_seconds() - before >= 0.45
        if not has_ended:
            child.communicate("\n")


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere ipykernel itself watches its parent")
def test_a_child_dies_with_its_parent():
    import psutil

    parent = subprocess.run([sys.executable, "-c", PARENT], capture_output=True, text=True, check=True)
    pid = int(parent.stdout)
    if psutil.pid_exists(pid):
        psutil.wait_procs([psutil.Process(pid)], timeout=5)
    assert not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE


def test_what_is_loaded_is_told_apart(tmp_path, monkeypatch):
    (tmp_path / "of_the_project.py").write_text("x = 1\n")
    elsewhere = tmp_path.with_name("elsewhere") / "of_elsewhere"
    elsewhere.mkdir(parents=True)
    (elsewhere / "__init__.py").write_text("__version__ = '7.0'\n")
    for folder in (tmp_path, elsewhere.parent):
        monkeypatch.syspath_prepend(str(folder))
    import_module("of_the_project"), import_module("of_elsewhere")
    found = json.loads(loaded(str(tmp_path)))
    assert {"of_the_project", "companion", "companion.running.kernel_process"} <= set(found["own"])
    assert not {"of_elsewhere", "numpy", "pytest"} & set(found["own"])
    assert found["packages"]["of_elsewhere"] == [str(elsewhere.parent), "7.0"]
    assert "json" not in found["packages"]
