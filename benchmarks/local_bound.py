"""Processor seconds and tightness of the local bounds on linear regions, in one process, on one thread.

Run: `python -m benchmarks.local_bound`. Three tables:

1. Seconds for a bound around each of 10,000 test images of Fashion-MNIST, on a 784-128-128-10 ReLU network trained on
   its 60,000 images, all images in one call; beside the same bound one image at a time (`rectified.reference`), on as
   many images as take a few seconds. The stated aim is 5 s for the batched bound of level 2.
2. Median and quartiles of log10(bound / exact) for the three levels, on random networks in the plane, in discs that
   meet five to twenty regions.
3. The search for regions across facets beside the cutting of polygons, on the same discs: regions per second of each,
   and whether the counts agree. `relucent` and others are compared in `benchmarks/regions.py`.
"""

import argparse
import statistics
import time
from collections.abc import Callable, Sequence
from functools import partial

import numpy as np
import torch
from torch import Tensor

from rectified.data.loading import load
from rectified.data.tensors import flat_tensors
from rectified.networks import Layers, default_layers, random_layers
from rectified.reference.local_bounds import composed_region_bound, spectral_region_bound
from rectified.regions.ball import regions_in_ball
from rectified.regions.disc import num_regions_in_disc
from rectified.regions.local_bound import Level, local_region_bound
from rectified.stacks.networks import stacked_networks, unstacked_networks
from rectified.stacks.training import training_course

Disc = tuple[Layers, Tensor, float, int]
RADII = (0.05, 0.2, 1.0)
SINGLE = {Level.SPECTRAL: spectral_region_bound, Level.COMPOSED: composed_region_bound}


def seconds(call: Callable[[], object], repeats: int) -> float:
    """Median time of some calls, in seconds of the processor, which neighbours on the machine do not lengthen."""
    times = []
    for _ in range(repeats):
        start = time.process_time()
        call()
        times.append(time.process_time() - start)
    return statistics.median(times)


def trained_network(epochs: int) -> tuple[Layers, Tensor]:
    """The network of the first table, and the test images."""
    data, generator = flat_tensors(load("fashion-mnist")), torch.Generator().manual_seed(0)
    start = default_layers([784, 128, 128, 10], generator)
    inputs, labels = data.train_inputs, data.train_labels
    train = partial(training_course, batch_size=64, learning_rate=1e-3, generator=generator)
    course = train(stacked_networks([start]), inputs, labels, [epochs])
    return unstacked_networks(course[epochs])[0], data.test_inputs.double()


def report_speed(layers: Layers, images: Tensor, few: int, repeats: int) -> None:
    """The first table; the bounds of both implementations must be the same."""
    print(f"\n{len(images)} images in one call beside one at a time ({few} images), seconds per 10,000 images")
    print(f"{'radius':<8}{'level':<14}{'batched':>10}{'one by one':>12}{'ratio':>8}{'median log10':>14}")
    arrays = [(W.numpy(), b.numpy()) for W, b in layers]
    for radius in RADII:
        for level in Level:
            some = images if level is not Level.RELAXED else images[: 10 * few]
            bound = local_region_bound(layers, some, radius, level=level)
            batched = seconds(partial(local_region_bound, layers, some, radius, level=level), repeats)
            batched *= 10_000 / len(some)
            row = f"{radius:<8g}{level.name.lower():<14}{batched:>10.2f}"
            if level in SINGLE:
                start = time.process_time()
                singles = [SINGLE[level](arrays, image, radius) for image in images[:few].numpy()]
                single = (time.process_time() - start) * 10_000 / few
                if singles != bound.counts()[:few]:
                    raise ArithmeticError(f"the two implementations of level {level} differ at radius {radius}")
                row += f"{single:>12.1f}{single / batched:>8.0f}"
            else:
                row += f"{'':>20}"
            print(f"{row}{float(bound.log10.median()):>14.2f}")


def discs(count: int) -> list[Disc]:
    """Random networks with discs that meet five to twenty regions, and the exact counts."""
    generator = torch.Generator().manual_seed(1)
    found: list[Disc] = []
    while len(found) < count:
        width, depth = (int(n) for n in (torch.randint(3, 9, (), generator=generator), 1 + len(found) % 3))
        layers = [
            (W, 0.3 * torch.randn(len(b), generator=generator).double())
            for W, b in random_layers([2, *[width] * depth, 1], generator)
        ]
        center = torch.randn(2, generator=generator).double()
        radius = 10.0 ** (2.477 * float(torch.rand((), generator=generator)) - 2.0)
        exact = num_regions_in_disc(layers, center, radius)
        if 5 <= exact <= 20:
            found.append((layers, center, radius, exact))
    return found


def report_tightness(chosen: Sequence[Disc]) -> None:
    """The second table."""
    print(f"\nlog10(bound / exact) in {len(chosen)} discs with 5 to 20 regions: quartiles")
    for level in Level:
        excess = [
            float(local_region_bound(layers, center[None], radius, level=level).log10) - np.log10(exact)
            for layers, center, radius, exact in chosen
        ]
        low, middle, high = np.quantile(excess, [0.25, 0.5, 0.75])
        print(f"level {int(level)} ({level.name.lower()}): {low:.2f}  {middle:.2f}  {high:.2f}")


def report_counters(chosen: Sequence[Disc]) -> None:
    """The third table."""
    total = sum(exact for *_, exact in chosen)
    cutting = seconds(lambda: [num_regions_in_disc(*disc[:3]) for disc in chosen], 3)
    found: list[int] = []

    def search() -> None:
        found[:] = [len(regions_in_ball(*disc[:3], most_regions=100)) for disc in chosen]

    searching = seconds(search, 1)
    agree = sum(count == exact for count, (*_, exact) in zip(found, chosen, strict=True))
    print(f"\nregions per second: cutting {total / cutting:.0f}, search across facets {total / searching:.0f}")
    print(f"the two exact counts agree on {agree} of {len(chosen)} discs")


def main(arguments: Sequence[str] | None = None) -> None:
    """Train the network and print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--epochs", type=int, default=3)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--few", type=int, default=50)
    parser.add_argument("--discs", type=int, default=300)
    options = parser.parse_args(arguments)
    torch.set_num_threads(1)
    print(f"torch {torch.__version__}, one thread")
    report_speed(*trained_network(options.epochs), options.few, options.repeats)
    chosen = discs(options.discs)
    report_tightness(chosen)
    report_counters(chosen)


if __name__ == "__main__":
    main()
