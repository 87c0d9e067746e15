"""Queries to recover first layers and whole networks, beside a plain attack and beside training. Ratios, no seconds.

The plain attack infers every kink anew by d_in + 1 queries on each side, and tests a hyperplane by twelve inferences.
Its numbers were measured once, at the same accuracy, and stand here as constants.

By hand, on one random network each, the public code of [carlini2020cryptanalytic] (Apache-2.0; changed only to start
with today's JAX) took 214,702 queries for 20-10-1 and 230,669 for 10-8-6-1, where ours took 2,538 and 6,195; its
errors are smaller than ours, since it spends queries on precision. Nothing of it is used here.

Run: python benchmarks/identification.py
"""

import os

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import statistics
from collections.abc import Callable

import numpy as np
import torch

from rectified.identification.first_layer import recover_first_layer
from rectified.identification.hyperplanes import layer_planes, plane_errors
from rectified.identification.imitation import imitated_layers
from rectified.identification.network import recover_network
from rectified.oracles.hosting import NetworkHost, Oracle
from rectified.oracles.serving import relu_outputs

SEEDS = 5
NORMAL = "rectified.identification.targets:normal_layers"
MEMORISED = "rectified.identification.targets:memorising_layers"
PLAIN_FIRST_LAYER = {
    (10, 10, 1): 15_000,
    (10, 20, 1): 30_000,
    (10, 40, 1): 60_000,
    (10, 10, 10, 1): 65_000,
    (10, 20, 20, 1): 146_000,
    (10, 10, 10, 10, 1): 140_000,
}
PLAIN_TRAINED = {(10, 20, 2): 58_000, (10, 20, 20, 2): 365_000}
PLAIN_WHOLE = {(10, 8, 6, 1): 330_000}  # the least of four seeds
STEPS = 4_000  # of Adam


def random_oracle(host: NetworkHost, widths: tuple[int, ...], seed: int) -> Oracle:
    """A random network behind an oracle."""
    return host.make(NORMAL, widths=list(widths), rng=np.random.default_rng(seed))


def trained_oracle(host: NetworkHost, widths: tuple[int, ...], seed: int) -> Oracle:
    """A network that has memorised random labels."""
    return host.make(MEMORISED, widths=list(widths), generator=torch.Generator().manual_seed(seed))


def first_layers(
    host: NetworkHost, plain: dict[tuple[int, ...], int], make: Callable[[NetworkHost, tuple[int, ...], int], Oracle]
) -> None:
    """Queries, share of neurons within 1e-4 and median error, for each shape."""
    for widths, theirs in plain.items():
        asked, found, errors = [], [], []
        for seed in range(SEEDS):
            oracle = make(host, widths, seed)
            planes = recover_first_layer(oracle, widths[0], np.random.default_rng(100 + seed))
            secret = host.reveal(oracle)
            error, _ = plane_errors(layer_planes(*secret.layers[0]), planes, 1e-4)
            asked.append(secret.queries)
            found += list(error < 1e-4)
            errors += list(error)
        ours = statistics.median(asked)
        quality = f"{np.mean(found):>5.0%}  {np.median(errors):.0e}"
        print(f"{widths!s:>22}  {theirs:>8}  {ours:>8}  {theirs / ours:>5.1f}  {quality}")


def whole_networks(host: NetworkHost) -> None:
    """Queries and error of rebuilt networks, and the error of networks trained on as many answers."""
    for widths, theirs in PLAIN_WHOLE.items():
        asked, errors, imitated = [], [], []
        for seed in range(SEEDS):
            oracle = random_oracle(host, widths, seed)
            found = recover_network(oracle, widths[0], np.random.default_rng(100 + seed))
            secret = host.reveal(oracle)
            points = 2.0 * np.random.default_rng(200 + seed).standard_normal((10_000, widths[0]))
            truth = relu_outputs(secret.layers, points)
            generator = torch.Generator().manual_seed(seed)
            again = random_oracle(host, widths, seed)
            copy = imitated_layers(again, list(widths), secret.queries, generator, steps=STEPS)
            asked.append(secret.queries)
            errors.append((found(points) - truth).std() / truth.std())
            imitated.append((relu_outputs(copy, points) - truth).std() / truth.std())
        ours = statistics.median(asked)
        print(f"{widths!s:>22}  {theirs:>8}  {ours:>8.0f}  {theirs / ours:>5.1f}")
        print(
            f"    root mean square error of outputs: rebuilt {np.median(errors):.0e}, trained {np.median(imitated):.0e}"
        )


def main() -> None:
    """Print the tables."""
    header = f"{'network':>22}  {'plain':>8}  {'ours':>8}  ratio"
    with NetworkHost() as host:
        print(f"first layers, medians of {SEEDS} seeds\n{header}  found  median error")
        first_layers(host, PLAIN_FIRST_LAYER, random_oracle)
        first_layers(host, PLAIN_TRAINED, trained_oracle)
        print(f"whole networks\n{header}")
        whole_networks(host)


if __name__ == "__main__":
    main()
