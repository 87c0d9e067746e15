import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from companion.errors import BuildFailed
from companion.running import kernels
from companion.running.kernels import kernel_environment, killed_after, private_kernel

pytestmark = pytest.mark.usefixtures("no_orphans")


@pytest.fixture
def sleeper():
    """A process that leads a session of its own, as a kernel does."""
    process = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"], start_new_session=True)
    yield process
    process.kill()
    process.wait()


def test_a_kernel_gets_nothing_that_its_user_set(tmp_path, monkeypatch):
    for name in (
        "PYTHONSTARTUP",
        "PYTHONWARNINGS",
        "OMP_NUM_THREADS",
        "MPLBACKEND",
        "PYTHONPATH",
        "MATPLOTLIBRC",
        "HOME",
    ):
        monkeypatch.setenv(name, "mine")
    root = tmp_path / "root"
    found = kernel_environment(root, tmp_path / "private")
    assert "mine" not in found.values()
    threads = {name.split("_")[0] for name, value in found.items() if name.endswith("_THREADS") and value == "1"}
    assert threads >= {"OMP", "MKL", "OPENBLAS", "NUMEXPR", "VECLIB", "BLIS"}
    assert found["PYTHONPATH"].split(os.pathsep)[0] == str(root / "src")
    assert found["PYTHONHASHSEED"] == "0"
    assert found["COMPANION_RUN"] == "1"
    assert "inline" in found["MPLBACKEND"]
    assert found["IPYTHONDIR"] == str(tmp_path / "private" / "ipython")


def test_what_a_kernel_says_beside_its_outputs_stands_under_the_names_of_the_cells(tmp_path):
    with private_kernel(tmp_path) as manager:
        log = manager.folder / "log"
        assert manager.said() == ""
        manager.begin("quiet")
        assert manager.said() == ""
        manager.begin("loud")
        log.write_text(log.read_text() + "one\ntwo\n")
        manager.begin("quiet again")
        assert manager.said() == "# loud\none\ntwo\n"
        assert manager.last_words() == "one\ntwo"


def test_every_kernel_has_a_private_folder_that_goes(tmp_path):
    with private_kernel(tmp_path) as one, private_kernel(tmp_path) as two:
        assert one.folder != two.folder
        assert one.folder.stat().st_mode & 0o777 == 0o700
        assert one.transport == "ipc"
        assert len(os.fsencode(f"{one.ip}-5")) < 104
        folders = [one.folder, two.folder]
    assert not any(folder.exists() for folder in folders)


def test_a_long_temporary_folder_is_not_used_for_sockets(tmp_path, monkeypatch):
    long = tmp_path / ("a" * 100)
    long.mkdir()
    monkeypatch.setattr(kernels.tempfile, "tempdir", str(long))
    with private_kernel(tmp_path) as manager:
        assert len(os.fsencode(f"{manager.ip}-5")) < 104
    assert os.listdir(long) == []


def test_no_temporary_folder_is_a_clear_error(tmp_path, monkeypatch):
    monkeypatch.setattr(kernels.tempfile, "tempdir", str(tmp_path / "absent"))
    with pytest.raises(BuildFailed, match="no temporary folder for the kernel's sockets"), private_kernel(tmp_path):
        pass


def test_folders_of_killed_runs_are_swept_after_a_day(tmp_path, monkeypatch):
    ended = subprocess.Popen(["true"])
    ended.wait()
    old, new, other, alive = (
        tmp_path / name
        for name in (
            f"companion-{ended.pid}-a",
            f"companion-{ended.pid}-b",
            "companion-x-c",
            f"companion-{os.getpid()}-d",
        )
    )
    for folder in (old, new, other, alive):
        folder.mkdir()
    for folder in (old, other, alive):
        os.utime(folder, (1, 1))
    monkeypatch.setattr(kernels.tempfile, "tempdir", str(tmp_path))
    with private_kernel(tmp_path):
        pass
    assert sorted(tmp_path.iterdir()) == sorted([new, other, alive])


def test_the_watchdog_kills_after_the_limit_and_not_before(tmp_path, sleeper):
    with private_kernel(tmp_path) as manager:
        manager.process = sleeper
        with killed_after(manager, 60) as expired:
            assert manager.is_running
        assert not expired.is_set()
        assert manager.is_running
        started = time.monotonic()
        with killed_after(manager, 0.1) as expired:
            sleeper.wait(timeout=5)
        assert expired.is_set()
        assert time.monotonic() - started < 3
        assert manager.killed_by == 9


def test_the_kernel_is_killed_when_the_block_fails(tmp_path, sleeper):
    def fail():
        with private_kernel(tmp_path) as manager:
            manager.process = sleeper
            raise KeyError

    with pytest.raises(KeyError):
        fail()
    assert sleeper.returncode == -9


def test_termination_leaves_nothing_behind(tmp_path):
    folders = []

    def be_terminated():
        with private_kernel(tmp_path) as manager:
            folders.append(manager.folder)
            os.kill(os.getpid(), signal.SIGTERM)
            time.sleep(10)

    with pytest.raises(SystemExit, match="143"):
        be_terminated()
    assert not folders[0].exists()
    assert signal.getsignal(signal.SIGTERM) is signal.SIG_DFL


def test_last_words_are_the_end_of_the_log(tmp_path):
    with private_kernel(tmp_path) as manager:
        assert manager.last_words() == ""
        Path(manager.folder / "log").write_text("\n".join(map(str, range(20))))
        assert manager.last_words().split() == [str(n) for n in range(12, 20)]
