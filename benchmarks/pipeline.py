"""Seconds of what a reader waits for when nothing is to be done: the help, and a build of a book that is up to date.

Run: `python -m benchmarks.pipeline --scale quick`, after a build at that scale. Start-up of Snakemake and of Python
alone are measured in the same run, since only what comes on top of them is ours. Each row is a median of several calls.
"""

import argparse
import statistics
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).parents[1]


def seconds(command: list[str], repeats: int) -> float:
    """Median seconds of ``command``, which must succeed."""
    taken = []
    for _ in range(repeats):
        started = time.perf_counter()
        subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
        taken.append(time.perf_counter() - started)
    return statistics.median(taken)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--scale", default="quick", choices=["quick", "book", "paper"])
    parser.add_argument("--repeats", type=int, default=5)
    options = parser.parse_args()
    own = [sys.executable, "-m", "companion"]
    nothing = [*own, "build", "--scale", options.scale]
    if not (ROOT / "build" / options.scale / "rendered.json").is_file():
        print(f"skipped: there is no book at {options.scale} scale; companion build --scale {options.scale} makes it")
        return
    if "nothing executed" not in subprocess.run(nothing, cwd=ROOT, check=True, capture_output=True, text=True).stdout:
        print("the first build had something to do; measuring the ones after it")
    rows = {
        "python alone": seconds([sys.executable, "-c", ""], options.repeats),
        "companion --help": seconds([*own, "--help"], options.repeats),
        "snakemake --version": seconds([sys.executable, "-m", "snakemake", "--version"], options.repeats),
        "companion build, nothing to do": seconds(nothing, options.repeats),
    }
    for name, taken in rows.items():
        print(f"{name:34s} {taken:6.2f} s")
    start = rows["snakemake --version"]
    print(f"{'the build without start-up':34s} {rows['companion build, nothing to do'] - start:6.2f} s (limit 5)")


if __name__ == "__main__":
    main()
