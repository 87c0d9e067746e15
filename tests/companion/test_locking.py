import os
import subprocess
import sys
from pathlib import Path

import pytest

from companion.errors import BuildFailed, Busy
from companion.locking import build_lock

HOLD = """
import sys, time
from pathlib import Path
from companion.locking import build_lock
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
