import errno
import fcntl
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from companion.errors import BuildFailed, Busy
from companion.machine import locking
from companion.machine.lifeline import BUILD_VARIABLE
from companion.machine.locking import build_lock

HOLD = """
import sys, time
from pathlib import Path
from companion.machine.locking import build_lock
with build_lock(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(60)
"""


@pytest.fixture
def holder(tmp_path: Path):
    process = subprocess.Popen([sys.executable, "-c", HOLD, str(tmp_path)], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    yield process
    process.kill()
    process.wait()
    process.stdout.close()


def test_the_lock_is_free_again_after_use(tmp_path: Path) -> None:
    for _ in range(2):
        with build_lock(tmp_path / "build"):
            assert (tmp_path / "build" / ".lock").read_text() == str(os.getpid())


def test_a_second_build_is_told_who_runs(tmp_path: Path, holder: subprocess.Popen[str]) -> None:
    message = f"another build is running .*process {holder.pid}.* kill {holder.pid}"
    with pytest.raises(Busy, match=message), build_lock(tmp_path):
        pytest.fail("two builds at once")
    assert Busy.exit_code == 5


def test_a_killed_build_leaves_no_lock(tmp_path: Path, holder: subprocess.Popen[str]) -> None:
    holder.kill()
    holder.wait()
    with build_lock(tmp_path):
        pass


def test_another_scale_has_another_lock(tmp_path: Path, holder: subprocess.Popen[str]) -> None:
    with build_lock(tmp_path / "other"):
        pass


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "build").write_text("a file where a folder should be")
    with pytest.raises(BuildFailed, match=r"cannot write in .*build/quick"), build_lock(tmp_path / "build" / "quick"):
        pass


def test_without_write_permission_nothing_is_begun(tmp_path: Path) -> None:
    tmp_path.chmod(0o555)
    user = os.geteuid()
    if user == 0:
        os.seteuid(65534)  # root may write everywhere; nobody may not
    try:
        with pytest.raises(BuildFailed, match="Permission denied"), build_lock(tmp_path / "build"):
            pass
    finally:
        os.seteuid(user)
        tmp_path.chmod(0o755)


WITHOUT_FLOCK = f"""
import errno, fcntl
def flock(*_):
    raise OSError(errno.ENOSYS, "Function not implemented")
fcntl.flock = flock
{HOLD}
"""


def refuse(monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    def refused(*_: object) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(fcntl, "flock", refused)


@pytest.fixture
def no_flock(monkeypatch: pytest.MonkeyPatch) -> None:
    """The file system of this process knows no locks."""
    refuse(monkeypatch, errno.ENOSYS)


@pytest.fixture
def named_holder(tmp_path: Path, no_flock: None) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen([sys.executable, "-c", WITHOUT_FLOCK, str(tmp_path)], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    yield process
    process.kill()
    process.wait()
    process.stdout.close()


@pytest.mark.parametrize("number", [errno.ENOSYS, errno.ENOLCK, errno.EOPNOTSUPP])
def test_where_the_file_system_knows_no_locks_a_file_names_the_holder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    refuse(monkeypatch, number)
    for _ in range(2):
        with build_lock(tmp_path):
            assert (tmp_path / ".lock.holder").read_text().startswith(f"{os.getpid()} ")
        assert not (tmp_path / ".lock.holder").exists()


def test_a_second_build_is_told_who_runs_also_without_locks(
    tmp_path: Path, named_holder: subprocess.Popen[str]
) -> None:
    with pytest.raises(Busy, match=f"process {named_holder.pid}.* kill {named_holder.pid}"), build_lock(tmp_path):
        pytest.fail("two builds at once")


def test_a_killed_build_leaves_no_lock_also_without_locks(tmp_path: Path, named_holder: subprocess.Popen[str]) -> None:
    named_holder.kill()
    named_holder.wait()
    assert (tmp_path / ".lock.holder").exists()
    with build_lock(tmp_path):
        pass


def test_the_number_of_a_dead_process_that_another_has_now_is_no_holder(tmp_path: Path, no_flock: None) -> None:
    started = psutil.Process().create_time() - 3600
    (tmp_path / ".lock.holder").write_text(f"{os.getppid()} {started} {socket.gethostname()}")
    with build_lock(tmp_path):
        pass


def test_jobs_of_a_killed_build_hold_the_lock_until_they_ended(
    tmp_path: Path, no_flock: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(locking, "_SECONDS_FOR_A_DEAD_BUILD", 0.5)
    (tmp_path / ".lock.holder").write_text(f"{2**22 + 1} 1.0 {socket.gethostname()}")
    mark = {BUILD_VARIABLE: f"{2**22 + 1}@{socket.gethostname()}"}
    job = subprocess.Popen([sys.executable, "-c", "input()"], env=os.environ | mark, stdin=subprocess.PIPE)
    try:
        while psutil.Process(job.pid).environ().get(BUILD_VARIABLE) is None:
            time.sleep(0.01)  # it has not become Python yet
        with pytest.raises(Busy), build_lock(tmp_path):
            pytest.fail("beside the jobs of another build")
    finally:
        job.communicate(b"\n")
    with build_lock(tmp_path):
        pass


def test_a_holder_on_another_machine_is_named_with_the_file_to_delete(tmp_path: Path, no_flock: None) -> None:
    (tmp_path / ".lock.holder").write_text("7 1.0 node-12")
    with pytest.raises(Busy, match=r"process 7 on the machine node-12.*delete that file"), build_lock(tmp_path):
        pass


def test_a_holder_that_died_before_it_wrote_its_name_is_passed_over(tmp_path: Path, no_flock: None) -> None:
    (tmp_path / ".lock.holder").touch()
    with build_lock(tmp_path):
        pass


def test_another_refusal_to_lock_is_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    refuse(monkeypatch, errno.EIO)
    with pytest.raises(BuildFailed, match=r"cannot lock .*\.lock: Input/output error"), build_lock(tmp_path):
        pass
