"""Halfspace depth of the origin: our sweeps beside data-depth's exact algorithms, in one process, on one thread.

Run: `python -m benchmarks.halfspace_depth`. Each case is a Gaussian matrix; the depth of the origin among its rows
decides whether a ReLU layer with these rows is injective. The contestants take turns, and the table shows medians. All
depths are compared on every case: one difference ends the benchmark with an error.

The peer is data-depth (PyPI), version 1.2.1. Its wheel asks for torchvision, which its exact algorithms do not need:
install it with `pip install --no-deps data-depth`, or with `--target somewhere/site-packages` and that folder on
PYTHONPATH (it looks for its libraries in folders of that name). Without it the benchmark shows our own rows.
"""

import argparse
import statistics
import time
from collections.abc import Callable, Sequence

import numpy as np
import torch

from rectified.injectivity.cells import smallest_active_count
from rectified.injectivity.depth import halfspace_depth
from rectified.injectivity.programme import programmed_active_count

SHAPES = ((12, 2), (18, 3), (24, 4), (30, 5))
SLOW = 10  # cases on which the enumeration of cells and the programme are timed too: they are slower by far
METHODS = ("recursive", "plane", "line")

Call = Callable[[torch.Tensor], int]


def peer() -> dict[str, Call] | str:
    """One call for each of data-depth's exact algorithms, or why it cannot be had."""
    try:
        from depth.model.multivariate import halfspace
    except ImportError as error:
        return f"{error}; this file's first lines say how to get it"

    def named(method: str) -> Call:
        def depth(rows: torch.Tensor) -> int:
            array = rows.numpy()
            origin = np.zeros((1, array.shape[1]))
            return round(float(halfspace(origin, array, exact=True, method=method)[0]) * len(array))

        return depth

    return {f"data-depth, {method}": named(method) for method in METHODS}


def seconds(
    calls: dict[str, Call], matrices: Sequence[torch.Tensor]
) -> tuple[dict[str, list[float]], dict[str, list[int]]]:
    """Times and answers of every contestant on every matrix, taking turns, after one call each that is not counted."""
    times: dict[str, list[float]] = {name: [] for name in calls}
    answers: dict[str, list[int]] = {name: [] for name in calls}
    for call in calls.values():
        call(matrices[0])
    for rows in matrices:
        for name, call in calls.items():
            start = time.perf_counter()
            answer = call(rows)
            times[name].append(time.perf_counter() - start)
            answers[name].append(answer)
    return times, answers


def check_agreement(answers: dict[str, list[int]]) -> None:
    """An error if two contestants differ on a matrix that both have seen."""
    first = answers["ours"]
    for name, found in answers.items():
        wrong = [index for index, answer in enumerate(found) if answer != first[index]]
        if wrong:
            raise ArithmeticError(
                f"{name} and ours differ on {len(wrong)} of {len(found)} matrices, first on {wrong[0]}"
            )


def report(count: int, rows: int, dim: int, theirs: dict[str, Call]) -> None:
    """Print one table."""
    generator = torch.Generator().manual_seed(1_000 * rows + dim)
    batch = torch.randn(count, rows, dim, generator=generator, dtype=torch.float64)
    matrices = list(batch)
    times, answers = seconds({"ours": lambda m: int(halfspace_depth(m))} | theirs, matrices)
    slow: dict[str, Call] = {"our cells": smallest_active_count, "our programme": programmed_active_count}
    slow_times, slow_answers = seconds(slow, matrices[:SLOW])
    check_agreement(answers | slow_answers)
    start = time.perf_counter()
    halfspace_depth(batch)
    together = (time.perf_counter() - start) / count
    print(f"\nGaussian {rows} x {dim}, {count} matrices, all depths equal; smallest {min(answers['ours'])}")
    print(f"{'method':<24}{'ms a matrix':>12}{'ours is faster':>16}")
    own = statistics.median(times["ours"])
    print(f"{'ours, in a batch':<24}{1e3 * together:>12.4f}{'':>16}")
    for name, values in (times | slow_times).items():
        ratio = "" if name == "ours" else f"{statistics.median(values) / own:.1f} times"
        print(f"{name:<24}{1e3 * statistics.median(values):>12.4f}{ratio:>16}")


def main(arguments: Sequence[str] | None = None) -> None:
    """Print a table for each shape."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--matrices", type=int, default=50, help="matrices of each shape (default: 50)")
    count = parser.parse_args(arguments).matrices
    torch.set_num_threads(1)
    found = peer()
    theirs = found if isinstance(found, dict) else {}
    print(f"torch {torch.__version__}, numpy {np.__version__}, one thread")
    for rows, dim in SHAPES:
        report(count, rows, dim, theirs)
    if isinstance(found, str):
        print(f"\ndata-depth: skipped: {found}")


if __name__ == "__main__":
    main()
