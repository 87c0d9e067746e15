"""Seconds for the affine map of a ReLU network at a point, ours beside torch.func.jacrev, in one process, one thread.

Run: `python -m benchmarks.affine_maps`. Networks have 784 inputs, layers of 64 neurons with a ReLU after each, and
biases, in float64. All ways give slope (64 x 784) and offset; they must agree to 1e-10, relative to the largest entry.
The contestants take turns, so that a disturbance of the machine meets all of them. A turn on a single point is twenty
calls, so that nobody pays for caches which another one has filled. The table shows medians, and each time over ours.

- `local_affine_map` (`rectified.regions.patterns`): a forward pass for the masks, then products from the output back,
  without the rows and columns of neurons that are off, so that the one product with 784 columns happens once.
- `explicit_affine` (`rectified.depth.affine_form`): Horner's rule, which keeps no layer and carries 784 columns through
  all of them.
- `jacrev`: `torch.func.jacrev` of the forward pass, under `vmap` for a batch, with the offset from the value.
"""

import argparse
import statistics
import time
from collections.abc import Callable, Sequence

import torch
from torch import Tensor
from torch.func import jacrev, vmap

from rectified.depth.affine_form import explicit_affine
from rectified.networks import Layers, random_layers
from rectified.regions.patterns import local_affine_map

AGREEMENT = 1e-10  # float64 rounding through fifty layers is about 1e-14; a wrong mask differs by far more
D_IN, WIDTH = 784, 64
Pair = tuple[Tensor, Tensor]


def network(depth: int) -> Layers:
    """He-uniform weights with small Gaussian biases, so that no layer dies."""
    generator = torch.Generator().manual_seed(depth)
    layers = random_layers([D_IN, *[WIDTH] * depth], generator)
    return [(W, 0.1 * torch.randn(len(b), generator=generator, dtype=torch.float64)) for W, b in layers]


def forward(layers: Layers, x: Tensor) -> Tensor:
    """The network with a ReLU after every layer."""
    for W, b in layers:
        x = torch.nn.functional.linear(x, W, b).relu()
    return x


def by_jacrev(layers: Layers, x: Tensor) -> Pair:
    """Slope and offset by automatic differentiation in reverse, each row by a pass of its own (batched by vmap)."""

    def with_value(point: Tensor) -> Pair:
        value = forward(layers, point)
        return value, value

    differentiate = jacrev(with_value, has_aux=True)
    slope, value = (vmap(differentiate) if x.ndim == 2 else differentiate)(x)
    return slope, value - (slope @ x[..., None])[..., 0]


def contestants(layers: Layers, x: Tensor) -> dict[str, Callable[[], Pair]]:
    """Three ways to the same pair; every call computes everything anew."""
    return {
        "local_affine_map": lambda: local_affine_map(layers, x, rectify_output=True),
        "explicit_affine": lambda: explicit_affine(x, layers),
        "jacrev": lambda: by_jacrev(layers, x),
    }


def seconds(calls: dict[str, Callable[[], Pair]], repeats: int, turn: int) -> dict[str, list[float]]:
    """Times of one call of every contestant, in turns of several calls, after two turns that are not counted."""
    times: dict[str, list[float]] = {name: [] for name in calls}
    for repeat in range(repeats + 2):
        for name, call in calls.items():
            start = time.perf_counter()
            for _ in range(turn):
                call()
            if repeat > 1:
                times[name].append((time.perf_counter() - start) / turn)
    return times


def check_agreement(calls: dict[str, Callable[[], Pair]]) -> float:
    """Largest relative difference to the first contestant; an error if it exceeds ``AGREEMENT``."""
    ours, *others = (call() for call in calls.values())
    gaps = [float((a - b).abs().max() / b.abs().max()) for other in others for a, b in zip(ours, other, strict=True)]
    if not max(gaps) <= AGREEMENT:
        raise ArithmeticError(f"affine maps differ by {max(gaps)}; expected at most {AGREEMENT}")
    return max(gaps)


def report(depth: int, batch: int, repeats: int) -> None:
    """Print one table."""
    layers = network(depth)
    x = torch.rand(batch, D_IN, generator=torch.Generator().manual_seed(batch), dtype=torch.float64)
    calls = contestants(layers, x[0] if batch == 1 else x)
    gap, times = check_agreement(calls), seconds(calls, repeats, turn=20 if batch == 1 else 1)
    ours = times["local_affine_map"]
    print(
        f"\n{depth} layers of {WIDTH}, {D_IN} inputs, {batch} point(s), median of {repeats}; maps differ by {gap:.1e}"
    )
    for name, values in times.items():
        ratio = statistics.median(value / own for value, own in zip(values, ours, strict=True))
        print(f"{name:<18}{1e3 * statistics.median(values) / batch:>10.3f} ms a point{ratio:>9.2f} times ours")


def main(arguments: Sequence[str] | None = None) -> None:
    """Print a table for each depth and batch size."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--repeats", type=int, default=15)
    parser.add_argument("--depths", type=int, nargs="+", default=[2, 10, 50])
    options = parser.parse_args(arguments)
    torch.set_num_threads(1)
    print(f"torch {torch.__version__}, float64, one thread")
    for depth in options.depths:
        for batch in (1, 100):
            report(depth, batch, options.repeats if batch == 1 else max(3, options.repeats // 3))


if __name__ == "__main__":
    main()
