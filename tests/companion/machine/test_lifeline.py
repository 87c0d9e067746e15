import os
import subprocess
import sys
import time

import psutil
import pytest

from companion.machine.lifeline import BUILD_VARIABLE, this_build

FOLLOWER = """
import subprocess, sys, time
from companion.machine.lifeline import hold_on_to_build
hold_on_to_build()
child = subprocess.Popen(["sleep", "60"])
print(child.pid, flush=True)
time.sleep(60)
"""


def follower(value: str) -> tuple[subprocess.Popen[str], int]:
    process = subprocess.Popen(
        [sys.executable, "-c", FOLLOWER],
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | {BUILD_VARIABLE: value},
        start_new_session=True,
    )
    assert process.stdout is not None
    line = process.stdout.readline()
    process.stdout.close()
    return process, int(line or 0)


def test_a_follower_and_its_children_end_with_the_leader() -> None:
    leader = subprocess.Popen(["sleep", "60"])
    host = this_build()[BUILD_VARIABLE].partition("@")[2]
    process, child = follower(f"{leader.pid}@{host}")
    time.sleep(0.5)
    assert process.poll() is None
    leader.kill()  # not waited for: a zombie counts as ended
    assert process.wait(timeout=5) == -9
    assert not psutil.pid_exists(child) or psutil.Process(child).status() == psutil.STATUS_ZOMBIE
    leader.wait()


def test_a_follower_of_the_dead_does_not_start() -> None:
    leader = subprocess.Popen(["true"])
    leader.wait()
    host = this_build()[BUILD_VARIABLE].partition("@")[2]
    process, child = follower(f"{leader.pid}@{host}")
    assert process.wait(timeout=5) == -9
    assert child == 0


@pytest.mark.parametrize("value", ["", "1234567@another-host"])
def test_without_a_build_on_this_machine_nothing_is_followed(value: str) -> None:
    process, child = follower(value)
    time.sleep(0.6)
    assert process.poll() is None
    process.kill()
    process.wait()
    psutil.Process(child).kill()


def test_the_build_names_its_process_and_its_machine() -> None:
    assert this_build()[BUILD_VARIABLE].startswith(f"{os.getpid()}@")
