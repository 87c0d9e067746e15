"""Faces per second of our exact planar partition beside regioncam and relucent, in one process, on one thread.

Run: `python -m benchmarks.regions`. The networks are ReLU networks with two inputs and PyTorch's initial weights (seed
0); the rectangle is the square [-4, 4]^2. regioncam does the same in compiled code and single precision. relucent
searches the whole plane, cell by cell, by linear programmes; it is timed on the smallest network only, against our
partition of a square so large that it meets every cell.

The peers are not among the project's dependencies: `pip install -c requirements.lock regioncam relucent` into an
environment of their own. Without them the benchmark shows our own rows.
"""

import argparse
import itertools
import statistics
import time
from collections.abc import Callable, Sequence
from functools import partial
from importlib import import_module

import torch
from torch import nn

from rectified.networks import Layer, relu_layers
from rectified.regions.planar import planar_partition

WIDTHS = ([2, 16, 16, 2], [2, 32, 32, 32, 2], [2, 64, 64, 64, 2])
HALF_WIDTH = 4.0
WHOLE_PLANE = 1e4  # every cell of the smallest network meets this square


def model(widths: Sequence[int]) -> nn.Sequential:
    """A ReLU network with PyTorch's initial weights."""
    torch.manual_seed(0)
    modules: list[nn.Module] = []
    for d_in, d_out in itertools.pairwise(widths):
        modules += [nn.Linear(d_in, d_out), nn.ReLU()]
    return nn.Sequential(*modules[:-1])


def ours(layers: list[Layer], half_width: float) -> int:
    """The number of regions in a square, by our partition."""
    return len(planar_partition(layers, (-half_width, -half_width), (half_width, half_width)))


def regioncam(layers: list[Layer], half_width: float) -> int:
    """The same by regioncam."""
    camera = import_module("regioncam").Regioncam(half_width)
    for W, b in layers[:-1]:
        camera.linear(W.float().T.contiguous().numpy(), b.float().numpy())
        camera.relu()
    return int(camera.num_faces)


def relucent(network: nn.Sequential) -> int:
    """The number of regions of the whole plane, by relucent's search."""
    library = import_module("relucent")
    cells = library.Complex(network.double())
    cells.bfs(verbose=0)
    return len(cells)


def seconds(calls: dict[str, Callable[[], int]], repeats: int) -> tuple[dict[str, list[float]], dict[str, int]]:
    """Times of every contestant, taking turns, after one call each that is not counted; and their answers."""
    times: dict[str, list[float]] = {name: [] for name in calls}
    answers = {}
    for repeat in range(repeats + 1):
        for name, call in calls.items():
            start = time.perf_counter()
            answers[name] = call()
            if repeat:
                times[name].append(time.perf_counter() - start)
    return times, answers


def is_here(name: str) -> bool:
    """Whether the peer can be imported; says so where it cannot."""
    try:
        import_module(name)
    except ImportError as error:
        print(f"{name}: skipped: {error}; this file's first lines say how to get it")
        return False
    return True


def report(title: str, calls: dict[str, Callable[[], int]], repeats: int) -> None:
    """Print one table: regions, milliseconds, regions per second, and the ratio to ours.

    Raises:
        ArithmeticError: If two contestants count differently.
    """
    times, answers = seconds(calls, repeats)
    print(f"\n{title}, median of {repeats}")
    print(f"{'':<12}{'regions':>9}{'ms':>11}{'regions/s':>12}{'ours is':>16}")
    for name, values in times.items():
        middle = statistics.median(values)
        ratio = statistics.median(v / o for v, o in zip(values, times["ours"], strict=True))
        print(
            f"{name:<12}{answers[name]:>9}{1e3 * middle:>11.2f}{answers[name] / middle:>12.0f}{ratio:>10.2f}x as fast"
        )
    if len(set(answers.values())) > 1:
        raise ArithmeticError(f"the counts differ: {answers}")


def main(arguments: Sequence[str] | None = None) -> None:
    """Print a table per network."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--repeats", type=int, default=9)
    options = parser.parse_args(arguments)
    torch.set_num_threads(1)
    has_regioncam, has_relucent = is_here("regioncam"), is_here("relucent")
    for widths in WIDTHS:
        layers = relu_layers(model(widths))
        calls: dict[str, Callable[[], int]] = {"ours": partial(ours, layers, HALF_WIDTH)}
        if has_regioncam:
            calls["regioncam"] = partial(regioncam, layers, HALF_WIDTH)
        report(
            "-".join(map(str, widths)) + f" on [-4, 4]^2, torch {torch.__version__}, one thread", calls, options.repeats
        )
    network = model(WIDTHS[0])
    calls = {"ours": partial(ours, relu_layers(network), WHOLE_PLANE)}
    if has_relucent:
        calls["relucent"] = partial(relucent, network)
    report("-".join(map(str, WIDTHS[0])) + ", the whole plane", calls, 3)


if __name__ == "__main__":
    main()
