import os
import subprocess
import sys

from companion.machine.lifeline import BUILD_VARIABLE, this_build

COMMAND = [sys.executable, "-m", "companion.pipeline.snakemake_command", "--version"]


def test_it_is_snakemake() -> None:
    ended = subprocess.run(COMMAND, capture_output=True, text=True, check=True)
    assert ended.stdout.startswith("9.")


def test_it_does_not_outlive_the_build_that_called_it() -> None:
    gone = subprocess.Popen(["true"])
    gone.wait()
    host = this_build()[BUILD_VARIABLE].partition("@")[2]
    ended = subprocess.run(
        COMMAND, env=os.environ | {BUILD_VARIABLE: f"{gone.pid}@{host}"}, capture_output=True, check=False
    )
    assert ended.returncode == -9
